import { quantilesOf, type QuantileSketch } from './quantile-sketch.ts'

/** What is measured of a customer: whole days since the last order, orders, and what they came to. */
export interface RfmValues {
  readonly recency: number
  readonly frequency: number
  readonly monetary: number
}
export type RfmAxis = keyof RfmValues
export const RFM_AXES: readonly RfmAxis[] = ['recency', 'frequency', 'monetary']

/** Of each axis the values at which the next bin begins, in rising order: one fewer than bins. */
export type RfmCutPoints = { readonly [A in RfmAxis]: readonly number[] }

/** Of each axis a bin from 1, the worst, to `RFM_BINS`, the best: the longer ago the worse. */
export type RfmScores = RfmValues

export const RFM_BINS = 5

/**
 * Cut points of a population: the quantiles of its values, plus one. Source: R package rfm, `rfm_table_order`. Values
 * repeated so often that quantiles fall together leave bins empty.
 */
export function cutPointsOf(sketches: {
  readonly [A in RfmAxis]: QuantileSketch
}): RfmCutPoints {
  const shares = Array.from({ length: RFM_BINS - 1 }, (_, place) => (place + 1) / RFM_BINS)
  const cut = (sketch: QuantileSketch) => quantilesOf(sketch, shares).map((value) => value + 1)
  return {
    recency: cut(sketches.recency),
    frequency: cut(sketches.frequency),
    monetary: cut(sketches.monetary),
  }
}

/** The first bin lies below the first cut point; a value at a cut point is above it. */
export function rfmScores(values: RfmValues, cutPoints: RfmCutPoints): RfmScores {
  const bin = (axis: RfmAxis) => {
    const above = cutPoints[axis].filter((cut) => values[axis] >= cut).length
    return axis === 'recency' ? cutPoints[axis].length + 1 - above : above + 1
  }
  return { recency: bin('recency'), frequency: bin('frequency'), monetary: bin('monetary') }
}

type Range = readonly [from: number, to: number]

/** A named part of the grid: all scores within its ranges, both ends included. */
export interface RfmCell {
  readonly key: string
  readonly recency: Range
  readonly frequency: Range
  readonly monetary: Range
}

/**
 * The cells of a new workspace. The first that matches wins: who is in none is in `others`. Source of the ranges: the
 * R package rfm, test-rfm-segment.R.
 */
export const RFM_CELLS: readonly RfmCell[] = [
  { key: 'champions', recency: [4, 5], frequency: [4, 5], monetary: [4, 5] },
  { key: 'loyal', recency: [2, 5], frequency: [3, 5], monetary: [3, 5] },
  { key: 'potential-loyalist', recency: [3, 5], frequency: [1, 3], monetary: [1, 3] },
  { key: 'new', recency: [4, 5], frequency: [1, 1], monetary: [1, 1] },
  { key: 'promising', recency: [3, 4], frequency: [1, 1], monetary: [1, 1] },
  { key: 'need-attention', recency: [2, 3], frequency: [2, 3], monetary: [2, 3] },
  { key: 'about-to-sleep', recency: [2, 3], frequency: [1, 2], monetary: [1, 2] },
  { key: 'at-risk', recency: [1, 2], frequency: [2, 5], monetary: [2, 5] },
  { key: 'cannot-lose', recency: [1, 1], frequency: [4, 5], monetary: [4, 5] },
  { key: 'lost', recency: [1, 2], frequency: [1, 2], monetary: [1, 2] },
]
export const OTHER_CELL = 'others'

const isWithin = (score: number, [from, to]: Range): boolean => score >= from && score <= to

/** The cell of some scores. */
export function cellOf(scores: RfmScores, cells: readonly RfmCell[]): string {
  const found = cells.find((cell) => RFM_AXES.every((axis) => isWithin(scores[axis], cell[axis])))
  return found?.key ?? OTHER_CELL
}

/** After how many whole days since the last order the recency score falls next; undefined: never. */
export function nextFall(recency: number, { recency: cuts }: RfmCutPoints): number | undefined {
  const next = cuts.find((cut) => recency < cut)
  return next === undefined ? undefined : Math.ceil(next)
}
