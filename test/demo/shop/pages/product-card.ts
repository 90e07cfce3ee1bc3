import { html } from 'hono/html'
import { euros, price } from '../money.ts'
import type { Product } from '../catalogue/product.ts'
import type { Visit } from '../visit.ts'
import type { Markup } from './markup.ts'

/** Products as a list. The tag tells clicks on `data-prisme-event`, with the other attributes as properties. */
export function productGrid(
  visit: Visit,
  products: readonly Product[],
  heading: 'h2' | 'h3',
): Markup {
  return html`<ul class="grid">
    ${products.map((product, index) => productCard(visit, product, index + 1, heading))}
  </ul>`
}

function productCard(
  { language }: Visit,
  product: Product,
  position: number,
  heading: 'h2' | 'h3',
): Markup {
  const name = html`<a
    href="/product/${product.id}"
    data-prisme-event="Product Clicked"
    data-prisme-product-id="${product.id}"
    data-prisme-sku="${product.sku}"
    data-prisme-category="${product.category}"
    data-prisme-name="${product.name.en}"
    data-prisme-brand="${product.brand}"
    data-prisme-price="${euros(product.price)}"
    data-prisme-position="${position}"
    >${product.name[language]}</a
  >`
  return html`<li class="card">
    <div class="tile ${product.tone}">
      <img
        src="/pictures/${product.id}.svg"
        alt=""
        width="400"
        height="400"
        ${position > 4 ? html`loading="lazy"` : ''}
      />
    </div>
    ${heading === 'h2' ? html`<h2>${name}</h2>` : html`<h3>${name}</h3>`}
    <p class="quiet">${product.colour[language]}</p>
    <p class="price">${price(product.price, language)}</p>
  </li>`
}
