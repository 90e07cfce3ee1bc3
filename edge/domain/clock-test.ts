import type { ClockTest } from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import type { Json } from '../protocol/json.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import {
  dayAt,
  dayStart,
  namedDay,
  namedTime,
  type CalendarDay,
  type Stretch,
} from './named-time.ts'
import { combine, negate, type Verdict } from './verdict.ts'

const ABSENT: Verdict = { holds: false, until: NEVER }

/** Compiles a comparison of a date with now. What is no date is absent; of a list one date is enough. */
export function compileClockTest(
  { operator, value }: ClockTest,
  zone: string,
): (actual: Json | undefined, now: Millis) => Verdict {
  const span = typeof value === 'string' ? (parseDuration(value) ?? 0) : 0
  const periodsOf = (date: Json, now: Millis): readonly Stretch[] => {
    if (operator === 'anniversary') return anniversaries(date, span, zone, now)
    const named = namedTime(date, zone)
    if (named === undefined) return []
    return operator === 'within_next'
      ? [{ from: named.from - span, to: named.to }]
      : [{ from: named.from, to: named.from + span }]
  }
  return (actual, now) => {
    const dates = (Array.isArray(actual) ? actual : [actual]).flatMap((date: Json | undefined) => {
      if (date === undefined || namedTime(date, zone) === undefined) return []
      return [within(periodsOf(date, now), now)]
    })
    if (dates.length === 0) return ABSENT
    const some = combine(dates, true)
    return operator === 'not_within_last' ? negate(some) : some
  }
}

/** Those around now, each from so long before it on until the day is over. The day itself is none. */
function anniversaries(date: Json, span: Millis, zone: string, now: Millis): readonly Stretch[] {
  const named = namedTime(date, zone)
  if (named === undefined) return []
  const born = namedDay(date) ?? dayAt(named.from, zone)
  const { year } = dayAt(now, zone)
  return [-1, 0, 1, 2]
    .map((later) => year + later)
    .filter((one) => one > born.year)
    .map((one): Stretch => {
      const day = { ...born, year: one, day: Math.min(born.day, lastOfMonth(one, born)) }
      return { from: dayStart(day, zone) - span, to: dayStart(day, zone, 1) }
    })
}

const lastOfMonth = (year: number, { month }: CalendarDay): number =>
  new Date(Date.UTC(year, month, 0)).getUTCDate()

/** Whether one of some periods holds now, and how long without a break. They are in the order of their beginnings. */
function within(periods: readonly Stretch[], now: Millis): Verdict {
  let until = now
  for (const { from, to } of periods) {
    if (from > until) return until > now ? { holds: true, until } : { holds: false, until: from }
    until = Math.max(until, to)
  }
  return until > now ? { holds: true, until } : ABSENT
}
