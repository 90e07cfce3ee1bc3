import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CellSums, priorOfCells } from '../../../edge/domain/score/appetence-cells.ts'
import { populationOf } from '../../../edge/domain/score/appetence-findings.ts'
import { calibrated, fitCalibration, uncalibrated } from '../../../edge/domain/score/calibration.ts'
import type { ReactionCells } from '../../../edge/protocol/appetence.ts'
import { seeded } from '../../bench/engine/rounds.ts'

/** Of people who each received so many messages, and react at a rate of their own. */
function cellsOf(people: number, messages: number, rateOf: () => number, seed: number) {
  const draw = seeded(seed)
  const sums = new CellSums()
  for (let one = 0; one < people; one++) {
    const rate = rateOf()
    const reacted = Array.from({ length: messages }, draw).filter((value) => value < rate).length
    sums.add({ messages, reacted }, 1)
  }
  return sums.cells
}

const cells: fc.Arbitrary<ReactionCells> = fc
  .array(
    fc.record({
      people: fc.double({ min: 0.01, max: 10_000, noNaN: true }),
      messages: fc.double({ min: 0.01, max: 60, noNaN: true }),
      share: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((all) =>
    all.map(({ people, messages, share }, place) => {
      const sum = people * messages
      return [`${place}`, people, sum, sum * share] as const
    }),
  )

test('whatever is known, what is meant rises with what is said, from 0 to 1, and is turned round', () => {
  fc.assert(
    fc.property(cells, fc.double({ min: 0, max: 1, noNaN: true }), (known, value) => {
      const line = fitCalibration(known, priorOfCells(known))
      expect([line[0], line.at(-1)]).toEqual([
        [0, 0],
        [1, 1],
      ])
      for (const [place, [said, meant]] of line.slice(1).entries()) {
        const [before, meantBefore] = line[place] ?? [1, 1]
        expect(said).toBeGreaterThan(before)
        expect(meant).toBeGreaterThanOrEqual(meantBefore)
      }
      expect(uncalibrated(line, calibrated(line, value))).toBeCloseTo(value, 3)
    }),
  )
})

test('what is no probability stays what it is, and without a line all does', () => {
  const line = [
    [0, 0],
    [0.5, 0.7],
    [1, 1],
  ] as const
  expect([-1, 0, 0.25, 0.5, 1, 2].map((value) => calibrated(line, value))).toEqual([
    -1, 0, 0.35, 0.7, 1, 2,
  ])
  expect([0.2, 0.9].map((value) => calibrated([], value))).toEqual([0.2, 0.9])
  expect(uncalibrated(line, 0.35)).toBeCloseTo(0.25, 12)
})

describe('what is said', () => {
  const draw = seeded(4)
  const normal = () => Math.sqrt(-2 * Math.log(draw() || 1e-9)) * Math.cos(2 * Math.PI * draw())

  test('is meant where rates are spread as is assumed', () => {
    // Beta(2, 6) as the second smallest of seven numbers.
    const rateOf = () => Array.from({ length: 7 }, draw).sort((a, b) => a - b)[1] ?? 0
    const { calibration = [] } = populationOf(cellsOf(20_000, 10, rateOf, 1))
    for (const said of [0.1, 0.2, 0.3, 0.5]) {
      expect(Math.abs(calibrated(calibration, said) - said)).toBeLessThan(0.01)
    }
  })

  test('is meant where everybody is alike', () => {
    const { prior, calibration = [] } = populationOf(cellsOf(5_000, 8, () => 0.3, 2))
    const said = prior.reacted / (prior.reacted + prior.ignored)
    expect(Math.abs(calibrated(calibration, said) - 0.3)).toBeLessThan(0.01)
  })

  test('is too little of those who react most, where rates have a heavier tail', () => {
    const rateOf = () => Math.min(0.12 * Math.exp(0.9 * normal()), 0.9)
    const { calibration = [] } = populationOf(cellsOf(20_000, 7, rateOf, 3))
    expect(calibrated(calibration, 0.5)).toBeGreaterThan(0.55)
    expect(Math.abs(calibrated(calibration, 0.15) - 0.15)).toBeLessThan(0.02)
  })

  test('is left as it is while little is known', () => {
    const { calibration = [] } = populationOf([['2 none', 3, 3, 0]])
    expect(Math.abs(calibrated(calibration, 0.3) - 0.3)).toBeLessThan(0.03)
  })
})
