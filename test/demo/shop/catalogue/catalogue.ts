import { ACCESSORIES } from './accessories.ts'
import { BAGS } from './bags.ts'
import { COATS } from './coats.ts'
import { HOME } from './home.ts'
import type { Category, Language, Product } from './product.ts'
import { CATEGORIES } from './product.ts'
import { SHOES } from './shoes.ts'

export const PRODUCTS: readonly Product[] = [...SHOES, ...BAGS, ...COATS, ...ACCESSORIES, ...HOME]

const BY_ID = new Map(PRODUCTS.map((product) => [product.id, product]))

export function productById(id: string): Product | undefined {
  return BY_ID.get(id)
}

export function isCategory(text: string): text is Category {
  return CATEGORIES.some((category) => category === text)
}

export function productsIn(category: Category): readonly Product[] {
  return PRODUCTS.filter((product) => product.category === category)
}

export const SORTS = ['featured', 'price-asc', 'price-desc'] as const
export type Sort = (typeof SORTS)[number]

export function sorted(products: readonly Product[], sort: Sort): readonly Product[] {
  if (sort === 'featured') return products
  const sign = sort === 'price-asc' ? 1 : -1
  return products.toSorted((a, b) => sign * (a.price - b.price))
}

/** Without case and accents: `théière` is found by `theiere`. */
function wordsOf(text: string): readonly string[] {
  const plain = text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
}

/** Products in whose words every word of the query begins, in either language; a plural finds the singular. */
export function search(query: string): readonly Product[] {
  const wanted = wordsOf(query).map((word) => (word.length > 3 ? word.replace(/s$/, '') : word))
  if (wanted.length === 0) return []
  return PRODUCTS.filter((product) => {
    const texts = [product.name, product.colour, product.about].flatMap(({ en, fr }) => [en, fr])
    const words = wordsOf([product.category, product.brand, ...texts].join(' '))
    return wanted.every((each) => words.some((word) => word.startsWith(each)))
  })
}

/** The start of a product's own words, for `alt` texts and titles. */
export function fullName(product: Product, language: Language): string {
  return `${product.name[language]}, ${product.colour[language]}`
}
