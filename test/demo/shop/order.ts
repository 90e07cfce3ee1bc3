import type { Basket } from './basket.ts'
import type { Totals } from './money.ts'

export interface Order {
  /** e.g. `RV-7K2M9QXA`. */
  readonly id: string
  /** The basket it came from. */
  readonly checkout: string
  /** ISO 8601. */
  readonly at: string
  readonly lines: Basket
  readonly totals: Totals
  readonly deliverTo: Address
}

export interface Address {
  readonly email: string
  readonly name: string
  readonly street: string
  readonly postalCode: string
  readonly city: string
  readonly country: string
}
