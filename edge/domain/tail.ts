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
 * A measure over the latest entries of a list, however many of the older ones have ceased to count. One pass over the
 * list answers it for all places, for every condition that asks.
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
    const sums = sumsOf(entries)
    return (place) => (sums[place] ?? 0) / SCALE
  },
  avg: (entries) => {
    const [sums, counts] = [sumsOf(entries), countsOf(entries)]
    return (place) => {
      const count = counts[place] ?? 0
      return count === 0 ? undefined : (sums[place] ?? 0) / SCALE / count
    }
  },
  min: (entries) => extremes(entries, (a, b) => a <= b),
  max: (entries) => extremes(entries, (a, b) => a >= b),
  distinct: (entries) => {
    const sizes = new Uint32Array(entries.length + 1)
    const names = new Set<string>()
    fromTheEnd(entries, (value, place) => {
      sizes[place] = names.add(nameOfValue(value)).size
    })
    return (place) => sizes[place] ?? 0
  },
  first: (entries) => (place) => at(entries, place),
  last: (entries) => (place) =>
    place < entries.length ? at(entries, entries.length - 1) : undefined,
}

function at(entries: readonly Entry[], place: number): Json | undefined {
  const entry = entries[place]
  return entry === undefined ? undefined : valueOf(entry)
}

function fromTheEnd(entries: readonly Entry[], visit: (value: Json, place: number) => void): void {
  for (let place = entries.length - 1; place >= 0; place--) {
    visit(valueOf(entries[place] ?? 0), place)
  }
}

function sumsOf(entries: readonly Entry[]): Float64Array {
  const sums = new Float64Array(entries.length + 1)
  fromTheEnd(entries, (value, place) => {
    sums[place] = (sums[place + 1] ?? 0) + (typeof value === 'number' ? scaled(value) : 0)
  })
  return sums
}

function countsOf(entries: readonly Entry[]): Uint32Array {
  const counts = new Uint32Array(entries.length + 1)
  fromTheEnd(entries, (value, place) => {
    counts[place] = (counts[place + 1] ?? 0) + Number(typeof value === 'number')
  })
  return counts
}

function extremes(entries: readonly Entry[], wins: (a: number, b: number) => boolean): Tail {
  const bests = new Float64Array(entries.length + 1).fill(Number.NaN)
  fromTheEnd(entries, (value, place) => {
    const best = bests[place + 1] ?? Number.NaN
    const isBetter = typeof value === 'number' && (Number.isNaN(best) || wins(value, best))
    bests[place] = isBetter ? value : best
  })
  return (place) => {
    const best = bests[place] ?? Number.NaN
    return Number.isNaN(best) ? undefined : best
  }
}
