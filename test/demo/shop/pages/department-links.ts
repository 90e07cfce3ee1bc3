import { html } from 'hono/html'
import { CATEGORIES } from '../catalogue/product.ts'
import type { Visit } from '../visit.ts'
import type { Markup } from './markup.ts'

/** Where to go from a page that has nothing to show. */
export function departmentLinks({ words }: Visit): Markup {
  return html`<ul class="chips">
    ${CATEGORIES.map((category) => html`<li><a href="/category/${category}">${words.categories[category]}</a></li>`)}
  </ul>`
}
