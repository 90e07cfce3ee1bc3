import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { distanceKm } from '../../edge/domain/near.ts'
import {
  WEEKDAYS,
  type ClockTest,
  type Condition,
  type ContextCondition,
  type NowCondition,
  type ReactionCondition,
  type Test,
} from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { SegmentId } from '../../edge/protocol/id.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { DAY, HOUR, MINUTE, type Millis } from '../../edge/protocol/time.ts'
import { track } from './build.ts'
import { Engine } from './engine.ts'
import { holds } from './oracle.ts'

const RETENTION = 750 * DAY
/** The night after it the clocks of Paris jump from two to three. */
const START = Date.parse('2028-03-25T18:00:00Z')
const RUNS = Number(process.env['PRISME_RUNS'] ?? 400)

const span = (most: number) => fc.integer({ min: 1, max: most }).map((n) => `PT${n}H`)
const dates = fc.constantFrom(
  '2028-03-25',
  '2028-03-26',
  '2028-03-24T23:30:00Z',
  '2028-03-26T01:30:00+02:00',
  '1992-02-29',
  '1990-03-27',
  '1991-12-31',
  '2028-04-01',
  'soon',
)
const value: fc.Arbitrary<Json> = fc.oneof(dates, fc.constantFrom('gold', 3), fc.array(dates))
const traitTest: fc.Arbitrary<Test | ClockTest> = fc.oneof(
  fc.record({
    operator: fc.constantFrom('before', 'after'),
    value: dates.filter((d) => d !== 'soon'),
  }),
  fc.record({
    operator: fc.constantFrom('within_last', 'not_within_last', 'within_next'),
    value: span(60),
  }),
  fc.record(
    { operator: fc.constant('anniversary' as const), value: span(80) },
    { requiredKeys: ['operator'] },
  ),
  fc.constant({ operator: 'equals' as const, value: 'gold' }),
)
const trait: fc.Arbitrary<Condition> = traitTest.map((one) => ({
  type: 'trait',
  trait: 't',
  ...one,
}))
const timeOfDay = fc.constantFrom('00:00', '01:30', '02:00', '02:30', '03:00', '12:00', '23:45')
const now: fc.Arbitrary<NowCondition> = fc
  .record(
    {
      weekdays: fc.subarray([...WEEKDAYS], { minLength: 1 }),
      from: timeOfDay,
      to: timeOfDay,
    },
    { requiredKeys: [] },
  )
  .filter(({ from, to, weekdays }) => from !== to || (from === undefined && weekdays !== undefined))
  .map((one) => ({ type: 'now', ...one }))
const scope = fc.constantFrom('now', 'session', 'ever')
const places = fc.constantFrom('48.86,2.35', '48.80,2.13', '43.30,5.37')
const context: fc.Arbitrary<ContextCondition> = fc.oneof(
  fc.record({
    type: fc.constant('context' as const),
    field: fc.constant('country' as const),
    scope,
    operator: fc.constantFrom('equals', 'exists', 'not_exists'),
    value: fc.constantFrom('FR', 'CL'),
  }),
  fc.record({
    type: fc.constant('context' as const),
    near: fc.constantFrom({ lat: 48.86, lon: 2.35, km: 20 }, { lat: 43.3, lon: 5.37, km: 1 }),
    scope,
  }),
)
const reaction: fc.Arbitrary<ReactionCondition> = fc
  .record(
    {
      kind: fc.constantFrom('opened', 'clicked'),
      channel: fc.constantFrom('email', 'sms'),
      campaign: fc.constantFrom('june', 'July'),
      window: span(20).map((last) => ({ last })),
      operator: fc.constantFrom('gte', 'equals', 'lt'),
      value: fc.nat(2),
    },
    { requiredKeys: ['kind', 'operator', 'value'] },
  )
  .map((one) => ({ type: 'reaction', ...one }))
const performed: fc.Arbitrary<Condition> = fc.record({
  type: fc.constant('performed' as const),
  event: fc.constant('Message Opened'),
  where: fc
    .record({
      operator: fc.constantFrom('before', 'after'),
      value: dates.filter((d) => d !== 'soon'),
    })
    .map((one) => [{ property: 'due', ...one } as const]),
  operator: fc.constant('gte' as const),
  value: fc.constant(1),
  window: span(20).map((last) => ({ last })),
})
const leaf = fc.oneof(trait, now, context, reaction, performed)

