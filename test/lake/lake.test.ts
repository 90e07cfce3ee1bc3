import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ApiSource, Page } from '../../edge/protocol/api.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'
import { MINUTE } from '../../edge/protocol/time.ts'
import { ROOT } from '../command.ts'
import { startEdge, type EdgeServer } from '../bench/server.ts'
import { DEMO } from '../demo/account.ts'

const START = 180_000
const PEOPLE = 40
const EVENTS_EACH = 12
const PRICE = 2.5

let folder: string
let edge: EdgeServer
let duck: DuckDBConnection
let now = Date.now()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prisme-lake-'))
  edge = await startEdge(join(folder, 'edge'), 'worker')
  duck = await (await DuckDBInstance.create(':memory:')).connect()
  const demo = await post('/test/demo', { tokenSecret: 'x'.repeat(32) })
  expect(demo.status).toBe(201)
}, START)

afterAll(async () => {
  duck?.closeSync()
  await edge?.stop()
  await rm(folder, { recursive: true, force: true })
})

const post = (path: string, body: JsonObject, headers: Record<string, string> = {}) =>
  fetch(edge.origin + path, { method: 'POST', body: JSON.stringify(body), headers })

async function send(batch: readonly JsonObject[]): Promise<void> {
  const authorization = `Basic ${btoa(`${DEMO.secretKey}:`)}`
  const response = await post('/v1/batch', { batch }, { authorization })
  expect(response.status).toBe(200)
}

/** Accepted events by source, as the dashboard shows them. */
async function ledger(): Promise<Record<string, number>> {
  const authorization = `Bearer ${DEMO.secretKey}`
  const response = await fetch(`${edge.origin}/api/sources`, { headers: { authorization } })
  const { items } = (await response.json()) as Page<ApiSource>
  const counts = items.map(({ id, counts }) => [id, counts.accepted] as const)
  return Object.fromEntries(counts.filter(([, accepted]) => accepted > 0))
}

/** Time passes, and every shard does what is due. */
async function pass(time: number): Promise<void> {
  now += time
  expect((await post('/test/clock', { now })).status).toBe(200)
}

/** Brings the lake to disk anew, as `rclone` or `aws s3 sync` would. */
async function download(): Promise<number> {
  const target = join(folder, 'copy')
  await rm(target, { recursive: true, force: true })
  const { objects } = await edge.lake.list()
  for (const { key } of objects) {
    const body = await edge.lake.get(key)
    const path = join(target, key)
    await mkdir(dirname(path), { recursive: true })
    if (body) await writeFile(path, new Uint8Array(await body.arrayBuffer()))
  }
  return objects.length
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const events = `read_parquet('${join(folder, 'copy/events/**/*.parquet')}', hive_partitioning = true)`
  const answer = await duck.runAndReadAll(sql.replaceAll('EVENTS', events))
  return answer.getRowObjectsJson()
}

const order = (person: number, index: number): JsonObject => ({
  type: 'track',
  messageId: `order-${person}-${index}`,
  event: index % 3 === 0 ? 'Order Completed' : 'Product Viewed',
  userId: `person-${person}`,
  properties: { price: PRICE, sku: `sku-${index}`, note: 'é "quoted"\n' },
  timestamp: new Date(now - index * MINUTE).toISOString(),
})

