import { afterEach, beforeAll, expect, test } from 'vitest'
import { identityShard } from '../../edge/objects/address.ts'
import { identityShardOf } from '../../edge/domain/id.ts'
import { watchSteps, wrapSteps } from './fault-points.ts'
import { Clients } from './people-client.ts'
import { pause, quiesce } from './quiesce.ts'
import { bindings, claim, resetClock, seen, SHARDS, signIn, World } from './shard-fixture.ts'
import { shoe, telling } from './telling-catalog.ts'

beforeAll(wrapSteps)
afterEach(() => {
  watchSteps(undefined)
  resetClock()
})

/** What is sent after the answer, and gathered: no event waits for it. */
const AFTERWARDS = new Set(['report', 'acknowledge', 'sendBatch', 'put'])
/** Longer than what a request leaves to be done takes. */
const AFTERMATH = 50

/** The calls that one request makes of objects, and that they make of each other for it. */
async function callsOf(world: World, request: () => Promise<unknown>): Promise<string[]> {
  await quiesce(world)
  resetClock()
  const calls: string[] = []
  watchSteps({
    workspace: world.workspace,
    reached: ({ callee, kinds, actor }) => {
      if (kinds.includes('arrives late') && !AFTERWARDS.has(callee)) {
        calls.push(`${actor} → ${callee}`)
      }
      return undefined
    },
  })
  await request()
  await pause(AFTERMATH)
  watchSteps(undefined)
  return calls
}

const INGEST = 'Worker → ingest'
const RESOLVE = 'Worker → resolveMany'

async function acquainted() {
  const world = new World(telling)
  await world.publish()
  const clients = new Clients(world)
  const [first, second] = [world.device(1), world.device(2)]
  await clients.send(first, shoe(), signIn(claim('userId', 'u1'), claim('email', 'h1')))
  await pause(3)
  await clients.send(second, shoe(), signIn(claim('userId', 'u1')))
  return { world, clients, first, second }
}

test('a returning browser costs the call that brings its events, and no other', async () => {
  const { world, clients, first } = await acquainted()
  const anonymous = world.device(3)
  await clients.send(anonymous, shoe())
  expect(await callsOf(world, () => clients.send(anonymous, shoe(), shoe()))).toEqual([INGEST])
  expect(await callsOf(world, () => clients.send(first, shoe()))).toEqual([INGEST])
  // Told once more who they are: nothing is new.
  const again = () => clients.send(first, signIn(claim('userId', 'u1'), claim('email', 'h1')))
  expect(await callsOf(world, again)).toEqual([INGEST])
})

test('a browser whose people moved is asked for at its home, which knows where they live', async () => {
  const { world, clients, second } = await acquainted()
  const calls = await callsOf(world, () => clients.send(second, shoe()))
  expect(calls).toEqual([INGEST, INGEST])
})

test('a known person who is named by an identifier costs one call more: whose it is', async () => {
  const { world, clients } = await acquainted()
  const named = () => clients.tell(seen('Order', {}, { identifiers: [claim('userId', 'u1')] }))
  expect(await callsOf(world, named)).toEqual([RESOLVE, INGEST])
  const both = () =>
    clients.tell(seen('Order', {}, { identifiers: [claim('userId', 'u1'), claim('email', 'h1')] }))
  expect(await callsOf(world, both)).toEqual([RESOLVE, INGEST])
})

test('an identifier leads to where its people live, also after they moved', async () => {
  const { world, clients, second } = await acquainted()
  await clients.send(second, signIn(claim('phone', 'p1')))
  await quiesce(world)
  for (const identifier of [
    { kind: 'userId', value: 'u1' },
    { kind: 'phone', value: 'p1' },
  ]) {
    const owners = identityShardOf(identifier.kind, identifier.value, SHARDS)
    const owner = await identityShard(bindings, world.workspace, owners).lookup(identifier)
    const calls = await callsOf(world, () =>
      clients.tell(seen('Order', {}, { identifiers: [claim(identifier.kind, identifier.value)] })),
    )
    expect(calls, `${identifier.kind} of ${owner}`).toEqual([RESOLVE, INGEST])
  }
})
