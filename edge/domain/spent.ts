import type { EventRecord } from '../protocol/event.ts'
import type { DeviceId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'
import { entryKeptFrom } from './entry.ts'
import { keptFrom } from './expiry.ts'
import type { Profile } from './profile.ts'

/** Nothing is left of it but who it was of, and what they said of themselves. */
export const isSpent = ({ properties, context }: EventRecord): boolean =>
  isEmpty(properties) && isEmpty(context)

const isEmpty = (object: object): boolean => Object.keys(object).length === 0

/** From when the first of some events is kept that is not spent. `Infinity`: there is none. */
export const oldestOf = (events: readonly EventRecord[]): Millis =>
  events.reduce(
    (oldest, event) => (isSpent(event) ? oldest : Math.min(oldest, keptFrom(event))),
    Number.POSITIVE_INFINITY,
  )

/**
 * What remains of events of which those kept from `cutoff` on at the latest have expired. What an expired one told of
 * what was done and where is gone; what it says of who is who, of traits, accounts and consent is no history: people
 * would be others without it. One that says nothing of that is gone as a whole, but for the last of each browser.
 */
export function unexpired(events: readonly EventRecord[], cutoff: Millis): readonly EventRecord[] {
  const last = new Map<DeviceId, EventRecord>()
  for (const event of events) if (event.device !== undefined) last.set(event.device, event)
  return events.flatMap((event) => {
    if (keptFrom(event) > cutoff) return event
    const isLast = event.device !== undefined && last.get(event.device) === event
    if (!isLast && !tellsOfPerson(event)) return []
    return { ...event, properties: {}, context: {} }
  })
}

const tellsOfPerson = ({ identifiers, dormant, traits, group, consent }: EventRecord): boolean =>
  identifiers.length > 0 ||
  dormant !== undefined ||
  traits !== undefined ||
  group !== undefined ||
  consent !== undefined

/** Forgets what features keep of events that have expired: they count nowhere any more. */
export function forgetExpired({ occurrences }: Profile, cutoff: Millis): void {
  for (const [key, entries] of occurrences) {
    const left = entries.filter((entry) => entryKeptFrom(entry) > cutoff)
    if (left.length === 0) occurrences.delete(key)
    else if (left.length < entries.length) occurrences.set(key, left)
  }
}
