import { html } from 'hono/html'
import { productsSearched } from '../calls.ts'
import { search } from '../catalogue/catalogue.ts'
import type { Page, Visit } from '../visit.ts'
import { departmentLinks } from './department-links.ts'
import { productGrid } from './product-card.ts'

export function searchPage(visit: Visit, query: string): Page {
  const { words } = visit
  if (query === '') {
    const content = html`<div class="heading">
        <h1>${words.searchPrompt}</h1>
        <p class="lead">${words.searchHint}</p>
      </div>
      ${departmentLinks(visit)}`
    return { title: words.search, content }
  }
  const found = search(query)
  const title = words.results(found.length, query)
  const content = html`<div class="heading"><h1>${title}</h1></div>
    ${
      found.length > 0
        ? productGrid(visit, found, 'h2')
        : html`<p class="lead">${words.noResults}</p>
            ${departmentLinks(visit)}`
    }`
  return { title, content, calls: [productsSearched(query, found.length)] }
}
