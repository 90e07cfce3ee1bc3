import type { Measure, PerformedCondition } from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import { instantOf, placeOf, valueOf, type Detail, type Entry } from './entry.ts'
import type { Evaluate, Site } from './condition.ts'
import type { Feature } from './feature.ts'
import { gaugeFor, type Gauge } from './measure.ts'
import { compileNumberTest } from './number-test.ts'
import { compileTest, type Accepts } from './operator.ts'
import type { ReactionFilter } from './reaction-filter.ts'
import { tailOf, type Tail } from './tail.ts'
import type { Verdict } from './verdict.ts'
import { countedIn, periodAt, type Counted, type Period } from './window.ts'

/**
 * Events of which more than a count is asked, or that begin to count later, are all kept, and of them so many: the
 * latest stand for all.
 */
export const MAX_ENTRIES = 1_000

/** Compiles a measure over the events of a window. */
export function compilePerformed(
  condition: PerformedCondition,
  site: Site,
  reaction?: ReactionFilter,
): Evaluate {
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
    reaction,
  })
  site.reads.features.add(feature)
  if (measure === 'recency') return recencyOf(condition, feature, site)
  const isNumber = measure !== 'first' && measure !== 'last'
  const test = isNumber
    ? compileNumberTest(condition, site.zone)
    : compileTest(condition, site.zone)
  // An empty sum is 0 as an empty count is; what is absent passes no test.
  const accepts: Accepts = measure === 'sum' ? (value) => test(value ?? 0) : test
  if (window !== undefined && 'calendar' in window) {
    const { zone, horizon } = site
    const periodOf = (at: Millis): Period => periodAt(window, zone, at)
    return (facts, now) =>
      inPeriods(facts.entries(feature), now, { horizon, periodOf, measure, accepts })
  }
  const counted = countedIn(window, site.horizon)
  const gauge = gaugeFor[measure]
  const { isLate, lasts } = counted
  // Others may want more of the feature kept: of those a count answers the same.
  const most = measure === 'count' ? keepOf(condition) : MAX_ENTRIES
  return (facts, now) => {
    const entries = facts.entries(feature)
    // Clocks may be set back: what happened later than now enters later.
    if (isLate || instantOf(entries.at(-1) ?? now) > now) {
      return sliding(entries, now, counted, gauge(), accepts)
    }
    return leaving(entries, now, { lasts, most, tail: tailOf(measure, entries), accepts })
  }
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

interface Leaving {
  /** How long an event counts. */
  readonly lasts: Millis
  /** The latest so many events decide. */
  readonly most: number
  readonly tail: Tail
  readonly accepts: Accepts
}

/**
 * Without new events the measure changes only where events cease to count, the oldest first: the verdict stands until
 * the first such instant at which it flips.
 */
function leaving(
  entries: readonly Entry[],
  now: Millis,
  { lasts, most, tail, accepts }: Leaving,
): Verdict {
  const { length } = entries
  let place = Math.max(placeOf(entries, now - lasts + 1), length - most)
  const holds = accepts(tail(place))
  while (place < length) {
    const at = instantOf(entries[place] ?? 0)
    do place++
    while (place < length && instantOf(entries[place] ?? 0) === at)
    if (accepts(tail(place)) !== holds) return { holds, until: at + lasts }
  }
  return { holds, until: NEVER }
}

/** The same where events begin to count later than they happen, each in its turn. */
function sliding(
  entries: readonly Entry[],
  now: Millis,
  { delay, lasts }: Counted,
  gauge: Gauge,
  accepts: Accepts,
): Verdict {
  const at = (place: number): Millis => instantOf(entries[place] ?? 0)
  let first = placeOf(entries, now - lasts + 1)
  let end = first
  const enter = (instant: Millis): void => {
    for (; end < entries.length && at(end) + delay <= instant; end++) {
      gauge.push(valueOf(entries[end] ?? 0))
    }
  }
  enter(now)
  const holds = accepts(gauge.value())
  while (first < entries.length) {
    const leaves = at(first) + lasts
    const enters = end < entries.length ? at(end) + delay : NEVER
    const next = Math.min(leaves, enters)
    enter(next)
    for (; first < end && at(first) + lasts <= next; first++) gauge.shift()
    if (accepts(gauge.value()) !== holds) return { holds, until: next }
  }
  return { holds, until: NEVER }
}

interface Periodic {
  readonly horizon: Millis
  readonly periodOf: (at: Millis) => Period
  readonly measure: Exclude<Measure, 'recency'>
  readonly accepts: Accepts
}

/** Windows that stand for a calendar period and then jump to the next. No event enters within one; old ones expire. */
function inPeriods(
  entries: readonly Entry[],
  now: Millis,
  { horizon, periodOf, measure, accepts }: Periodic,
): Verdict {
  const latest = instantOf(entries.at(-1) ?? 0)
  let holds: boolean | undefined
  for (let instant = now; ;) {
    const { from, to, until } = periodOf(instant)
    const first = placeOf(entries, Math.max(from, instant - horizon + 1))
    const end = placeOf(entries, to)
    const counted = end === entries.length ? entries : entries.slice(0, end)
    const tail = tailOf(measure, counted)
    const verdict = accepts(tail(first))
    holds ??= verdict
    if (verdict !== holds) return { holds, until: instant }
    // From here on there is nothing that could count.
    if (entries.length === 0 || from > latest) return { holds, until: NEVER }
    for (let place = first; place < end; place++) {
      const at = instantOf(entries[place] ?? 0)
      if (at + horizon >= until) break
      if (place + 1 < end && instantOf(entries[place + 1] ?? 0) === at) continue
      if (accepts(tail(place + 1)) !== holds) return { holds, until: at + horizon }
    }
    instant = until
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
  const accepts = compileTest({ operator, value: operator === 'between' ? [low, high] : low }, zone)
  const isCalendar = window !== undefined && 'calendar' in window
  const { delay, lasts } = countedIn(isCalendar ? undefined : window, horizon)
  return (facts, now) => {
    const period = isCalendar ? periodAt(window, zone, now) : undefined
    const entries = facts.entries(feature)
    const latest = entries[placeOf(entries, period?.to ?? now - delay + 1) - 1]
    if (latest === undefined) return { holds: false, until: NEVER }
    const at = instantOf(latest)
    const leaving = period ? Math.min(period.until, at + horizon) : at + lasts
    if (at < (period?.from ?? at) || leaving <= now) return { holds: false, until: NEVER }
    const holds = accepts(now - at)
    // A comparison changes where the span reaches a bound, or has passed it.
    const turns = [low, low + 1, high, high + 1].map((span) => at + span)
    const flip = turns
      .filter((turn) => turn > now && turn < leaving && accepts(turn - at) !== holds)
      .reduce((earliest, turn) => Math.min(earliest, turn), NEVER)
    return { holds, until: Math.min(flip, leaving) }
  }
}
