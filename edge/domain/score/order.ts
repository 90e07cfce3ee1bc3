import type { CountedEvent } from '../counted-event.ts'
import { SCALE, scaled } from '../measure.ts'
import type { AmountFault, OrderRules } from '../../protocol/score.ts'
import type { Millis } from '../../protocol/time.ts'

/**
 * What is kept of an event about an order: how much it adds, gives back, or takes back. Amounts are in the workspace's
 * money; a text says why there is none.
 */
export type OrderFact = readonly [
  act: 'completed' | 'refunded' | 'cancelled',
  order: string | null,
  amount: number | AmountFault,
]

/** Undefined: the event is not about an order. */
export function orderFactOf(event: CountedEvent, rules: OrderRules): OrderFact | undefined {
  const act = actOf(event.name, rules)
  if (act === undefined) return undefined
  const { order_id: order } = event.properties
  const isNamed = typeof order === 'string' || typeof order === 'number'
  return [act, isNamed ? String(order) : null, amountOf(event, rules)]
}

function actOf(name: string, rules: OrderRules): OrderFact[0] | undefined {
  if (rules.completed.includes(name)) return 'completed'
  if (rules.refunded.includes(name)) return 'refunded'
  return rules.cancelled.includes(name) ? 'cancelled' : undefined
}

function amountOf({ properties }: CountedEvent, rules: OrderRules): number | AmountFault {
  const named = rules.amount.find((name) => typeof properties[name] === 'number')
  if (named === undefined) return 'missing'
  const amount = Number(properties[named])
  if (amount < 0) return 'negative'
  const { currency } = properties
  if (typeof currency !== 'string' || currency === rules.currency) return amount
  const rate = Object.hasOwn(rules.rates, currency) ? rules.rates[currency] : undefined
  return rate === undefined ? 'currency' : amount * rate
}

/** An order that stands: not cancelled, and not given back as a whole. */
export interface Order {
  readonly at: Millis
  /** From when on its retention counts: from when it happened, or of an imported one from when it was received. */
  readonly keptFrom: Millis
  /** What is left of it after refunds; undefined: not known. */
  readonly amount: number | undefined
}

export interface Orders {
  /** In order of time. */
  readonly orders: readonly Order[]
  /** How many amounts were not counted, by the reason; a refund without one is all of its order. */
  readonly faults: { readonly [F in AmountFault]?: number }
}

/**
 * The orders of a person, from what was said of them in order of time. An order told again under its id is the same
 * one, with the amount that was told last. A refund that names no known order is taken off no order, but off what all of
 * them come to: off the latest ones first.
 */
export function ordersOf(
  facts: readonly {
    readonly at: Millis
    readonly keptFrom?: Millis
    readonly fact: OrderFact
  }[],
): Orders {
  const orders = new Map<string, { at: Millis; keptFrom: Millis; amount: number | AmountFault }>()
  const cancelled = new Set<string>()
  const refunds: { order: string | null; amount: number | AmountFault }[] = []
  for (const [place, { at, keptFrom = at, fact }] of facts.entries()) {
    const [act, order, amount] = fact
    if (act === 'completed') {
      const key = order === null ? `#${place}` : `=${order}`
      const known = orders.get(key)
      orders.set(key, {
        at: known?.at ?? at,
        keptFrom: Math.max(known?.keptFrom ?? keptFrom, keptFrom),
        amount: amount === 'missing' ? (known?.amount ?? amount) : amount,
      })
    } else if (act === 'cancelled') {
      if (order !== null) cancelled.add(`=${order}`)
    } else refunds.push({ order: order === null ? null : `=${order}`, amount })
  }
  for (const key of cancelled) orders.delete(key)
  const faults: Partial<Record<AmountFault, number>> = {}
  const fail = (fault: AmountFault) => (faults[fault] = (faults[fault] ?? 0) + 1)
  const left = new Map<string, Order>()
  for (const [key, { at, keptFrom, amount }] of orders) {
    if (typeof amount === 'string') fail(amount)
    left.set(key, { at, keptFrom, amount: typeof amount === 'string' ? undefined : amount })
  }
  // What is given back of an order that is gone already is taken off no other.
  const isOf = (order: string | null) =>
    order !== null && (orders.has(order) || cancelled.has(order))
  for (const { order, amount } of refunds) {
    if (isOf(order) && !left.has(order ?? '')) continue
    // What cannot be counted is not known to be all of it.
    if (amount === 'currency' || amount === 'negative') fail(amount)
    else giveBack(left, order, amount)
  }
  return { orders: [...left.values()].sort((a, b) => a.at - b.at), faults }
}

function giveBack(
  left: Map<string, Order>,
  order: string | null,
  amount: number | 'missing',
): void {
  const known = order === null ? undefined : left.get(order)
  if (order !== null && known !== undefined) {
    // Without an amount of its own it is all of it.
    const rest = typeof amount === 'string' ? 0 : difference(known.amount ?? Infinity, amount)
    if (rest <= 0) left.delete(order)
    else if (known.amount !== undefined) left.set(order, { ...known, amount: rest })
    return
  }
  if (typeof amount === 'string') return
  let rest = amount
  for (const [key, one] of [...left].sort(([, a], [, b]) => b.at - a.at)) {
    if (rest <= 0) return
    if (one.amount === undefined || one.amount === 0) continue
    const taken = Math.min(rest, one.amount)
    rest = difference(rest, taken)
    if (taken === one.amount) left.delete(key)
    else left.set(key, { ...one, amount: difference(one.amount, taken) })
  }
}

/** Amounts are decimal fractions: 50 less 16.66, 16.66 and 16.68 is nothing. */
const difference = (amount: number, other: number): number =>
  (scaled(amount) - scaled(other)) / SCALE