/** Conditions that name the segments after them: `seg_1`, `seg_2`. */
const conditions: fc.Arbitrary<readonly Condition[]> = fc
  .array(fc.tuple(leaf, leaf, fc.constantFrom('all', 'any'), fc.boolean(), fc.nat(2)), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) =>
    parts.map(([one, other, type, isLinked, named], place): Condition => {
      const link: Condition = { type: 'segment', segment: `seg_${place + 1 + named}` }
      const inner: Condition = isLinked ? { type: 'not', condition: link } : other
      return named === 0 && !isLinked ? one : { type, conditions: [one, inner] }
    }),
  )

const histories: fc.Arbitrary<readonly EventRecord[]> = fc
  .array(
    fc.record({
      name: fc.constantFrom(
        'Message Opened',
        'Email Opened',
        'Email Link Clicked',
        'SMS Link Clicked',
      ),
      quarter: fc.nat(120),
      late: fc.constantFrom(0, 0, 1, 6),
      country: fc.option(fc.constantFrom('FR', 'CL'), { nil: undefined }),
      timezone: fc.option(fc.constantFrom('Europe/Paris', 'America/Santiago', 'Mars/Phobos'), {
        nil: undefined,
      }),
      location: fc.option(places, { nil: undefined }),
      t: fc.option(value, { nil: undefined }),
      properties: fc.record(
        {
          channel: fc.constantFrom('email', 'SMS'),
          campaign_id: fc.constantFrom('june', 7),
          campaign_name: fc.constant('July'),
          due: dates,
        },
        { requiredKeys: [] },
      ),
    }),
    { maxLength: 8 },
  )
  .map((items) =>
    items
      .toSorted((a, b) => a.quarter - b.quarter)
      .map(({ name, quarter, late, t, properties, country, timezone, location }, position) =>
        track(name, START + (quarter - late) * 15 * MINUTE, properties, {
          receivedAt: START + quarter * 15 * MINUTE,
          position,
          messageId: `m${position}`,
          context: {
            ...(country !== undefined && { country }),
            ...(timezone !== undefined && { timezone }),
            ...(location !== undefined && { location }),
          },
          // A tie of traits is broken by what the oracle does not look at.
          ...(t !== undefined && late === 0 && { type: 'identify' as const, traits: { t } }),
        }),
      ),
  )
  .map((events) =>
    events.filter((one, at) => events.findIndex((o) => o.timestamp === one.timestamp) === at),
  )
const zones = fc.constantFrom('UTC', 'Europe/Paris', 'America/Santiago')

/** A zone that there is not is none, for the engine and the plain reading alike. */
const plainly = (history: readonly EventRecord[]): readonly EventRecord[] =>
  history.map((event) => {
    if (event.context.timezone !== 'Mars/Phobos') return event
    const { timezone: _, ...context } = event.context
    // It still is the latest context there is.
    return { ...event, context: { ...context, title: 'x' } }
  })

const segmentsOf = (wanted: readonly Condition[]) =>
  wanted.map((condition, index) => ({ id: `seg_${index}`, condition }))

const plain = (
  wanted: readonly Condition[],
  index: number,
  history: readonly EventRecord[],
  at: Millis,
  timezone: string,
): boolean =>
  holds(
    wanted[index] ?? { type: 'any', conditions: [] },
    plainly(history),
    at,
    RETENTION,
    undefined,
    [],
    timezone,
    segmentsOf(wanted),
  )

test('the engine agrees with a brute-force reading of who, where and when, at every instant', () => {
  fc.assert(
    fc.property(
      conditions,
      histories,
      fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 4 }),
      zones,
      (wanted, history, pauses, timezone) => {
        const engine = new Engine(wanted, { timezone, born: START - 10 * HOUR })
        const seen: EventRecord[] = []
        const compare = (at: Millis) =>
          wanted.forEach((_, index) => {
            expect([at, engine.is(index)]).toEqual([at, plain(wanted, index, seen, at, timezone)])
          })
        for (const event of history) {
          engine.take(event)
          seen.push(event)
          compare(event.receivedAt)
        }
        let at = history.at(-1)?.receivedAt ?? START
        for (const pause of pauses) {
          engine.pass((at += pause * 15 * MINUTE))
          compare(at)
        }
      },
    ),
    { numRuns: RUNS, seed: 20_261_126 },
  )
})

