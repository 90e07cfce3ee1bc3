import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { parquetReadObjects } from 'hyparquet'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { lakeFolder } from '../../edge/domain/lake-part.ts'
import { LAKE_COLUMNS } from '../../edge/domain/lake-row.ts'
import { profileShardName } from '../../edge/objects/address.ts'
import { clock } from '../../edge/objects/clock.ts'
import type { EventContext, EventRecord } from '../../edge/protocol/event.ts'
import { DAY, MINUTE, type Millis } from '../../edge/protocol/time.ts'
import { bindings, claim, resetClock, seen, setClock, signIn, World } from './shard-fixture.ts'

/** Later than every wait of a flush: patience, and the longest pause between two tries. */
const LATER: Millis = 40 * MINUTE
const SHARD = 1

afterEach(() => {
  vi.restoreAllMocks()
  resetClock()
})

const stubOf = (world: World) =>
  bindings.PROFILE.getByName(profileShardName(world.workspace, { region: 0, shard: SHARD }))

/** Whatever the object had under way is gone; its storage is not. */
const crash = (world: World): Promise<void> =>
  runInDurableObject(stubOf(world), (_, state) => state.abort('crash')).catch(() => undefined)

interface LakeFile {
  readonly key: string
  readonly rows: readonly { readonly [column: string]: unknown }[]
}

/** All a workspace has in the lake. */
async function files(world: World): Promise<readonly LakeFile[]> {
  const { objects } = await bindings.LAKE.list({ prefix: lakeFolder(world.workspace) })
  const found: LakeFile[] = []
  for (const { key } of objects) {
    const body = await bindings.LAKE.get(key)
    if (body === null) throw new Error(`${key} has gone`)
    found.push({ key, rows: await parquetReadObjects({ file: await body.arrayBuffer() }) })
  }
  return found
}

const idsOf = (found: readonly LakeFile[]) =>
  found.flatMap(({ rows }) => rows.map((row) => row['message_id'])).sort()

const waiting = (world: World): Promise<number> =>
  runInDurableObject(
    stubOf(world),
    (_, { storage }) =>
      storage.sql.exec<{ n: number }>('SELECT count(*) AS n FROM lake_row').one().n,
  )

/** So much later the sweeper comes by. */
async function pass(world: World, time: Millis = LATER): Promise<void> {
  setClock(clock.now() + time)
  await world.shard(SHARD).wake({ workspace: world.workspace })
}

/** Time passes until nothing waits any more. */
const drained = (world: World): Promise<void> =>
  vi.waitFor(
    async () => {
      await pass(world)
      expect(await waiting(world)).toBe(0)
    },
    { timeout: 10_000, interval: 20 },
  )

async function open(): Promise<World> {
  const world = new World()
  await world.publish()
  return world
}

const some = (count: number, more: Partial<EventRecord> = {}): EventRecord[] =>
  Array.from({ length: count }, (_, index) => seen('Product Viewed', { index }, more))

const idsIn = (events: readonly EventRecord[]) => events.map(({ messageId }) => messageId).sort()

test('an accepted event comes to the lake with all that is known of it', async () => {
  const world = await open()
  const event = seen(
    'Order Completed',
    { total: 99.5, note: 'a "quoted" é\n', items: [{ sku: 'A' }] },
    {
      context: { country: 'FR', campaign: 'summer', device: 'mobile', bot: false },
      consent: { analytics: true },
      identifiers: [
        claim('userId', 'u-1'),
        { kind: 'email', value: 'keyed-hash', proven: true, sealed: 'sealed-address' },
      ],
    },
  )
  const { profile } = await world.send(world.device(SHARD), SHARD, [event])
  await drained(world)
  const [file] = await files(world)
  expect(Object.keys(file?.rows[0] ?? {})).toEqual(LAKE_COLUMNS.map(({ name }) => name))
  expect(file?.rows).toMatchObject([
    {
      message_id: event.messageId,
      event: 'Order Completed',
      timestamp: new Date(event.timestamp),
      received_at: new Date(event.receivedAt),
      workspace: world.workspace,
      source: event.source,
      profile,
      user_id: 'u-1',
      country: 'FR',
      campaign_name: 'summer',
      device_type: 'mobile',
      bot: false,
      traits: null,
      properties: JSON.stringify(event.properties),
      consent: '{"analytics":true}',
    },
  ])
  expect(JSON.stringify(file)).not.toContain('sealed-address')
})

