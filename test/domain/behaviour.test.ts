import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rebuildFeatures } from '../../edge/domain/rebuild.ts'
import type {
  Condition,
  EventTest,
  FollowedCondition,
  LifecycleCondition,
  PerformedCondition,
  SequenceCondition,
  Window,
} from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import { DAY, HOUR, type Millis } from '../../edge/protocol/time.ts'
import { track } from './build.ts'
import { Engine, tally } from './engine.ts'
import {
  renameCondition,
  renameEvent,
  shiftCondition,
  shiftEvent,
  shiftOf,
  zoneAhead,
} from './metamorphic.ts'
import { holds } from './oracle.ts'

const RETENTION = 750 * DAY
/** A Saturday; the night after it the clocks of Paris jump from two to three. */
const START = Date.parse('2026-03-28T18:00:00Z')
const RUNS = Number(process.env['PRISME_RUNS'] ?? 1_500)

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
const conditions: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 4, arbitrary: leaf },
  { weight: 1, arbitrary: leaf.map((condition): Condition => ({ type: 'not', condition })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('all', 'any'), fc.array(leaf, { maxLength: 3 }))
      .map(([type, list]): Condition => ({ type, conditions: list })),
  },
)

/** In order of arrival, each up to five hours late; many at the same time as others. */
const histories = fc
  .array(
    fc.record({
      name,
      at: fc.nat(40),
      late: fc.constantFrom(0, 0, 1, 5),
      p: fc.option(fc.constantFrom(0, 1, 2, 0.1, 0.7), { nil: undefined }),
      c: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
    }),
    { maxLength: 10 },
  )
  .map((items) =>
    items
      .sort((a, b) => a.at - b.at)
      .map(({ name, at, late, p, c }, position) =>
        track(
          name,
          START + (at - late) * HOUR,
          { ...(p !== undefined && { p }), ...(c !== undefined && { c }) },
          { receivedAt: START + at * HOUR, position, messageId: `m${position}` },
        ),
      ),
  )
const zones = fc.constantFrom('UTC', 'Europe/Paris', 'America/Santiago')

test('the engine agrees with a brute-force reading of the whole history, at every instant', () => {
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 3 }),
      histories,
      fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 4 }),
      zones,
      (wanted, history, pauses, timezone) => {
        const born = START - 10 * HOUR
        const engine = new Engine(wanted, { timezone, born })
        const seen: EventRecord[] = []
        const compare = (now: Millis) =>
          wanted.forEach((condition, index) => {
            const plain = holds(condition, seen, now, RETENTION, undefined, [], timezone)
            expect([now, engine.is(index)]).toEqual([now, plain])
          })
        for (const event of history) {
          engine.take(event)
          seen.push(event)
          compare(event.receivedAt)
        }
        let now = history.at(-1)?.receivedAt ?? born
        for (const pause of pauses) {
          engine.pass((now += pause * HOUR * 0.25))
          compare(now)
        }
      },
    ),
    { numRuns: RUNS, seed: 20_261_126 },
  )
})

test('transitions of time carry the instant at which the brute-force reading changes', () => {
  fc.assert(
    fc.property(conditions, histories, zones, (condition, history, timezone) => {
      const engine = new Engine([condition], { timezone, born: START - 10 * HOUR })
      for (const event of history) engine.take(event)
      const before = engine.log.length
      engine.pass((history.at(-1)?.receivedAt ?? START) + 900 * DAY)
      const plain = (at: Millis) =>
        holds(condition, history, at, RETENTION, undefined, [], timezone)
      for (const { type, at } of engine.log.slice(before)) {
        expect([at, plain(at)]).toEqual([at, type === 'entered'])
        expect([at - 1, plain(at - 1)]).toEqual([at - 1, type === 'exited'])
      }
    }),
    { numRuns: RUNS, seed: 20_261_127 },
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
        const receivedAt = START + 50 * HOUR
        const [one, other] = [new Engine(wanted), new Engine(wanted)]
        for (const event of history) one.take({ ...event, receivedAt })
        for (const event of shuffled) other.take({ ...event, receivedAt })
        expect(other.members()).toEqual(one.members())
        expect(other.profile.occurrences).toEqual(one.profile.occurrences)
        const kept = new Map(one.profile.occurrences)
        rebuildFeatures(
          one.profile,
          shuffled.map((event) => ({ ...event, receivedAt })),
          one.compiled,
        )
        expect(one.profile.occurrences).toEqual(kept)
      },
    ),
    { numRuns: RUNS, seed: 20_261_128 },
  )
})

