import type {
  ClockTest,
  ContextCondition,
  NowCondition,
  ReactionCondition,
  Test,
} from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { DAY, MINUTE, type Millis } from '../../edge/protocol/time.ts'
import { isBefore, performed, spanOf, type Past } from './oracle-behaviour.ts'
import { passes } from './oracle-compare.ts'

const clocks = new Map<string, Intl.DateTimeFormat>()

/** Making one takes longer than reading it a hundred times. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone)
  if (known !== undefined) return known
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'long',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  clocks.set(zone, clock)
  return clock
}

/** What a clock of a zone shows, by the calendar of the platform. */
export function readingAt(at: Millis, zone: string) {
  const parts = Object.fromEntries(
    clockOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  return {
    weekday: String(parts['weekday']).toLowerCase(),
    date: `${parts['year']}-${parts['month']}-${parts['day']}`,
    time: `${parts['hour']}:${parts['minute']}`,
  }
}

export function traitPasses(
  test: Test | ClockTest,
  actual: Json | undefined,
  { now, zone }: Past,
): boolean {
  const values: readonly unknown[] = Array.isArray(actual) ? actual : [actual]
  const dates = values.filter((one): one is string => typeof one === 'string' && isDate(one))
  const { operator, value } = test
  const isDayOnly = (text: string) => text.length === 10
  /** Dates without a time compare by the day that a clock of the zone shows. */
  const dayOf = (text: string) => (isDayOnly(text) ? text : readingAt(Date.parse(text), zone).date)
  const age = (text: string): Millis => {
    if (!isDayOnly(text)) return now - Date.parse(text)
    // The first minute of that day, looked for from two days before on.
    let start = Date.parse(text) - 2 * DAY
    while (readingAt(start, zone).date < text) start += 15 * MINUTE
    return now - start
  }
  const isRecent = (text: string) => age(text) >= 0 && age(text) < spanOf(String(value))
  switch (operator) {
    case 'before':
      return dates.some((one) =>
        isDayOnly(String(value)) ? dayOf(one) < String(value) : age(one) > age(String(value)),
      )
    case 'after':
      return dates.some((one) =>
        isDayOnly(String(value)) ? dayOf(one) > String(value) : age(one) < age(String(value)),
      )
    case 'within_last':
      return dates.some(isRecent)
    case 'not_within_last':
      return dates.length > 0 && !dates.some(isRecent)
    case 'within_next':
      return dates.some(
        (one) =>
          age(one) >= -spanOf(String(value)) &&
          (isDayOnly(one) ? readingAt(now, zone).date <= one : age(one) < 0),
      )
    case 'anniversary': {
      const ahead = value === undefined ? 0 : spanOf(String(value))
      return dates.some((one) => {
        const born = dayOf(one)
        // Looked for on each day from today on until as far ahead as is asked.
        for (let day = now; ; day += 6 * 60 * MINUTE) {
          const at = Math.min(day, now + ahead)
          const { date } = readingAt(at, zone)
          if (date.slice(0, 4) > born.slice(0, 4) && isItsDay(date, born)) return true
          if (at === now + ahead) return false
        }
      })
    }
    default:
      return passes({ ...test, operator, property: '' }, actual)
  }
}

const isDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text))

function isItsDay(date: string, born: string): boolean {
  if (date.slice(5) === born.slice(5)) return true
  const isLeap = !Number.isNaN(Date.parse(`${date.slice(0, 4)}-02-29`))
  const inLeap = new Date(Date.parse(`${date.slice(0, 4)}-02-29`)).getUTCDate() === 29
  return born.slice(5) === '02-29' && date.slice(5) === '02-28' && !(isLeap && inLeap)
}

