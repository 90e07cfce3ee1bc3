/** What of a workspace's events are orders, and in which money they are counted. */
export interface OrderRules {
  /** Names of events, each of which is an order. */
  readonly completed: readonly string[]
  /** Names of events that give some of an order's amount back, or all of it where they name none. */
  readonly refunded: readonly string[]
  /** Names of events that take a whole order back. */
  readonly cancelled: readonly string[]
  /** Properties that hold the amount: the first that an event has. */
  readonly amount: readonly string[]
  /** ISO 4217 code of the money that all amounts are told in. */
  readonly currency: string
  /** What one unit of another currency is worth in that money. Amounts in any other currency are not counted. */
  readonly rates: { readonly [currency: string]: number }
}

/** Names and properties of Segment's e-commerce events. */
export const ORDER_RULES: OrderRules = {
  completed: ['Order Completed'],
  refunded: ['Order Refunded'],
  cancelled: ['Order Cancelled'],
  amount: ['revenue', 'total', 'value'],
  currency: 'EUR',
  rates: {},
}
