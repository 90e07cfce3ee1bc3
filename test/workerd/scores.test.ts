import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  aliveProbability,
  expectedOfAnyone,
  expectedOrders,
} from '../../edge/domain/score/bg-nbd.ts'
import { expectedAmount } from '../../edge/domain/score/gamma-gamma.ts'
import type {
  ApiCustomer,
  ApiRfmMovement,
  ApiRfmReport,
  ApiScoreSettings,
  ApiValueReport,
} from '../../edge/protocol/api-score.ts'
import type { ApiSegmentReport } from '../../edge/protocol/api-segment.ts'
import type { ImportMapping } from '../../edge/protocol/import.ts'
import type { ApiProfile, Page } from '../../edge/protocol/api.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import { SCORE_SETTINGS } from '../../edge/protocol/score.ts'
import { bearer, run, upload } from './import-fixture.ts'
import { batch, openShop, send, type Shop } from './intake-fixture.ts'

declare global {
  namespace Cloudflare {
    interface Env {
      SCORE_DATA: string
    }
  }
}

/** Files of `order,customer,date,revenue`; null: not on this machine. */
const { rfm, cdnow } = JSON.parse(env.SCORE_DATA) as Record<'rfm' | 'cdnow', string | null>

async function api<T>(shop: Shop, method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(path, body as never, {
    method,
    headers: { ...bearer(shop), 'content-type': 'application/json' },
  })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return JSON.parse(text) as T
}

async function refusal(shop: Shop, method: string, path: string, body?: unknown): Promise<Problem> {
  const response = await send(path, body as never, {
    method,
    headers: { ...bearer(shop), 'content-type': 'application/json' },
  })
  expect(response.status).toBe(400)
  return await response.json<Problem>()
}

const MAPPING: ImportMapping = {
  kind: 'orders',
  columns: [
    { column: 'order', use: 'order' },
    { column: 'customer', use: 'identifier', kind: 'userId' },
    { column: 'date', use: 'time', as: { type: 'date' } },
    { column: 'revenue', use: 'property', name: 'revenue', as: { type: 'number' } },
  ],
}

async function withOrders(file: string): Promise<Shop> {
  const shop = await openShop()
  const { id } = await upload(shop, file)
  const { state, counts } = await run(shop, id, MAPPING)
  const rows = file.trim().split('\n').length - 1
  expect([state, counts.accepted]).toEqual(['done', rows])
  return shop
}

describe.skipIf(rfm === null)('orders of the R package rfm, imported', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await withOrders(rfm ?? '')
  })

  test('give the published cut points and cells, as of its analysis date', async () => {
    const report = await api<ApiRfmReport>(shop, 'GET', '/api/reports/rfm?asOf=2006-12-31')
    const { cutPoints, cells, customers, orders, revenue } = report
    expect([customers, orders, revenue]).toEqual([995, 4_906, 464_158])
    expect(cutPoints?.recency.map((cut) => Number(cut.toFixed(9)))).toEqual([115, 181, 297.4, 482])
    expect(cutPoints?.frequency).toEqual([4, 5, 6, 8])
    expect(cutPoints?.monetary.map((cut) => Number(cut.toFixed(9)))).toEqual([
      255.8, 382, 506.4, 666,
    ])
    const counts = cells
      .filter((cell) => cell.customers > 0)
      .map((cell) => [cell.key, cell.customers])
    expect(Object.fromEntries(counts)).toEqual({
      champions: 158,
      loyal: 278,
      'potential-loyalist': 229,
      lost: 111,
      'at-risk': 86,
      'about-to-sleep': 50,
      'need-attention': 35,
      others: 48,
    })
    expect(cells[0]).toMatchObject({ orders: 1_234, revenue: 120_178 })
    expect(cells[0]?.share).toBeCloseTo(120_178 / 464_158, 12)
  })

  test('who moved between cells from one date to another adds up to the reports of both', async () => {
    const [from, to] = ['2006-06-30', '2006-12-31']
    const moved = await api<ApiRfmMovement>(
      shop,
      'GET',
      `/api/reports/rfm/movement?from=${from}&to=${to}`,
    )
    const sums = (side: 'from' | 'to', revenue: 'before' | 'after') =>
      moved.cells.map((key) => {
        const own = moved.moves.filter((move) => move[side] === key)
        const sum = (read: (move: (typeof own)[number]) => number) =>
          own.reduce((all, move) => all + read(move), 0)
        return [key, sum(({ customers }) => customers), sum((move) => move[revenue])]
      })
    for (const [side, revenue, asOf] of [
      ['from', 'before', from],
      ['to', 'after', to],
    ] as const) {
      const report = await api<ApiRfmReport>(shop, 'GET', `/api/reports/rfm?asOf=${asOf}`)
      expect(sums(side, revenue)).toEqual(
        report.cells.map(({ key, customers, revenue: sum }) => [key, customers, sum]),
      )
      const { customers, cutPoints } = moved[side]
      expect([customers, cutPoints]).toEqual([report.customers, report.cutPoints])
    }
    expect(moved.to.customers).toBe(995)
    const fresh = moved.moves.filter((move) => move.from === null)
    const count = fresh.reduce((all, { customers }) => all + customers, 0)
    expect(moved.from.customers + count).toBe(995)
    expect(new Set(moved.moves.map((move) => move.from)).size).toBeGreaterThan(3)
  })

  test.each([
    ['', 'from'],
    ['?from=soon', 'from'],
    ['?from=2006-06-30&to=soon', 'to'],
    ['?from=2006-06-30&to=2006-06-30', 'to'],
    ['?from=2106-06-30', 'from'],
  ])('movement asked for with “%s” is refused at %s', async (query, path) => {
    const { errors } = await refusal(shop, 'GET', `/api/reports/rfm/movement${query}`)
    expect(errors?.map((error) => error.path)).toEqual([path])
  })

  test('an analysis date that is none, or yet to come, is refused with the field named', async () => {
    for (const asOf of ['soon', '2106-12-31']) {
      const { errors } = await refusal(shop, 'GET', `/api/reports/rfm?asOf=${asOf}`)
      expect(errors?.[0]?.path).toBe('asOf')
    }
  })
})

