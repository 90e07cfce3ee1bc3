import { TZDate } from '@date-fns/tz'
import { addDays, isValid } from 'date-fns'
import type { Json } from '../protocol/json.ts'
import type { Millis } from '../protocol/time.ts'

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/
const INSTANT =
  /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/

/** From the first instant on and before the second; of an instant both are it. */
export interface Stretch {
  readonly from: Millis
  readonly to: Millis
}

/** A day of the calendar, whatever the clock shows. `month` from 1. */
export interface CalendarDay {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** The day that a text names; undefined: it names none, or one that there never was. */
export function namedDay(value: Json | undefined): CalendarDay | undefined {
  const match = typeof value === 'string' ? DAY.exec(value) : null
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return isReal ? { year, month, day } : undefined
}

/**
 * The stretch that an ISO 8601 text names: of a day from its first instant in the zone (IANA name) until before the
 * next one's; of an instant both ends are it. An instant without an offset is one of the zone's clocks. Undefined:
 * anything else.
 */
export function namedTime(value: Json | undefined, zone: string): Stretch | undefined {
  const day = namedDay(value)
  if (day !== undefined) return { from: dayStart(day, zone), to: dayStart(day, zone, 1) }
  const match = typeof value === 'string' ? INSTANT.exec(value) : null
  if (match === null) return undefined
  const text = match[0].replace(' ', 'T')
  const at = match[1] === undefined ? localInstant(text, zone) : Date.parse(text)
  return Number.isNaN(at) ? undefined : { from: at, to: at }
}

/** The first instant of a day, or of one so many days later. */
export function dayStart({ year, month, day }: CalendarDay, zone: string, later = 0): Millis {
  return addDays(new TZDate(year, month - 1, day, zone), later).getTime()
}

/** The day that it is at an instant. */
export function dayAt(at: Millis, zone: string): CalendarDay {
  const date = new TZDate(at, zone)
  return { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() }
}

function localInstant(text: string, zone: string): Millis {
  const date = new Date(`${text}Z`)
  if (!isValid(date)) return Number.NaN
  return new TZDate(
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds(),
    zone,
  ).getTime()
}
