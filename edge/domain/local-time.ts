import { tzOffset } from '@date-fns/tz'
import { WEEKDAYS, type NowCondition } from '../protocol/condition.ts'
import { DAY, HOUR, MINUTE, NEVER, type Millis } from '../protocol/time.ts'
import type { Evaluate, Site } from './condition.ts'
import type { Verdict } from './verdict.ts'

const WEEK = 7 * DAY
/** The first Monday after the epoch. */
const MONDAY = 4 * DAY
/** Looked ahead: in a week every reading of a clock comes once, and clocks may be changed within it. */
const AHEAD = WEEK + DAY

/** What a clock shows, as if it were the one of UTC. */
type Reading = Millis

/** Compiles a condition on the person's weekday and time of day. A zone that there is not is the workspace's. */
export function compileNow(condition: NowCondition, site: Site): Evaluate {
  site.reads.context.add('timezone')
  const isMet = readingTest(condition)
  const edges = [0, ...[condition.from, condition.to].flatMap((text) => (text ? timeOf(text) : []))]
  return (facts, now) => {
    const own = facts.context.timezone
    const zone = own !== undefined && !Number.isNaN(tzOffset(own, new Date(0))) ? own : site.zone
    return verdictAt(now, zone, isMet, edges)
  }
}

const timeOf = (text: string): Millis => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * HOUR + minutes * MINUTE
}

function readingTest({ weekdays, from, to }: NowCondition): (reading: Reading) => boolean {
  const days = weekdays?.map((day) => WEEKDAYS.indexOf(day))
  const first = from === undefined ? 0 : timeOf(from)
  // Until midnight is until the end of the day.
  const end = (to === undefined ? 0 : timeOf(to)) || DAY
  return (reading) => {
    const day = Math.floor(modulo(reading - MONDAY, WEEK) / DAY)
    if (days !== undefined && !days.includes(day)) return false
    const time = modulo(reading, DAY)
    return first <= end ? time >= first && time < end : time >= first || time < end
  }
}

const modulo = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor

const offsetAt = (zone: string, at: Millis): Millis => tzOffset(zone, new Date(at)) * MINUTE

/** Between two changes of a zone's clocks the verdict can turn only where they show a midnight, or an end of the times. */
function verdictAt(
  now: Millis,
  zone: string,
  isMet: (reading: Reading) => boolean,
  edges: readonly Millis[],
): Verdict {
  const holds = isMet(now + offsetAt(zone, now))
  for (let from = now; from < now + AHEAD;) {
    const offset = offsetAt(zone, from)
    const change = changeAfter(zone, from, now + AHEAD)
    const turn = turnAfter(from + offset, change + offset, holds, isMet, edges)
    if (turn !== undefined) return { holds, until: turn - offset }
    if (change >= now + AHEAD) break
    if (isMet(change + offsetAt(zone, change)) !== holds) return { holds, until: change }
    from = change
  }
  return { holds, until: NEVER }
}

/** The first reading in a stretch without changes of the clocks at which the verdict is another. */
function turnAfter(
  from: Reading,
  before: Reading,
  holds: boolean,
  isMet: (reading: Reading) => boolean,
  edges: readonly Millis[],
): Reading | undefined {
  const ordered = [...edges].sort((a, b) => a - b)
  for (let day = from - modulo(from, DAY); day < before; day += DAY) {
    for (const edge of ordered) {
      const reading = day + edge
      if (reading > from && reading < before && isMet(reading) !== holds) return reading
    }
  }
  return undefined
}

/** The next instant at which a zone's clocks are changed, or `end`. */
function changeAfter(zone: string, from: Millis, end: Millis): Millis {
  const offset = offsetAt(zone, from)
  if (offsetAt(zone, end) === offset) return end
  let [same, other] = [from, end]
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2)
    if (offsetAt(zone, middle) === offset) same = middle
    else other = middle
  }
  return other
}