describe.skipIf(cdnow === null)('orders of CDNOW, imported', () => {
  let report: ApiValueReport
  beforeAll(async () => {
    const shop = await withOrders(cdnow ?? '')
    report = await api<ApiValueReport>(shop, 'GET', '/api/reports/value?asOf=1997-09-30')
  })

  test('give the published parameters as of the end of calibration, within one per cent', () => {
    expect(report.customers).toBe(2_357)
    const { r, alpha, a, b } = report.buying?.model ?? { r: 0, alpha: 0, a: 0, b: 0 }
    for (const [fitted, published] of [
      [r, 0.243],
      [alpha / 7, 4.414],
      [a, 0.793],
      [b, 2.426],
    ] as const) {
      expect(Math.abs(fitted / published - 1)).toBeLessThan(0.01)
    }
    const { p, q, v } = report.spending?.model ?? { p: 0, q: 0, v: 0 }
    for (const [fitted, published] of [
      [p, 6.25],
      [q, 3.74],
      [v, 15.44],
    ] as const) {
      expect(Math.abs(fitted / published - 1)).toBeLessThan(0.01)
    }
    expect(report.spending?.customers).toBe(946)
    for (const error of Object.values(report.buying?.errors ?? {})) expect(error).toBeGreaterThan(0)
  })

  test('give the expected orders of the published case to three decimals', () => {
    const model = report.buying?.model ?? { r: 1, alpha: 1, a: 1, b: 1 }
    const history = { repeats: 2, lastAt: 30.43 * 7, observed: 38.86 * 7 }
    expect(expectedOrders(model, history, 39 * 7).toFixed(3)).toBe('1.226')
    expect(aliveProbability(model, history)).toBeGreaterThan(0.5)
    expect(expectedOfAnyone(model, 78 * 7)).toBeCloseTo(1.8576, 3)
    const spending = report.spending?.model ?? { p: 1, q: 2, v: 1 }
    expect(expectedAmount(spending, { repeats: 2, mean: 22.35 })).toBeCloseTo(24.65, 1)
  })

  test('say how what was expected compares with what happened, after the calibration too', () => {
    const { byCount = [], byWeek = [] } = report
    const customers = byCount.reduce((sum, { actual }) => sum + actual, 0)
    expect(customers).toBe(2_357)
    expect(byCount.reduce((sum, { expected }) => sum + expected, 0)).toBeCloseTo(2_357, 4)
    // Customers without a repeat order: 1,411 of 2,357.
    expect(byCount[0]?.actual).toBe(1_411)
    expect(Math.abs((byCount[0]?.expected ?? 0) / 1_411 - 1)).toBeLessThan(0.03)
    const end = byWeek.find(({ at }) => at > '1997-09-30')
    expect(Math.abs((end?.expected ?? 0) / (end?.actual ?? 1) - 1)).toBeLessThan(0.05)
    expect(byWeek.at(-1)?.at.slice(0, 7)).toBe('1998-07')
    const { actual = 1, expected = 0 } = byWeek.at(-1) ?? {}
    expect(Math.abs(expected / actual - 1)).toBeLessThan(0.1)
  })
})

