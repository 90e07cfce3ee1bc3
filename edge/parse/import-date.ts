import type { DateType } from '../protocol/import.ts'
import { DAY, MINUTE, type Millis } from '../protocol/time.ts'
import { parseInstant } from './timestamp.ts'

/** Reads the dates of one column; undefined: not a date of that form. */
export type ReadDate = (text: string) => Millis | undefined

const TOKENS: { readonly [token: string]: string } = {
  YYYY: '(?<year>\\d{4})',
  YY: '(?<short>\\d{2})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{2})',
  D: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  m: '(?<minute>\\d{1,2})',
  ss: '(?<second>\\d{2})',
  s: '(?<second>\\d{1,2})',
}
const TOKEN = /YYYY|YY|MM|M|DD|D|HH|H|mm|m|ss|s/g

/** Years of two digits belong to the 120 years around 2000: birthdays reach back further than orders do. */
const PIVOT = 50

/**
 * Makes the reader of a column. A pattern names year and day of the month at least once each; a time of day that a
 * text has beyond its pattern makes it no date, rather than being dropped.
 *
 * @returns undefined if the pattern or the zone does not exist.
 */
export function compileDate({ format = 'iso', zone = 'UTC' }: DateType): ReadDate | undefined {
  const offset = offsetsOf(zone)
  if (offset === undefined) return undefined
  if (format === 'seconds' || format === 'milliseconds') return readEpoch(format)
  if (format === 'iso') return readIso(offset)
  const pattern = compilePattern(format)
  if (pattern === undefined) return undefined
  return (text) => {
    const groups = pattern.exec(text.trim())?.groups
    if (groups === undefined) return undefined
    const short = groups['short']
    const year =
      short === undefined
        ? Number(groups['year'])
        : Number(short) + (Number(short) < PIVOT ? 2_000 : 1_900)
    const month = Number(groups['month'] ?? '1')
    const day = Number(groups['day'] ?? '1')
    const hour = Number(groups['hour'] ?? '0')
    const minute = Number(groups['minute'] ?? '0')
    const second = Number(groups['second'] ?? '0')
    const local = Date.UTC(year, month - 1, day, hour, minute, second)
    const date = new Date(local)
    // `Date` turns 31 April into 1 May: such a day does not exist.
    const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    return exists && hour < 24 && minute < 60 && second < 60 ? toUtc(local, offset) : undefined
  }
}

function compilePattern(format: string): RegExp | undefined {
  const seen = new Set<string>()
  let repeated = false
  const escaped = format.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  const source = escaped.replace(TOKEN, (token) => {
    const part = TOKENS[token] ?? ''
    const name = /<(\w+)>/.exec(part)?.[1] ?? ''
    repeated ||= seen.has(name)
    seen.add(name)
    return part
  })
  const hasYear = seen.has('year') !== seen.has('short')
  // Two groups of one name would not compile, and mean nothing.
  if (repeated || !hasYear || format.length > 50) return undefined
  return new RegExp(`^${source}$`)
}

/** ISO 8601; a text without a zone of its own is of the column's. */
function readIso(offset: OffsetAt): ReadDate {
  return (text) => {
    const trimmed = text.trim()
    const at = parseInstant(trimmed)
    if (at === undefined) return undefined
    const named = /(?:Z|[+-]\d\d:?\d\d)$/i.test(trimmed) && trimmed.includes(':')
    return named ? at : toUtc(at, offset)
  }
}

function readEpoch(unit: 'seconds' | 'milliseconds'): ReadDate {
  const factor = unit === 'seconds' ? 1_000 : 1
  return (text) => {
    if (!/^-?\d{1,16}(?:\.\d+)?$/.test(text.trim())) return undefined
    const at = Math.trunc(Number(text) * factor)
    return Math.abs(at) <= 8.64e15 ? at : undefined
  }
}

/** What a zone's clocks show minus UTC, at an instant. */
type OffsetAt = (at: Millis) => Millis

/** Offsets change at full quarters of an hour: one look-up serves all instants of one. */
const QUARTER = 15 * MINUTE
const CACHE_SIZE = 10_000

function offsetsOf(zone: string): OffsetAt | undefined {
  if (zone === 'UTC' || zone === 'Etc/UTC') return () => 0
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined
  }
  const known = new Map<number, Millis>()
  return (at) => {
    const quarter = Math.floor(at / QUARTER)
    const cached = known.get(quarter)
    if (cached !== undefined) return cached
    const parts = new Map(
      format.formatToParts(quarter * QUARTER).map(({ type, value }) => [type, Number(value)]),
    )
    const part = (name: string) => parts.get(name as never) ?? 0
    const shown = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    )
    const offset = shown - quarter * QUARTER
    if (known.size >= CACHE_SIZE) known.clear()
    known.set(quarter, offset)
    return offset
  }
}

/**
 * The instant at which a zone's clocks show a local time. One that they show twice in autumn is the first; one that
 * they skip in spring is read by the clocks of before.
 */
function toUtc(local: Millis, offset: OffsetAt): Millis {
  const before = local - offset(local - DAY)
  const after = local - offset(local + DAY)
  const shows = (at: Millis): boolean => at + offset(at) === local
  return !shows(before) && shows(after) ? after : before
}
