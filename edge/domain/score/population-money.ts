import { isShort, type PopulationFacts, type Shortage } from '../../protocol/population.ts'
import type { OrderRules } from '../../protocol/score.ts'
import { ENOUGH_ORDERS } from './population.ts'

/** Of no order it is known yet what it comes to. */
const UNKNOWN: Shortage = { known: 0, needed: ENOUGH_ORDERS }

/**
 * What was found of all people in the money that a workspace counts in now: until everybody is looked at anew, what was
 * found in another currency is changed by its rate. Without a rate nothing that is told in money is known, for orders in
 * that currency count no more either.
 */
export function inCurrency(
  facts: PopulationFacts,
  { currency, rates }: Pick<OrderRules, 'currency' | 'rates'>,
): PopulationFacts {
  const { currency: found = currency, cutPoints, value, clv, ...rest } = facts
  if (found === currency) return facts
  const rate = Object.hasOwn(rates, found) ? rates[found] : undefined
  if (rate === undefined) {
    return {
      ...rest,
      currency,
      cutPoints: UNKNOWN,
      value: isShort(value) ? value : { ...value, spending: UNKNOWN },
    }
  }
  const changed = (amounts: readonly number[]) => amounts.map((amount) => amount * rate)
  return {
    ...rest,
    currency,
    cutPoints: isShort(cutPoints)
      ? cutPoints
      : { ...cutPoints, monetary: changed(cutPoints.monetary) },
    value: isShort(value) ? value : { ...value, spending: scaled(value.spending, rate) },
    ...(clv !== undefined && { clv: changed(clv) }),
  }
}

type Spending = Exclude<PopulationFacts['value'], Shortage>['spending']

/** Of the Gamma-Gamma model v alone is an amount: the others have no unit. */
const scaled = (spending: Spending, rate: number): Spending =>
  isShort(spending) ? spending : { ...spending, v: spending.v * rate }
