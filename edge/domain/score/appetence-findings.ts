import type {
  AppetenceFacts,
  AppetenceQuestion,
  AppetenceReport,
  AppetenceSpread,
  AppetenceStatistics,
  CalibrationPoint,
  ChannelFacts,
  ChannelStatistics,
  Foretold,
  ReactionCells,
} from '../../protocol/appetence.ts'
import { isShort, type Shortage } from '../../protocol/population.ts'
import { priorOfCells } from './appetence-cells.ts'
import { fitCalibration } from './calibration.ts'
import { quantilesOf } from './quantile-sketch.ts'

/** Messages on a channel below which nothing is said of it. */
export const ENOUGH_MESSAGES = 100

const TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
/** Points of the calibration, and bars of the histogram. */
const POINTS = 10
const BARS = 20

type Told = Pick<ChannelStatistics, 'messages' | 'cells'> &
  Partial<Pick<ChannelStatistics, 'bands'>>

function foundOf({ messages, cells, bands = [] }: Told): ChannelFacts | Shortage {
  // Of what was received so long ago that nobody counts any more, nothing is known.
  const known = cells.length === 0 ? 0 : messages
  return known < ENOUGH_MESSAGES
    ? { known, needed: ENOUGH_MESSAGES }
    : { ...populationOf(cells), bands }
}

/** What is known of people is held against all others, and then against what really happened. */
export function populationOf(cells: ReactionCells): Pick<ChannelFacts, 'prior' | 'calibration'> {
  const prior = priorOfCells(cells)
  return { prior, calibration: fitCalibration(cells, prior) }
}

/** What statistics say of each channel, and what they would have said before. */
export function appetenceFindings(statistics: AppetenceStatistics): AppetenceQuestion {
  const of = (read: (one: ChannelStatistics) => Told): AppetenceFacts =>
    Object.fromEntries(Object.entries(statistics).map(([name, one]) => [name, foundOf(read(one))]))
  return { now: of((one) => one), before: of(({ before }) => before) }
}

export function appetenceReport(
  statistics: AppetenceStatistics,
  { now }: AppetenceQuestion,
  spread: AppetenceSpread,
): AppetenceReport {
  return Object.fromEntries(
    Object.entries(statistics).map(([name, { people, messages, reacted, before }]) => {
      const { probabilities = [], foretold = [] } = spread[name] ?? {}
      const found = now[name] ?? { known: messages, needed: ENOUGH_MESSAGES }
      const since = foretold.reduce((sum, [, count]) => sum + count, 0)
      const histogram = Array.from({ length: BARS }, () => 0)
      for (const [value, count] of probabilities) {
        const bar = Math.min(Math.floor(value * BARS), BARS - 1)
        histogram[bar] = (histogram[bar] ?? 0) + count
      }
      const facts =
        isShort(found) || probabilities.length === 0
          ? found
          : { ...found, tenths: quantilesOf(probabilities, TENTHS) }
      const calibration = since < ENOUGH_MESSAGES ? [] : calibrationOf(foretold)
      const compared = { before: before.messages, since }
      return [name, { people, messages, reacted, facts, histogram, calibration, compared }]
    }),
  )
}

/** Messages in equal parts, as nearly as those of whom the same was foretold can be: these stay together. */
export function calibrationOf(foretold: Foretold): readonly CalibrationPoint[] {
  const all = foretold.reduce((sum, [, count]) => sum + count, 0)
  const points: { messages: number; expected: number; actual: number }[] = []
  let told = 0
  for (const [, messages, predicted, reacted] of foretold.toSorted(([a], [b]) => a - b)) {
    // The part that the middle of them is in.
    const part = Math.min(Math.floor(((told + messages / 2) / all) * POINTS), POINTS - 1)
    told += messages
    const point = (points[part] ??= { messages: 0, expected: 0, actual: 0 })
    point.messages += messages
    point.expected += predicted
    point.actual += reacted
  }
  return points
    .filter((point) => point !== undefined)
    .map(({ messages, expected, actual }) => ({
      messages,
      expected: expected / messages,
      actual: actual / messages,
    }))
}

/** Mean distance between what was foretold and what happened, by messages. */
export function calibrationError(points: readonly CalibrationPoint[]): number {
  const all = points.reduce((sum, { messages }) => sum + messages, 0)
  const off = points.reduce(
    (sum, { messages, expected, actual }) => sum + messages * Math.abs(expected - actual),
    0,
  )
  return off / all
}

/** How many times as often as all messages those of the last part were reacted to. 1 if none was at all. */
export function liftOf(points: readonly CalibrationPoint[]): number {
  const all = points.reduce((sum, { messages }) => sum + messages, 0)
  const rate = points.reduce((sum, { messages, actual }) => sum + messages * actual, 0) / all
  return rate > 0 ? (points.at(-1)?.actual ?? rate) / rate : 1
}
