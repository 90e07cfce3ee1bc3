import { html } from 'hono/html'
import { countOf } from '../basket.ts'
import type { Call } from '../calls.ts'
import { CATEGORIES } from '../catalogue/product.ts'
import type { Page, Visit } from '../visit.ts'
import { SIGN, icon, scriptJson } from './markup.ts'
import type { Markup } from './markup.ts'

/**
 * The frame of every page. Prisme is the two script elements of the head: a stub that takes calls before the tag is
 * there, with the calls of this page, and the tag. Without an edge the calls stay in the stub and the page is whole.
 */
export function layout(
  visit: Visit,
  page: Page,
  notice: string | undefined,
  calls: readonly Call[],
): Markup {
  const { language, words, settings, nonce } = visit
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title} · Rivage</title>
        <meta name="description" content="${words.tagline}" />
        <link rel="icon" href="/pictures/sign.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/shop.css" />
        <script nonce="${nonce}">
          window.prisme =
            window.prisme ||
            function () {
              ;(prisme.q = prisme.q || []).push(arguments)
            }
          for (const call of ${scriptJson(calls)}) prisme(...call)
        </script>
        <script async src="${settings.edgeOrigin}/t/${settings.writeKey}.js"></script>
        <script defer src="/shop.js"></script>
      </head>
      <body>
        <a class="skip" href="#content">${words.skip}</a>
        <header>
          <p class="announcement">${words.announcement}</p>
          ${header(visit)}
        </header>
        <p id="notice" class="notice" role="status">${notice ?? ''}</p>
        <main id="content" tabindex="-1">${page.content}</main>
        ${footer(visit)}
      </body>
    </html>`
}

function header(visit: Visit): Markup {
  const { words, path, session } = visit
  const count = countOf(session.basket)
  const account =
    session.customer === undefined ? ['/sign-in', words.signIn] : ['/account', words.account]
  const { pathname, searchParams } = new URL(path, 'http://shop')
  return html`<div class="header">
    <a class="brand" href="/">${SIGN}<span>Rivage</span></a>
    <form class="search" role="search" action="/search">
      <label class="visually-hidden" for="query">${words.searchLabel}</label>
      <input
        id="query"
        name="q"
        type="search"
        maxlength="100"
        autocomplete="off"
        placeholder="${words.search}…"
        value="${pathname === '/search' ? (searchParams.get('q') ?? '') : ''}"
      />
      <button type="submit" aria-label="${words.search}">${icon('search')}</button>
    </form>
    <div class="actions">
      <a href="${account[0] ?? ''}">${icon('account')}<span class="label">${account[1]}</span></a>
      <a href="/basket">
        ${icon('basket')}<span class="label">${words.basket}</span>
        <span id="basket-count" class="count" aria-hidden="true" ${count === 0 ? 'hidden' : ''}
          >${count}</span
        >
        <span id="basket-words" class="visually-hidden">${words.itemsInBasket(count)}</span>
      </a>
    </div>
    <nav class="departments" aria-label="${words.nav}">
      <ul>
        ${CATEGORIES.map((category) => {
          const href = `/category/${category}`
          return html`<li>
            <a href="${href}" ${pathname === href ? html`aria-current="page"` : ''}
              >${words.categories[category]}</a
            >
          </li>`
        })}
      </ul>
      ${languageLink(visit)}
    </nav>
  </div>`
}

function languageLink({ words, path, language }: Visit): Markup {
  const other = language === 'fr' ? 'en' : 'fr'
  const href = `/language/${other}?back=${encodeURIComponent(path)}`
  return html`<a class="language" href="${href}" lang="${other}">${words.language}</a>`
}

function footer(visit: Visit): Markup {
  const { words, path } = visit
  return html`<footer class="footer">
    <div class="footer-columns">
      <form class="newsletter" method="post" action="/newsletter">
        <h2>${words.newsletter}</h2>
        <p id="newsletter-text">${words.newsletterText}</p>
        <input type="hidden" name="back" value="${path}" />
        <label for="newsletter-email">${words.email}</label>
        <div class="row">
          <input
            id="newsletter-email"
            name="email"
            type="email"
            required
            maxlength="254"
            autocomplete="email"
            placeholder="name@example.com"
            aria-describedby="newsletter-text"
          />
          <button class="button" type="submit">${words.subscribe}</button>
        </div>
      </form>
      <nav aria-label="${words.help}">
        <h2>${words.help}</h2>
        <ul>
          ${CATEGORIES.map((category) => html`<li><a href="/category/${category}">${words.categories[category]}</a></li>`)}
          <li><a href="/privacy">${words.privacy}</a></li>
          <li>${languageLink(visit)}</li>
        </ul>
      </nav>
    </div>
    <p class="small">${words.footerNote}</p>
  </footer>`
}
