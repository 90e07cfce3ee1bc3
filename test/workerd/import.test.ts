import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { clock } from '../../edge/objects/clock.ts'
import type { ImportMapping } from '../../edge/protocol/import.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'
import { DAY } from '../../edge/protocol/time.ts'
import {
  act,
  bearer,
  ended,
  errorsOf,
  run,
  status,
  storedEvents,
  upload,
} from './import-fixture.ts'
import { batch, openShop, population, profileBy, send, type Shop } from './intake-fixture.ts'

const CUSTOMERS: ImportMapping = {
  kind: 'customers',
  columns: [
    { column: 'id', use: 'identifier', kind: 'userId' },
    { column: 'email', use: 'identifier', kind: 'email' },
    { column: 'points', use: 'trait', name: 'points', as: { type: 'number', decimal: ',' } },
    { column: 'note', use: 'trait', name: 'note' },
  ],
}
const FILE = [
  'id;email;points;note',
  'c-1;one@example.com;1 250,50;"two',
  'lines"',
  'c-2;two@example.com;7;',
  'c-3;;many;',
  ';;3;nobody',
  'c-4;four@example.com;4',
  '',
].join('\n')

describe('an import of customers', () => {
  test('tells encoding, delimiter, columns, first rows and a mapping of what was uploaded', async () => {
    const shop = await openShop()
    const made = await upload(shop, FILE, 'Till')
    expect(made).toMatchObject({
      name: 'Till',
      state: 'uploaded',
      size: FILE.length,
      format: { type: 'csv', encoding: 'utf-8', delimiter: ';' },
      columns: ['id', 'email', 'points', 'note'],
    })
    expect(made.sample?.[0]).toEqual(['c-1', 'one@example.com', '1 250,50', 'two\nlines'])
    expect(made.suggested?.kind).toBe('customers')
  })

  test('takes good rows in and says of each bad one why', async () => {
    const shop = await openShop()
    const { id } = await upload(shop, FILE)
    const done = await run(shop, id, CUSTOMERS)
    expect(done).toMatchObject({
      state: 'done',
      counts: { read: 5, accepted: 2, duplicate: 0, rejected: 3, failed: 0 },
      errors: [
        { row: 4, column: 'points', reason: 'not-a-number' },
        { row: 5, reason: 'no-identifier' },
        { row: 6, reason: 'wrong-columns' },
      ],
      faults: [
        { column: 'points', reason: 'not-a-number', rows: 1, first: [4] },
        { reason: 'no-identifier', rows: 1, first: [5] },
        { reason: 'wrong-columns', rows: 1, first: [6] },
      ],
    })
    expect(await population(shop)).toBe(2)
    expect(await profileBy(shop, 'email', 'one@example.com')).toMatchObject({
      traits: { points: 1250.5, note: 'two\nlines' },
    })
    const lines = (await errorsOf(shop, id)).split('\r\n')
    expect(lines[1]).toBe('"4","points","not-a-number","c-3;;many;"')
    expect(lines[3]).toBe('"6","","wrong-columns","c-4;four@example.com;4"')
  })

  test('a dry run counts the same and keeps nothing', async () => {
    const shop = await openShop()
    const { id } = await upload(shop, FILE)
    const checked = await run(shop, id, CUSTOMERS, 'dry-run')
    expect(checked).toMatchObject({
      state: 'ready',
      dryRun: true,
      counts: { read: 5, accepted: 2, rejected: 3 },
    })
    expect(await population(shop)).toBe(0)
  })

  test('the same file sent again changes nothing', async () => {
    const shop = await openShop()
    const first = await upload(shop, FILE)
    await run(shop, first.id, CUSTOMERS)
    const before = await profileBy(shop, 'userId', 'c-1')
    const second = await upload(shop, FILE)
    const again = await run(shop, second.id, CUSTOMERS)
    expect(again.counts).toEqual({ read: 5, accepted: 0, duplicate: 2, rejected: 3, failed: 0 })
    expect(await profileBy(shop, 'userId', 'c-1')).toEqual(before)
  })

  test('is of its own workspace alone', async () => {
    const [shop, other] = [await openShop(), await openShop()]
    const { id } = await upload(shop, FILE)
    for (const what of ['start', 'dry-run', 'cancel']) {
      expect((await act(other, id, what, { mapping: CUSTOMERS as never })).status).toBe(404)
    }
    const seen = await send(`/api/imports/${id}`, undefined, {
      method: 'GET',
      headers: bearer(other),
    })
    expect(seen.status).toBe(404)
    expect((await status(shop, id)).state).toBe('uploaded')
  })

  test('needs a secret key or a session, before a byte of the file is read', async () => {
    const shop = await openShop()
    const headers = { authorization: `Bearer ${shop.writeKey}` }
    expect((await send('/api/imports?name=x', 'id\n1\n', { headers })).status).toBe(401)
    expect((await send('/api/imports?name=x', 'id\n1\n')).status).toBe(401)
  })
})

