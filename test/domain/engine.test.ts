import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rebuildFeatures } from '../../edge/domain/rebuild.ts'
import { dueAt } from '../../edge/domain/standing.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import { DAY, HOUR, NEVER, type Millis } from '../../edge/protocol/time.ts'
import { track } from './build.ts'
import { Engine } from './engine.ts'
import { holds } from './oracle.ts'

const shoes = (at: Millis) => track('Product Viewed', at, { category: 'shoes' })

const shoeFan: Condition = {
  type: 'performed',
  event: 'Product Viewed',
  where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
  operator: 'gte',
  value: 3,
  window: { last: 'P7D' },
}

describe('shoe fans: three views in seven days', () => {
  test('enter with the third view', () => {
    const engine = new Engine([shoeFan])
    engine.take(shoes(1 * DAY))
    engine.take(shoes(2 * DAY))
    expect(engine.members()).toEqual([])
    engine.take(shoes(3 * DAY))
    expect(engine.members()).toEqual(['seg_0'])
    expect(dueAt(engine.profile)).toBe(8 * DAY)
  })

  test('leave exactly when the first of three views is seven days old, however late anybody looks', () => {
    const engine = new Engine([shoeFan])
    for (const day of [1, 2, 3]) engine.take(shoes(day * DAY))
    engine.pass(8 * DAY - 1)
    expect(engine.members()).toEqual(['seg_0'])
    engine.pass(20 * DAY)
    expect(engine.log.map(({ type, at, decidedAt }) => [type, at, decidedAt])).toEqual([
      ['entered', 3 * DAY, 3 * DAY],
      ['exited', 8 * DAY, 20 * DAY],
    ])
    expect(dueAt(engine.profile)).toBe(NEVER)
  })

  test('views of something else do not count', () => {
    const engine = new Engine([shoeFan])
    for (const day of [1, 2]) engine.take(shoes(day * DAY))
    engine.take(track('Product Viewed', 3 * DAY, { category: 'bags' }))
    expect(engine.members()).toEqual([])
  })
})

test('who has done nothing for a day enters "idle" by time alone, and leaves with the next event', () => {
  const engine = new Engine([
    {
      type: 'performed',
      event: 'Page Viewed',
      operator: 'equals',
      value: 0,
      window: { last: 'P1D' },
    },
  ])
  engine.take(track('Page Viewed', 5 * HOUR))
  engine.pass(DAY + 5 * HOUR)
  engine.take(track('Page Viewed', 3 * DAY))
  expect(engine.log.map(({ type, at }) => [type, at])).toEqual([
    ['entered', 0],
    ['exited', 5 * HOUR],
    ['entered', DAY + 5 * HOUR],
    ['exited', 3 * DAY],
  ])
})

const RETENTION = 750 * DAY

/** Instants and windows come from the same small range, so that they meet. */
const hours = fc.integer({ min: 0, max: 40 }).map((n) => n * HOUR)
const names = fc.constantFrom('A', 'B')
const tests = fc.constantFrom(
  { property: 'p', operator: 'equals', value: 1 } as const,
  { property: 'p', operator: 'gte', value: 1 } as const,
  { property: 'p', operator: 'exists' } as const,
  { property: 'p', operator: 'not_equals', value: 2 } as const,
  { property: 'p', operator: 'not_exists' } as const,
)
const performed: fc.Arbitrary<Condition> = fc
  .record({
    event: fc.oneof(names, fc.constant(['A', 'B'])),
    where: fc.array(tests, { maxLength: 1 }),
    operator: fc.constantFrom('equals', 'not_equals', 'gt', 'gte', 'lt', 'lte', 'between'),
    low: fc.integer({ min: 0, max: 3 }),
    more: fc.integer({ min: 0, max: 2 }),
    window: fc.option(fc.integer({ min: 1, max: 12 })),
  })
  .map(({ event, where, operator, low, more, window }) => ({
    type: 'performed',
    event,
    ...(where.length > 0 && { where }),
    operator: operator as 'gte',
    value: operator === 'between' ? ([low, low + more] as const) : low,
    ...(window !== null && { window: { last: `PT${window}H` } }),
  }))
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 4, arbitrary: performed },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Condition[]>(
      { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' },
      { type: 'trait', trait: 'plan', operator: 'not_exists' },
      { type: 'account', trait: 'plan', operator: 'equals', value: 'gold' },
      { type: 'account', trait: 'plan', operator: 'not_exists' },
      { type: 'account', trait: 'id', operator: 'in', value: ['g', 'h'] },
      { type: 'context', field: 'country', operator: 'equals', value: 'FR' },
      { type: 'context', field: 'country', scope: 'ever', operator: 'in', value: ['FR', 'BE'] },
    ),
  },
)
const conditions = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.record({ type: fc.constant('not' as const), condition: tie('node') }),
    fc.record({
      type: fc.constantFrom('all' as const, 'any' as const),
      conditions: fc.array(tie('node'), { maxLength: 3 }),
    }),
  ),
})).node

