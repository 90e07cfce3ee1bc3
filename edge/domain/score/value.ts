import { isShort, type ValueModel } from '../../protocol/population.ts'
import { aliveProbability, expectedOrders } from './bg-nbd.ts'
import { expectedAmount } from './gamma-gamma.ts'
import type { Buyer } from './order-history.ts'

/** Days for which a customer's value is told. */
export const VALUE_DAYS = 365

export const churnOf = ({ buying }: ValueModel, buyer: Buyer): number =>
  1 - aliveProbability(buying, buyer)

/** What the customer is expected to order within the next year. Undefined: what an order comes to cannot be said. */
export function clvOf({ buying, spending }: ValueModel, buyer: Buyer): number | undefined {
  if (isShort(spending)) return undefined
  const amount = expectedAmount(spending, buyer.spending ?? { repeats: 0, mean: 0 })
  return amount === undefined ? undefined : expectedOrders(buying, buyer, VALUE_DAYS) * amount
}
