import type { LifecycleCondition } from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { EvaluateEvents, Site } from './condition.ts'
import { instantOf, placeOf, type Entry } from './entry.ts'
import { MAX_ENTRIES } from './performed.ts'
import type { Verdict } from './verdict.ts'

const DEFAULT_PERIODS = 3

/** In which periods something must have happened, and in which not; the last one is 0, the one before 1, and so on. */
interface Pattern {
  readonly wanted: readonly boolean[]
}

function patternOf({ is, of = DEFAULT_PERIODS }: LifecycleCondition): Pattern {
  const each = Array<boolean>(of).fill(true)
  switch (is) {
    case 'first-time':
      return { wanted: [true] }
    case 'regular':
      return { wanted: each }
    case 'stopped':
      return { wanted: [false, ...each] }
    case 'returned':
      return { wanted: [true, false, ...each] }
  }
}

/** Compiles what a person does period after period. Of more than `MAX_ENTRIES` events the latest count. */
export function compileLifecycle(condition: LifecycleCondition, site: Site): EvaluateEvents {
  const { event, where, is } = condition
  const { horizon, purposes } = site
  const period = parseDuration(condition.period) ?? 0
  const { wanted } = patternOf(condition)
  const keep = is === 'first-time' ? 2 : MAX_ENTRIES
  const feature = site.features.demand({ event, where, keep, purposes })
  site.reads.features.add(feature)
  return (facts, now) => {
    const entries = facts.entries(feature)
    return is === 'first-time'
      ? firstTime(entries.slice(-2).map(instantOf), period, horizon, now)
      : following(stretchesOf(entries, period, now - wanted.length * period), period, wanted, now)
  }
}

/** Exactly one ever, within the last period. Of the latest two the older one may expire first: then there is one. */
function firstTime(
  instants: readonly Millis[],
  period: Millis,
  horizon: Millis,
  now: Millis,
): Verdict {
  const isAt = (instant: Millis): boolean => {
    const known = instants.filter((at) => at > instant - horizon)
    return known.length === 1 && (known[0] ?? 0) > instant - period
  }
  const holds = isAt(now)
  const turns = instants.flatMap((at) => [at + period, at + horizon])
  const later = turns.filter((turn) => turn > now).sort((a, b) => a - b)
  return { holds, until: later.find((turn) => isAt(turn) !== holds) ?? NEVER }
}

/**
 * Something happened in period i of an instant τ exactly if τ − i · period lies in one of the stretches. While all
 * periods are as they are wanted, the first that changes ends it; while some are not, nothing can hold before the last
 * of these has changed. Within the horizon there is room for all periods: what expires is too long ago to matter.
 */
function following(
  stretches: readonly Stretch[],
  period: Millis,
  wanted: readonly boolean[],
  now: Millis,
): Verdict {
  let holds: boolean | undefined
  for (let instant = now; ;) {
    let [soonest, latest] = [NEVER, Number.NEGATIVE_INFINITY]
    for (const [index, want] of wanted.entries()) {
      const shift = index * period
      const { happened, until } = happenedAt(stretches, instant - shift)
      if (happened === want) soonest = Math.min(soonest, until + shift)
      else latest = Math.max(latest, until + shift)
    }
    const isNow = latest === Number.NEGATIVE_INFINITY
    if (holds === undefined && isNow) return { holds: true, until: soonest }
    holds ??= false
    if (isNow) return { holds, until: instant }
    if (latest === NEVER) return { holds, until: NEVER }
    instant = latest
  }
}

/** Whether an instant lies in a stretch, and until when that is so. */
function happenedAt(
  stretches: readonly Stretch[],
  instant: Millis,
): { readonly happened: boolean; readonly until: Millis } {
  let [low, high] = [0, stretches.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((stretches[middle]?.to ?? 0) > instant) high = middle
    else low = middle + 1
  }
  const next = stretches[low]
  if (next === undefined) return { happened: false, until: NEVER }
  return next.from <= instant
    ? { happened: true, until: next.to }
    : { happened: false, until: next.from }
}

interface Stretch {
  readonly from: Millis
  to: Millis
}

/** Each begins with an event and lasts one period; those that touch are one. Of events later than an instant. */
function stretchesOf(entries: readonly Entry[], period: Millis, after: Millis): Stretch[] {
  const stretches: Stretch[] = []
  let last: Stretch | undefined
  for (let place = placeOf(entries, after + 1); place < entries.length; place++) {
    const at = instantOf(entries[place] ?? 0)
    if (last !== undefined && at <= last.to) last.to = at + period
    else stretches.push((last = { from: at, to: at + period }))
  }
  return stretches
}