/** Events in order of arrival; each happened up to three hours before it arrived. Equal times are told apart. */
const histories = fc
  .array(
    fc.record({
      name: names,
      at: hours,
      late: fc.integer({ min: 0, max: 3 }),
      p: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
      said: fc.option(fc.constantFrom('gold', 'free'), { nil: undefined }),
      country: fc.option(fc.constantFrom('FR', 'BE', 'DE'), { nil: undefined }),
      group: fc.option(fc.constantFrom('f', 'g', 'h'), { nil: undefined }),
    }),
    { maxLength: 12 },
  )
  .map((items) => {
    let serial = 0
    return items
      .sort((a, b) => a.at - b.at)
      .map(({ name, at, late, p, said, country, group }) =>
        track(
          group !== undefined ? 'Grouped' : said === undefined ? name : 'Identified',
          Math.max(0, at - late * HOUR) + serial++,
          p === undefined ? {} : { p },
          {
            receivedAt: at + serial,
            ...(said !== undefined && { type: 'identify', traits: { plan: said } }),
            ...(group !== undefined && { type: 'group', group }),
            ...(country !== undefined && { context: { country } }),
          },
        ),
      )
  })

const RUNS = Number(process.env['PRISME_RUNS'] ?? 2_000)

test('the engine agrees with a brute-force reading of the whole history, at every instant', () => {
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 4 }),
      histories,
      fc.array(hours, { maxLength: 4 }),
      (wanted, history, pauses) => {
        const engine = new Engine(wanted)
        const seen: EventRecord[] = []
        const compare = (now: Millis) =>
          wanted.forEach((condition, index) => {
            const is = engine.profile.memberships.has(`seg_${index}` as never)
            expect(is).toBe(holds(condition, seen, now, RETENTION))
          })
        for (const event of history) {
          engine.take(event)
          seen.push(event)
          compare(event.receivedAt)
        }
        let now = history.at(-1)?.receivedAt ?? 0
        for (const pause of pauses) {
          now += pause / 4
          engine.pass(now)
          compare(now)
        }
      },
    ),
    { numRuns: RUNS, seed: 20_261_123 },
  )
})

test('what others say of an account counts like what one says oneself, at every instant', () => {
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 3 }),
      histories,
      fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      (wanted, history, isOwn) => {
        const engine = new Engine(wanted)
        const [own, others]: [EventRecord[], EventRecord[]] = [[], []]
        for (const [at, event] of history.entries()) {
          const isOther = event.group !== undefined && isOwn[at] === false
          if (isOther) engine.overhear(event)
          else engine.take(event)
          ;(isOther ? others : own).push(event)
          wanted.forEach((condition, index) => {
            const is = engine.profile.memberships.has(`seg_${index}` as never)
            expect(is).toBe(holds(condition, own, event.receivedAt, RETENTION, undefined, others))
          })
        }
      },
    ),
    { numRuns: RUNS, seed: 20_261_123 },
  )
})

test('transitions of time carry the instant at which the brute-force reading changes', () => {
  fc.assert(
    fc.property(conditions, histories, (condition, history) => {
      const engine = new Engine([condition])
      for (const event of history) engine.take(event)
      const start = history.at(-1)?.receivedAt ?? 0
      const before = engine.log.length
      engine.pass(start + 60 * HOUR)
      for (const { type, at } of engine.log.slice(before)) {
        expect(holds(condition, history, at, RETENTION)).toBe(type === 'entered')
        expect(holds(condition, history, at - 1, RETENTION)).toBe(type === 'exited')
      }
    }),
    { numRuns: RUNS, seed: 20_261_123 },
  )
})

test('the order of arrival changes nobody, and features rebuilt from history equal those kept', () => {
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 3 }),
      histories.chain((history) =>
        fc.tuple(
          fc.constant(history),
          fc.shuffledSubarray(history, { minLength: history.length, maxLength: history.length }),
        ),
      ),
      (wanted, [history, shuffled]) => {
        const end = (history.at(-1)?.receivedAt ?? 0) + HOUR
        const one = new Engine(wanted)
        const other = new Engine(wanted)
        for (const event of history) one.take({ ...event, receivedAt: end })
        for (const event of shuffled) other.take({ ...event, receivedAt: end })
        expect(other.members()).toEqual(one.members())
        const kept = new Map(one.profile.occurrences)
        rebuildFeatures(one.profile, shuffled, one.compiled)
        expect(one.profile.occurrences).toEqual(kept)
      },
    ),
    { numRuns: RUNS, seed: 20_261_123 },
  )
})
