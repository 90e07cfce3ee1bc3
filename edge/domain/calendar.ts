import { TZDate } from '@date-fns/tz'
import {
  addDays,
  addMonths,
  addWeeks,
  addYears,
  startOfDay,
  startOfMonth,
  startOfWeek,
  startOfYear,
} from 'date-fns'
import type { CalendarUnit } from '../protocol/condition.ts'
import type { Millis } from '../protocol/time.ts'

type Step = (date: TZDate, amount: number) => Date

const UNITS: { readonly [U in CalendarUnit]: { start: (date: TZDate) => Date; add: Step } } = {
  day: { start: startOfDay, add: addDays },
  // As ISO 8601 has it: weeks begin on Monday.
  week: { start: (date) => startOfWeek(date, { weekStartsOn: 1 }), add: addWeeks },
  month: { start: startOfMonth, add: addMonths },
  year: { start: startOfYear, add: addYears },
}

/**
 * The instant at which the calendar period around `at` begins in a time zone (IANA name), or the one `offset` periods
 * later. Where clocks jump over midnight a day begins with its first instant.
 */
export function periodStart(at: Millis, unit: CalendarUnit, zone: string, offset: number): Millis {
  const { start, add } = UNITS[unit]
  const first = start(new TZDate(at, zone)) as TZDate
  return start(add(first, offset) as TZDate).getTime()
}