describe('score settings', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
  })
  const path = '/api/settings/scores'

  test('are the defaults until they are changed, and what is left out has its default again', async () => {
    const before = await api<ApiScoreSettings>(shop, 'GET', path)
    expect(before.orders).toEqual(SCORE_SETTINGS.orders)
    expect(before.rfm).toMatchObject({ window: null, bins: 5, cutPoints: null })
    const changed = {
      orders: { currency: 'USD', rates: { EUR: 1.08 } },
      rfm: {
        window: 'P365D',
        bins: 2,
        cutPoints: { recency: [30], frequency: [2], monetary: [100] },
        cells: [
          { key: 'good', name: 'Good', recency: [2, 2], frequency: [1, 2], monetary: [1, 2] },
        ],
      },
    }
    const after = await api<ApiScoreSettings>(shop, 'PUT', path, changed)
    expect(after).toMatchObject(changed)
    expect(after.orders.completed).toEqual(['Order Completed'])
    expect(await api<ApiScoreSettings>(shop, 'GET', path)).toEqual(after)
    expect((await api<ApiScoreSettings>(shop, 'PUT', path, {})).rfm).toEqual(before.rfm)
  })

  test.each([
    [{ orders: { completed: [] } }, 'orders.completed'],
    [{ orders: { currency: 'Euro' } }, 'orders.currency'],
    [{ orders: { rates: { USD: 0 } } }, 'orders.rates.USD'],
    [{ orders: { rates: { usd: 1 } } }, 'orders.rates.usd'],
    [{ rfm: { window: 'PT1H' } }, 'rfm.window'],
    [{ rfm: { bins: 1 } }, 'rfm.bins'],
    [{ rfm: { bins: 4 } }, 'rfm.cells'],
    [
      {
        rfm: { cutPoints: { recency: [1, 2, 3], frequency: [1, 2, 3, 4], monetary: [1, 2, 3, 4] } },
      },
      'rfm.cutPoints.recency',
    ],
    [
      {
        rfm: {
          cutPoints: { recency: [2, 1, 3, 4], frequency: [1, 2, 3, 4], monetary: [1, 2, 3, 4] },
        },
      },
      'rfm.cutPoints.recency',
    ],
    [
      { rfm: { cells: [{ key: 'a', recency: [1, 6], frequency: [1, 1], monetary: [1, 1] }] } },
      'rfm.cells.0.recency',
    ],
    [
      { rfm: { cells: [{ key: 'others', recency: [1, 5], frequency: [1, 1], monetary: [1, 1] }] } },
      'rfm.cells.0.key',
    ],
    [{ engagement: { weights: { A: -1 } } }, 'engagement.weights.A'],
    [{ engagement: { halfLife: 'soon' } }, 'engagement.halfLife'],
    [{ churn: {} }, 'churn'],
  ])('%j is refused at %s', async (body, at) => {
    const { errors = [] } = await refusal(shop, 'PUT', path, body)
    expect(errors.map((error) => error.path)).toContain(at)
  })
})

test('too little data is said, and how much is missing', async () => {
  const shop = await openShop()
  await batch(
    shop,
    Array.from({ length: 37 }, (_, place) => ({
      type: 'track',
      event: 'Order Completed',
      userId: `u${place}`,
      messageId: `order-${place}`,
      properties: { revenue: 10, order_id: `o${place}` },
    })),
  )
  const rfmReport = await api<ApiRfmReport>(shop, 'GET', '/api/reports/rfm')
  expect(rfmReport).toMatchObject({
    cutPoints: null,
    orders: 37,
    notEnough: { known: 37, needed: 100, detail: 'not enough data: 37 of 100 orders' },
  })
  const value = await api<ApiValueReport>(shop, 'GET', '/api/reports/value')
  expect(value.notEnough?.detail).toBe('not enough data: 0 of 100 customers with a repeat order')
  expect(value.buying).toBeUndefined()
})

