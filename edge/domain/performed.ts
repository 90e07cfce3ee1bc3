import type { PerformedCondition } from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import { instantOf, valueOf, type Detail, type Entry } from './entry.ts'
import type { Evaluate, Site } from './condition.ts'
import type { Feature } from './feature.ts'
import { gaugeFor } from './measure.ts'
import { compileTest, type Accepts } from './operator.ts'
import type { Verdict } from './verdict.ts'
import { countedIn, periodAt, type Counted } from './window.ts'

/**
 * Events of which more than a count is asked, or that begin to count later, are all kept, and of them so many: the
 * latest stand for all.
 */
export const MAX_ENTRIES = 1_000

/** Compiles a measure over the events of a window. */
export function compilePerformed(condition: PerformedCondition, site: Site): Evaluate {
  const { measure = 'count', window } = condition
  const feature = site.features.demand({
    event: condition.event,
    where: condition.where,
    property: condition.property,
    detail: detailOf(condition),
    keep: keepOf(condition),
    between:
      window !== undefined && 'from' in window
        ? [Date.parse(window.from), Date.parse(window.to)]
        : undefined,
    purposes: site.purposes,
  })
  site.reads.features.add(feature)
  if (measure === 'recency') return recencyOf(condition, feature, site)
  const test = compileTest(condition)
  // An empty sum is 0 as an empty count is; what is absent passes no test.
  const accepts: Accepts = measure === 'sum' ? (value) => test(value ?? 0) : test
  const gauge = gaugeFor[measure]
  if (window !== undefined && 'calendar' in window) {
    return (facts, now) =>
      inPeriods(
        facts.entries(feature),
        now,
        site.horizon,
        (at) => periodAt(window, site.zone, at),
        (entries) => {
          const all = gauge()
          for (const entry of entries) all.push(valueOf(entry))
          return accepts(all.value())
        },
      )
  }
  const counted = countedIn(window, site.horizon)
  return (facts, now) => sliding(facts.entries(feature), now, counted, gauge(), accepts)
}

function detailOf({ measure = 'count' }: PerformedCondition): Detail {
  if (measure === 'count' || measure === 'recency') return 'instant'
  return measure === 'first' || measure === 'last' ? 'moment' : 'value'
}

/** How many of the latest events decide. */
function keepOf({ measure = 'count', value, window }: PerformedCondition): number {
  const isLate =
    window !== undefined &&
    ('between' in window || ('calendar' in window && (window.offset ?? 0) < 0))
  if (isLate) return MAX_ENTRIES
  if (measure === 'recency' || measure === 'last') return 1
  if (measure !== 'count') return MAX_ENTRIES
  const [low, high] = (Array.isArray(value) ? value : [value, value]) as [number, number]
  // One more than the largest count that matters: beyond it every comparison answers the same.
  return Math.floor(Math.max(low, high, 0)) + 1
}

/**
 * Without new events the measure changes only where an event begins or ceases to count, each in its turn: the verdict
 * stands until the first such instant at which it flips.
 */
function sliding(
  entries: readonly Entry[],
  now: Millis,
  { enters, leaves }: Counted,
  gauge: ReturnType<(typeof gaugeFor)['count']>,
  accepts: Accepts,
): Verdict {
  const at = (place: number): Millis => instantOf(entries[place] ?? 0)
  let first = 0
  while (first < entries.length && leaves(at(first)) <= now) first++
  let end = first
  const enter = (instant: Millis): void => {
    for (; end < entries.length && enters(at(end)) <= instant; end++) {
      gauge.push(valueOf(entries[end] ?? 0))
    }
  }
  enter(now)
  const holds = accepts(gauge.value())
  while (first < entries.length) {
    const leaving = leaves(at(first))
    const entering = end < entries.length ? enters(at(end)) : NEVER
    const next = Math.min(leaving, entering)
    enter(next)
    for (; first < end && leaves(at(first)) <= next; first++) gauge.shift()
    if (accepts(gauge.value()) !== holds) return { holds, until: next }
  }
  return { holds, until: NEVER }
}

/** Windows that stand for a calendar period and then jump to the next. No event enters within one; old ones expire. */
function inPeriods(
  entries: readonly Entry[],
  now: Millis,
  horizon: Millis,
  periodOf: (at: Millis) => { readonly from: Millis; readonly to: Millis; readonly until: Millis },
  measure: (entries: readonly Entry[]) => boolean,
): Verdict {
  const latest = instantOf(entries.at(-1) ?? 0)
  let holds: boolean | undefined
  for (let instant = now; ;) {
    const { from, to, until } = periodOf(instant)
    const counted = entries.filter((entry) => {
      const at = instantOf(entry)
      return at >= from && at < to && at > instant - horizon
    })
    const verdict = measure(counted)
    holds ??= verdict
    if (verdict !== holds) return { holds, until: instant }
    // From here on there is nothing that could count.
    if (entries.length === 0 || from > latest) return { holds, until: NEVER }
    const [oldest] = counted
    const expiry = oldest === undefined ? NEVER : instantOf(oldest) + horizon
    instant = Math.min(until, expiry)
  }
}

/** How long the latest event is ago. It only grows, until the event leaves the window. */
function recencyOf(
  { operator, value, window }: PerformedCondition,
  feature: Feature,
  { horizon, zone }: Site,
): Evaluate {
  const [low = 0, high = 0] = (Array.isArray(value) ? value : [value, value]).map(
    (text) => parseDuration(String(text)) ?? 0,
  )
  const accepts = compileTest({ operator, value: operator === 'between' ? [low, high] : low })
  const isCalendar = window !== undefined && 'calendar' in window
  const counted = countedIn(isCalendar ? undefined : window, horizon)
  return (facts, now) => {
    const latest = facts.entries(feature).findLast((entry) => {
      const at = instantOf(entry)
      if (isCalendar) {
        const { from, to } = periodAt(window, zone, now)
        return at >= from && at < to && at > now - horizon
      }
      return counted.enters(at) <= now && now < counted.leaves(at)
    })
    if (latest === undefined) return { holds: false, until: NEVER }
    const at = instantOf(latest)
    const leaving = isCalendar
      ? Math.min(periodAt(window, zone, now).until, at + horizon)
      : counted.leaves(at)
    const holds = accepts(now - at)
    // A comparison changes where the span reaches a bound, or has passed it.
    const turns = [low, low + 1, high, high + 1].map((span) => at + span)
    const flip = turns
      .filter((turn) => turn > now && turn < leaving && accepts(turn - at) !== holds)
      .reduce((earliest, turn) => Math.min(earliest, turn), NEVER)
    return { holds, until: Math.min(flip, leaving) }
  }
}
