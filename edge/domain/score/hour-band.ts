import { tzOffset } from '@date-fns/tz'
import { HOUR_BANDS } from '../../protocol/appetence.ts'
import { DAY, HOUR, MINUTE, type Millis } from '../../protocol/time.ts'

/** Clocks are changed at no other instants. */
const QUARTER = 15 * MINUTE
/** A population's messages are sent at few instants, and each looked at for many people. */
const MOST_KNOWN = 10_000
const known = new Map<string, number>()

/** Minutes; NaN: there is no such zone. */
function offsetAt(at: Millis, zone: string): number {
  const key = `${Math.floor(at / QUARTER)} ${zone}`
  let offset = known.get(key)
  if (offset === undefined) {
    offset = tzOffset(zone, new Date(at))
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(key, offset)
  }
  return offset
}

/** The place in `HOUR_BANDS` of an instant, by the clock of a time zone (IANA name). NaN: there is no such zone. */
function placeAt(at: Millis, zone: string): number {
  const time = (at + offsetAt(at, zone) * MINUTE) % DAY
  const hour = Math.floor((time < 0 ? time + DAY : time) / HOUR)
  return Number.isNaN(hour) ? NaN : HOUR_BANDS.findLastIndex(({ from }) => from <= hour)
}

/** By the first of some zones that there is. The last one must be one. */
export function bandAt(at: Millis, zones: readonly (string | undefined)[]): number {
  for (const zone of zones) {
    const place = zone === undefined ? NaN : placeAt(at, zone)
    if (!Number.isNaN(place)) return place
  }
  throw new Error(`No time zone among ${zones.join(', ')}`)
}
