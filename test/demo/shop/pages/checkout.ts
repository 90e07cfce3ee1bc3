import { html } from 'hono/html'
import { basketTotals } from '../basket.ts'
import { checkoutStarted } from '../calls.ts'
import { price } from '../money.ts'
import type { Order } from '../order.ts'
import type { Page, Visit } from '../visit.ts'
import { totalsList } from './basket.ts'
import { field } from './field.ts'

/** What was typed, and what is wrong with it, by field name. */
export interface CheckoutForm {
  readonly values: { readonly [field: string]: string }
  readonly errors: ReadonlyMap<string, string>
}

/** `form`: the answer to a form that was not accepted; it does not start the checkout again. */
export function checkoutPage(visit: Visit, form?: CheckoutForm): Page {
  const { words, language, session, origin } = visit
  const { basket, cart } = session
  const totals = basketTotals(basket)
  const values: CheckoutForm['values'] = form?.values ?? { email: session.customer?.email ?? '' }
  const input = (name: string, label: string, autocomplete: string) =>
    field({
      name,
      label,
      autocomplete,
      type: name === 'email' ? 'email' : 'text',
      value: values[name] ?? '',
      error: form?.errors.get(name),
    })
  const content = html`<div class="heading"><h1>${words.checkoutTitle}</h1></div>
    <form class="with-summary" method="post" action="/checkout" novalidate>
      <div>
        ${
          form === undefined
            ? ''
            : html`<div class="errors" role="alert">
                <p>${words.fieldErrors}</p>
                <ul>
                  ${[...form.errors].map(([name, reason]) => html`<li><a href="#${name}">${labelOf(visit, name)}</a>: ${reason}</li>`)}
                </ul>
              </div>`
        }
        <fieldset class="fields">
          <legend>${words.deliverTo}</legend>
          ${input('email', words.email, 'email')} ${input('name', words.fullName, 'name')}
          ${input('street', words.street, 'street-address')}
          <div class="pair">
            ${input('postalCode', words.postalCode, 'postal-code')}
            ${input('city', words.city, 'address-level2')}
          </div>
          <div class="field">
            <label for="country">${words.country}</label>
            <select id="country" name="country" autocomplete="country">
              ${Object.entries(words.countries).map(
                ([code, name]) =>
                  html`<option value="${code}" ${values['country'] === code ? 'selected' : ''}>
                    ${name}
                  </option>`,
              )}
            </select>
          </div>
        </fieldset>
        <section class="fields" aria-labelledby="payment-title">
          <h2 id="payment-title">${words.payment}</h2>
          <p>${words.paymentText}</p>
        </section>
      </div>
      <section class="summary" aria-labelledby="summary-title">
        <h2 id="summary-title">${words.summary}</h2>
        <ul class="small-lines">
          ${[...basket.values()].map(
            ({ product, quantity }) =>
              html`<li>
                <span>${quantity} × ${product.name[language]}</span
                ><span>${price(product.price * quantity, language)}</span>
              </li>`,
          )}
        </ul>
        ${totalsList(visit, totals)}
        <button class="button wide" type="submit">
          ${words.pay(price(totals.total, language))}
        </button>
      </section>
    </form>`
  return {
    title: words.checkoutTitle,
    content,
    ...(form === undefined
      ? { calls: [checkoutStarted(cart, cart, basket, totals, origin)] }
      : { status: 422 }),
  }
}

function labelOf({ words }: Visit, name: string): string {
  const labels = new Map([
    ['email', words.email],
    ['name', words.fullName],
    ['street', words.street],
    ['postalCode', words.postalCode],
    ['city', words.city],
    ['country', words.country],
  ])
  return labels.get(name) ?? name
}

export function orderPage(visit: Visit, { id, lines, totals, deliverTo }: Order): Page {
  const { words, language } = visit
  const content = html`<div class="heading">
      <h1>${words.thanks}</h1>
      <p class="lead">${words.orderPlaced(id)}</p>
      <p>${words.orderNote}</p>
    </div>
    <section class="summary narrow" aria-labelledby="summary-title">
      <h2 id="summary-title">${words.summary}</h2>
      <ul class="small-lines">
        ${[...lines.values()].map(
          ({ product, quantity, size }) =>
            html`<li>
              <span
                >${quantity} ×
                ${product.name[language]}${size === undefined ? '' : ` (${size})`}</span
              >
              <span>${price(product.price * quantity, language)}</span>
            </li>`,
        )}
      </ul>
      ${totalsList(visit, totals)}
      <p class="quiet">
        ${deliverTo.name}, ${deliverTo.street}, ${deliverTo.postalCode} ${deliverTo.city},
        ${words.countries[deliverTo.country] ?? deliverTo.country}
      </p>
    </section>
    <p><a class="button" href="/">${words.keepBrowsing}</a></p>`
  return { title: words.thanks, content }
}