test('an event with values of the wrong sort keeps no other out of the lake', async () => {
  const world = await open()
  const context = { country: 33, title: { a: 1 }, bot: 'yes' } as unknown as EventContext
  const sent = [seen('Odd \ud800', { text: '\udfff' }, { context, timestamp: 1.5 }), seen('Sane')]
  await world.send(world.device(SHARD), SHARD, sent)
  await drained(world)
  const found = await files(world)
  expect(idsOf(found)).toEqual(idsIn(sent))
  expect(found[0]?.rows[0]).toMatchObject({ country: null, title: null, bot: null })
})

test('duplicates come once, and refused events not at all', async () => {
  const world = await open()
  const device = world.device(SHARD)
  const events = some(3)
  await world.send(device, SHARD, events)
  await world.send(device, SHARD, [...events, ...some(1)])
  await drained(world)
  expect(idsOf(await files(world))).toHaveLength(4)
})

test('a file holds the events of one day, as it was in UTC when they were received', async () => {
  const world = await open()
  const midnight = Math.floor(clock.now() / DAY) * DAY + DAY
  const device = world.device(SHARD)
  const before = some(2, { receivedAt: midnight - 1 })
  const after = some(2, { receivedAt: midnight })
  await world.send(device, SHARD, [...before, ...after])
  await world.send(device, SHARD, some(1, { receivedAt: midnight - 1 }))
  await drained(world)
  const found = await files(world)
  for (const { key, rows } of found) {
    const days = rows.map((row) => (row['received_at'] as Date).toISOString().slice(0, 10))
    expect(new Set(days)).toEqual(new Set([/day=([\d-]+)/.exec(key)?.[1]]))
  }
  expect(idsOf(found)).toHaveLength(5)
})

test('many events make several files, none of them too large to build', async () => {
  const world = await open()
  const device = world.device(SHARD)
  const sent: EventRecord[] = []
  for (let request = 0; request < 5; request++) {
    const events = some(2_500)
    sent.push(...events)
    await world.send(device, SHARD, events)
  }
  await drained(world)
  const found = await files(world)
  expect(found.length).toBeGreaterThan(1)
  expect(Math.max(...found.map(({ rows }) => rows.length))).toBeLessThanOrEqual(2_500)
  expect(idsOf(found)).toEqual(idsIn(sent))
})

test('a full file does not wait, others wait for company', async () => {
  const world = await open()
  const device = world.device(SHARD)
  await world.send(device, SHARD, some(10))
  await pass(world, MINUTE)
  expect(await files(world)).toEqual([])
  await world.send(device, SHARD, some(2_500))
  expect(await runDurableObjectAlarm(stubOf(world))).toBe(true)
  await vi.waitFor(async () => expect(await files(world)).toHaveLength(1))
})

test('an event that arrives while a file is written goes into the next one', async () => {
  const world = await open()
  const device = world.device(SHARD)
  const first = some(2)
  await world.send(device, SHARD, first)
  const put = bindings.LAKE.put.bind(bindings.LAKE)
  let isOpen = false
  const began = vi.fn()
  vi.spyOn(bindings.LAKE, 'put').mockImplementation(async (...args: unknown[]) => {
    began()
    await vi.waitFor(() => expect(isOpen).toBe(true))
    return await Reflect.apply(put, undefined, args)
  })
  await pass(world)
  await vi.waitFor(() => expect(began).toHaveBeenCalled())
  const second = some(2)
  await world.send(device, SHARD, second)
  isOpen = true
  await vi.waitFor(async () => expect(idsOf(await files(world))).toEqual(idsIn(first)))
  await drained(world)
  expect(idsOf(await files(world))).toEqual(idsIn([...first, ...second]))
})

