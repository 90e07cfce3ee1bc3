import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, test } from 'vitest'
import { clock } from '../../edge/objects/clock.ts'
import { LiveMonitor } from '../../edge/objects/live-monitor.ts'
import { Workspace } from '../../edge/objects/workspace.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import type { IngestRequest } from '../../edge/protocol/shard.ts'
import { DAY, SECOND } from '../../edge/protocol/time.ts'
import { catalogOf } from '../domain/build.ts'
import { breakOnce, flaws, heal, rowsOf, shardStub } from './shard-faults.ts'
import { claim, resetClock, seen, setClock, signIn, SOURCE, World } from './shard-fixture.ts'
import { shoe, shoeFan, telling } from './telling-catalog.ts'

const healers: (() => void)[] = []
afterEach(() => {
  while (healers.length > 0) healers.pop()?.()
  heal()
  resetClock()
})

/** Another answer of an object that the shards tell things to. */
function answering(
  type: { readonly prototype: object },
  call: string,
  answer: () => Promise<unknown>,
) {
  const prototype = type.prototype as Record<string, unknown>
  const sound = prototype[call]
  prototype[call] = answer
  healers.push(() => {
    prototype[call] = sound
  })
}

async function worldOf(): Promise<World> {
  const world = new World(telling)
  await world.publish()
  return world
}

/** One event of a browser of shard 1. */
const requestOf = (world: World): IngestRequest => ({
  workspace: world.workspace,
  catalogVersion: 1,
  source: SOURCE,
  consentMode: 'implied',
  subject: { type: 'device', device: world.device(1) },
  events: [seen('Page Viewed')],
  refused: [],
  receivedAt: clock.now(),
})

const alarmOf = (world: World, shard: number) =>
  runInDurableObject(shardStub(world, shard), (_, { storage }) => storage.getAlarm())

/** Lets what was begun un-awaited come to rest. */
const rest = () => new Promise((resolve) => setTimeout(resolve, 50))

const spoil = (world: World, shard: number, profile: ProfileId) =>
  runInDurableObject(shardStub(world, shard), (_, { storage }) => {
    storage.sql.exec(`UPDATE profile SET state = '{"broken' WHERE id = ?`, profile)
  })

describe('a profile that cannot be evaluated', () => {
  test('does not keep others from exiting in time, and is not tried without end', async () => {
    const world = await worldOf()
    const first = shoe()
    const bad = await world.send(world.device(1), 1, [first, shoe(), shoe()])
    const good = await world.send(world.device(1), 1, [shoe(), shoe(), shoe()])
    await spoil(world, 1, bad.profile)
    setClock(first.timestamp + 7 * DAY + SECOND)
    await runDurableObjectAlarm(shardStub(world, 1))
    expect((await world.view(good.profile)).memberships).toEqual([])
    const { oldestTimer } = await world.shard(1).wake({ workspace: world.workspace })
    expect(oldestTimer).toBeGreaterThan(clock.now() + SECOND)
    expect(await alarmOf(world, 1)).toBeGreaterThan(Date.now() + SECOND)
  })

  test('does not keep a new catalog from others, nor from being acknowledged', async () => {
    const world = await worldOf()
    const bad = await world.send(world.device(1), 1, [shoe()])
    const good = await world.send(world.device(1), 1, [shoe(), shoe(), shoe()])
    await spoil(world, 1, bad.profile)
    const segments = world.catalog.segments.map((segment) => ({
      ...segment,
      condition: { ...shoeFan, value: 4 },
    }))
    const status = await world
      .shard(1)
      .publish({ workspace: world.workspace, catalog: { ...world.catalog, version: 2, segments } })
    expect(status).toMatchObject({ version: 2, done: 2, total: 2 })
    expect((await world.view(good.profile)).memberships).toEqual([])
  })
})

describe('an alarm', () => {
  test('does not ring again and again while the live monitor is silent', async () => {
    const world = await worldOf()
    answering(LiveMonitor, 'report', () => Promise.reject(new Error('away')))
    await world.send(world.device(1), 1, [shoe()])
    await rest()
    answering(LiveMonitor, 'report', () => new Promise(() => undefined))
    setClock(Date.now() + 6 * SECOND)
    // Between two reports there is a pause: the alarm may come in the middle of it.
    await expect
      .poll(async () => {
        await runDurableObjectAlarm(shardStub(world, 1))
        return ((await alarmOf(world, 1)) ?? Number.POSITIVE_INFINITY) - Date.now()
      })
      .toBeGreaterThan(SECOND)
  })

  test('does not ring again and again while a merge waits for another shard', async () => {
    const world = await worldOf()
    const [old, young] = [world.device(1), world.device(2)]
    await world.send(old, 1, [signIn(claim('userId', 'u1'))])
    await new Promise((resolve) => setTimeout(resolve, 3))
    await world.send(young, 2, [shoe()])
    const failures = breakOnce('stage', 'hangs')
    void world.send(young, 2, [signIn(claim('userId', 'u1'))]).catch(() => undefined)
    await expect.poll(failures).toBe(1)
    setClock(Date.now() + 11 * SECOND)
    await runDurableObjectAlarm(shardStub(world, 2))
    expect(await alarmOf(world, 2)).toBeGreaterThan(Date.now() + SECOND)
  })

  test('is set anew after a transaction that set it was rolled back', async () => {
    const world = new World(catalogOf({ ...shoeFan, window: { last: 'PT30S' } }))
    await world.publish()
    const device = world.device(1)
    await world.send(device, 1, [shoe(), shoe()])
    await rest()
    const third = shoe()
    // What is decided comes after the alarm was set: it throws, so nothing of the request is kept.
    answering(Map, 'keys', () => {
      throw new Error('no answer')
    })
    const failed = world.send(device, 1, [third], [])
    await expect(failed).rejects.toThrow('no answer')
    healers.pop()?.()
    await world.send(device, 1, [third], [])
    const [timer] = await rowsOf(world, 1, 'SELECT due FROM timer')
    expect(await alarmOf(world, 1)).toBe(timer?.['due'])
  })
})