export function isNow({ weekdays, from, to }: NowCondition, past: Past): boolean {
  const latest = latestWithContext(past)
  const { weekday, time } = readingAt(past.now, latest?.context.timezone ?? past.zone)
  if (weekdays !== undefined && !(weekdays as readonly string[]).includes(weekday)) return false
  const [first, end] = [from ?? '00:00', to === undefined || to === '00:00' ? '24:00' : to]
  return first < end ? time >= first && time < end : time >= first || time < end
}

export function contextPasses(condition: ContextCondition, past: Past): boolean {
  const { scope = 'now' } = condition
  const field = 'near' in condition ? 'location' : condition.field
  const accepts = (value: Json | undefined): boolean => {
    if (!('near' in condition)) return passes({ ...condition, property: '' }, value)
    if (typeof value !== 'string') return false
    const [lat = 0, lon = 0] = value.split(',').map(Number)
    return wayKm([lat, lon], [condition.near.lat, condition.near.lon]) <= condition.near.km
  }
  const of = (events: readonly EventRecord[]) =>
    events.map(({ context }) => context[field]).filter((value) => value !== undefined)
  if (scope === 'now') return accepts(latestWithContext(past)?.context[field])
  const values = of(scope === 'ever' ? past.events : sessionOf(past))
  return values.length > 0 ? values.some(accepts) : accepts(undefined)
}

const latestWithContext = ({ events }: Past) =>
  events
    .filter(({ context }) => Object.keys(context).length > 0)
    .toSorted((a, b) => a.timestamp - b.timestamp)
    .at(-1)

/** Every event that can be reached from now in steps of less than half an hour. */
function sessionOf({ events, now }: Past): readonly EventRecord[] {
  const reached: EventRecord[] = []
  let at = now
  for (const event of events.toSorted((a, b) => (isBefore(a, b) ? 1 : -1))) {
    if (at - event.timestamp >= 30 * MINUTE) break
    at = event.timestamp
    reached.push(event)
  }
  return reached
}

/** By the angle between the two directions from the middle of the earth. */
function wayKm(a: readonly [number, number], b: readonly [number, number]): number {
  const vector = ([lat, lon]: readonly [number, number]) => {
    const [phi, lambda] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180]
    return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)]
  }
  const [one, other] = [vector(a), vector(b)]
  const cosine = one.reduce((sum, part, place) => sum + part * (other[place] ?? 0), 0)
  return 6_371.0088 * Math.acos(Math.min(Math.max(cosine, -1), 1))
}

const NAMES: { readonly [channel: string]: { readonly [kind: string]: readonly string[] } } = {
  email: {
    sent: ['Email Sent'],
    delivered: ['Email Delivered'],
    opened: ['Email Opened'],
    clicked: ['Email Link Clicked'],
    bounced: ['Email Bounced'],
    unsubscribed: ['Unsubscribed', 'Email Marked as Spam'],
  },
  sms: { sent: ['SMS Sent'], delivered: ['SMS Delivered'], clicked: ['SMS Link Clicked'] },
  push: {
    delivered: ['Push Notification Received'],
    clicked: ['Push Notification Tapped'],
    bounced: ['Push Notification Bounced'],
  },
}

export function reacted(condition: ReactionCondition, past: Past): boolean {
  const { kind, channel, campaign, ...rest } = condition
  const tells = ({ name, properties, context }: EventRecord): boolean => {
    const own = Object.keys(NAMES).filter((one) => NAMES[one]?.[kind]?.includes(name))
    const isGeneric = name.toLowerCase() === `message ${kind}`
    if (!isGeneric && own.length === 0) return false
    const on = isGeneric ? String(properties['channel'] ?? '').toLowerCase() : own[0]
    if (channel !== undefined && on !== channel.toLowerCase()) return false
    const said = [properties['campaign_id'], properties['campaign_name'], context.campaign]
    return campaign === undefined || said.includes(campaign)
  }
  const events = past.events.filter(tells).map((event) => ({ ...event, name: 'reaction' }))
  return performed({ ...rest, type: 'performed', event: 'reaction' }, { ...past, events })
}
