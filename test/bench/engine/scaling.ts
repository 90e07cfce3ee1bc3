import type { Condition, PerformedCondition } from '../../../edge/protocol/condition.ts'
import { HOUR, type Millis } from '../../../edge/protocol/time.ts'
import { track } from '../../domain/build.ts'
import { median } from '../statistics.ts'
import { compileConditions, Person } from './person.ts'
import { interleaved, timed } from './rounds.ts'

export const SIZES = [10, 100, 1_000, 10_000] as const
const START: Millis = Date.parse('2026-01-01T00:00:00Z')
const EVENTS = 1_000
const EVENT = 'Product Viewed'

/** Ten conditions that each view of a shoe touches: counts, money, extremes, a sequence, an open basket, a habit. */
export const TEN: readonly Condition[] = [
  ...[1, 2, 5, 20].map((value): Condition => ({ ...viewed(`P${value}D`), value })),
  {
    ...viewed('P30D'),
    value: 3,
    where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
  },
  { ...viewed('P2D'), measure: 'sum', property: 'price', operator: 'gt', value: 500 },
  { ...viewed('P2D'), measure: 'max', property: 'price', operator: 'lt', value: 60 },
  { type: 'sequence', steps: [{ event: EVENT }, { event: EVENT, within: 'PT2H' }] },
  { type: 'notFollowedBy', event: EVENT, then: { event: 'Order Completed' }, within: 'P1D' },
  { type: 'lifecycle', event: EVENT, is: 'regular', period: 'P1D', of: 2 },
]

function viewed(last: string): PerformedCondition & { readonly operator: 'gte' } {
  return { type: 'performed', event: EVENT, operator: 'gte', value: 1, window: { last } }
}

/** Segments that are all made of the ten, no two of the same. */
export const ofTheTen = (count: number): Condition[] =>
  Array.from({ length: count }, (_, index) => {
    const parts = TEN.map((leaf, place): Condition => {
      const digit = Math.floor(index / 3 ** place) % 3
      return digit === 0 ? leaf : digit === 1 ? { type: 'not', condition: leaf } : (TEN[0] ?? leaf)
    })
    return { type: index % 2 === 0 ? 'all' : 'any', conditions: parts }
  })

/** The ten, each a segment, among others that ask for other events, other values and traits. */
export const amongOthers = (count: number): Condition[] =>
  Array.from({ length: count }, (_, index): Condition => {
    const own = TEN[index]
    if (own !== undefined) return own
    if (index % 3 === 0) return { ...viewed('P7D'), event: `Event ${index}` }
    if (index % 3 === 1) return { type: 'trait', trait: `trait ${index}`, operator: 'exists' }
    const where = [
      { property: 'category', operator: 'equals', value: `category ${index}` } as const,
    ]
    return { ...viewed('P7D'), where }
  })

export const eventAt = (index: number) =>
  track(
    EVENT,
    START + index * HOUR,
    { category: 'shoes', price: 10 + (index % 90) },
    { messageId: `view ${index}` },
  )

export interface ScalingFigure {
  readonly segments: number
  /** The median of one event, in microseconds, where all segments are made of the ten. */
  readonly sharing: number
  /** The mean: with those events at which some of the ten turn, and with them thousands of memberships. */
  readonly sharingMean: number
  /** The median where the others ask for something else. */
  readonly others: number
  readonly othersMean: number
  /** Against ten segments. */
  readonly sharingRatio: number
  readonly meanRatio: number
  readonly othersRatio: number
  readonly othersMeanRatio: number
}

/** What one event costs that touches the same ten conditions, of how many segments there are. */
export function benchScaling(rounds: number): readonly ScalingFigure[] {
  const people = [ofTheTen, amongOthers].map((make) =>
    SIZES.map((size) => new Person(compileConditions(make(size)), START)),
  )
  const single = people.flat().map((): number[] => [])
  const works = people.flat().map((person, index) => {
    let next = 0
    return () => {
      const times = Array.from({ length: EVENTS }, () => {
        const event = eventAt(next++)
        return timed(() => void person.take(event))
      })
      single[index]?.push(...times.slice(next > EVENTS ? 0 : EVENTS))
      return times.reduce((sum, time) => sum + time, 0) / EVENTS
    }
  })
  const means = interleaved(rounds, works).map((times) => times.median)
  const medians = single.map(median)
  const [tenOnly = 1, tenOnlyMean = 1] = [medians[0], means[0]]
  const [tenAlone = 1, tenAloneMean = 1] = [medians[SIZES.length], means[SIZES.length]]
  return SIZES.map((segments, index) => {
    const [sharing = 0, sharingMean = 0] = [medians[index], means[index]]
    const others = medians[SIZES.length + index] ?? 0
    const othersMean = means[SIZES.length + index] ?? 0
    return {
      segments,
      sharing,
      sharingMean,
      others,
      othersMean,
      sharingRatio: sharing / tenOnly,
      meanRatio: sharingMean / tenOnlyMean,
      othersRatio: others / tenAlone,
      othersMeanRatio: othersMean / tenAloneMean,
    }
  })
}
