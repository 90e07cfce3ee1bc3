import type { EventRecord } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import type { Millis } from '../protocol/time.ts'
import { momentOf } from './moment.ts'

/**
 * What is kept of an event that matched: how much of it depends on who asks. An instant where events are only counted;
 * with a value where that is measured; with its whole place in the order of events where that decides.
 */
export type Entry =
  | Millis
  | readonly [at: Millis, value: Json]
  | readonly [at: Millis, value: Json, receivedAt: Millis, position: number, messageId: string]
export type Detail = 'instant' | 'value' | 'moment'

export const instantOf = (entry: Entry): Millis => (typeof entry === 'number' ? entry : entry[0])

/** Null where only instants are kept. */
export const valueOf = (entry: Entry): Json => (typeof entry === 'number' ? null : entry[1])

export function entryOf(event: EventRecord, detail: Detail, value: Json): Entry {
  const { at, receivedAt, position, messageId } = momentOf(event)
  if (detail === 'instant') return at
  return detail === 'value' ? [at, value] : [at, value, receivedAt, position, messageId]
}

/** Total for entries of one detail, so that what is let go does not depend on the order of arrival. */
export function compareEntries(a: Entry, b: Entry): number {
  const byTime = instantOf(a) - instantOf(b)
  if (byTime !== 0 || typeof a === 'number' || typeof b === 'number') return byTime
  if (a.length === 5 && b.length === 5) {
    return a[2] - b[2] || a[3] - b[3] || (a[4] < b[4] ? -1 : Number(a[4] > b[4]))
  }
  const [one, other] = [JSON.stringify(a[1]), JSON.stringify(b[1])]
  return one < other ? -1 : Number(one > other)
}

/** Puts an entry in its place among ordered ones, keeping only the latest `keep`. True if anything changed. */
export function insertEntry(entries: Entry[], entry: Entry, keep: number): boolean {
  let place = entries.length
  while (place > 0 && compareEntries(entries[place - 1] ?? 0, entry) > 0) place--
  if (place === 0 && entries.length >= keep) return false
  entries.splice(place, 0, entry)
  if (entries.length > keep) entries.shift()
  return true
}
