import type { AppetenceFacts, AppetenceQuestion } from '../../protocol/appetence.ts'
import {
  isShort,
  type BgNbd,
  type PopulationFacts,
  type PopulationReport,
  type PopulationSpread,
  type PopulationStatistics,
  type Shortage,
  type ValueFit,
  type ValueModel,
} from '../../protocol/population.ts'
import type { RfmCutPoints, RfmSettings, ScoreSettings } from '../../protocol/score.ts'
import type { Millis } from '../../protocol/time.ts'
import { expectedOfAnyone } from './bg-nbd.ts'
import { appetenceFindings, appetenceReport } from './appetence-findings.ts'
import { quantilesOf } from './quantile-sketch.ts'
import { cutPointsOf } from './rfm.ts'
import { VALUE_DAYS } from './value.ts'
import { ENOUGH_REPEATERS, fitValue } from './value-fit.ts'

/** Orders below which no cut points are made. */
export const ENOUGH_ORDERS = 100

export const TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

/** What statistics alone say. */
export interface Findings {
  readonly cutPoints: RfmCutPoints | Shortage
  readonly value: ValueFit | Shortage
  readonly appetence: AppetenceQuestion
}

export function findingsOf(
  statistics: PopulationStatistics,
  { rfm }: ScoreSettings,
  at: Millis,
  now: Millis,
): Findings {
  return {
    cutPoints: foundCutPoints(statistics, rfm),
    value: fitValue(statistics, at, now),
    appetence: appetenceFindings(statistics.appetence),
  }
}

/** Those of the settings, or else the quantiles of all customers. */
export function foundCutPoints(
  statistics: PopulationStatistics,
  { cutPoints, bins }: RfmSettings,
): RfmCutPoints | Shortage {
  const { orders } = statistics
  if (cutPoints !== undefined) return cutPoints
  return orders >= ENOUGH_ORDERS
    ? cutPointsOf(statistics, bins)
    : { known: orders, needed: ENOUGH_ORDERS }
}

/** Orders of one day are one: who is expected to order more often in a year is of a fit that went astray. */
const isSound = (buying: BgNbd): boolean => {
  const ofAnyone = expectedOfAnyone(buying, VALUE_DAYS)
  return ofAnyone >= 0 && ofAnyone <= VALUE_DAYS
}

/** What customers are scored by: nothing, where those there are say nothing of a year. */
export function modelOf({ value }: Pick<Findings, 'value'>): ValueModel | Shortage {
  if (isShort(value)) return value
  const { buying, spending } = value
  if (!isSound(buying.model)) return { known: 0, needed: ENOUGH_REPEATERS }
  return { buying: buying.model, spending: isShort(spending) ? spending : spending.model }
}

export function reportOf(
  { customers, orders, revenue, faults, appetence: told }: PopulationStatistics,
  { appetence, ...findings }: Findings,
  { places, clv, churn, appetence: spread }: PopulationSpread,
  { orders: { currency }, rfm: { bins } }: ScoreSettings,
  at: Millis,
): PopulationReport {
  return {
    at,
    customers,
    orders,
    revenue,
    currency,
    faults,
    ...findings,
    bins,
    places,
    ...(clv.length > 0 && { clv: quantilesOf(clv, TENTHS) }),
    ...(churn.length > 0 && { churn: quantilesOf(churn, TENTHS) }),
    appetence: appetenceReport(told, appetence, spread),
  }
}

/** What shards are told of a report. */
export function factsOf(report: PopulationReport, version: number): PopulationFacts {
  const { at, customers, currency, cutPoints, clv, churn, appetence = {} } = report
  const channels: AppetenceFacts = Object.fromEntries(
    Object.entries(appetence).map(([name, { facts }]) => [name, facts]),
  )
  return {
    version,
    at,
    customers,
    currency,
    cutPoints,
    value: modelOf(report),
    ...(clv !== undefined && { clv }),
    ...(churn !== undefined && { churn }),
    ...(Object.keys(channels).length > 0 && { appetence: channels }),
  }
}

/** Whether two versions say the same, whenever that was found. */
export function saysTheSame(a: PopulationFacts, b: PopulationFacts): boolean {
  const said = (facts: PopulationFacts) => JSON.stringify({ ...facts, at: 0, version: 0 })
  return said(a) === said(b)
}
