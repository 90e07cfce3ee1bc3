import { html } from 'hono/html'
import { MAX_QUANTITY, basketTotals } from '../basket.ts'
import type { Line } from '../basket.ts'
import { cartViewed } from '../calls.ts'
import { price } from '../money.ts'
import type { Totals } from '../money.ts'
import type { Page, Visit } from '../visit.ts'
import { departmentLinks } from './department-links.ts'
import type { Markup } from './markup.ts'

export function basketPage(visit: Visit): Page {
  const { words, session, origin } = visit
  const { basket, cart } = session
  const calls = [cartViewed(basket, cart, origin)]
  if (basket.size === 0) {
    const content = html`<div class="heading">
        <h1>${words.basketEmpty}</h1>
        <p class="lead">${words.basketEmptyHint}</p>
      </div>
      ${departmentLinks(visit)}`
    return { title: words.basket, content, calls }
  }
  const content = html`<div class="heading"><h1>${words.basket}</h1></div>
    <div class="with-summary">
      <ul class="lines">
        ${[...basket.values()].map((line) => lineRow(visit, line))}
      </ul>
      <section class="summary" aria-labelledby="summary-title">
        <h2 id="summary-title">${words.summary}</h2>
        ${totalsList(visit, basketTotals(basket))}
        <a class="button wide" href="/checkout">${words.checkout}</a>
      </section>
    </div>`
  return { title: words.basket, content, calls }
}

function lineRow({ words, language }: Visit, { key, product, size, quantity }: Line): Markup {
  const name = product.name[language]
  return html`<li class="line">
    <div class="tile ${product.tone}">
      <img src="/pictures/${product.id}.svg" alt="" width="400" height="400" />
    </div>
    <div class="line-words">
      <h2><a href="/product/${product.id}">${name}</a></h2>
      <p class="quiet">
        ${product.colour[language]}${size === undefined ? '' : ` · ${words.size} ${size}`}
      </p>
      <form class="row" method="post" action="/basket/line">
        <input type="hidden" name="key" value="${key}" />
        <input
          name="quantity"
          type="number"
          min="0"
          max="${MAX_QUANTITY}"
          value="${quantity}"
          required
          aria-label="${words.quantityOf(name)}"
        />
        <button class="plain" type="submit">${words.update}</button>
        <button
          class="plain"
          type="submit"
          name="remove"
          value="yes"
          formnovalidate
          aria-label="${words.removeOne(name)}"
        >
          ${words.remove}
        </button>
      </form>
    </div>
    <p class="price">${price(product.price * quantity, language)}</p>
  </li>`
}

export function totalsList(
  { words, language }: Visit,
  { goods, shipping, total, tax }: Totals,
): Markup {
  return html`<dl class="totals">
    <dt>${words.goods}</dt>
    <dd>${price(goods, language)}</dd>
    <dt>${words.shipping}</dt>
    <dd>${shipping === 0 ? words.free : price(shipping, language)}</dd>
    <dt class="total">${words.total}</dt>
    <dd class="total">${price(total, language)}</dd>
    <dd class="quiet vat">${words.includingVat(price(tax, language))}</dd>
  </dl>`
}
