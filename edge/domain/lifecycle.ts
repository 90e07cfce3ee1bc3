import type { LifecycleCondition } from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { Evaluate, Site } from './condition.ts'
import { instantOf } from './entry.ts'
import { MAX_ENTRIES } from './performed.ts'
import type { Verdict } from './verdict.ts'

const DEFAULT_PERIODS = 3

/** Whether something happened in a period; the last one is 0, the one before 1, and so on. */
type Happened = (period: number) => boolean

/** What must and what must not have happened, and how far back it is asked. */
interface Pattern {
  readonly holds: (happened: Happened) => boolean
  readonly periods: number
}

const each = (from: number, count: number, happened: Happened): boolean => {
  for (let period = from; period < from + count; period++) if (!happened(period)) return false
  return true
}

function patternOf({ is, of = DEFAULT_PERIODS }: LifecycleCondition): Pattern {
  switch (is) {
    case 'first-time':
      return { holds: (happened) => happened(0), periods: 1 }
    case 'regular':
      return { holds: (happened) => each(0, of, happened), periods: of }
    case 'stopped':
      return { holds: (happened) => !happened(0) && each(1, of, happened), periods: of + 1 }
    case 'returned':
      return {
        holds: (happened) => happened(0) && !happened(1) && each(2, of, happened),
        periods: of + 2,
      }
  }
}

/** Compiles what a person does period after period. Of more than `MAX_ENTRIES` events the latest count. */
export function compileLifecycle(condition: LifecycleCondition, site: Site): Evaluate {
  const { event, where, is } = condition
  const { horizon, purposes } = site
  const period = parseDuration(condition.period) ?? 0
  const pattern = patternOf(condition)
  const keep = is === 'first-time' ? 2 : MAX_ENTRIES
  const feature = site.features.demand({ event, where, keep, purposes })
  site.reads.features.add(feature)
  return (facts, now) => {
    const instants = facts.entries(feature).map(instantOf)
    if (is === 'first-time') return firstTime(instants, period, horizon, now)
    return following(instants, period, horizon, pattern, now)
  }
}

/** Exactly one ever, within the last period. Of two the older one may expire first: then there is one. */
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
  const turns = instants.flatMap((at) => [at + period, at + horizon])
  return verdictOf(isAt, turns, now)
}

/**
 * Something happened in period i of an instant τ exactly if τ − i · period lies in one of the stretches that begin
 * with an event and last one period. Stretches that touch are one, so there are few.
 */
function following(
  instants: readonly Millis[],
  period: Millis,
  horizon: Millis,
  { holds, periods }: Pattern,
  now: Millis,
): Verdict {
  const isAt = (instant: Millis): boolean => {
    const known = stretchesOf(
      instants.filter((at) => at > instant - horizon),
      period,
    )
    return holds((index) => {
      const then = instant - index * period
      return known.some(({ from, to }) => from <= then && then < to)
    })
  }
  const turns = stretchesOf(instants, period).flatMap(({ from, to }) =>
    Array.from({ length: periods }, (_, index) => index * period).flatMap((shift) => [
      from + shift,
      to + shift,
    ]),
  )
  // Within the horizon there is room for all periods: what expires is too long ago to matter.
  return verdictOf(isAt, turns, now)
}

function stretchesOf(
  instants: readonly Millis[],
  period: Millis,
): readonly { readonly from: Millis; readonly to: Millis }[] {
  const stretches: { from: Millis; to: Millis }[] = []
  for (const at of instants) {
    const last = stretches.at(-1)
    if (last !== undefined && at <= last.to) last.to = at + period
    else stretches.push({ from: at, to: at + period })
  }
  return stretches
}

/** The first of the instants at which the answer may turn where it does. */
function verdictOf(
  isAt: (instant: Millis) => boolean,
  turns: readonly Millis[],
  now: Millis,
): Verdict {
  const holds = isAt(now)
  const later = [...new Set(turns.filter((turn) => turn > now))].sort((a, b) => a - b)
  return { holds, until: later.find((turn) => isAt(turn) !== holds) ?? NEVER }
}
