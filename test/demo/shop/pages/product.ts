import { html } from 'hono/html'
import { productViewed } from '../calls.ts'
import { fullName, productsIn } from '../catalogue/catalogue.ts'
import type { Product } from '../catalogue/product.ts'
import { price } from '../money.ts'
import type { Page, Visit } from '../visit.ts'
import type { Markup } from './markup.ts'
import { productGrid } from './product-card.ts'
import { trail } from './trail.ts'

const RELATED = 4

export function productPage(visit: Visit, product: Product): Page {
  const { words, language, origin } = visit
  const { category, name, colour, about } = product
  const siblings = productsIn(category)
  const at = siblings.indexOf(product)
  const related = [...siblings.slice(at + 1), ...siblings.slice(0, at)].slice(0, RELATED)
  const content = html`${trail(visit, [[`/category/${category}`, words.categories[category]]])}
    <article class="product">
      <div class="tile large ${product.tone}">
        <img
          src="/pictures/${product.id}.svg"
          alt="${fullName(product, language)}"
          width="800"
          height="800"
        />
      </div>
      <div class="product-words">
        <p class="kicker">${product.brand}</p>
        <h1>${name[language]}</h1>
        <p class="price">
          ${price(product.price, language)} <span class="quiet">${words.vatIncluded}</span>
        </p>
        <p class="about">${about[language]}</p>
        ${addForm(visit, product)}
        <dl class="facts">
          <dt>${words.colour}</dt>
          <dd>${colour[language]}</dd>
          <dt>${words.maker}</dt>
          <dd>${product.brand}</dd>
          <dt>${words.reference}</dt>
          <dd>${product.sku}</dd>
        </dl>
        <details class="details">
          <summary>${words.details}</summary>
          <p>${words.detailsText}</p>
        </details>
      </div>
    </article>
    <section class="section" aria-labelledby="related-title">
      <h2 id="related-title">${words.related}</h2>
      ${productGrid(visit, related, 'h3')}
    </section>`
  return { title: name[language], content, calls: [productViewed(product, origin)] }
}

/** Works without a script too: the answer then is a page. */
function addForm({ words }: Visit, product: Product): Markup {
  return html`<form
    id="add"
    class="add"
    method="post"
    action="/basket/add"
    data-failed="${words.notAdded}"
  >
    <input type="hidden" name="product" value="${product.id}" />
    ${
      product.sizes.length === 0
        ? ''
        : html`<fieldset class="sizes">
            <legend>${words.size}</legend>
            ${product.sizes.map(
              (size) =>
                html`<label
                  ><input type="radio" name="size" value="${size}" required /><span
                    >${size}</span
                  ></label
                >`,
            )}
          </fieldset>`
    }
    <div class="row">
      <label class="visually-hidden" for="quantity">${words.quantity}</label>
      <input id="quantity" name="quantity" type="number" min="1" max="20" value="1" required />
      <button class="button" type="submit">${words.add}</button>
    </div>
  </form>`
}
