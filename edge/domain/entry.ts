import type { Json } from '../protocol/json.ts'
import type { Millis } from '../protocol/time.ts'
import type { CountedEvent } from './counted-event.ts'
import { keptFrom } from './expiry.ts'
import { momentOf } from './moment.ts'

/**
 * What is kept of an event that matched: how much of it depends on who asks. An instant where events are only counted;
 * with a value where that is measured; with its whole place in the order of events where that decides. Imported ones
 * also say from when on they are kept, or that it is from when they were received.
 */
export type Entry =
  | Millis
  | readonly [at: Millis, value: Json]
  | readonly [at: Millis, value: Json, keptFrom: Millis]
  | readonly [at: Millis, value: Json, receivedAt: Millis, position: number, messageId: string]
  | readonly [
      at: Millis,
      value: Json,
      receivedAt: Millis,
      position: number,
      messageId: string,
      isImported: 1,
    ]
export type Detail = 'instant' | 'value' | 'moment'

/** Beside those that may be asked for, so many more are kept that expire later than what happened after them. */
const MAX_OUTLASTING = 1_000

export const instantOf = (entry: Entry): Millis => (typeof entry === 'number' ? entry : entry[0])

/** Null where only instants are kept. */
export const valueOf = (entry: Entry): Json => (typeof entry === 'number' ? null : entry[1])

/** Its retention counts from then. */
export const entryKeptFrom = (entry: Entry): Millis =>
  typeof entry === 'number' ? entry : entry.length === 3 || entry.length === 6 ? entry[2] : entry[0]

/** It is kept for longer than by its own time. */
export const isOutlasting = (entry: Entry): boolean =>
  typeof entry !== 'number' && (entry.length === 3 || entry.length === 6)

export function entryOf(event: CountedEvent, detail: Detail, value: Json): Entry {
  const at = event.timestamp
  const from = keptFrom(event)
  if (detail === 'moment') {
    const { receivedAt, position, messageId } = momentOf(event)
    return from === at
      ? [at, value, receivedAt, position, messageId]
      : [at, value, receivedAt, position, messageId, 1]
  }
  if (from !== at) return [at, value, from]
  return detail === 'instant' ? at : [at, value]
}

/** Total for entries of one detail, so that what is let go does not depend on the order of arrival. */
export function compareEntries(a: Entry, b: Entry): number {
  const byTime = instantOf(a) - instantOf(b)
  if (byTime !== 0 || (typeof a === 'number' && typeof b === 'number')) return byTime
  if (typeof a !== 'number' && typeof b !== 'number') {
    if (a.length >= 5 && b.length >= 5) {
      const [one, other] = [a, b] as readonly [Moment, Moment]
      return (
        one[2] - other[2] ||
        one[3] - other[3] ||
        (one[4] < other[4] ? -1 : Number(one[4] > other[4]))
      )
    }
    const [one, other] = [JSON.stringify(a[1]), JSON.stringify(b[1])]
    if (one !== other) return one < other ? -1 : 1
  }
  return entryKeptFrom(a) - entryKeptFrom(b)
}

type Moment = Extract<Entry, { readonly length: 5 | 6 }>

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
 * Ordered entries with one more in its place, the latest `keep` of them; of those that are imported also what is among
 * the latest `keep` once others have expired. The same list if nothing changes; it is never changed itself, so that
 * what follows from it can be kept by it.
 */
export function withEntry(entries: readonly Entry[], entry: Entry, keep: number): readonly Entry[] {
  const place = placeAfter(entries, entry)
  if (entries.length >= keep && (isOutlasting(entry) || entries.some(isOutlasting))) {
    const kept = latestOfAnyTime(entries.toSpliced(place, 0, entry), keep)
    return kept.includes(entry) || kept.length !== entries.length ? kept : entries
  }
  const from = entries.length >= keep ? entries.length - keep + 1 : 0
  if (place < from) return entries
  const kept = from === 0 ? entries : entries.slice(from)
  // Neither keeps room for more, as a list does that is pushed to.
  return place === entries.length ? kept.concat([entry]) : kept.toSpliced(place - from, 0, entry)
}

/** Without those after which `keep` others happened that expire no earlier: they never are among the latest. */
function latestOfAnyTime(entries: readonly Entry[], keep: number): readonly Entry[] {
  // Of the later ones, from when the `keep` that expire last are kept, the earliest first.
  const longest: Millis[] = []
  const kept: Entry[] = []
  for (const entry of entries.toReversed()) {
    const from = entryKeptFrom(entry)
    if (longest.length === keep && from <= (longest[0] ?? 0)) continue
    if (kept.length === keep + MAX_OUTLASTING) break
    kept.push(entry)
    const place = longest.findIndex((other) => other > from)
    longest.splice(place < 0 ? longest.length : place, 0, from)
    if (longest.length > keep) longest.shift()
  }
  return kept.reverse()
}
