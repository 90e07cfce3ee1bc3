import { html } from 'hono/html'
import { PRODUCTS, productsIn } from '../catalogue/catalogue.ts'
import { CATEGORIES } from '../catalogue/product.ts'
import type { Page, Visit } from '../visit.ts'
import { productGrid } from './product-card.ts'

const PICKS = [
  'squall-raincoat',
  'jetty-sneaker',
  'customs-path-backpack',
  'beacon-lamp',
  'pennant-scarf',
  'harbour-chelsea',
  'courtyard-olive',
  'winter-mooring-jumper',
]

/** The hero is a placement of Prisme: `title`, `text`, `label`, `url` and `image` of a decision take its place. */
export function homePage(visit: Visit): Page {
  const { words } = visit
  const picks = PRODUCTS.filter(({ id }) => PICKS.includes(id))
  const content = html`<section
      class="hero"
      data-prisme-placement="home-hero"
      aria-labelledby="hero-title"
    >
      <div class="hero-words">
        <p class="kicker">${words.heroKicker}</p>
        <h1 id="hero-title" data-prisme-field="title">${words.heroTitle}</h1>
        <p class="hero-text" data-prisme-field="text">${words.heroText}</p>
        <a id="hero-link" class="button" href="/category/coats" data-prisme-field="label url:href"
          >${words.heroCta}</a
        >
      </div>
      <img
        src="/pictures/hero-sea.svg"
        alt=""
        width="960"
        height="720"
        fetchpriority="high"
        data-prisme-field="image:src"
      />
    </section>
    <section class="section" aria-labelledby="departments-title">
      <h2 id="departments-title">${words.byCategory}</h2>
      <ul class="doors">
        ${CATEGORIES.map((category) => {
          const [sample] = productsIn(category)
          return html`<li class="door">
            <div class="tile ${sample?.tone ?? 'sand'}">
              <img src="/pictures/${sample?.id ?? ''}.svg" alt="" width="400" height="400" />
            </div>
            <a href="/category/${category}">${words.categories[category]}</a>
          </li>`
        })}
      </ul>
    </section>
    <section class="section" aria-labelledby="picks-title">
      <h2 id="picks-title">${words.picks}</h2>
      <p class="lead">${words.picksLead}</p>
      ${productGrid(visit, picks, 'h3')}
    </section>
    <ul class="promises">
      ${words.promises.map(([title, text]) => html`<li><strong>${title}</strong><span>${text}</span></li>`)}
    </ul>`
  return { title: words.tagline, content }
}