test('two who turn out to be one are what a brute-force reading of both histories says, then and later', () => {
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 3 }),
      histories,
      fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
      fc.nat(10),
      fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 2 }),
      zones,
      (wanted, history, isOther, mergedAfter, pauses, timezone) => {
        const options = { timezone, born: START - 10 * HOUR }
        const [one, other] = [new Engine(wanted, options), new Engine(wanted, options)]
        const seen: EventRecord[] = []
        const compare = (now: Millis) =>
          wanted.forEach((condition, index) => {
            const plain = holds(condition, seen, now, RETENTION, undefined, [], timezone)
            expect([now, one.is(index)]).toEqual([now, plain])
          })
        for (const [place, event] of history.entries()) {
          if (place === mergedAfter) one.merge(seen, event.receivedAt)
          const isTheirs = place < mergedAfter && isOther[place] === true
          ;(isTheirs ? other : one).take(event)
          seen.push(event)
          if (place >= mergedAfter) compare(event.receivedAt)
        }
        let now = history.at(-1)?.receivedAt ?? options.born
        if (history.length <= mergedAfter) one.merge(seen, now)
        for (const pause of pauses) {
          one.pass((now += pause * HOUR * 0.25))
          compare(now)
        }
      },
    ),
    { numRuns: RUNS, seed: 20_261_129 },
  )
})

test('events that came together may be reviewed together or one by one', () => {
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 3 }),
      histories,
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 10, maxLength: 10 }),
      (wanted, history, sizes) => {
        const receivedAt = START + 50 * HOUR
        const events = history.map((event) => ({ ...event, receivedAt }))
        const [single, batched] = [new Engine(wanted), new Engine(wanted)]
        for (const event of events) single.take(event)
        for (let from = 0; from < events.length; from += sizes[from] ?? 1) {
          batched.takeBatch(events.slice(from, from + (sizes[from] ?? 1)))
        }
        expect(batched.members()).toEqual(single.members())
        expect(batched.profile.standing).toEqual(single.profile.standing)
      },
    ),
    { numRuns: RUNS, seed: 20_261_130 },
  )
})

/** What happens to somebody, event by event, and as time passes afterwards. */
function courseOf(
  wanted: readonly Condition[],
  history: readonly EventRecord[],
  timezone: string,
  by: Millis,
): unknown {
  const engine = new Engine(wanted, { timezone, born: START - 10 * HOUR + by })
  for (const event of history) engine.take(event)
  engine.pass(START + by + 100 * DAY)
  return engine.log.map(({ at, decidedAt, ...rest }) => [at - by, decidedAt - by, rest])
}

test('where all clocks show the same, the time zone changes nothing', () => {
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 3 }),
      histories,
      fc.integer({ min: -11, max: 12 }),
      (wanted, history, hours) => {
        const by = shiftOf(hours)
        const moved = wanted.map((condition) => shiftCondition(condition, by))
        const events = history.map((event) => shiftEvent(event, by))
        expect(courseOf(moved, events, zoneAhead(hours), by)).toEqual(
          courseOf(wanted, history, 'UTC', 0),
        )
      },
    ),
    { numRuns: RUNS, seed: 20_261_131 },
  )
})

test('what events and properties are called changes nothing', () => {
  const rename = (name: string) => `${name} ${name.charCodeAt(0) * 7_919} é`
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 3 }),
      histories,
      zones,
      (wanted, history, timezone) => {
        const renamed = wanted.map((condition) => renameCondition(condition, rename))
        const events = history.map((event) => renameEvent(event, rename))
        expect(courseOf(renamed, events, timezone, 0)).toEqual(
          courseOf(wanted, history, timezone, 0),
        )
      },
    ),
    { numRuns: RUNS, seed: 20_261_132 },
  )
})

test('as many comparisons were made as were asked for', () => {
  const wanted = Number(process.env['PRISME_COMPARISONS'] ?? 10_000)
  console.log(`${tally.comparisons} comparisons with the brute-force reading`)
  expect(tally.comparisons).toBeGreaterThanOrEqual(wanted)
})
