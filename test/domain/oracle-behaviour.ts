import type {
  EventTest,
  FollowedCondition,
  LifecycleCondition,
  PerformedCondition,
  SequenceCondition,
  Window,
} from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { DAY, HOUR, type Millis } from '../../edge/protocol/time.ts'
import { compare, passes } from './oracle-compare.ts'
import { traitPasses } from './oracle-facts.ts'

/** What the plain readings below look at: every event that counts at all, in whatever order. */
export interface Past {
  readonly events: readonly EventRecord[]
  readonly now: Millis
  readonly retention: Millis
  readonly zone: string
}

const orderOf = ({ timestamp, receivedAt, position = 0, messageId }: EventRecord) =>
  [timestamp, receivedAt, position, messageId] as const

export function isBefore(a: EventRecord, b: EventRecord): boolean {
  const [one, other] = [orderOf(a), orderOf(b)]
  for (const [place, part] of one.entries()) {
    const counterpart = other[place] as typeof part
    if (part !== counterpart) return part < counterpart
  }
  return false
}

/** What happened is kept for a time, and what was imported for that time from when it was. */
const isKept = ({ imported, receivedAt, timestamp }: EventRecord, { now, retention }: Past) =>
  now < (imported === true ? receivedAt : timestamp) + retention

const matching = (past: Past, { event, where = [] }: EventTest) => {
  const { events, now } = past
  return events
    .filter(
      (one) =>
        ([] as string[]).concat(event).includes(one.name) &&
        one.timestamp <= now &&
        isKept(one, past) &&
        where.every((test) => traitPasses(test, one.properties[test.property], past)),
    )
    .sort((a, b) => (isBefore(a, b) ? -1 : 1))
}

/** The events of a window that match, in their order. */
export const countedEvents = (
  { window, ...test }: EventTest & { readonly window?: Window },
  past: Past,
): readonly EventRecord[] =>
  matching(past, test).filter(
    ({ timestamp }) => window === undefined || isIn(window, timestamp, past),
  )

export function performed(
  { measure = 'count', property = '', window, ...condition }: PerformedCondition,
  past: Past,
): boolean {
  const events = countedEvents({ ...condition, ...(window && { window }) }, past)
  const present = events
    .map(({ properties }) => properties[property])
    .filter((value): value is Json => value !== undefined && value !== null)
  const numbers = present.filter((value) => typeof value === 'number')
  const total = Math.round(numbers.reduce((sum, value) => sum + value, 0) * 1e6) / 1e6
  const test = { property: '', operator: condition.operator, value: condition.value ?? null }
  switch (measure) {
    case 'count':
      return compare(test, events.length)
    case 'sum':
      return compare(test, total)
    case 'avg':
      return numbers.length > 0 && compare(test, total / numbers.length)
    case 'min':
      return numbers.length > 0 && compare(test, Math.min(...numbers))
    case 'max':
      return numbers.length > 0 && compare(test, Math.max(...numbers))
    case 'distinct':
      return compare(test, new Set(present.map((value) => JSON.stringify(value))).size)
    case 'first':
      return passes(test, present[0])
    case 'last':
      return passes(test, present.at(-1))
    case 'recency': {
      const latest = events.at(-1)
      if (latest === undefined) return false
      const spans = ([] as Json[])
        .concat(condition.value as Json)
        .map((text) => spanOf(String(text)))
      return compare(
        { ...test, value: spans.length === 1 ? (spans[0] ?? 0) : spans },
        past.now - latest.timestamp,
      )
    }
  }
}

function isIn(window: Window, at: Millis, { now, zone }: Past): boolean {
  if ('last' in window) return at > now - spanOf(window.last)
  if ('from' in window) return at >= Date.parse(window.from) && at < Date.parse(window.to)
  if ('between' in window) {
    const [shorter, longer] = window.between.map(spanOf)
    return at > now - (longer ?? 0) && at <= now - (shorter ?? 0)
  }
  const { calendar, offset = 0 } = window
  return pageOf(at, calendar, zone, 0) === pageOf(now, calendar, zone, offset)
}

