import type { Measure } from '../protocol/condition.ts'
import type { Json } from '../protocol/json.ts'
import { valueOf, type Entry } from './entry.ts'
import { nameOfValue, SCALE, scaled } from './measure.ts'

/** What a measure is over a list's entries from a place on. Undefined: absent. */
export type Tail = (place: number) => Json | undefined

type Made = { [M in Exclude<Measure, 'recency'>]?: Tail }

/** Made once of each list, whoever asks: lists of entries never change. */
const known = new WeakMap<readonly Entry[], Made>()

/**
 * A measure over the latest entries of a list, however many of the older ones have ceased to count. One pass over as
 * many as are asked for, from the latest back, answers it for all places and for every condition that asks.
 */
export function tailOf(measure: keyof Made, entries: readonly Entry[]): Tail {
  const { length } = entries
  if (measure === 'count') return (place) => length - place
  let made = known.get(entries)
  if (made === undefined) known.set(entries, (made = {}))
  return (made[measure] ??= TAILS[measure](entries))
}

const TAILS: {
  readonly [M in Exclude<Measure, 'recency' | 'count'>]: (entries: readonly Entry[]) => Tail
} = {
  sum: (entries) => {
    const sum = sumsOf(entries)
    return (place) => sum(place) / SCALE
  },
  avg: (entries) => {
    const sum = sumsOf(entries)
    const numbers = folded(entries, 0, (count, value) =>
      typeof value === 'number' ? count + 1 : count,
    )
    return (place) => {
      const count = numbers(place)
      return count === 0 ? undefined : sum(place) / SCALE / count
    }
  },
  min: (entries) => extremes(entries, (a, b) => a < b),
  max: (entries) => extremes(entries, (a, b) => a > b),
  distinct: (entries) => {
    const names = new Set<string>()
    return folded(entries, 0, (_, value) => names.add(nameOfValue(value)).size)
  },
  first: (entries) => (place) => at(entries, place),
  last: (entries) => (place) =>
    place < entries.length ? at(entries, entries.length - 1) : undefined,
}

function at(entries: readonly Entry[], place: number): Json | undefined {
  const entry = entries[place]
  return entry === undefined ? undefined : valueOf(entry)
}

/** Something of all entries from a place on, made by adding them one by one, the latest first. */
export function folded<T>(
  entries: readonly Entry[],
  empty: T,
  add: (all: T, value: Json) => T,
): (place: number) => T {
  const ofLatest = [empty]
  let all = empty
  return (place) => {
    const wanted = entries.length - place
    for (let count = ofLatest.length; count <= wanted; count++) {
      all = add(all, valueOf(entries[entries.length - count] ?? 0))
      ofLatest.push(all)
    }
    return ofLatest[wanted] ?? empty
  }
}

const sumsOf = (entries: readonly Entry[]) =>
  folded(entries, 0, (sum, value) => (typeof value === 'number' ? sum + scaled(value) : sum))

const extremes = (entries: readonly Entry[], wins: (a: number, b: number) => boolean): Tail =>
  folded<number | undefined>(entries, undefined, (best, value) =>
    typeof value === 'number' && (best === undefined || wins(value, best)) ? value : best,
  )
