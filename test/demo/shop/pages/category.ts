import { html } from 'hono/html'
import { productListSorted, productListViewed } from '../calls.ts'
import { SORTS, productsIn, sorted } from '../catalogue/catalogue.ts'
import type { Sort } from '../catalogue/catalogue.ts'
import type { Category } from '../catalogue/product.ts'
import type { Page, Visit } from '../visit.ts'
import { trail } from './trail.ts'
import { productGrid } from './product-card.ts'

export function categoryPage(visit: Visit, category: Category, sort: Sort): Page {
  const { words, origin } = visit
  const products = sorted(productsIn(category), sort)
  const title = words.categories[category]
  const content = html`${trail(visit, [])}
    <div class="heading">
      <h1>${title}</h1>
      <p class="lead">${words.categoryLeads[category]}</p>
    </div>
    <div class="toolbar">
      <p>${words.products(products.length)}</p>
      <nav aria-label="${words.sort}">
        <ul class="chips">
          ${SORTS.map(
            (each) =>
              html`<li>
                <a
                  href="/category/${category}${each === 'featured' ? '' : `?sort=${each}`}"
                  ${each === sort ? html`aria-current="true"` : ''}
                  >${words.sorts[each]}</a
                >
              </li>`,
          )}
        </ul>
      </nav>
    </div>
    ${productGrid(visit, products, 'h2')}`
  const call =
    sort === 'featured'
      ? productListViewed(category, products, origin)
      : productListSorted(category, sort, products, origin)
  return { title, content, calls: [call] }
}
