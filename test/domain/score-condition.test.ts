import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Condition, ScoreCondition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { Scoring } from '../../edge/protocol/population.ts'
import { RFM_CELLS, SCORE_SETTINGS } from '../../edge/protocol/score.ts'
import { DAY, HOUR, MINUTE, type Millis } from '../../edge/protocol/time.ts'
import { track } from './build.ts'
import { Engine } from './engine.ts'
import { holds } from './oracle.ts'

const RETENTION = 750 * DAY
const START = Date.parse('2027-03-01T00:00:00Z')
const RUNS = Number(process.env['PRISME_RUNS'] ?? 400)

const SCORING: Scoring = {
  settings: {
    ...SCORE_SETTINGS,
    orders: { ...SCORE_SETTINGS.orders, rates: { USD: 0.5 } },
    engagement: { weights: { 'Order Completed': 4, 'Product Viewed': 1 }, halfLife: 5 * DAY },
  },
  population: {
    version: 1,
    at: START,
    customers: 1_000,
    cutPoints: {
      recency: [3, 10.4, 30, 90],
      frequency: [2, 3, 4, 5],
      monetary: [10, 25.5, 40, 80],
    },
    // As fitted on CDNOW, in days.
    value: {
      buying: { r: 0.243, alpha: 30.9, a: 0.793, b: 2.426 },
      spending: { p: 6.25, q: 3.74, v: 15.44 },
    },
  },
}
const WINDOWED: Scoring = {
  ...SCORING,
  settings: { ...SCORING.settings, rfm: { ...SCORING.settings.rfm, window: 60 * DAY } },
}

const bins = fc.record({
  type: fc.constant('score' as const),
  score: fc.constantFrom('rfm.recency', 'rfm.frequency', 'rfm.monetary'),
  operator: fc.constantFrom('equals', 'gte', 'lt', 'not_equals'),
  value: fc.integer({ min: 1, max: 5 }),
})
const cells = fc.record({
  type: fc.constant('score' as const),
  score: fc.constant('rfm.cell' as const),
  operator: fc.constant('in' as const),
  value: fc.subarray([...RFM_CELLS.map(({ key }) => key), 'others'], { minLength: 1 }),
})
const values = fc.oneof(
  fc.record({
    type: fc.constant('score' as const),
    score: fc.constant('churn' as const),
    operator: fc.constantFrom('gt', 'lte'),
    value: fc.integer({ min: 0, max: 20 }).map((part) => part / 20),
  }),
  fc.record({
    type: fc.constant('score' as const),
    score: fc.constant('clv' as const),
    operator: fc.constantFrom('gte', 'lt'),
    value: fc.integer({ min: 1, max: 200 }),
  }),
  fc.record({
    type: fc.constant('score' as const),
    score: fc.constant('clv' as const),
    operator: fc.constant('between' as const),
    value: fc
      .tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }))
      .map(([low, more]) => [low, low + more]),
  }),
)
const presence = fc.record({
  type: fc.constant('score' as const),
  score: fc.constantFrom('rfm.cell', 'clv'),
  operator: fc.constantFrom('exists', 'not_exists'),
})
const exact = fc.oneof(bins, cells, values, presence) as fc.Arbitrary<ScoreCondition>
const engagement = fc.record({
  type: fc.constant('score' as const),
  score: fc.constant('engagement' as const),
  operator: fc.constantFrom('gte', 'lt'),
  value: fc.integer({ min: 0, max: 12 }).map((part) => part / 2 + 0.123),
}) as fc.Arbitrary<ScoreCondition>