describe('DuckDB reads the lake', () => {
  test(
    'and finds exactly the events that were accepted, by source',
    async () => {
      for (let person = 0; person < PEOPLE; person++) {
        const events = Array.from({ length: EVENTS_EACH }, (_, index) => order(person, index))
        // Sent twice: duplicates are in no ledger.
        await send([...events, { type: 'track', userId: `person-${person}` }])
        await send(events)
      }
      await send([
        { type: 'identify', userId: 'person-0', traits: { email: 'demo-shopper@example.com' } },
      ])
      const tag = await post('/v1/collect', {
        v: 1,
        writeKey: DEMO.writeKey,
        deviceKey: 'AAAAAAAAAAAAAAAAAAAAAA',
        sentAt: new Date().toISOString(),
        batch: [
          {
            type: 'page',
            messageId: 'page-1',
            timestamp: new Date().toISOString(),
            context: { campaign: { name: 'summer', source: 'mail' } },
          },
        ],
      })
      expect(tag.status).toBe(200)
      await vi.waitFor(
        async () => {
          await pass(11 * MINUTE)
          await download()
          const rows = await query('SELECT source, count(*)::INT AS n FROM EVENTS GROUP BY source')
          const counts = Object.fromEntries(rows.map(({ source, n }) => [source, n]))
          expect(counts).toEqual(await ledger())
          const total = rows.reduce((sum, { n }) => sum + Number(n), 0)
          expect(total).toBe(PEOPLE * EVENTS_EACH + 2)
        },
        { timeout: 30_000, interval: 200 },
      )
      const [ids] = await query('SELECT count(DISTINCT message_id)::INT AS n FROM EVENTS')
      expect(ids).toEqual({ n: PEOPLE * EVENTS_EACH + 2 })
    },
    START,
  )

  test('with the types a warehouse wants', async () => {
    const columns = await query('DESCRIBE SELECT * FROM EVENTS')
    const types = Object.fromEntries(columns.map((row) => [row['column_name'], row['column_type']]))
    expect(types).toMatchObject({
      message_id: 'VARCHAR',
      timestamp: 'TIMESTAMP',
      received_at: 'TIMESTAMP',
      bot: 'BOOLEAN',
      properties: 'VARCHAR',
      workspace: 'VARCHAR',
      day: 'DATE',
    })
  })

  test('and asks for properties, people and days', async () => {
    const [sum] = await query(
      `SELECT sum((properties->>'price')::DOUBLE) AS total, count(DISTINCT profile)::INT AS people
       FROM EVENTS WHERE workspace = '${DEMO.id}' AND day >= current_date - 2 AND event = 'Order Completed'`,
    )
    expect(sum).toEqual({ total: PEOPLE * 4 * PRICE, people: PEOPLE })
    const [latest] = await query(
      `SELECT properties->>'note' AS note, received_at - timestamp >= INTERVAL 0 SECOND AS sane
       FROM EVENTS WHERE message_id = 'order-3-3'`,
    )
    expect(latest).toEqual({ note: 'é "quoted"\n', sane: true })
  })

  test('and finds no address', async () => {
    const [found] = await query(
      `SELECT count(*)::INT AS n FROM EVENTS e WHERE CAST(e AS VARCHAR) LIKE '%demo-shopper%'`,
    )
    expect(found).toEqual({ n: 0 })
    const [hashed] = await query(
      `SELECT count(*)::INT AS n FROM EVENTS WHERE identifiers LIKE '%"kind":"email"%'`,
    )
    expect(hashed).toEqual({ n: 1 })
  })

  test('by the recipe of the README, and counts nothing twice while files are being joined', async () => {
    const [setUp, revenue] = await recipe()
    const total = PEOPLE * EVENTS_EACH + 2
    const count = async () => {
      await duck.run(setUp)
      const answer = await duck.runAndReadAll('SELECT count(*)::INT AS n FROM events')
      return answer.getRowObjectsJson()
    }
    expect(await count()).toEqual([{ n: total }])
    expect((await duck.runAndReadAll(revenue)).getRowObjectsJson()).toMatchObject([
      { orders: String(PEOPLE * 4) },
    ])
    // As if a file had just been joined from parts that are still there.
    const days = join(folder, 'copy/events', `workspace=${DEMO.id}`)
    const [day = ''] = await readdir(days)
    const [name = ''] = await readdir(join(days, day))
    const wider = name.replace(/\d{12}\.parquet$/, '999999999999.parquet')
    await cp(join(days, day, name), join(days, day, wider))
    expect(await count()).toEqual([{ n: total }])
  })
})

/** The README's statements, over the copy on disk: the view over the files, and a question. */
async function recipe(): Promise<[setUp: string, question: string]> {
  const text = await readFile(join(ROOT, 'edge/README.md'), 'utf8')
  const blocks = [...text.matchAll(/```sql\n([^]*?)```/g)].map(([, sql]) => sql ?? '')
  const local = blocks.map((sql) => sql.replace('r2://prisme-lake', join(folder, 'copy')))
  const [setUp, question] = local.filter((sql) => !sql.startsWith('CREATE SECRET'))
  if (setUp === undefined || question === undefined) throw new Error('The README has no recipe')
  return [setUp, question]
}