test('numbers of rows are never used twice: a later file never replaces an earlier one', async () => {
  const world = await open()
  const device = world.device(SHARD)
  const sent: EventRecord[] = []
  for (let round = 0; round < 4; round++) {
    const events = some(3)
    sent.push(...events)
    await world.send(device, SHARD, events)
    await drained(world)
    await evictDurableObject(stubOf(world))
  }
  const found = await files(world)
  expect(found).toHaveLength(4)
  expect(idsOf(found)).toEqual(idsIn(sent))
})

/** Fails the first writes in one way each, then lets them through. */
function breakPut(faults: readonly ('throws' | 'hangs' | 'reply lost')[]): { calls: number } {
  const put = bindings.LAKE.put.bind(bindings.LAKE)
  const seenCalls = { calls: 0 }
  vi.spyOn(bindings.LAKE, 'put').mockImplementation(async (...args: unknown[]) => {
    const fault = faults[seenCalls.calls++]
    if (fault === 'throws') throw new Error('the store is down')
    if (fault === 'hangs') return await new Promise(() => {})
    const answer: unknown = await Reflect.apply(put, undefined, args)
    if (fault === 'reply lost') throw new Error('the connection broke')
    return answer as never
  })
  return seenCalls
}

/** Time limits of what is under way run out at once. */
const hasten = () => {
  const start = setTimeout
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void) =>
    start(run, 5)) as never)
}

describe('every event is in the lake once, whatever happens to the write:', () => {
  test.for([
    { faults: ['throws'] },
    { faults: ['reply lost'] },
    { faults: ['throws', 'reply lost', 'throws'] },
    { faults: ['hangs'] },
    { faults: ['hangs', 'reply lost', 'throws'] },
  ] as const)('$faults', async ({ faults }) => {
    const world = await open()
    const device = world.device(SHARD)
    const put = breakPut(faults)
    hasten()
    const sent = some(5)
    await world.send(device, SHARD, sent.slice(0, 3))
    await pass(world)
    await vi.waitFor(() => expect(put.calls).toBe(1))
    // These must not slip into the file that was begun.
    await world.send(device, SHARD, sent.slice(3))
    await drained(world)
    expect(put.calls).toBeGreaterThan(faults.length)
    const found = await files(world)
    expect(idsOf(found)).toEqual(idsIn(sent))
    expect(found).toHaveLength(2)
  })

  test.for(['hangs', 'reply lost', 'throws'] as const)(
    'the object restarts after the intent, and the write: %s',
    async (fault) => {
      const world = await open()
      const device = world.device(SHARD)
      const put = breakPut([fault])
      const sent = some(5)
      await world.send(device, SHARD, sent.slice(0, 3))
      await pass(world)
      await vi.waitFor(() => expect(put.calls).toBe(1))
      await crash(world)
      await world.send(device, SHARD, sent.slice(3))
      await drained(world)
      expect(idsOf(await files(world))).toEqual(idsIn(sent))
    },
  )

  test('a file that was written twice has the same bytes', async () => {
    const world = await open()
    const put = bindings.LAKE.put.bind(bindings.LAKE)
    const written: [string, string][] = []
    vi.spyOn(bindings.LAKE, 'put').mockImplementation(async (...args: unknown[]) => {
      const [key, file] = args as [string, ArrayBuffer]
      written.push([key, new Uint8Array(file).toString()])
      if (written.length < 3) throw new Error('the connection broke')
      return (await Reflect.apply(put, undefined, args)) as never
    })
    await world.send(world.device(SHARD), SHARD, [...some(20), signIn(claim('userId', 'u'))])
    await drained(world)
    expect(written).toHaveLength(3)
    expect(new Set(written.map(String)).size).toBe(1)
  })

  test('a store that hangs delays neither the alarm nor an ingest, and is not asked twice at once', async () => {
    const world = await open()
    const put = breakPut(['hangs', 'hangs', 'hangs', 'hangs', 'hangs', 'hangs'])
    await world.send(world.device(SHARD), SHARD, some(1))
    await pass(world)
    await vi.waitFor(() => expect(put.calls).toBe(1))
    for (let turn = 0; turn < 3; turn++) {
      await pass(world)
      const { verdicts } = await world.send(world.device(SHARD), SHARD, some(1))
      expect(verdicts).toMatchObject([{ status: 'accepted' }])
    }
    expect(put.calls).toBe(1)
  })
})