const histories: fc.Arbitrary<readonly EventRecord[]> = fc
  .array(
    fc.record({
      name: fc.constantFrom(
        'Order Completed',
        'Order Completed',
        'Order Completed',
        'Order Refunded',
        'Order Cancelled',
        'Product Viewed',
      ),
      hour: fc.nat(24 * 120),
      late: fc.constantFrom(0, 0, 30, 400, 24 * 800),
      imported: fc.boolean(),
      order: fc.option(fc.constantFrom('a', 'b', 3), { nil: undefined }),
      revenue: fc.option(fc.constantFrom(5, 12.3, 40, -2), { nil: undefined }),
      currency: fc.constantFrom('EUR', 'USD', 'CHF', undefined),
    }),
    { maxLength: 10 },
  )
  .map((items) =>
    items
      .toSorted((a, b) => a.hour - b.hour)
      .map(({ name, hour, late, imported, order, revenue, currency }, position) => {
        const properties = {
          // What names no order is taken off the latest ones: what that means is tested apart.
          ...(name === 'Order Completed' && order === undefined
            ? {}
            : { order_id: order ?? 'none' }),
          ...(revenue !== undefined && { revenue }),
          ...(currency !== undefined && { currency }),
        }
        return track(name, START + (hour - late) * HOUR + position, properties, {
          receivedAt: START + hour * HOUR + 500,
          position,
          messageId: `m${position}`,
          ...(imported && { imported }),
        })
      }),
  )
  .map((events) =>
    // A refund of an order that nobody knows is tested apart too.
    events.filter(
      ({ name, properties, timestamp }) =>
        name !== 'Order Refunded' ||
        events.some(
          (one) =>
            one.name === 'Order Completed' &&
            one.properties['order_id'] === properties['order_id'] &&
            one.timestamp <= timestamp &&
            one.receivedAt <= timestamp,
        ),
    ),
  )

const plain = (
  condition: Condition,
  history: readonly EventRecord[],
  at: Millis,
  scoring: Scoring,
): boolean => holds(condition, history, at, RETENTION, undefined, [], 'UTC', [], scoring)

test('the engine agrees with a brute-force reading of scores, at every instant', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(exact, engagement), { minLength: 1, maxLength: 3 }),
      histories,
      fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(700)), { maxLength: 4 }),
      fc.constantFrom(SCORING, WINDOWED),
      (wanted, history, pauses, scoring) => {
        const engine = new Engine(wanted, { born: START - 24 * 900 * HOUR, scoring })
        const seen: EventRecord[] = []
        const compare = (at: Millis) =>
          wanted.forEach((condition, index) => {
            expect([at, engine.is(index)]).toEqual([at, plain(condition, seen, at, scoring)])
          })
        for (const event of history) {
          engine.take(event)
          seen.push(event)
          compare(event.receivedAt)
        }
        let at = history.at(-1)?.receivedAt ?? START
        for (const pause of pauses) {
          engine.pass((at += pause * DAY + 3 * HOUR))
          compare(at)
        }
      },
    ),
    { numRuns: RUNS, seed: 20_261_126 },
  )
})

test('transitions of time carry the instant at which the brute-force reading changes', () => {
  let seen = 0
  fc.assert(
    fc.property(
      exact,
      histories,
      fc.constantFrom(SCORING, WINDOWED),
      (condition, history, scoring) => {
        const engine = new Engine([condition], { born: START - 24 * 900 * HOUR, scoring })
        for (const event of history) engine.take(event)
        const before = engine.log.length
        engine.pass((history.at(-1)?.receivedAt ?? START) + 900 * DAY)
        for (const { type, at } of engine.log.slice(before)) {
          seen++
          const then = (instant: Millis) => plain(condition, history, instant, scoring)
          expect([at, then(at)]).toEqual([at, type === 'entered'])
          expect([at - 1, then(at - 1)]).toEqual([at - 1, type === 'exited'])
        }
      },
    ),
    { numRuns: RUNS, seed: 20_261_127 },
  )
  expect(seen).toBeGreaterThan(RUNS / 4)
})

test('engagement fades past a bound within two milliseconds of when it is told', () => {
  fc.assert(
    fc.property(engagement, histories, (condition, history) => {
      const engine = new Engine([condition], { born: START - 24 * 900 * HOUR, scoring: SCORING })
      for (const event of history) engine.take(event)
      const before = engine.log.length
      engine.pass((history.at(-1)?.receivedAt ?? START) + 100 * DAY)
      for (const { type, at } of engine.log.slice(before)) {
        expect(plain(condition, history, at + 2, SCORING)).toBe(type === 'entered')
        expect(plain(condition, history, at - 2, SCORING)).toBe(type === 'exited')
      }
    }),
    { numRuns: RUNS, seed: 20_261_128 },
  )
})

