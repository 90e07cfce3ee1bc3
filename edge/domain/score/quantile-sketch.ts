import type { QuantileSketch } from '../../protocol/population.ts'

/** Values that a sketch holds at most: up to so many distinct ones it is exact. */
export const MAX_VALUES = 4_096

/**
 * The sketch of a part of a population, from its values in any order. With more than `MAX_VALUES` distinct ones each
 * kept value stands for those just below it, at most a share of 2 / `MAX_VALUES` of the part: a quantile read from it
 * lies within that share of ranks of the true one, and one read from joined sketches within the same share of all.
 */
export function sketchOf(values: readonly number[] | Float64Array): QuantileSketch {
  const sorted = Float64Array.from(values).sort()
  const distinct: [number, number][] = []
  for (const value of sorted) {
    const last = distinct.at(-1)
    if (last !== undefined && last[0] === value) last[1]++
    else distinct.push([value, 1])
  }
  if (distinct.length <= MAX_VALUES) return distinct
  // Groups below the size are filled; what is more frequent than that stays alone.
  const size = (2 * sorted.length) / MAX_VALUES
  const grouped: [number, number][] = []
  for (const [value, count] of distinct) {
    const last = grouped.at(-1)
    if (last !== undefined && grouped.length > 1 && last[1] + count <= size) {
      last[0] = value
      last[1] += count
    } else grouped.push([value, count])
  }
  return grouped
}

/** The sketch of several parts together. Exact if they are. */
export function joinSketches(sketches: readonly QuantileSketch[]): QuantileSketch {
  const all = sketches.flat().sort(([a], [b]) => a - b)
  const joined: [number, number][] = []
  for (const [value, count] of all) {
    const last = joined.at(-1)
    if (last !== undefined && last[0] === value) last[1] += count
    else joined.push([value, count])
  }
  return joined
}

export const populationOf = (sketch: QuantileSketch): number =>
  sketch.reduce((sum, [, count]) => sum + count, 0)

/**
 * Values below which the shares of the population lie, each between 0 and 1, in rising order; linear between two ranks
 * (type 7 of Hyndman and Fan 1996, the default of R). Empty for nobody.
 */
export function quantilesOf(sketch: QuantileSketch, shares: readonly number[]): readonly number[] {
  const last = populationOf(sketch) - 1
  if (last < 0) return []
  const found: number[] = []
  let place = 0
  let below = 0
  const valueAt = (rank: number): number => {
    for (; place < sketch.length - 1; place++) {
      const count = sketch[place]?.[1] ?? 0
      if (rank < below + count) break
      below += count
    }
    return sketch[place]?.[0] ?? 0
  }
  for (const share of shares) {
    const rank = share * last
    const low = valueAt(Math.floor(rank))
    const [heldPlace, heldBelow] = [place, below]
    const high = valueAt(Math.ceil(rank))
    ;[place, below] = [heldPlace, heldBelow]
    found.push(low + (rank - Math.floor(rank)) * (high - low))
  }
  return found
}
