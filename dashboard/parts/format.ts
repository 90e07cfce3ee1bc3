import type { Millis } from '../../edge/protocol/time.ts'
import { largestUnits, type Amount } from './duration.ts'

/** Numbers, instants and lists in the viewer's language; instants in the viewer's zone. */
export interface Format {
  readonly number: (value: number) => string
  /** With its sign: `+3`. */
  readonly signed: (value: number) => string
  readonly compact: (value: number) => string
  readonly percent: (share: number) => string
  readonly milliseconds: (value: number) => string
  /** In the unit that leaves one to three digits: `4.2 MB`. */
  readonly bytes: (value: number) => string
  readonly amount: (amount: Amount) => string
  /** The two largest units: `3d 4h`. */
  readonly span: (length: Millis) => string
  readonly time: (at: Millis) => string
  /** Hours and minutes, for axes. */
  readonly clock: (at: Millis) => string
  /** Day and month, for axes; of a zone (IANA name), or else of the viewer's. */
  readonly day: (at: Millis, zone?: string) => string
  readonly dateTime: (at: Millis) => string
  /** A day of no zone, as an instant at its midnight in UTC. */
  readonly date: (at: Millis) => string
  /** To the millisecond, with the zone. */
  readonly exact: (at: Millis) => string
  /** `3 minutes ago`, against `now`. */
  readonly ago: (at: Millis, now: Millis) => string
  /** A calendar period, so many after the present one: `yesterday`, `this week`, `2 months ago`. */
  readonly period: (offset: number, unit: 'day' | 'week' | 'month' | 'year') => string
  readonly and: (items: readonly string[]) => string
  readonly or: (items: readonly string[]) => string
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
]

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** `locale` is a BCP 47 tag, e.g. `fr-CA`. */
export function formatFor(locale: string): Format {
  const number = new Intl.NumberFormat(locale)
  const signed = new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' })
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const milliseconds = unitFormat(locale, 'millisecond', 'short')
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' })
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
  const exact = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'short',
  })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const and = new Intl.ListFormat(locale, { type: 'conjunction' })
  const or = new Intl.ListFormat(locale, { type: 'disjunction' })
  const long = new Map<string, Intl.NumberFormat>()
  const short = new Map<string, Intl.NumberFormat>()
  return {
    number: (value) => number.format(value),
    signed: (value) => signed.format(value),
    compact: (value) => compact.format(value),
    percent: (share) => percent.format(share),
    milliseconds: (value) => milliseconds.format(Math.round(value)),
    bytes: (value) => {
      const thousands = Math.floor(Math.log10(Math.max(value, 1)) / 3)
      const unit = BYTE_UNITS[Math.min(thousands, BYTE_UNITS.length - 1)] ?? 'byte'
      const scaled = value / 1_000 ** BYTE_UNITS.indexOf(unit)
      return byteFormat(locale, unit, scaled < 10 && unit !== 'byte' ? 1 : 0).format(scaled)
    },
    amount: ({ amount, unit }) => cached(long, locale, unit, 'long').format(amount),
    span: (length) =>
      largestUnits(length)
        .map(({ amount, unit }) => cached(short, locale, unit, 'short').format(amount))
        .join(' '),
    time: (at) => time.format(at),
    clock: (at) => clock.format(at),
    day: (at, zone) =>
      zone === undefined
        ? day.format(at)
        : new Intl.DateTimeFormat(locale, {
            day: 'numeric',
            month: 'short',
            timeZone: zone,
          }).format(at),
    dateTime: (at) => dateTime.format(at),
    date: (at) => date.format(at),
    exact: (at) => exact.format(at),
    ago: (at, now) => {
      const past = at - now
      for (const [unit, length] of STEPS) {
        if (Math.abs(past) >= length) return relative.format(Math.trunc(past / length), unit)
      }
      return relative.format(0, 'second')
    },
    period: (offset, unit) => relative.format(offset, unit),
    and: (items) => and.format(items),
    or: (items) => or.format(items),
  }
}

function unitFormat(
  locale: string,
  unit: string,
  unitDisplay: 'long' | 'short',
): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay })
}

function byteFormat(
  locale: string,
  unit: (typeof BYTE_UNITS)[number],
  maximumFractionDigits: number,
): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits,
  })
}

function cached(
  formats: Map<string, Intl.NumberFormat>,
  locale: string,
  unit: string,
  display: 'long' | 'short',
): Intl.NumberFormat {
  const found = formats.get(unit) ?? unitFormat(locale, unit, display)
  formats.set(unit, found)
  return found
}
