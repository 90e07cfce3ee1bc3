import { describe, expect, test } from 'vitest'
import { groupsDrawn, knownBeginning, shuffled, type Draw } from '../../edge/domain/sample.ts'
import { seeded } from '../bench/engine/rounds.ts'

const drawOf = (seed: number): Draw => {
  const draws = seeded(seed)
  return (below) => Math.floor(draws() * below)
}

/** Pearson's statistic of counts that should be equal. */
const chiSquare = (counts: readonly number[]): number => {
  const expected = counts.reduce((sum, one) => sum + one, 0) / counts.length
  return counts.reduce((sum, one) => sum + (one - expected) ** 2 / expected, 0)
}

describe('a sample of numbers', () => {
  test('all of them, once each, if all are taken', () => {
    const all = [...shuffled(500, drawOf(1))]
    expect(all.toSorted((a, b) => a - b)).toEqual(all.map((_, place) => place))
  })

  test('every pair is drawn first and second equally often', () => {
    const counts = Array.from({ length: 30 }, () => 0)
    const draw = drawOf(2)
    for (let run = 0; run < 30_000; run++) {
      const [first = 0, second = 0] = [...shuffled(6, draw)]
      const place = first * 5 + (second > first ? second - 1 : second)
      counts[place] = (counts[place] ?? 0) + 1
    }
    // 29 degrees of freedom: beyond 58.3 once in a thousand.
    expect(chiSquare(counts)).toBeLessThan(58.3)
  })
})

describe('shares of groups', () => {
  test('follow from drawing people, not groups', () => {
    const draw = drawOf(3)
    const counts = [0, 0, 0]
    for (let run = 0; run < 5_000; run++) {
      for (const group of groupsDrawn([10, 60, 30], 20, draw))
        counts[group] = (counts[group] ?? 0) + 1
    }
    const [a = 0, b = 0, c = 0] = counts
    expect(a + b + c).toBe(100_000)
    expect([a, b, c].map((one) => Math.round(one / 1_000))).toEqual([10, 60, 30])
  })

  test('everybody, if there are no more than asked for', () => {
    const groups = groupsDrawn([2, 0, 3], 2_000, drawOf(4))
    expect(groups.toSorted()).toEqual([0, 0, 2, 2, 2])
  })

  test('what is known ends at the first that its group did not come to', () => {
    expect(knownBeginning([0, 1, 1, 0, 1], [['a', 'b'], ['c']])).toEqual(['a', 'c'])
    expect(
      knownBeginning(
        [0, 1, 1, 0, 1],
        [
          ['a', 'b'],
          ['c', 'd', 'e'],
        ],
      ),
    ).toEqual(['a', 'c', 'd', 'b', 'e'])
    expect(knownBeginning([0, 1], [['a'], []])).toEqual(['a'])
  })
})
