import { expect, test } from 'vitest'
import { atMost, estimateSize } from '../../edge/domain/estimate.ts'

/** Probability of exactly so many matches in a sample: the law itself, by products of whole numbers' ratios. */
function exactly(matched: number, population: number, matching: number, sampled: number): number {
  let probability = 1
  for (let k = 0; k < sampled; k++) {
    const [of, left] =
      k < matched
        ? [matching - k, population - k]
        : [population - matching - (k - matched), population - k]
    probability *= Math.max(of, 0) / left
  }
  // Ways to order them.
  for (let k = 0; k < matched; k++) probability *= (sampled - k) / (matched - k)
  return probability
}

test.each([
  [3, 20, 7, 10],
  [0, 20, 7, 10],
  [1, 200, 30, 12],
  [40, 300, 200, 60],
])(
  'at most %i matches of %i profiles, %i matching, %i drawn',
  (matched, population, matching, sampled) => {
    let sum = 0
    for (let k = 0; k <= matched; k++) sum += exactly(k, population, matching, sampled)
    expect(atMost(matched, population, matching, sampled)).toBeCloseTo(sum, 12)
  },
)

/** Share of all samples whose interval holds the true size. */
function coverage(population: number, matching: number, sampled: number): number {
  const least = Math.max(0, sampled - (population - matching))
  const greatest = Math.min(sampled, matching)
  let covered = 0
  let below = least === 0 ? 0 : atMost(least - 1, population, matching, sampled)
  for (let matched = least; matched <= greatest; matched++) {
    const upTo = atMost(matched, population, matching, sampled)
    const { low, high } = estimateSize(population, sampled, matched)
    if (low <= matching && matching <= high) covered += upTo - below
    below = upTo
  }
  return covered
}

test('intervals hold the size at least 95 times of 100, whatever it is', () => {
  for (const [population, sampled] of [
    [30, 10],
    [2_500, 2_000],
    [20_000, 500],
    [200_000, 2_000],
  ] as const) {
    for (const matching of [
      0,
      1,
      2,
      7,
      30,
      population / 50,
      population / 3,
      population - 1,
      population,
    ]) {
      const size = Math.min(Math.round(matching), population)
      expect(coverage(population, size, sampled), `${size} of ${population}`).toBeGreaterThan(
        0.9499,
      )
    }
  }
})

test('nobody found says only that there are few; everybody looked at says it all', () => {
  const none = estimateSize(200_000, 2_000, 0)
  expect(none).toMatchObject({ size: 0, low: 0 })
  // The rule of three, for 97.5 % instead of 95: some 3.7 of the sample's size.
  expect(none.high).toBeGreaterThan(340)
  expect(none.high).toBeLessThan(380)
  expect(estimateSize(200_000, 2_000, 2_000)).toEqual({
    size: 200_000,
    low: 200_000 - none.high,
    high: 200_000,
  })
  expect(estimateSize(500, 500, 0)).toEqual({ size: 0, low: 0, high: 0 })
  expect(estimateSize(500, 0, 0)).toEqual({ size: 0, low: 0, high: 500 })
  expect(estimateSize(0, 0, 0)).toEqual({ size: 0, low: 0, high: 0 })
})

test('the estimate is never fewer than were seen, nor more than were not ruled out', () => {
  for (let matched = 0; matched <= 40; matched++) {
    const { size, low, high } = estimateSize(100, 40, matched)
    expect(low).toBeGreaterThanOrEqual(matched)
    expect(high).toBeLessThanOrEqual(100 - (40 - matched))
    expect(size).toBeGreaterThanOrEqual(low)
    expect(size).toBeLessThanOrEqual(high)
  }
})
