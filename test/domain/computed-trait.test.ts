import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { computedValues } from '../../edge/domain/computed/profile-values.ts'
import { compileWhole } from '../../edge/domain/computed/whole-catalog.ts'
import { onlyAdds } from '../../edge/domain/only-adds.ts'
import { explain, eventOf } from '../../edge/domain/why/explain.ts'
import {
  COMPUTED_LIMITS,
  COMPUTED_MEASURES,
  type ComputedTrait,
  type ComputedTraitDefinition,
} from '../../edge/protocol/computed-trait.ts'
import type { ClockTest, Condition, Test, Window } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { ComputedTraitId, SegmentId } from '../../edge/protocol/id.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import { DAY, HOUR, NEVER, type Millis } from '../../edge/protocol/time.ts'
import { catalogOf, track } from './build.ts'
import { Engine } from './engine.ts'
import { ConsentOracle, holds } from './oracle.ts'
import { computedValueOf } from './oracle-computed.ts'

const RUNS = Number(process.env['PRISME_RUNS'] ?? 500)
/** The night after, the clocks of Paris jump from two to three. */
const START = Date.parse('2026-03-28T18:00:00Z')

const define = (trait: Omit<ComputedTrait, 'key'> & { readonly key?: string }) =>
  ({
    id: 'trt_1' as ComputedTraitId,
    key: 't',
    name: 'T',
    ...trait,
  }) satisfies ComputedTraitDefinition

const hours = (most: number) => fc.integer({ min: 1, max: most }).map((n) => `PT${n}H`)
const windows: fc.Arbitrary<Window | undefined> = fc.oneof(
  fc.constant(undefined),
  hours(30).map((last) => ({ last })),
  fc
    .tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 20 }))
    .map(([shorter, more]): Window => ({ between: [`PT${shorter}H`, `PT${shorter + more}H`] })),
  fc.integer({ min: 1, max: 20 }).map((length) => ({
    from: new Date(START).toISOString(),
    to: new Date(START + length * HOUR).toISOString(),
  })),
  fc.record({ calendar: fc.constantFrom('day', 'week'), offset: fc.integer({ min: -1, max: 0 }) }),
)
const traits: fc.Arbitrary<ComputedTraitDefinition> = fc
  .record({
    event: fc.constantFrom('A', ['A', 'B']),
    where: fc.constantFrom(undefined, [{ property: 'c', operator: 'exists' } as const]),
    measure: fc.constantFrom(...COMPUTED_MEASURES),
    property: fc.constantFrom('p', 'c', 'd'),
    window: windows,
    purposes: fc.constantFrom(undefined, undefined, undefined, ['email']),
  })
  .map(({ event, where, measure, property, window, purposes }) =>
    define({
      event,
      measure,
      ...(where && { where }),
      ...(measure !== 'count' && { property }),
      ...(window && { window }),
      ...(purposes && { purposes }),
    }),
  )
const values = fc.constantFrom<Json>(0, 1, 2, 'x', 'y', true)
const tests: fc.Arbitrary<Test | ClockTest> = fc.oneof(
  fc.record({ operator: fc.constantFrom('gt', 'gte', 'lt', 'lte'), value: fc.nat(3) }),
  fc.record({ operator: fc.constantFrom('equals', 'not_equals'), value: values }),
  fc.record({ operator: fc.constantFrom('in'), value: fc.uniqueArray(values, { minLength: 1 }) }),
  fc.record({ operator: fc.constantFrom('exists', 'not_exists') }),
  fc.constant({ operator: 'contains' as const, value: 'x' }),
  fc.record({ operator: fc.constantFrom('within_last', 'not_within_last'), value: hours(40) }),
  fc.record({ operator: fc.constant('within_next'), value: hours(40) }),
)
const histories = fc
  .array(
    fc.record({
      name: fc.constantFrom('A', 'A', 'B'),
      at: fc.nat(40),
      late: fc.constantFrom(0, 0, 1, 25),
      imported: fc.constantFrom(false, false, true),
      p: fc.option(fc.constantFrom<Json>(0, 1, 2, 0.1), { nil: undefined }),
      c: fc.option(fc.constantFrom<Json>('x', 'y', 1, true), { nil: undefined }),
      d: fc.option(fc.constantFrom('2026-03-29', '2026-03-30T02:00:00Z'), { nil: undefined }),
      email: fc.option(fc.boolean(), { nil: undefined, freq: 3 }),
    }),
    { maxLength: 12 },
  )
  .map((items): readonly EventRecord[] =>
    items
      .toSorted((a, b) => a.at - b.at)
      .map(({ name, at, late, imported, p, c, d, email }, position) =>
        track(
          name,
          START + (at - late) * HOUR,
          {
            ...(p !== undefined && { p }),
            ...(c !== undefined && { c }),
            ...(d !== undefined && { d }),
          },
          {
            receivedAt: START + at * HOUR,
            position,
            messageId: `m${position}`,
            ...(imported && { imported }),
            ...(email !== undefined && { consent: { email } }),
          },
        ),
      ),
  )

