import type { PerformedCondition, Window } from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import { instantOf, placeOf, valueOf, type Detail, type Entry } from './entry.ts'
import type { EvaluateEvents, Site } from './condition.ts'
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
): EvaluateEvents {
  const { measure = 'count', window } = condition
  const keep = keepOf(condition)
  const feature = measuredFeature(condition, { measure, keep, reaction }, site)
  if (measure === 'recency') return recencyOf(condition, feature, site)
  const isNumber = measure !== 'first' && measure !== 'last'
  const test = isNumber
    ? compileNumberTest(condition, site.zone)
    : compileTest(condition, site.zone)
  // An empty sum is 0 as an empty count is; what is absent passes no test.
  const accepts: Accepts = measure === 'sum' ? (value) => test(value ?? 0) : test
  const tail = (entries: readonly Entry[]): Tail => tailOf(measure, entries)
  // Others may want more of the feature kept: of those a count answers the same.
  const most = measure === 'count' ? keep : MAX_ENTRIES
  return compileMeasured(feature, window, { tail, gauge: gaugeFor[measure], most, accepts }, site)
}

/** What is kept of the events that are measured. */
export function measuredFeature(
  {
    event,
    where,
    property,
    window,
  }: Pick<PerformedCondition, 'event' | 'where' | 'property' | 'window'>,
  {
    measure,
    keep,
    reaction,
  }: {
    readonly measure: string
    readonly keep: number
    readonly reaction?: ReactionFilter | undefined
  },
  { features, purposes, reads }: Pick<Site, 'features' | 'purposes' | 'reads'>,
): Feature {
  const feature = features.demand({
    event,
    where,
    property,
    detail: detailOf(measure),
    keep,
    between:
      window !== undefined && 'from' in window
        ? [Date.parse(window.from), Date.parse(window.to)]
        : undefined,
    purposes,
    reaction,
  })
  reads.features.add(feature)
  return feature
}

/** A measure, by its value over all latest events and over those of a window that begins later, and its comparison. */
export interface Measuring {
  readonly tail: (entries: readonly Entry[]) => Tail
  readonly gauge: () => Gauge
  /** The latest so many events decide. */
  readonly most: number
  readonly accepts: Accepts
}

/** Compiles a comparison of what is measured in a window. */
export function compileMeasured(
  feature: Feature,
  window: Window | undefined,
  measuring: Measuring,
  { zone, horizon }: Pick<Site, 'zone' | 'horizon'>,
): EvaluateEvents {
  const { tail, most, accepts } = measuring
  if (window !== undefined && 'calendar' in window) {
    const periodOf = (at: Millis): Period => periodAt(window, zone, at)
    return (facts, now) =>
      inPeriods(facts.entries(feature), now, { horizon, periodOf, tail, accepts })
  }
  const counted = countedIn(window, horizon)
  return (facts, now) => {
    const entries = facts.entries(feature)
    // Clocks may be set back: what happened later than now enters later.
    if (counted.isLate || instantOf(entries.at(-1) ?? now) > now) {
      return sliding(entries, now, counted, measuring.gauge(), accepts)
    }
    return leaving(entries, now, tail(entries), counted.lasts, most, accepts)
  }
}

function detailOf(measure: string): Detail {
  if (measure === 'count' || measure === 'recency') return 'instant'
  return measure === 'first' || measure === 'last' ? 'moment' : 'value'
}

/** Events begin to count later than they happen. */
const isLate = (window: Window | undefined): boolean =>
  window !== undefined &&
  ('between' in window || ('calendar' in window && (window.offset ?? 0) < 0))

/** How many of the latest events decide. */
export function keepOf({
  measure = 'count',
  value,
  window,
}: Pick<PerformedCondition, 'measure' | 'value' | 'window'>): number {
  if (isLate(window)) return MAX_ENTRIES
  if (measure === 'recency' || measure === 'last') return 1
  if (measure !== 'count') return MAX_ENTRIES
  const [low, high] = (Array.isArray(value) ? value : [value, value]) as [number, number]
  // One more than the largest count that matters: beyond it every comparison answers the same.
  return Math.floor(Math.max(low, high, 0)) + 1
}

/**
 * Without new events the measure changes only where events cease to count, the oldest first: the verdict stands until
 * the first such instant at which it flips. `lasts`: how long an event counts; `most`: the latest so many decide.
 */
function leaving(
  entries: readonly Entry[],
  now: Millis,
  tail: Tail,
  lasts: Millis,
  most: number,
  accepts: Accepts,
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
  readonly tail: Measuring['tail']
  readonly accepts: Accepts
}

/** Windows that stand for a calendar period and then jump to the next. No event enters within one; old ones expire. */
function inPeriods(
  entries: readonly Entry[],
  now: Millis,
  { horizon, periodOf, tail: tailFor, accepts }: Periodic,
): Verdict {
  const latest = instantOf(entries.at(-1) ?? 0)
  let holds: boolean | undefined
  for (let instant = now; ;) {
    const { from, to, until } = periodOf(instant)
    const end = placeOf(entries, to)
    // All of a period that is long past may have expired, and more than that.
    const first = Math.min(end, placeOf(entries, Math.max(from, instant - horizon + 1)))
    const counted = end === entries.length ? entries : entries.slice(0, end)
    const tail = tailFor(counted)
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
): EvaluateEvents {
  const [low = 0, high = 0] = (Array.isArray(value) ? value : [value, value]).map(
    (text) => parseDuration(String(text)) ?? 0,
  )
  const accepts = compileTest({ operator, value: operator === 'between' ? [low, high] : low }, zone)
  const isCalendar = window !== undefined && 'calendar' in window
  const { delay, lasts } = countedIn(isCalendar ? undefined : window, horizon)
  return (facts, now) => {
    const period = isCalendar ? periodAt(window, zone, now) : undefined
    const entries = facts.entries(feature)
    const place = placeOf(entries, Math.min(period?.to ?? NEVER, now - delay + 1))
    const latest = entries[place - 1]
    // Clocks may be set back: what happened later than now is the latest from then on.
    const next = entries[place]
    const entering = next === undefined ? NEVER : instantOf(next) + delay
    const nothing = { holds: false, until: entering }
    if (latest === undefined) return nothing
    const at = instantOf(latest)
    const leaving = period ? Math.min(period.until, at + horizon) : at + lasts
    if (at < (period?.from ?? at) || leaving <= now) return nothing
    const holds = accepts(now - at)
    // A comparison changes where the span reaches a bound, or has passed it.
    const turns = [low, low + 1, high, high + 1].map((span) => at + span)
    const flip = turns
      .filter((turn) => turn > now && turn < leaving && accepts(turn - at) !== holds)
      .reduce((earliest, turn) => Math.min(earliest, turn), NEVER)
    return { holds, until: Math.min(flip, leaving, entering) }
  }
}
