import type {
  BgNbd,
  FitPoint,
  Fitted,
  PopulationStatistics,
  Shortage,
  ValueFit,
} from '../../protocol/population.ts'
import { DAY, type Millis } from '../../protocol/time.ts'
import { countProbabilities, expectedOfAnyone, fitBgNbd } from './bg-nbd.ts'
import { fitGammaGamma } from './gamma-gamma.ts'

/** Customers with a repeat order, below which no value is told. */
export const ENOUGH_REPEATERS = 100

/** Repeat orders told one by one; the last one stands for so many or more. */
const MOST_REPEATS = 7
const WEEK = 7
/** Weeks of the picture at most: longer stretches are told in longer steps. */
const MOST_WEEKS = 160

/** Fits the models of value, and tells how what they expect compares with what happened. */
export function fitValue(
  { histories, spendings, births, repeats }: PopulationStatistics,
  at: Millis,
  now: Millis,
): ValueFit | Shortage {
  const grouped = histories.map(([repeated, lastAt, observed, customers]) => ({
    repeats: repeated,
    lastAt,
    observed,
    customers,
  }))
  const count = (list: typeof grouped) => list.reduce((sum, { customers }) => sum + customers, 0)
  const known = count(grouped.filter((one) => one.repeats > 0))
  if (known < ENOUGH_REPEATERS) return { known, needed: ENOUGH_REPEATERS }
  const buying = fitBgNbd(grouped)
  const customers = count(grouped)
  return {
    buying: {
      model: buying.model,
      errors: determined(buying.errors),
      converged: buying.converged,
      logLikelihood: buying.value,
      customers,
    },
    spending: fitSpending(spendings),
    byCount: byCount(grouped, buying.model),
    byWeek: byWeek(buying.model, births, repeats, Math.floor(at / DAY), Math.floor(now / DAY)),
  }
}

function fitSpending(spendings: PopulationStatistics['spendings']): ValueFit['spending'] {
  if (spendings.length < ENOUGH_REPEATERS) {
    return { known: spendings.length, needed: ENOUGH_REPEATERS }
  }
  const fit = fitGammaGamma(spendings.map(([repeats, mean]) => ({ repeats, mean })))
  const { model, errors, converged, value } = fit
  return {
    model,
    errors: determined(errors),
    converged,
    logLikelihood: value,
    customers: spendings.length,
  }
}

/** Errors that are numbers: where the maximum is flat there is none. */
const determined = <Model extends object>(errors: Model) =>
  Object.fromEntries(
    Object.entries(errors).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
  ) as Fitted<Model>['errors']

function byCount(
  histories: readonly {
    readonly repeats: number
    readonly observed: number
    readonly customers: number
  }[],
  model: BgNbd,
): readonly FitPoint[] {
  const points = Array.from({ length: MOST_REPEATS + 1 }, () => ({ actual: 0, expected: 0 }))
  const ofSpan = new Map<number, number>()
  for (const { repeats, observed, customers } of histories) {
    const point = points[Math.min(repeats, MOST_REPEATS)]
    if (point !== undefined) point.actual += customers
    ofSpan.set(observed, (ofSpan.get(observed) ?? 0) + customers)
  }
  for (const [observed, customers] of ofSpan) {
    const shares = countProbabilities(model, observed, MOST_REPEATS)
    for (const [place, share] of shares.entries()) {
      const point = points[place]
      if (point !== undefined) point.expected += share * customers
    }
  }
  return points
}

/** What these customers ordered again, as the picture of the paper has it; what comes after `until` was not fitted. */
function byWeek(
  model: BgNbd,
  births: PopulationStatistics['births'],
  repeats: PopulationStatistics['repeats'],
  until: number,
  now: number,
): ValueFit['byWeek'] {
  const [first] = births
  if (first === undefined) return []
  const last = Math.max(until, Math.min(now, repeats.at(-1)?.[0] ?? until))
  const step = WEEK * Math.ceil((last + 1 - first[0]) / WEEK / MOST_WEEKS)
  const expectedWithin = new Map<number, number>()
  const expected = (days: number): number => {
    const known = expectedWithin.get(days) ?? expectedOfAnyone(model, days)
    expectedWithin.set(days, known)
    return known
  }
  const points: (FitPoint & { readonly at: Millis })[] = []
  let place = 0
  let actual = 0
  for (let end = first[0] + step; end <= last + step; end += step) {
    for (; (repeats[place]?.[0] ?? Infinity) < end; place++) actual += repeats[place]?.[1] ?? 0
    let sum = 0
    for (const [day, count] of births) if (day < end) sum += count * expected(end - 1 - day)
    points.push({ at: end * DAY, actual, expected: sum })
  }
  return points
}