/** Rows of few people, so that the slices cost little; every row is a fact of its own. */
const rows = (count: number) =>
  `id,n\n${Array.from({ length: count }, (_, n) => `p-${n % 20},${n}\n`).join('')}`

/** Waits until some of the file is read and not all of it. */
async function midway(shop: Shop, id: string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 5) {
    const { counts } = await status(shop, id)
    if (counts.read > 0) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('a large import', () => {
  const NAMES: ImportMapping = {
    kind: 'customers',
    columns: [
      { column: 'id', use: 'identifier', kind: 'userId' },
      { column: 'n', use: 'trait', name: 'n', as: { type: 'number' } },
    ],
  }
  const ROWS = 11_000

  test('survives a crash: every row is there once, and the count is whole', async () => {
    const shop = await openShop()
    const { id } = await upload(shop, rows(ROWS))
    await act(shop, id, 'start', { mapping: NAMES as never })
    await midway(shop, id)
    const stub = env.IMPORT.getByName(`${shop.id}/import/${id}`)
    await runInDurableObject(stub, (_, state) => state.abort('crash')).catch(() => undefined)
    const fresh = env.IMPORT.getByName(`${shop.id}/import/${id}`)
    for (let turn = 0; turn < 5; turn++) await runDurableObjectAlarm(fresh)
    const done = await ended(shop, id)
    expect(done).toMatchObject({ state: 'done', counts: { read: ROWS, rejected: 0, failed: 0 } })
    expect(done.counts.accepted + done.counts.duplicate).toBe(ROWS)
    expect(await population(shop)).toBe(20)
    expect(await storedEvents(shop)).toBe(ROWS)
  })

  test('stops within a slice when it is cancelled, and goes on from there when it is started again', async () => {
    const shop = await openShop()
    const { id } = await upload(shop, rows(ROWS))
    await act(shop, id, 'start', { mapping: NAMES as never })
    await midway(shop, id)
    expect((await act(shop, id, 'cancel')).status).toBe(200)
    const stopped = await status(shop, id)
    expect(stopped.state).toBe('cancelled')
    expect(stopped.counts.read).toBeLessThan(ROWS)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await status(shop, id)).counts).toEqual(stopped.counts)
    const done = await run(shop, id, NAMES)
    expect(done).toMatchObject({ state: 'done', counts: { read: ROWS } })
    expect(await storedEvents(shop)).toBe(ROWS)
  })

  test('a file sent again after the week of other messages still changes nothing', async () => {
    const shop = await openShop()
    const first = await upload(shop, rows(40))
    await run(shop, first.id, NAMES)
    const real = { ...clock }
    clock.now = () => real.now() + 30 * DAY
    clock.toWall = (at) => at - 30 * DAY
    try {
      const second = await upload(shop, rows(40))
      expect((await run(shop, second.id, NAMES)).counts).toMatchObject({
        accepted: 0,
        duplicate: 40,
      })
    } finally {
      Object.assign(clock, real)
    }
  })
})

