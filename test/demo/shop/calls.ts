import type { JsonObject } from '../../../edge/protocol/json.ts'
import type { Basket, Line } from './basket.ts'
import type { Product } from './catalogue/product.ts'
import { euros } from './money.ts'
import type { Totals } from './money.ts'
import type { Order } from './order.ts'

/** A call of the public tag, as its queue takes it: `prisme(...call)`. */
export type Call =
  | readonly ['track', string, JsonObject]
  | readonly ['page']
  | readonly ['identify', string, JsonObject, { readonly userToken: string }]
  | readonly ['identify', JsonObject]
  | readonly ['consent', { readonly [purpose: string]: boolean }]
  | readonly ['reset']

const CURRENCY = 'EUR'

/**
 * Events and properties of Segment's e-commerce specification, version 2. Names are in English whatever the page's
 * language, and `category` is its address's last part, so that one thing has one name.
 */
export function productProperties(product: Product, origin: string): JsonObject {
  return {
    product_id: product.id,
    sku: product.sku,
    category: product.category,
    name: product.name.en,
    brand: product.brand,
    price: euros(product.price),
    currency: CURRENCY,
    url: `${origin}/product/${product.id}`,
    image_url: `${origin}/pictures/${product.id}.svg`,
  }
}

function lineProperties({ product, size, quantity }: Line, origin: string): JsonObject {
  return {
    ...productProperties(product, origin),
    quantity,
    ...(size !== undefined && { variant: size }),
  }
}

const listed = (products: readonly Product[], origin: string): readonly JsonObject[] =>
  products.map((product, index) => ({ ...productProperties(product, origin), position: index + 1 }))

const linesOf = (basket: Basket, origin: string): readonly JsonObject[] =>
  [...basket.values()].map((line, index) => ({
    ...lineProperties(line, origin),
    position: index + 1,
  }))

export function productViewed(product: Product, origin: string): Call {
  return ['track', 'Product Viewed', { ...productProperties(product, origin), quantity: 1 }]
}

export function productListViewed(
  category: string,
  products: readonly Product[],
  origin: string,
): Call {
  return [
    'track',
    'Product List Viewed',
    { list_id: category, category, products: listed(products, origin) },
  ]
}

export function productListSorted(
  category: string,
  sort: string,
  products: readonly Product[],
  origin: string,
): Call {
  const [type = '', value = ''] = sort.split('-')
  const properties = {
    list_id: category,
    category,
    sorts: [{ type, value }],
    products: listed(products, origin),
  }
  return ['track', 'Product List Filtered', properties]
}

export function productsSearched(query: string, results: number): Call {
  return ['track', 'Products Searched', { query, results }]
}

/** `line.quantity` is how many came in or went out, not how many are there now. */
export function basketChanged(
  event: 'Product Added' | 'Product Removed',
  line: Line,
  cart: string,
  origin: string,
): Call {
  return ['track', event, { cart_id: cart, ...lineProperties(line, origin) }]
}

export function cartViewed(basket: Basket, cart: string, origin: string): Call {
  return ['track', 'Cart Viewed', { cart_id: cart, products: linesOf(basket, origin) }]
}

function money({ revenue, netShipping, tax, total }: Totals): JsonObject {
  return {
    revenue: euros(revenue),
    subtotal: euros(revenue),
    shipping: euros(netShipping),
    tax: euros(tax),
    total: euros(total),
    value: euros(total),
    currency: CURRENCY,
  }
}

export function checkoutStarted(
  order: string,
  cart: string,
  basket: Basket,
  totals: Totals,
  origin: string,
): Call {
  const properties = {
    order_id: order,
    cart_id: cart,
    ...money(totals),
    products: linesOf(basket, origin),
  }
  return ['track', 'Checkout Started', properties]
}

export function orderCompleted({ id, checkout, lines, totals }: Order, origin: string): Call {
  const properties = {
    order_id: id,
    checkout_id: checkout,
    ...money(totals),
    products: linesOf(lines, origin),
  }
  return ['track', 'Order Completed', properties]
}
