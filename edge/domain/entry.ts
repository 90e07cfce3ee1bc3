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

/** How many of some ordered entries come before another, or are equal to it in their order. */
export function placeAfter(entries: readonly Entry[], entry: Entry): number {
  const last = entries.at(-1)
  if (last === undefined || compareEntries(last, entry) <= 0) return entries.length
  let [low, high] = [0, entries.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareEntries(entries[middle] ?? 0, entry) > 0) high = middle
    else low = middle + 1
  }
  return low
}

/** How many of some ordered entries are of before an instant. */
export function placeOf(entries: readonly Entry[], instant: Millis): number {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (instantOf(entries[middle] ?? 0) >= instant) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * Ordered entries with one more in its place, the latest `keep` of them. The same list if nothing changes; it is never
 * changed itself, so that what follows from it can be kept by it.
 */
export function withEntry(entries: readonly Entry[], entry: Entry, keep: number): readonly Entry[] {
  const place = placeAfter(entries, entry)
  const from = entries.length >= keep ? entries.length - keep + 1 : 0
  if (place < from) return entries
  const kept = entries.slice(from)
  if (place === entries.length) kept.push(entry)
  else kept.splice(place - from, 0, entry)
  return kept
}