test('a file whose encoding and delimiter were not told right is read as somebody says', async () => {
  const shop = await openShop()
  const text = 'id|a;b\n1|\u00e9;2\n'
  const file = Uint8Array.from([...text].map((c) => c.charCodeAt(0)))
  const { id, columns } = await upload(shop, file)
  expect(columns).toEqual(['id|a', 'b'])
  const put = (format: JsonObject) =>
    send(`/api/imports/${id}/format`, JSON.stringify(format), {
      method: 'PUT',
      headers: { ...bearer(shop), 'content-type': 'application/json' },
    })
  const format = { type: 'csv', encoding: 'windows-1252', delimiter: '|' }
  expect(await (await put(format)).json()).toMatchObject({
    format,
    columns: ['id', 'a;b'],
    sample: [['1', 'é;2']],
    state: 'uploaded',
  })
  expect((await put({ ...format, delimiter: '#' })).status).toBe(400)
  const done = await run(shop, id, {
    kind: 'customers',
    columns: [
      { column: 'id', use: 'identifier', kind: 'userId' },
      { column: 'a;b', use: 'trait', name: 'a' },
    ],
  })
  expect(done.counts.accepted).toBe(1)
  expect((await profileBy(shop, 'userId', '1'))?.traits).toEqual({ a: 'é;2' })
  await put({ ...format, encoding: 'utf-8' })
  expect(await status(shop, id)).toMatchObject({ state: 'uploaded', counts: { read: 0 } })
})

test('lines of one order that follow each other are one event, older than the retention or not', async () => {
  const shop = await openShop()
  const condition = { type: 'performed', event: 'Order Completed', operator: 'gte', value: 1 }
  const made = await send(
    '/api/segments',
    { name: 'Buyers', condition, public: false },
    { headers: { ...bearer(shop), 'content-type': 'application/json' } },
  )
  expect(made.status).toBe(201)
  const file = [
    'ticket,customer,day,sku,price,qty',
    't-1,c-1,03/02/2019 18:30,a,"9,90",2',
    't-1,c-1,03/02/2019 18:30,b,"0,20",1',
    't-2,c-1,04/02/2019 09:00,a,"9,90",-1',
    't-3,c-1,05/02/2019 09:00,a,"9,90",1',
    't-3,c-1,05/02/2019 09:00,a,"?",1',
    '',
  ].join('\n')
  const { id } = await upload(shop, file)
  const price = { type: 'number', decimal: ',' } as const
  const done = await run(shop, id, {
    kind: 'orders',
    zone: 'Europe/Paris',
    constants: { currency: 'EUR' },
    columns: [
      { column: 'ticket', use: 'order' },
      { column: 'customer', use: 'identifier', kind: 'userId' },
      { column: 'day', use: 'time', as: { type: 'date', format: 'DD/MM/YYYY HH:mm' } },
      { column: 'sku', use: 'item', name: 'sku' },
      { column: 'price', use: 'item', name: 'price', as: price },
      { column: 'qty', use: 'item', name: 'quantity', as: { type: 'number' } },
    ],
  })
  expect(done).toMatchObject({
    state: 'done',
    counts: { read: 5, accepted: 3, rejected: 2 },
    errors: [
      { row: 5, reason: 'other-line-of-order' },
      { row: 6, column: 'price', reason: 'not-a-number' },
    ],
  })
  const profile = await profileBy(shop, 'userId', 'c-1')
  expect(profile?.segments).toMatchObject([{ key: 'buyers' }])
  expect(profile?.events).toMatchObject([
    {
      event: 'Order Refunded',
      properties: { order_id: 't-2', revenue: 9.9, products: [{ quantity: 1 }] },
    },
    {
      event: 'Order Completed',
      timestamp: '2019-02-03T17:30:00.000Z',
      properties: {
        order_id: 't-1',
        currency: 'EUR',
        revenue: 20,
        products: [
          { sku: 'a', price: 9.9, quantity: 2 },
          { sku: 'b', price: 0.2, quantity: 1 },
        ],
      },
    },
  ])
})

test('a list of unsubscribed people takes the consent away that they had given', async () => {
  const shop = await openShop()
  const granted = {
    type: 'track',
    event: 'Visited',
    userId: 'u-1',
    context: {
      traits: { email: 'u1@example.com' },
      consent: { categoryPreferences: { email: true } },
    },
  }
  await batch(shop, [granted])
  expect((await profileBy(shop, 'userId', 'u-1'))?.consent).toMatchObject({
    email: { granted: true },
  })
  const { id } = await upload(shop, 'address\nu1@example.com\n')
  await run(shop, id, {
    kind: 'consents',
    denies: ['email'],
    columns: [{ column: 'address', use: 'identifier', kind: 'email' }],
  })
  expect((await profileBy(shop, 'userId', 'u-1'))?.consent).toMatchObject({
    email: { granted: false },
  })
})
