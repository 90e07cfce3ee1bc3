import { median } from '../statistics.ts'

/** Microseconds of one run of `work`. */
export function timed(work: () => void): number {
  const begun = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - begun) / 1_000
}

/**
 * The median time of each piece of work over several rounds, in which they take turns: whatever else the machine does
 * befalls all of them. The first round warms up and counts for nothing.
 */
export function interleaved(
  rounds: number,
  works: readonly (() => number)[],
): readonly { readonly median: number; readonly all: readonly number[] }[] {
  const times = works.map((): number[] => [])
  for (let round = 0; round <= rounds; round++) {
    for (const [index, work] of works.entries()) {
      const time = work()
      if (round > 0) times[index]?.push(time)
    }
  }
  return times.map((all) => ({ median: median(all), all }))
}

/** The slope of a line through points whose scales are both logarithmic: y grows as x to the power of it. */
export function exponent(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const)
  const mean = (of: 0 | 1) => logs.reduce((sum, point) => sum + point[of], 0) / logs.length
  const [x, y] = [mean(0), mean(1)]
  const above = logs.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0)
  const below = logs.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
  return above / below
}

/** Numbers in [0, 1) that are the same in each run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
