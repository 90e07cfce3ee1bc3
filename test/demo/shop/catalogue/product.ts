import type { Drawing } from '../pictures/draw.ts'

export type Language = 'en' | 'fr'
/** The same text in both languages of the shop. */
export type Text = { readonly [language in Language]: string }

export const CATEGORIES = ['shoes', 'bags', 'coats', 'accessories', 'home'] as const
export type Category = (typeof CATEGORIES)[number]

/** Backdrop of a product's picture. */
export type Tone = 'sand' | 'sea' | 'blush' | 'sage' | 'sky'

export interface Product {
  /** Also the last part of the page's address. */
  readonly id: string
  readonly sku: string
  readonly category: Category
  readonly brand: string
  readonly name: Text
  readonly colour: Text
  readonly about: Text
  /** Euro cents, VAT included. */
  readonly price: number
  readonly sizes: readonly string[]
  readonly tone: Tone
  readonly drawing: Drawing
}

/** A row of the catalogue's tables, the least one has to write. */
export interface Row {
  readonly id: string
  readonly brand: string
  readonly name: readonly [en: string, fr: string]
  readonly colour: readonly [en: string, fr: string]
  readonly about: readonly [en: string, fr: string]
  readonly euros: number
  readonly tone: Tone
  readonly drawing: Drawing
}

const text = ([en, fr]: readonly [string, string]): Text => ({ en, fr })

export function productsOf(
  category: Category,
  skuPrefix: string,
  sizes: readonly string[],
  rows: readonly Row[],
): readonly Product[] {
  return rows.map(({ id, brand, name, colour, about, euros, tone, drawing }, index) => ({
    id,
    sku: `${skuPrefix}-${String(index + 1).padStart(3, '0')}`,
    category,
    brand,
    name: text(name),
    colour: text(colour),
    about: text(about),
    price: Math.round(euros * 100),
    sizes,
    tone,
    drawing,
  }))
}
