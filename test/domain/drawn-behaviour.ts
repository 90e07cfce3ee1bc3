import fc from 'fast-check'
import type {
  Condition,
  EventTest,
  FollowedCondition,
  LifecycleCondition,
  PerformedCondition,
  SequenceCondition,
  Window,
} from '../../edge/protocol/condition.ts'
import { DAY, HOUR } from '../../edge/protocol/time.ts'
import { track } from './build.ts'

/** A Saturday; the night after it the clocks of Paris jump from two to three. */
export const START = Date.parse('2026-03-28T18:00:00Z')

const span = (most: number) => fc.integer({ min: 1, max: most }).map((n) => `PT${n}H`)
const name = fc.constantFrom('A', 'B', 'C')
const events: fc.Arbitrary<EventTest> = fc.record(
  {
    event: fc.oneof(name, fc.constant(['A', 'B'])),
    where: fc.constantFrom(
      [{ property: 'p', operator: 'gte', value: 1 } as const],
      [{ property: 'c', operator: 'exists' } as const],
    ),
  },
  { requiredKeys: ['event'] },
)
const iso = (hours: number) => new Date(START + hours * HOUR).toISOString()
const windows: fc.Arbitrary<Window> = fc.oneof(
  span(30).map((last) => ({ last })),
  fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 20 })).map(([from, length]) => ({
    from: iso(from),
    to: iso(from + length),
  })),
  fc
    .tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 20 }))
    .map(([shorter, more]): Window => ({ between: [`PT${shorter}H`, `PT${shorter + more}H`] })),
  fc.record({
    calendar: fc.constantFrom('day', 'week', 'month', 'year'),
    offset: fc.integer({ min: -2, max: 0 }),
  }),
)

/** Events begin to count later than they happen: nobody asks how long the latest of those is ago. */
const isLate = (window: Window): boolean =>
  'between' in window || ('calendar' in window && (window.offset ?? 0) < 0)

const comparison = fc.constantFrom('equals', 'not_equals', 'gt', 'gte', 'lt', 'lte', 'between')
const performed: fc.Arbitrary<PerformedCondition> = fc
  .record({
    events,
    window: fc.option(windows),
    operator: comparison,
    measure: fc.constantFrom(
      'count',
      'sum',
      'avg',
      'min',
      'max',
      'distinct',
      'first',
      'last',
      'recency',
    ),
    low: fc.integer({ min: 0, max: 3 }),
    more: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ events, window, operator, measure, low, more }): PerformedCondition => {
    const unit = (n: number) => (measure === 'recency' ? `PT${n + 1}H` : n)
    return {
      type: 'performed',
      ...events,
      measure,
      ...(measure !== 'count' && measure !== 'recency' && { property: 'p' }),
      operator,
      value: operator === 'between' ? [unit(low), unit(low + more)] : unit(low),
      ...(window !== null && (measure !== 'recency' || !isLate(window)) && { window }),
    }
  })
const sequence: fc.Arbitrary<SequenceCondition> = fc
  .record({
    steps: fc.array(
      fc.record({ events, within: fc.option(span(8)), immediately: fc.option(fc.boolean()) }),
      { minLength: 1, maxLength: 3 },
    ),
    window: fc.option(span(20)),
    total: fc.option(span(10)),
  })
  .map(({ steps, window, total }) => ({
    type: 'sequence',
    steps: steps.map(({ events, within, immediately }, place) => ({
      ...events,
      ...(place > 0 && within !== null && { within }),
      ...(place > 0 && immediately === true && { immediately }),
    })),
    ...(window !== null && { window: { last: window } }),
    ...(total !== null && { total }),
  }))
const followed: fc.Arbitrary<FollowedCondition> = fc
  .record({
    type: fc.constantFrom('followedBy', 'notFollowedBy'),
    before: events,
    then: events,
    same: fc.option(fc.constant('c')),
    within: span(12),
    since: fc.constantFrom('last', 'any'),
  })
  .map(({ type, before, then, same, within, since }) => ({
    type,
    ...before,
    then: { ...then, ...(same !== null && { same }) },
    within,
    since,
  }))
const lifecycle: fc.Arbitrary<LifecycleCondition> = fc
  .record({
    events,
    is: fc.constantFrom('first-time', 'regular', 'stopped', 'returned'),
    period: span(6),
    of: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ events, ...rest }) => ({ type: 'lifecycle', ...events, ...rest }))
const leaf: fc.Arbitrary<Condition> = fc.oneof(performed, sequence, followed, lifecycle)
/** What people do, of every type, of events `A`, `B` and `C` with properties `p` and `c`. */
export const conditions: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 4, arbitrary: leaf },
  { weight: 1, arbitrary: leaf.map((condition): Condition => ({ type: 'not', condition })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('all', 'any'), fc.array(leaf, { maxLength: 3 }))
      .map(([type, list]): Condition => ({ type, conditions: list })),
  },
)

/** In order of arrival, each up to five hours late, imported ones a day; many at the same time as others. */
export const histories = fc
  .array(
    fc.record({
      name,
      at: fc.nat(40),
      late: fc.constantFrom(0, 0, 1, 5),
      isImported: fc.constantFrom(false, false, true),
      p: fc.option(fc.constantFrom(0, 1, 2, 0.1, 0.7), { nil: undefined }),
      c: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
    }),
    { maxLength: 10 },
  )
  .map((items) =>
    items
      .sort((a, b) => a.at - b.at)
      .map(({ name, at, late, isImported, p, c }, position) =>
        track(
          name,
          START + (at - (isImported ? 5 * late : late)) * HOUR,
          { ...(p !== undefined && { p }), ...(c !== undefined && { c }) },
          {
            receivedAt: START + at * HOUR,
            position,
            messageId: `m${position}`,
            ...(isImported && { imported: true as const }),
          },
        ),
      ),
  )
/** All are kept throughout, or they expire one by one. */
export const retentions = fc.constantFrom(750 * DAY, 40 * HOUR)
export const zones = fc.constantFrom('UTC', 'Europe/Paris', 'America/Santiago')