const on = (test: Test | ClockTest): Condition => ({ type: 'trait', trait: 't', ...test })

test('a condition on a computed trait agrees with a brute-force reading, and time alone turns it at the very instant', () => {
  let turned = 0
  fc.assert(
    fc.property(
      traits,
      tests,
      histories,
      fc.constantFrom('UTC', 'Europe/Paris'),
      fc.constantFrom(750 * DAY, 40 * HOUR),
      (trait, one, history, timezone, retention) => {
        const condition = on(one)
        const born = START - 10 * HOUR
        const computedTraits = [trait]
        const engine = new Engine([condition], { timezone, born, retention, computedTraits })
        const seen: EventRecord[] = []
        const ask = (now: Millis): boolean =>
          holds(condition, seen, now, retention, undefined, [], timezone, [], undefined, [trait])
        const compare = (now: Millis, is: boolean) => expect([now, is]).toEqual([now, ask(now)])
        for (const event of history) {
          engine.take(event)
          seen.push(event)
          compare(event.receivedAt, engine.is())
        }
        const last = history.at(-1)?.receivedAt ?? born
        const { length } = engine.log
        engine.pass(last + 100 * HOUR)
        for (const { at } of engine.log.slice(length)) {
          turned++
          expect([at, ask(at - 1)]).toEqual([at, !ask(at)])
        }
        for (let hour = 1; hour <= 100; hour += 9) {
          const now = last + hour * HOUR
          compare(now, engine.log.findLast(({ at }) => at <= now)?.type === 'entered')
        }
      },
    ),
    { numRuns: RUNS, seed: 20_261_127 },
  )
  expect(turned).toBeGreaterThan(RUNS / 10)
})

test('what a computed trait is of a person stands until the very instant that is told', () => {
  fc.assert(
    fc.property(traits, histories, fc.constantFrom('UTC', 'Europe/Paris'), (trait, all, zone) => {
      const retention = 40 * HOUR
      const engine = new Engine([], { timezone: zone, retention, born: START - 10 * HOUR })
      for (const event of all) engine.take(event)
      const consent = new ConsentOracle(all)
      const plain = (now: Millis) => computedValueOf(trait, all, now, retention, zone, consent)
      let now = (all.at(-1)?.receivedAt ?? START) + HOUR / 2
      for (let step = 0; step < 20; step++) {
        const [told] = computedValues(engine.profile, all, [trait], engine.compiled, now)
        expect([now, told?.value]).toEqual([now, plain(now)])
        const { until = NEVER } = told ?? {}
        if (until === NEVER) {
          expect(plain(now + 90 * DAY)).toEqual(plain(now))
          break
        }
        expect(plain(until - 1)).toEqual(plain(now))
        expect(plain(until)).not.toEqual(plain(now))
        now = until
      }
    }),
    { numRuns: Math.ceil(RUNS / 2), seed: 20_261_128 },
  )
})

describe('what is bounded', () => {
  const person = (properties: (place: number) => JsonObject, count: number) =>
    Array.from({ length: count }, (_, place) => track('A', START + place, properties(place)))
  const valueOf = (
    trait: ComputedTraitDefinition,
    history: readonly EventRecord[],
    now: Millis,
  ) => {
    const engine = new Engine([])
    for (const event of history.slice(0, 1)) engine.take(event)
    return computedValues(engine.profile, history, [trait], engine.compiled, now)[0]
  }

  test('a list has the latest hundred values, each once, the latest first', () => {
    const list = define({ event: 'A', measure: 'list', property: 'p' })
    const history = person((place) => ({ p: place % 130 }), 260)
    const { value, bounded } = valueOf(list, history, START + DAY) ?? {}
    const wanted = Array.from({ length: COMPUTED_LIMITS.list }, (_, place) => 129 - place)
    expect([value, bounded]).toEqual([wanted, false])
  })

  test('older events than the latest thousand do not count, and that is said while they would', () => {
    const count = define({ event: 'A', measure: 'count', window: { last: 'P1D' } })
    const most = define({ event: 'A', measure: 'most_frequent', property: 'p' })
    // The first two hundred have a value that no other has; of the others two are as frequent.
    const history = person((place) => ({ p: place < 200 ? 'gone' : place % 2 }), 1_200)
    const now = START + HOUR
    expect(valueOf(count, history, now)).toMatchObject({ value: 1_000, bounded: true })
    expect(valueOf(most, history, now)).toMatchObject({ value: 1, bounded: true })
    expect(valueOf(count, history, START + DAY + 1_198)).toEqual({
      value: 1,
      until: START + DAY + 1_199,
      bounded: false,
    })
  })
})