test('what is found is published: everybody is scored anew, and the same again is no new version', async () => {
  const shop = await openShop()
  const order = (customer: number, count: number) => ({
    type: 'track',
    event: 'Order Completed',
    userId: `u${customer}`,
    messageId: `order-${customer}-${count}`,
    properties: { revenue: customer, order_id: `o${customer}-${count}` },
  })
  const customers = Array.from({ length: 60 }, (_, place) => place + 1)
  await batch(
    shop,
    customers.flatMap((one) => (one > 50 ? [1, 2, 3, 4, 5] : [1]).map((n) => order(one, n))),
  )
  const best = { type: 'score', score: 'rfm.monetary', operator: 'gte', value: 5 }
  const segment = await api<{ id: string }>(shop, 'POST', '/api/segments?wait=live', {
    name: 'Best',
    condition: best,
  })
  const members = () =>
    api<{ items: readonly unknown[] }>(shop, 'GET', `/api/segments/${segment.id}/members`)
  expect((await members()).items).toEqual([])
  const refreshed = await api<{ version: number }>(shop, 'POST', '/api/scores/refresh')
  expect(refreshed.version).toBe(1)
  // Revenue of 48.2 and more, plus one: the best fifth of sixty.
  await expect.poll(async () => (await members()).items.length, { timeout: 10_000 }).toBe(11)
  expect((await api<{ version: number }>(shop, 'POST', '/api/scores/refresh')).version).toBe(1)

  const seen: ApiCustomer[] = []
  for (let cursor: string | undefined = '', turn = 0; cursor !== undefined; turn++) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`
    const page: Page<ApiCustomer> = await api(shop, 'GET', `/api/customers?limit=7${after}`)
    seen.push(...page.items)
    expect(page.items.length).toBeLessThanOrEqual(7)
    expect(turn).toBeLessThan(60)
    cursor = page.cursor
  }
  expect(new Set(seen.map((one) => one.profile)).size).toBe(60)
  expect(seen).toHaveLength(60)
  const often = await api<Page<ApiCustomer>>(shop, 'GET', '/api/customers?frequency=5')
  expect(often.items.map((one) => one.frequency)).toEqual(Array<number>(10).fill(5))

  const { scores } = await api<ApiProfile>(shop, 'GET', '/api/profiles?kind=userId&value=u60')
  // Ten of sixty ordered five times, the others once.
  expect(scores?.engagement.above).toEqual({ share: 0.8, sampled: 60 })
  expect(scores?.orders).toMatchObject({ count: 5, revenue: 300, currency: 'EUR' })
  expect(scores?.rfm).toMatchObject({ scores: { monetary: 5, frequency: 5 }, bins: 5 })
  expect(scores?.population).toMatchObject({ version: 1, customers: 60 })
  expect(scores?.engagement.parts[0]).toMatchObject({ event: 'Order Completed', count: 5 })
  await batch(shop, [order(61, 1)])
  expect((await api<{ version: number }>(shop, 'POST', '/api/scores/refresh')).version).toBe(2)
})

test('another currency has everybody looked at anew, by itself: no cut point stays in the old one', async () => {
  const shop = await openShop()
  await batch(
    shop,
    Array.from({ length: 100 }, (_, place) => ({
      type: 'track',
      event: 'Order Completed',
      userId: `u${place}`,
      messageId: `order-${place}`,
      properties: { revenue: place, order_id: `o${place}`, currency: 'EUR' },
    })),
  )
  await api(shop, 'POST', '/api/scores/refresh')
  const segment = await api<{ id: string }>(shop, 'POST', '/api/segments?wait=live', {
    name: 'Best',
    condition: { type: 'score', score: 'rfm.monetary', operator: 'gte', value: 5 },
  })
  const cutPoint = async () =>
    (await api<ApiRfmReport>(shop, 'GET', '/api/reports/rfm')).cutPoints?.monetary[3]
  const members = async () => {
    const path = `/api/segments/${segment.id}/members?limit=200`
    return (await api<Page<unknown>>(shop, 'GET', path)).items.length
  }
  expect(await cutPoint()).toBeCloseTo(80.2, 9)
  expect(await members()).toBe(19)
  await api(shop, 'PUT', '/api/settings/scores', {
    orders: { currency: 'JPY', rates: { EUR: 160 } },
  })
  await expect.poll(cutPoint, { timeout: 10_000 }).toBeCloseTo(79.2 * 160 + 1, 6)
  await expect.poll(members, { timeout: 10_000 }).toBe(20)
  // Nobody was held against amounts of another currency meanwhile: the one who entered is who is in it now.
  const crossings = async () => {
    const path = `/api/segments/${segment.id}/report`
    const { entered, exited } = await api<ApiSegmentReport>(shop, 'GET', path)
    return [entered, exited]
  }
  await expect.poll(crossings, { timeout: 10_000 }).toEqual([20, 0])
})