const calendars = new Map<string, Intl.DateTimeFormat>()

/** Making one takes longer than reading it a hundred times. */
function calendarOf(zone: string): Intl.DateTimeFormat {
  const known = calendars.get(zone)
  if (known !== undefined) return known
  const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: zone })
  calendars.set(zone, calendar)
  return calendar
}

/** The leaf of a calendar on which an instant lies, or one so many leaves further. */
function pageOf(
  at: Millis,
  unit: 'day' | 'week' | 'month' | 'year',
  zone: string,
  offset: number,
): string {
  const [year = 0, month = 0, day = 0] = calendarOf(zone).format(at).split('-').map(Number)
  switch (unit) {
    case 'day':
      return new Date(Date.UTC(year, month - 1, day + offset)).toISOString().slice(0, 10)
    case 'week': {
      const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7
      return new Date(Date.UTC(year, month - 1, day - weekday + 7 * offset))
        .toISOString()
        .slice(0, 10)
    }
    case 'month':
      return new Date(Date.UTC(year, month - 1 + offset, 1)).toISOString().slice(0, 7)
    case 'year':
      return String(year + offset)
  }
}

/** Tries every choice of events. */
export function sequence({ steps, window, total }: SequenceCondition, past: Past): boolean {
  const oldest = past.now - (window ? spanOf(window.last) : Number.POSITIVE_INFINITY)
  const everything = past.events.filter((event) => isKept(event, past))
  const extend = (chosen: readonly EventRecord[]): boolean => {
    const step = steps[chosen.length]
    const [first, last] = [chosen[0], chosen.at(-1)]
    if (step === undefined) {
      return (
        total === undefined || (last?.timestamp ?? 0) - (first?.timestamp ?? 0) <= spanOf(total)
      )
    }
    return matching(past, step).some((event) => {
      if (event.timestamp <= oldest) return false
      if (last === undefined) return extend([event])
      if (!isBefore(last, event)) return false
      if (step.within !== undefined && event.timestamp - last.timestamp > spanOf(step.within))
        return false
      const isBetween = (one: EventRecord) => isBefore(last, one) && isBefore(one, event)
      if (step.immediately === true && everything.some(isBetween)) return false
      return extend([...chosen, event])
    })
  }
  return extend([])
}

export function followed(
  { type, then, within, since = 'last', ...before }: FollowedCondition,
  past: Past,
): boolean {
  const all = matching(past, before)
  const asked = since === 'last' ? all.slice(-1) : all
  const answers = matching(past, then)
  const isFollowed = (event: EventRecord): boolean =>
    answers.some(
      (answer) =>
        isBefore(event, answer) &&
        answer.timestamp < event.timestamp + spanOf(within) &&
        (then.same === undefined ||
          (answer.properties[then.same] !== undefined &&
            answer.properties[then.same] === event.properties[then.same])),
    )
  return type === 'followedBy'
    ? asked.some(isFollowed)
    : asked.some((event) => !isFollowed(event) && past.now >= event.timestamp + spanOf(within))
}

export function lifecycle(
  { is, period, of = 3, ...test }: LifecycleCondition,
  past: Past,
): boolean {
  const span = spanOf(period)
  const events = matching(past, test)
  const happened = (index: number): boolean =>
    events.some(
      ({ timestamp }) =>
        timestamp > past.now - (index + 1) * span && timestamp <= past.now - index * span,
    )
  const each = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => from + index).every(happened)
  switch (is) {
    case 'first-time':
      return events.length === 1 && happened(0)
    case 'regular':
      return each(0, of)
    case 'stopped':
      return !happened(0) && each(1, of)
    case 'returned':
      return happened(0) && !happened(1) && each(2, of)
  }
}

export function spanOf(text: string): Millis {
  const days = /^P(\d+)D$/.exec(text)
  const hours = /^PT(\d+)H$/.exec(text)
  return days ? Number(days[1]) * DAY : Number(hours?.[1]) * HOUR
}