test('a computed trait stands above what was said, by its own name and below it', () => {
  const last = define({ event: 'A', measure: 'last', property: 'p' })
  const said = on({ operator: 'equals', value: 'said' })
  const below: Condition = { type: 'trait', trait: 't.size', operator: 'equals', value: 3 }
  const engine = new Engine([said, below], { computedTraits: [last], born: START - DAY })
  const more = { type: 'identify', traits: { t: 'said' } } as const
  engine.take(track('Identified', START, {}, more))
  expect(engine.members()).toEqual([])
  engine.take(track('A', START + 1, { p: { size: 3 } }))
  expect(engine.members()).toEqual(['seg_1'])
  engine.take(track('A', START + 2, { p: 'said' }))
  expect(engine.members()).toEqual(['seg_0'])
})

const counted = (window?: Window) =>
  define({ event: 'A', measure: 'count', ...(window && { window }) })
const thrice = on({ operator: 'gte', value: 3 })

test('a segment means something else when a trait it names is computed otherwise, or no longer', () => {
  const catalogs = [
    { computedTraits: [counted()] },
    { computedTraits: [counted({ last: 'P1D' })] },
    {},
  ].map((more) => compileWhole({ ...catalogOf(thrice), ...more }))
  const renamed = compileWhole({
    ...catalogOf(thrice),
    computedTraits: [{ ...counted(), name: 'Other' }],
  })
  const [own] = catalogs
  for (const before of catalogs) {
    for (const after of [...catalogs, renamed]) {
      const isSame = before === after || (before === own && after === renamed)
      const fresh = after.features.beyond(before.features)
      expect(onlyAdds(before, after, fresh)).toBe(isSame)
    }
  }
})

test('a condition on a computed trait keeps what an equal one on its events keeps', () => {
  const performed: Condition = { type: 'performed', event: 'A', operator: 'gte', value: 3 }
  const one = compileWhole({ ...catalogOf(performed), computedTraits: [counted()] })
  const both = compileWhole({ ...catalogOf(performed, thrice), computedTraits: [counted()] })
  expect(both.fingerprint).toBe(one.fingerprint)
})

describe('why', () => {
  const list = define({ event: 'A', measure: 'list', property: 'p' })
  const most = define({ event: 'A', measure: 'most_frequent', property: 'p' })
  test.each([
    ['a count', counted({ last: 'P7D' }), thrice],
    [
      'a sum',
      define({ event: 'A', measure: 'sum', property: 'n' }),
      on({ operator: 'gt', value: 9 }),
    ],
    ['a list', list, on({ operator: 'contains', value: 'shoe' })],
    ['what is most frequent', most, on({ operator: 'equals', value: 'hat' })],
    [
      'a date',
      define({ event: 'A', measure: 'last', property: 'd' }),
      on({ operator: 'within_next', value: 'P3D' }),
    ],
    ['what is there at all', list, on({ operator: 'not_exists' })],
  ])(
    '%s tells the events it stands on, and what is said to turn it does',
    (_, trait, condition) => {
      const now = START + DAY
      const history = [0, 1].map((place) =>
        track('A', START + place, { p: 'coat', n: 4, d: '2027-01-01' }),
      )
      const engine = new Engine([condition], { born: START - DAY, computedTraits: [trait] })
      for (const event of history) engine.take(event)
      engine.pass(now)
      const { catalog } = engine.compiled
      const why = explain(
        'seg_0' as SegmentId,
        catalog,
        engine.profile,
        history,
        now,
        () => undefined,
      )
      expect(why?.clauses[0]?.evidence.map(({ at }) => at)).toEqual([START + 1, START])
      const { flip } = why ?? {}
      if (flip === undefined) {
        // Nothing can be taken away again.
        expect(condition).toEqual(on({ operator: 'not_exists' }))
        return
      }
      for (const [place, saying] of flip.sayings.entries()) engine.take(eventOf(saying, place, now))
      expect(engine.is()).toBe(why?.holds === false)
    },
  )
})
