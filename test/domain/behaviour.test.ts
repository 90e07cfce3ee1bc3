import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rebuildFeatures } from '../../edge/domain/rebuild.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import { DAY, HOUR, type Millis } from '../../edge/protocol/time.ts'
import { conditions, histories, retentions, START, zones } from './drawn-behaviour.ts'
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

const RUNS = Number(process.env['PRISME_RUNS'] ?? 1_500)

test('the engine agrees with a brute-force reading of the whole history, at every instant', () => {
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 3 }),
      histories,
      fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 4 }),
      zones,
      retentions,
      (wanted, history, pauses, timezone, retention) => {
        const born = START - 10 * HOUR
        const engine = new Engine(wanted, { timezone, born, retention })
        const seen: EventRecord[] = []
        const compare = (now: Millis) =>
          wanted.forEach((condition, index) => {
            const plain = holds(condition, seen, now, retention, undefined, [], timezone)
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

test('a clock that is set forward and back again has changed nothing once it has caught up', () => {
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 3 }),
      histories,
      fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 10, maxLength: 10 }),
      zones,
      retentions,
      (wanted, history, jumps, timezone, retention) => {
        const born = START - 10 * HOUR
        const engine = new Engine(wanted, { timezone, born, retention })
        const seen: EventRecord[] = []
        let latest = born
        for (const [place, event] of history.entries()) {
          const now = Math.max(event.receivedAt + (jumps[place] ?? 0) * HOUR, born)
          const received = { ...event, receivedAt: now }
          engine.take(received)
          seen.push(received)
          latest = Math.max(latest, now, event.timestamp)
        }
        engine.pass(latest)
        wanted.forEach((condition, index) => {
          const plain = holds(condition, seen, latest, retention, undefined, [], timezone)
          expect([latest, engine.is(index)]).toEqual([latest, plain])
        })
      },
    ),
    { numRuns: RUNS, seed: 20_261_125 },
  )
})

test('transitions of time carry the instant at which the brute-force reading changes', () => {
  fc.assert(
    fc.property(
      conditions,
      histories,
      zones,
      retentions,
      (condition, history, timezone, retention) => {
        const engine = new Engine([condition], { timezone, born: START - 10 * HOUR, retention })
        for (const event of history) engine.take(event)
        const before = engine.log.length
        engine.pass((history.at(-1)?.receivedAt ?? START) + 900 * DAY)
        const plain = (at: Millis) =>
          holds(condition, history, at, retention, undefined, [], timezone)
        for (const { type, at } of engine.log.slice(before)) {
          expect([at, plain(at)]).toEqual([at, type === 'entered'])
          expect([at - 1, plain(at - 1)]).toEqual([at - 1, type === 'exited'])
        }
      },
    ),
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
      retentions,
      (wanted, history, isOther, mergedAfter, pauses, timezone, retention) => {
        const options = { timezone, born: START - 10 * HOUR, retention }
        const [one, other] = [new Engine(wanted, options), new Engine(wanted, options)]
        const seen: EventRecord[] = []
        const compare = (now: Millis) =>
          wanted.forEach((condition, index) => {
            const plain = holds(condition, seen, now, retention, undefined, [], timezone)
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
