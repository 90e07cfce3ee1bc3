import { html } from 'hono/html'
import { DEMO_EMAILS, DEMO_PASSWORD } from '../customers.ts'
import type { Customer } from '../customers.ts'
import { price } from '../money.ts'
import type { Page, Visit } from '../visit.ts'
import { field } from './field.ts'

/** `failed`: the e-mail of an attempt that did not match. */
export function signInPage({ words }: Visit, failed?: string): Page {
  const content = html`<div class="sign-in">
    <form method="post" action="/sign-in">
      <h1>${words.signInTitle}</h1>
      ${failed === undefined ? '' : html`<p class="errors" role="alert">${words.signInFailed}</p>`}
      ${field({ name: 'email', label: words.email, type: 'email', autocomplete: 'username', value: failed ?? '' })}
      ${field({ name: 'password', label: words.password, type: 'password', autocomplete: 'current-password' })}
      <button class="button wide" type="submit">${words.signIn}</button>
    </form>
    <section class="summary" aria-labelledby="demo-title">
      <h2 id="demo-title">${words.demoAccounts}</h2>
      <p>${words.demoAccountsText} <code>${DEMO_PASSWORD}</code>.</p>
      ${DEMO_EMAILS.map(
        (email) =>
          html`<form method="post" action="/sign-in">
            <input type="hidden" name="email" value="${email}" />
            <input type="hidden" name="password" value="${DEMO_PASSWORD}" />
            <button class="plain wide" type="submit">${words.useAccount(email)}</button>
          </form>`,
      )}
    </section>
  </div>`
  return { title: words.signIn, content, status: failed === undefined ? 200 : 422 }
}

export function accountPage({ words, session, language }: Visit, customer: Customer): Page {
  const content = html`<div class="heading"><h1>${words.accountTitle}</h1></div>
    <div class="with-summary">
      <section class="fields" aria-labelledby="orders-title">
        <h2 id="orders-title">${words.orders}</h2>
        ${
          session.orders.length === 0
            ? html`<p>${words.noOrders}</p>`
            : html`<ul class="small-lines">
                ${session.orders
                  .toReversed()
                  .map(
                    ({ id, totals }) =>
                      html`<li>
                        <a href="/orders/${id}">${id}</a
                        ><span>${price(totals.total, language)}</span>
                      </li>`,
                  )}
              </ul>`
        }
      </section>
      <section class="summary" aria-labelledby="customer-title">
        <h2 id="customer-title">${words.account}</h2>
        <dl class="facts">
          <dt>${words.email}</dt>
          <dd>${customer.email}</dd>
          <dt>${words.customerNumber}</dt>
          <dd><code>${customer.id}</code></dd>
          <dt>${words.tier}</dt>
          <dd>${words.tiers[customer.tier]}</dd>
        </dl>
        <form method="post" action="/sign-out">
          <button class="plain wide" type="submit">${words.signOut}</button>
        </form>
      </section>
    </div>`
  return { title: words.accountTitle, content }
}
