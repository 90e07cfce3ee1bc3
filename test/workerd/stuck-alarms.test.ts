import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deviceIdOf } from '../../edge/domain/id.ts'
import { profileShard, profileShardName } from '../../edge/objects/address.ts'
import { clock } from '../../edge/objects/clock.ts'
import { MoveSagas } from '../../edge/objects/move-saga.ts'
import { Workspace } from '../../edge/objects/workspace.ts'
import type { SourceId, WorkspaceId } from '../../edge/protocol/id.ts'
import { HOUR, MINUTE, SECOND, type Millis } from '../../edge/protocol/time.ts'
import { MembershipStore } from '../../edge/storage/membership-store.ts'
import { TimerStore } from '../../edge/storage/timer-store.ts'
import { sweep } from '../../edge/sweep.ts'
import { bindings, resetClock, seen, setClock } from './shard-fixture.ts'
import { makeWorkspace, SHARDS } from './telling-workspace.ts'

const SHARD = { region: 0, shard: 1 }
/** What a segment of the workspace counts leaves it so long after it happened. */
const WINDOW = HOUR

let workspaces = 0
let workspace: WorkspaceId
/** When the one member exits by time alone. */
let due: Millis
const healers: (() => void)[] = []

beforeEach(async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(null, { status: 204 }))
  workspace = `ws_stuck${++workspaces}` as WorkspaceId
  await makeWorkspace(workspace)
  due = (await enter(workspace)) + WINDOW
})
afterEach(() => {
  while (healers.length > 0) healers.pop()?.()
  resetClock()
  vi.restoreAllMocks()
})

const stubOf = (of: WorkspaceId) => bindings.PROFILE.getByName(profileShardName(of, SHARD))

/** Somebody enters the segment. When. */
async function enter(of: WorkspaceId): Promise<Millis> {
  const digest = new Uint8Array(32)
  digest[1] = SHARD.shard
  const device = deviceIdOf(digest, SHARDS)
  const event = seen('Product Viewed', {}, { source: `src_${of}` as SourceId, device })
  const result = await profileShard(bindings, of, SHARD).ingest({
    workspace: of,
    catalogVersion: 1,
    source: event.source,
    consentMode: 'implied',
    subject: { type: 'device', device },
    events: [{ ...event, implied: true }],
    refused: [],
    receivedAt: event.receivedAt,
  })
  expect(result.type).toBe('done')
  // What is to be sent of the entry, and written to the lake, has alarms of its own.
  await runInDurableObject(stubOf(of), (_, { storage }) => {
    storage.sql.exec('DELETE FROM outbox')
    storage.sql.exec('DELETE FROM lake_row')
  })
  return event.timestamp
}

/** Puts another method in the place of one, until the test is over or `heal` is called. */
function replace(type: { readonly prototype: object }, name: string, method: unknown): () => void {
  const prototype = type.prototype as Record<string, unknown>
  const sound = prototype[name]
  prototype[name] = method
  const heal = () => {
    prototype[name] = sound
  }
  healers.push(heal)
  return heal
}

const fail = () => {
  throw new Error('broken')
}

const loseAlarm = (of = workspace) =>
  runInDurableObject(stubOf(of), (_, { storage }) => storage.deleteAlarm())

const alarm = () => runInDurableObject(stubOf(workspace), (_, { storage }) => storage.getAlarm())

/** Drops the object out of memory, as a crash of its machine does. */
const crash = () =>
  runInDurableObject(stubOf(workspace), (_, state) => state.abort('crash')).catch(() => undefined)

/** The instants at which people exited, as destinations are told. */
const exits = (of = workspace) =>
  runInDurableObject(stubOf(of), (_, { storage }) =>
    storage.sql
      .exec<{ at: Millis }>(
        `SELECT data ->> '$.at' AS at FROM outbox WHERE data ->> '$.type' = 'exited'`,
      )
      .toArray()
      .map(({ at }) => at),
  )

const sweepAfter = async (late: Millis) => {
  setClock(due + late)
  await sweep(bindings, clock.now())
}

test('an alarm that was lost is made up for by the sweeper, at the due instant', async () => {
  await loseAlarm()
  await sweepAfter(5 * MINUTE)
  expect(await exits()).toEqual([due])
})

test('an alarm that was lost is set again by the sweeper before anything is due', async () => {
  await loseAlarm()
  await sweepAfter(-MINUTE)
  expect(await exits()).toEqual([])
  expect(await alarm()).toBeGreaterThan(Date.now())
})

test('an object that lost its memory and its alarm is swept', async () => {
  await loseAlarm()
  await crash()
  await sweepAfter(MINUTE)
  expect(await exits()).toEqual([due])
})

test('a workspace that cannot be asked for its shards keeps no other from being swept', async () => {
  const other = `${workspace}b` as WorkspaceId
  await makeWorkspace(other)
  await enter(other)
  await loseAlarm()
  await loseAlarm(other)
  const sound = Workspace.prototype.shards
  replace(Workspace, 'shards', async function (this: { ctx: DurableObjectState }) {
    if (this.ctx.id.name?.endsWith(workspace) === true) fail()
    return sound.call(this as unknown as Workspace)
  })
  await sweepAfter(2 * MINUTE)
  expect(await exits(workspace)).toEqual([])
  expect(await exits(other)).toHaveLength(1)
})

test('an alarm whose work throws rings again soon, and then all is told with the due instant', async () => {
  setClock(due + SECOND)
  const heal = replace(TimerStore, 'due', fail)
  await runDurableObjectAlarm(stubOf(workspace))
  const next = await alarm()
  expect(next).toBeGreaterThan(Date.now() + SECOND)
  expect(next).toBeLessThan(Date.now() + 10 * SECOND)
  heal()
  await runDurableObjectAlarm(stubOf(workspace))
  expect(await exits()).toEqual([due])
})

test('work of another kind that throws keeps nobody from exiting', async () => {
  setClock(due + SECOND)
  replace(MoveSagas, 'resume', fail)
  await runDurableObjectAlarm(stubOf(workspace))
  expect(await exits()).toEqual([due])
})

test('an object that dies in the middle of serving its timers exits people once, at the due instant', async () => {
  await loseAlarm()
  const sound = MembershipStore.prototype.record
  const heal = replace(MembershipStore, 'record', function (this: MembershipStore, ...args: never) {
    sound.apply(this, args)
    fail()
  })
  // The crash comes before anything of the alarm's transaction is on disk.
  setClock(due + SECOND)
  await runDurableObjectAlarm(stubOf(workspace))
  await crash()
  heal()
  await loseAlarm()
  await sweepAfter(20 * MINUTE)
  await sweepAfter(21 * MINUTE)
  expect(await exits()).toEqual([due])
})

test('an alarm that rings too early, because the clock was moved, is set again', async () => {
  setClock(due - 10 * MINUTE)
  await runDurableObjectAlarm(stubOf(workspace))
  expect(await exits()).toEqual([])
  const next = await alarm()
  expect(next).toBeGreaterThan(Date.now())
  expect(next).toBeLessThan(Date.now() + 10 * MINUTE + SECOND)
})
