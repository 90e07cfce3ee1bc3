import { productById } from './catalogue/catalogue.ts'
import type { Product } from './catalogue/product.ts'
import { totalsOf } from './money.ts'
import type { Totals } from './money.ts'

export const MAX_QUANTITY = 20
const MAX_LINES = 50

export interface Line {
  /** Product id, and size where there is one: `jetty-sneaker~41`. */
  readonly key: string
  readonly product: Product
  readonly size?: string
  readonly quantity: number
}

/** Lines by key, in the order in which they were first added. */
export type Basket = ReadonlyMap<string, Line>

export function lineKey(product: Product, size: string | undefined): string {
  return size === undefined ? product.id : `${product.id}~${size}`
}

/** With so much more (or less) of one thing; a line of nothing leaves. Unchanged if the basket is full. */
export function changed(basket: Basket, key: string, quantity: number): Basket {
  const [id = '', size] = key.split('~')
  const product = productById(id)
  if (product === undefined) return basket
  const next = new Map(basket)
  const kept = Math.min(MAX_QUANTITY, quantity)
  if (kept <= 0) next.delete(key)
  else if (next.has(key) || next.size < MAX_LINES) {
    next.set(key, { key, product, quantity: kept, ...(size !== undefined && { size }) })
  }
  return next
}

export function countOf(basket: Basket): number {
  return [...basket.values()].reduce((sum, { quantity }) => sum + quantity, 0)
}

export function basketTotals(basket: Basket): Totals {
  return totalsOf(
    [...basket.values()].reduce((sum, { product, quantity }) => sum + product.price * quantity, 0),
  )
}
