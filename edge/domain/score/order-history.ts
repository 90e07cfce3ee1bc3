import { DAY, type Millis } from '../../protocol/time.ts'
import type { OrderRules, RfmValues } from '../../protocol/score.ts'
import type { Purpose } from '../../protocol/consent.ts'
import { entryKeptFrom, instantOf, placeOf, valueOf, type Entry } from '../entry.ts'
import type { Feature, FeatureSet } from '../feature.ts'
import { SCALE, scaled } from '../measure.ts'
import type { BuyingHistory } from './bg-nbd.ts'
import { ordersOf, type Order, type OrderFact, type Orders } from './order.ts'

/** Of a person's events about orders so many are kept: beyond them the latest stand for all. */
export const MAX_ORDER_FACTS = 1_000

/** The feature that keeps what was said of a person's orders. */
export const orderFeature = (
  features: FeatureSet,
  orders: OrderRules,
  purposes: readonly Purpose[] = [],
): Feature => features.demand({ orders, purposes, keep: MAX_ORDER_FACTS, detail: 'value' })

/** Made once of each list, whoever asks: lists of entries never change. */
const known = new WeakMap<readonly Entry[], Orders>()

/** A person's orders as they stand at an instant, by what was said until then. */
export function ordersAt(entries: readonly Entry[], now: Millis): Orders {
  const end = placeOf(entries, now + 1)
  if (end < entries.length) return madeOf(entries.slice(0, end))
  let made = known.get(entries)
  if (made === undefined) known.set(entries, (made = madeOf(entries)))
  return made
}

const madeOf = (entries: readonly Entry[]): Orders =>
  ordersOf(
    entries.map((entry) => ({
      at: instantOf(entry),
      keptFrom: entryKeptFrom(entry),
      fact: valueOf(entry) as unknown as OrderFact,
    })),
  )

/** How long orders count: so long after they happened, and so long after their retention began. */
export interface Counting {
  readonly window: Millis
  readonly horizon: Millis
}

/** When an order ceases to count. */
export const leavesAt = ({ at, keptFrom }: Order, { window, horizon }: Counting): Millis =>
  Math.min(at + window, keptFrom + horizon)

/** Those of some orders that count at an instant, in order of time. */
export const countedOrders = (
  { orders }: Orders,
  now: Millis,
  counting: Counting,
): readonly Order[] => orders.filter((order) => leavesAt(order, counting) > now)

/** Whole days from one instant to another. */
export const daysBetween = (from: Millis, to: Millis): number => Math.floor((to - from) / DAY)

/** Undefined: no order counts. Amounts that are not known count as nothing. */
export function rfmValues(counted: readonly Order[], now: Millis): RfmValues | undefined {
  const last = counted.at(-1)
  if (last === undefined) return undefined
  const sum = counted.reduce((all, { amount = 0 }) => all + scaled(amount), 0)
  return {
    recency: daysBetween(last.at, now),
    frequency: counted.length,
    monetary: sum / SCALE,
  }
}

/** How somebody buys, in whole days, and what an order after the first comes to. */
export interface Buyer extends BuyingHistory {
  /** Absent: of no repeat order an amount above 0 is known. */
  readonly spending?: { readonly repeats: number; readonly mean: number }
}

/**
 * Days are of 24 hours, counted from the first order: all orders of one are one occasion to buy, as in the data that
 * the models were published with. Undefined: no order counts.
 */
export function buyerOf(counted: readonly Order[], now: Millis): Buyer | undefined {
  const [first] = counted
  if (first === undefined) return undefined
  const amounts = new Map<number, number>()
  let lastAt = 0
  for (const { at, amount = 0 } of counted) {
    const day = daysBetween(first.at, at)
    lastAt = Math.max(lastAt, day)
    if (day > 0) amounts.set(day, (amounts.get(day) ?? 0) + scaled(amount))
  }
  const spent = [...amounts.values()].filter((amount) => amount > 0)
  const sum = spent.reduce((all, amount) => all + amount, 0)
  return {
    repeats: amounts.size,
    lastAt,
    observed: daysBetween(first.at, now),
    ...(spent.length > 0 && {
      spending: { repeats: spent.length, mean: sum / SCALE / spent.length },
    }),
  }
}