test('what was imported counts for engagement once later events that were not have expired', () => {
  const scoring: Scoring = {
    settings: { ...SCORE_SETTINGS, engagement: { weights: { A: 1 }, halfLife: 3_650 * DAY } },
  }
  const condition: Condition = {
    type: 'score',
    score: 'engagement',
    operator: 'between',
    value: [5, 10],
  }
  const engine = new Engine([condition], { born: START - DAY, scoring, retention: 40 * DAY })
  // No more a day than count, and more in all than are kept.
  const live = Array.from({ length: 600 }, (_, place) =>
    track('A', START + DAY + (place * DAY) / 20),
  )
  const imported = Array.from({ length: 10 }, (_, place) =>
    track('A', START + place, {}, { receivedAt: START + 35 * DAY, imported: true }),
  )
  for (const event of [...live, ...imported]) engine.take(event)
  engine.pass(START + 72 * DAY)
  expect(engine.is()).toBe(true)
  engine.pass(START + 75 * DAY)
  expect(engine.is()).toBe(false)
})

test('whoever does more a day than counts is as engaged as by what counts, in whatever order it is told', () => {
  const halfLife = 30 * DAY
  const scoring: Scoring = {
    settings: { ...SCORE_SETTINGS, engagement: { weights: { A: 1 }, halfLife } },
  }
  const [days, last] = [24, START + 24 * DAY]
  const told = Array.from({ length: days * 60 }, (_, place) =>
    track('A', START + place * 24 * MINUTE, {}, { receivedAt: last }),
  )
  const counted = told.filter((_, place) => place % 60 < 20)
  const level = counted.reduce(
    (sum, { timestamp }) => sum + 2 ** ((timestamp - last) / halfLife),
    0,
  )
  const within: Condition = {
    type: 'score',
    score: 'engagement',
    operator: 'between',
    value: [level - 0.001, level + 0.001],
  }
  // What else is asked of these events keeps more of them.
  const often: Condition = { type: 'performed', event: 'A', operator: 'gte', value: 900 }
  const inTurn = told.map((_, place) => told[(place * 7) % told.length] as EventRecord)
  for (const events of [told, told.toReversed(), inTurn]) {
    const engine = new Engine([within, often], { born: START - DAY, scoring })
    engine.merge(events, last)
    expect(engine.members()).toEqual(['seg_0', 'seg_1'])
  }
})

describe('a score that is not known', () => {
  const bare: Scoring = { settings: SCORE_SETTINGS }
  const short: Scoring = {
    ...bare,
    population: {
      version: 1,
      at: 0,
      customers: 3,
      cutPoints: { known: 3, needed: 100 },
      value: { known: 0, needed: 100 },
    },
  }
  test.each([
    ['nobody has looked yet', bare],
    ['there are too few orders', short],
    ['nobody is scored', undefined],
  ])('passes no comparison: %s', (_, scoring) => {
    const engine = new Engine(
      (['rfm.cell', 'clv', 'churn', 'rfm.recency'] as const).flatMap((score): Condition[] => [
        { type: 'score', score, operator: 'exists' },
        { type: 'not', condition: { type: 'score', score, operator: 'not_exists' } },
      ]),
      scoring === undefined ? {} : { scoring },
    )
    engine.take(track('Order Completed', HOUR, { revenue: 10 }))
    expect(engine.members()).toEqual([])
  })
})

test('whose orders are merged in from somebody else is scored by all of them', () => {
  const condition: Condition = { type: 'score', score: 'rfm.frequency', operator: 'gte', value: 3 }
  const engine = new Engine([condition], { scoring: SCORING })
  const order = (day: number) => track('Order Completed', day * DAY, { revenue: 10 })
  engine.take(order(1))
  expect(engine.is()).toBe(false)
  engine.merge([order(1), order(2), order(3)], 4 * DAY)
  expect(engine.is()).toBe(true)
})

test('orders count no more once consent is withdrawn', () => {
  const condition: Condition = { type: 'score', score: 'rfm.cell', operator: 'exists' }
  const engine = new Engine([condition], { scoring: SCORING })
  engine.take(track('Order Completed', HOUR, { revenue: 10 }, { consent: { analytics: true } }))
  expect(engine.is()).toBe(true)
  engine.take(track('B', 2 * HOUR, {}, { consent: { analytics: false } }))
  expect(engine.is()).toBe(false)
})
