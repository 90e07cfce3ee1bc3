import type { QuantileSketch } from '../../protocol/population.ts'
import {
  OTHER_CELL,
  RFM_AXES,
  type BinRange,
  type RfmAxis,
  type RfmCell,
  type RfmCutPoints,
  type RfmScores,
  type RfmValues,
} from '../../protocol/score.ts'
import { quantilesOf } from './quantile-sketch.ts'

/**
 * Cut points of a population: the quantiles of its values, plus one. Source: R package rfm, `rfm_table_order`. Values
 * repeated so often that quantiles fall together leave bins empty.
 */
export function cutPointsOf(
  sketches: { readonly [A in RfmAxis]: QuantileSketch },
  bins = 5,
): RfmCutPoints {
  const shares = Array.from({ length: bins - 1 }, (_, place) => (place + 1) / bins)
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

const isWithin = (score: number, [from, to]: BinRange): boolean => score >= from && score <= to

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