describe('a condition that changes', () => {
  test('lets nobody go who still fulfils it, though their timer rings before the back-fill came to them', async () => {
    const world = await worldOf()
    const first = shoe()
    const { profile } = await world.send(world.device(1), 1, [first, shoe(), shoe(), shoe()])
    const condition = { ...shoeFan, event: ['Product Viewed', 'Product Added'], value: 1 }
    const segments = world.catalog.segments.map((segment) => ({ ...segment, condition }))
    const catalog = { ...world.catalog, version: 2, segments }
    await world.send(world.device(1), 1, [seen('Page Viewed')])
    setClock(first.timestamp + 2 * DAY)
    await world.send(world.device(1), 1, [seen('Page Viewed')])
    await runInDurableObject(shardStub(world, 1), (_, { storage }) => {
      storage.sql.exec('UPDATE timer SET due = ? WHERE profile = ?', clock.now() - 1, profile)
      const [row] = storage.sql
        .exec<{ state: string }>('SELECT state FROM profile WHERE id = ?', profile)
        .toArray()
      const state = JSON.parse(row!.state)
      state.untils = [['seg_0', clock.now() - 1]]
      storage.sql.exec('UPDATE profile SET state = ? WHERE id = ?', JSON.stringify(state), profile)
    })
    // It learns of the catalog by a request, and the alarm serves timers before it back-fills.
    answering(Workspace, 'catalog', () => Promise.resolve(catalog))
    await world.shard(1).ingest({ ...requestOf(world), catalogVersion: 2 })
    await world.shard(1).wake({ workspace: world.workspace })
    expect((await world.view(profile)).memberships).toHaveLength(1)
    const rows = await rowsOf(world, 1, `SELECT data ->> '$.type' AS type FROM outbox`)
    expect(rows).toEqual([{ type: 'entered' }])
    expect(await flaws(world)).toEqual([])
  })

  test('is acknowledged although the answer to an older one comes after it', async () => {
    const heard: number[] = []
    const gate = Promise.withResolvers<void>()
    answering(Workspace, 'acknowledge', async function (
      ...args: readonly { readonly status: { readonly version: number } }[]
    ) {
      const version = args[0]?.status.version ?? 0
      heard.push(version)
      if (version === 1) return gate.promise
      if (heard.filter((one) => one === 2).length === 1) throw new Error('away')
    } as () => Promise<unknown>)
    const world = new World(telling)
    const { workspace } = world
    await world.shard(1).publish({ workspace, catalog: world.catalog })
    await world.shard(1).publish({ workspace, catalog: { ...world.catalog, version: 2 } })
    gate.resolve()
    await rest()
    setClock(Date.now() + 6 * SECOND)
    await world.shard(1).wake({ workspace })
    await expect.poll(() => heard).toEqual([1, 2, 2])
  })
})

test('events of one request are kept in rows far under the limit, and are all there', async () => {
  const world = await worldOf()
  const device = world.device(1)
  const text = 'é'.repeat(2_000)
  const events = Array.from({ length: 200 }, () => seen('Long', { text }))
  const { profile } = await world.send(device, 1, events)
  const [row] = await rowsOf(
    world,
    1,
    'SELECT max(length(properties)) AS n, count(*) AS rows FROM sealed',
  )
  expect(row?.['n']).toBeLessThan(250_000)
  expect(row?.['rows']).toBeGreaterThan(1)
  await runInDurableObject(shardStub(world, 1), (_, { storage }) => {
    const { n } = storage.sql.exec<{ n: number }>('SELECT sum(events) AS n FROM sealed').one()
    expect(n).toBe(200)
  })
  expect((await world.view(profile)).events).toHaveLength(100)
})

test('a shard keeps working by its catalog when the workspace cannot be asked for a newer one', async () => {
  const world = await worldOf()
  answering(Workspace, 'catalog', () => Promise.reject(new Error('away')))
  const result = await world.shard(1).ingest({ ...requestOf(world), catalogVersion: 9 })
  expect(result.type).toBe('done')
})
