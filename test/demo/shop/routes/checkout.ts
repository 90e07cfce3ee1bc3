import { randomInt } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import { basketTotals } from '../basket.ts'
import { orderCompleted } from '../calls.ts'
import type { Order } from '../order.ts'
import { checkoutPage, orderPage } from '../pages/checkout.ts'
import { newCart } from '../session.ts'
import { show, visitOf } from '../visit.ts'
import type { Env } from '../visit.ts'
import { WORDS } from '../words.ts'
import type { Words } from '../words.ts'

const MAX_LENGTH = 254

/** Reasons in the visitor's language. */
function addressSchema(words: Words) {
  const text = z.string(words.missing).trim().min(1, words.missing).max(MAX_LENGTH, words.tooLong)
  return z.object({
    email: text.pipe(z.email(words.badEmail)),
    name: text,
    street: text,
    postalCode: text,
    city: text,
    country: z.enum(Object.keys(WORDS.en.countries), words.missing),
  })
}

export const checkoutRoutes = new Hono<Env>()
  .get('/checkout', async (c) => {
    const visit = visitOf(c)
    if (visit.session.basket.size === 0) return c.redirect('/basket', 303)
    return show(c, visit, checkoutPage(visit))
  })
  .post('/checkout', async (c) => {
    const visit = visitOf(c)
    const { session, words, origin } = visit
    if (session.basket.size === 0) return c.redirect('/basket', 303)
    const form = await c.req.parseBody()
    const parsed = addressSchema(words).safeParse(form)
    if (!parsed.success) {
      const values = Object.fromEntries(
        Object.entries(form).map(([name, value]) => [name, String(value)]),
      )
      const errors = new Map(
        parsed.error.issues.toReversed().map(({ path, message }) => [String(path[0]), message]),
      )
      return show(
        c,
        visit,
        checkoutPage(visit, { values, errors: new Map([...errors].toReversed()) }),
      )
    }
    const order: Order = {
      id: newOrderId(),
      checkout: session.cart,
      at: new Date().toISOString(),
      lines: session.basket,
      totals: basketTotals(session.basket),
      deliverTo: parsed.data,
    }
    session.orders = [...session.orders, order]
    session.basket = new Map()
    session.cart = newCart()
    // A guest's address comes with the order; a customer's is known, and proven, since the sign-in.
    if (session.customer === undefined) session.calls = [['identify', { email: parsed.data.email }]]
    session.calls = [...session.calls, orderCompleted(order, origin)]
    return c.redirect(`/orders/${order.id}`, 303)
  })
  .get('/orders/:id', (c) => {
    const visit = visitOf(c)
    const order = visit.session.orders.find(({ id }) => id === c.req.param('id'))
    return order === undefined ? c.notFound() : show(c, visit, orderPage(visit, order))
  })

/** Without letters and digits that look alike. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

function newOrderId(): string {
  return `RV-${Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`
}
