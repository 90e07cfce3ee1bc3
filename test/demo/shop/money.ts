import type { Language } from './catalogue/product.ts'

/** VAT included in all prices, in percent. */
const VAT = 20
const FREE_SHIPPING_FROM = 100_00
const SHIPPING = 4_90

const FORMATS = {
  en: new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' }),
  fr: new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' }),
}

/** Cents as people read them: `€95.00`, `95,00 €`. */
export function price(cents: number, language: Language): string {
  return FORMATS[language].format(cents / 100)
}

/** Cents as events carry them: euros. */
export function euros(cents: number): number {
  return Math.round(cents) / 100
}

export interface Totals {
  /** Price of the goods, VAT included. */
  readonly goods: number
  readonly shipping: number
  /** What is paid. */
  readonly total: number
  /** VAT within `total`. */
  readonly tax: number
  /** Goods without VAT: what the shop earns. */
  readonly revenue: number
  /** Shipping without VAT: `revenue + netShipping + tax = total`. */
  readonly netShipping: number
}

const withoutVat = (cents: number): number => Math.round((cents * 100) / (100 + VAT))

export function totalsOf(goods: number): Totals {
  const shipping = goods === 0 || goods >= FREE_SHIPPING_FROM ? 0 : SHIPPING
  const revenue = withoutVat(goods)
  const netShipping = withoutVat(shipping)
  const total = goods + shipping
  return { goods, shipping, total, revenue, netShipping, tax: total - revenue - netShipping }
}
