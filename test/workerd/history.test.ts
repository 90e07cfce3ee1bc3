import { runInDurableObject } from 'cloudflare:test'
import { expect, test } from 'vitest'
import type { CountedEvent } from '../../edge/domain/counted-event.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { DeviceId, ProfileId } from '../../edge/protocol/id.ts'
import { BulkHistoryStore } from '../../edge/storage/bulk/bulk-history-store.ts'
import { HistoryStore } from '../../edge/storage/history-store.ts'
import type { Names } from '../../edge/storage/history-texts.ts'
import { drawsOf } from './draws.ts'
import { seen, World } from './shard-fixture.ts'

const RUNS = 12
const NAMES = ['Viewed', 'Bought', 'Said "hi"', 'Größe\n']
const ADA = 'prf_ada' as ProfileId
const DEVICE = 'dev_a' as DeviceId
const BOB = 'prf_bob' as ProfileId

/** Works on the storage of a shard that holds nobody. */
const inStorage = <T>(work: (sql: SqlStorage) => T): Promise<T> =>
  runInDurableObject(new World().shard(1) as unknown as DurableObjectStub, (_, { storage }) =>
    work(storage.sql),
  )

function drawEvent(draw: () => number): EventRecord {
  const one = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T
  const timestamp = 1e12 + Math.floor(draw() * 1e9)
  const size = draw() < 0.02 ? 20_000 : 20
  return {
    ...seen(one(NAMES), { n: Math.floor(draw() * 9), text: '\n"é'.repeat(draw() * size) }),
    timestamp,
    receivedAt: timestamp + Math.floor(draw() * 1e6),
    position: 1 + Math.floor(draw() * 3),
    ...(draw() < 0.3 && { device: one([DEVICE, 'dev_b' as DeviceId]) }),
    ...(draw() < 0.2 && { consent: { email: draw() < 0.5 } }),
    ...(draw() < 0.2 && { implied: true as const }),
    ...(draw() < 0.2 && { imported: true as const }),
    ...(draw() < 0.1 && { purpose: 'necessary' as const }),
    context: draw() < 0.5 ? { country: one(['FR', 'DE']), path: `/${Math.floor(draw() * 5)}` } : {},
  }
}

/** As it was kept before there were tails: a row for each request, of a list of events. */
function keepFormerly(sql: SqlStorage, events: readonly EventRecord[]): void {
  sql.exec(`CREATE TABLE IF NOT EXISTS chunk (
    profile TEXT NOT NULL, seq INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (profile, seq))`)
  const insert = 'INSERT INTO chunk (profile, seq, data) VALUES (?, ?, ?)'
  for (const [seq, event] of events.entries())
    sql.exec(insert, ADA, seq + 1, JSON.stringify([event]))
}

const placeOf = ({ name, timestamp, receivedAt, position, messageId }: CountedEvent) => [
  name,
  timestamp,
  receivedAt,
  position,
  messageId,
]

test('a history is what was added to it in order, however it is kept, read and moved', async () => {
  const draw = drawsOf(20_261_127)
  for (let run = 0; run < RUNS; run++) {
    const events = Array.from({ length: Math.floor(draw() * 300) }, () => drawEvent(draw))
    const former = draw() < 0.5 ? 0 : Math.floor(draw() * Math.min(events.length, 40))
    const sizes = events.map(() => 1 + Math.floor(draw() ** 4 * 40))
    await inStorage((sql) => {
      keepFormerly(sql, events.slice(0, former))
      const [single, bulk] = [new HistoryStore(sql), new BulkHistoryStore(sql)]
      for (let at = former; at < events.length;) {
        const some = events.slice(at, (at += sizes[at] ?? 1))
        const store = draw() < 0.5 ? single : bulk
        store.append(ADA, some)
        bulk.flush()
      }
      expect([...single.all(ADA)]).toEqual(events)
      const own = events.filter(({ device }) => device === DEVICE)
      expect([...single.ofDevice(ADA, DEVICE)]).toEqual(own)
      for (const asked of [undefined, new Set(NAMES.slice(2))] satisfies Names[]) {
        const chunks = single.chunksOf(ADA)
        const read = chunks.flatMap((chunk) => [...chunk.events(asked)])
        const wanted = events.filter(({ name }) => asked?.has(name) ?? true)
        expect(read.map(placeOf)).toEqual(wanted.map(placeOf))
        for (const field of ['properties', 'context', 'consent', 'implied', 'imported'] as const) {
          expect(read.map((one) => one[field])).toEqual(wanted.map((one) => one[field]))
        }
      }
      for (let [after, done] = [0, false]; !done;) {
        const page = single.copyPage(ADA, after)
        single.paste(BOB, page.chunks)
        ;({ last: after, done } = page)
      }
      expect([...single.all(BOB)]).toEqual(events)
      single.replace(ADA, events.slice(5))
      expect([...single.all(ADA)]).toEqual(events.slice(5))
      for (const profile of [ADA, BOB]) single.drop(profile)
      expect([...single.all(ADA), ...single.all(BOB)]).toEqual([])
    })
  }
})

test('a long history takes few rows, and none that is too long', async () => {
  const [rows, longest] = await inStorage((sql) => {
    const store = new HistoryStore(sql)
    for (let n = 0; n < 500; n++) store.append(ADA, [seen('Viewed', { text: 'x'.repeat(300) })])
    return [
      sql.exec('SELECT 1 FROM tail UNION ALL SELECT 1 FROM sealed').toArray().length,
      sql
        .exec<{ n: number }>('SELECT max(length(properties) + length(others)) AS n FROM sealed')
        .one().n,
    ] as const
  })
  expect(rows).toBeLessThan(6)
  expect(longest).toBeLessThan(200_000)
})

test('the former table goes with the last of its rows', async () => {
  await inStorage((sql) => {
    keepFormerly(sql, [seen('Viewed')])
    const store = new HistoryStore(sql)
    store.append(
      ADA,
      Array.from({ length: 20 }, () => seen('Viewed')),
    )
    expect([...new HistoryStore(sql).all(ADA)]).toHaveLength(21)
    expect(sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'chunk'").toArray()).toEqual([])
  })
})