test('transitions of time carry the instant at which the brute-force reading changes', () => {
  fc.assert(
    fc.property(conditions, histories, zones, (wanted, history, timezone) => {
      const engine = new Engine(wanted, { timezone, born: START - 10 * HOUR })
      for (const event of history) engine.take(event)
      const before = engine.log.length
      engine.pass((history.at(-1)?.receivedAt ?? START) + 5 * DAY)
      for (const { type, at, segment } of engine.log.slice(before)) {
        const index = Number(segment.slice('seg_'.length))
        const then = (instant: Millis) => plain(wanted, index, history, instant, timezone)
        expect([at, then(at)]).toEqual([at, type === 'entered'])
        expect([at - 1, then(at - 1)]).toEqual([at - 1, type === 'exited'])
      }
    }),
    { numRuns: RUNS, seed: 20_261_127 },
  )
})

describe('a minimum stay', () => {
  const bought: Condition = {
    type: 'performed',
    event: 'A',
    operator: 'gte',
    value: 1,
    window: { last: 'PT2H' },
  }
  const engineOf = (stay: string, purposes?: readonly string[]) =>
    new Engine([bought, { type: 'segment', segment: 'seg_0' }], {
      more: { minimumStay: stay, ...(purposes && { purposes }) },
    })

  test('keeps whoever entered until it is over, and those who are made of them', () => {
    const engine = engineOf('PT5H')
    engine.take(track('A', HOUR))
    engine.pass(6 * HOUR - 1)
    expect(engine.members()).toEqual(['seg_0', 'seg_1'])
    engine.pass(6 * HOUR)
    expect(engine.members()).toEqual([])
    expect(engine.log.filter(({ type }) => type === 'exited').map(({ at }) => at)).toEqual([
      6 * HOUR,
      6 * HOUR,
    ])
  })

  test('ends with the condition where that holds longer', () => {
    const engine = engineOf('PT5H')
    engine.take(track('A', HOUR))
    engine.take(track('A', 5 * HOUR))
    engine.pass(7 * HOUR - 1)
    expect(engine.is(0)).toBe(true)
    engine.pass(7 * HOUR)
    expect(engine.is(0)).toBe(false)
  })

  test.each([undefined, ['advertising']])('keeps nobody who withdraws consent (%o)', (purposes) => {
    const engine = engineOf('P1D', purposes)
    const consent = { analytics: true, advertising: true }
    engine.take(track('A', HOUR, {}, { consent }))
    expect(engine.members()).toEqual(['seg_0', 'seg_1'])
    const denied = purposes === undefined ? { analytics: false } : { advertising: false }
    engine.take(track('B', 2 * HOUR, {}, { consent: denied }))
    expect(engine.members()).toEqual([])
    expect(engine.log.at(-1)?.type).toBe('exited')
  })

  test('agrees with one who waits and looks, over random histories', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        (hours, stay) => {
          const engine = engineOf(`PT${stay}H`)
          const times = hours.toSorted((a, b) => a - b)
          const seen: number[] = []
          let entered: number | undefined
          for (let hour = 0; hour < 50; hour++) {
            const met = () => seen.some((at) => at > hour - 2)
            const look = () => {
              if (entered === undefined && met()) entered = hour
              else if (entered !== undefined && !met() && hour >= entered + stay)
                entered = undefined
            }
            engine.pass(hour * HOUR)
            look()
            for (const at of times.filter((time) => time === hour)) {
              engine.take(track('A', at * HOUR))
              seen.push(at)
              look()
            }
            expect([hour, engine.is(0)]).toEqual([hour, entered !== undefined])
            expect(engine.is(1)).toBe(entered !== undefined)
          }
        },
      ),
      { numRuns: 300, seed: 3 },
    )
  })
})

test('a segment that would be made of itself holds of nobody, and stops nothing', () => {
  const engine = new Engine([
    { type: 'any', conditions: [{ type: 'segment', segment: 'seg_1' }] },
    { type: 'segment', segment: 'seg_0' },
    { type: 'segment', segment: 'seg_9' as SegmentId },
  ])
  engine.take(track('A', HOUR))
  expect(engine.members()).toEqual([])
})

test.each([
  [{ lat: 48.8566, lon: 2.3522 }, { lat: 43.2965, lon: 5.3698 }, 660.5],
  [{ lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 }, 111.2],
  [{ lat: 90, lon: 0 }, { lat: -90, lon: 77 }, 20_015.1],
])('the way from %o to %o is %d km', (from, to, km) => {
  expect(distanceKm(from, to)).toBeCloseTo(km, 0)
})
