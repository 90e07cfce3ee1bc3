import { Hono } from 'hono'
import { MAX_QUANTITY, changed, countOf, lineKey } from '../basket.ts'
import type { Line } from '../basket.ts'
import { basketChanged } from '../calls.ts'
import type { Call } from '../calls.ts'
import { productById } from '../catalogue/catalogue.ts'
import { basketPage } from '../pages/basket.ts'
import { show, visitOf } from '../visit.ts'
import type { Env, Visit } from '../visit.ts'

/** What `browser/shop.ts` gets when it adds something without leaving the page. */
export interface AddAnswer {
  readonly message: string
  readonly count: number
  readonly countWords: string
  readonly calls: readonly Call[]
}

export const basketRoutes = new Hono<Env>()
  .get('/basket', (c) => {
    const visit = visitOf(c)
    return show(c, visit, basketPage(visit))
  })
  .post('/basket/add', async (c) => {
    const visit = visitOf(c)
    const { words, session, language } = visit
    const form = await c.req.parseBody()
    const product = productById(String(form['product']))
    if (product === undefined) return c.notFound()
    const size = product.sizes.find((each) => each === form['size'])
    const key = lineKey(product, size)
    const missing = product.sizes.length > 0 && size === undefined
    const call = missing
      ? undefined
      : setQuantity(
          visit,
          key,
          (session.basket.get(key)?.quantity ?? 0) + quantityOf(form['quantity'], 1),
        )
    const message = missing
      ? words.sizeMissing
      : call === undefined
        ? words.basketFull
        : words.added(product.name[language])
    if (c.req.header('Accept') === 'application/json') {
      const count = countOf(session.basket)
      const calls = call === undefined ? [] : [call]
      return c.json({
        message,
        count,
        countWords: words.itemsInBasket(count),
        calls,
      } satisfies AddAnswer)
    }
    session.notice = message
    if (call !== undefined) session.calls = [...session.calls, call]
    return c.redirect(call === undefined ? `/product/${product.id}` : '/basket', 303)
  })
  .post('/basket/line', async (c) => {
    const visit = visitOf(c)
    const { words, session, language } = visit
    const form = await c.req.parseBody()
    const line = session.basket.get(String(form['key']))
    if (line !== undefined) {
      const quantity =
        form['remove'] === undefined ? quantityOf(form['quantity'], line.quantity) : 0
      const call = setQuantity(visit, line.key, quantity)
      if (call !== undefined) session.calls = [...session.calls, call]
      session.notice = quantity === 0 ? words.removed(line.product.name[language]) : words.updated
    }
    return c.redirect('/basket', 303)
  })

/** Changes the basket and tells how many came in or went out; undefined: nothing changed. */
function setQuantity({ session, origin }: Visit, key: string, quantity: number): Call | undefined {
  const before = session.basket.get(key)
  session.basket = changed(session.basket, key, quantity)
  const after = session.basket.get(key)
  const difference = (after?.quantity ?? 0) - (before?.quantity ?? 0)
  const line: Line | undefined = after ?? before
  if (line === undefined || difference === 0) return undefined
  const event = difference > 0 ? 'Product Added' : 'Product Removed'
  return basketChanged(event, { ...line, quantity: Math.abs(difference) }, session.cart, origin)
}

function quantityOf(text: unknown, otherwise: number): number {
  const quantity = Number(text)
  return Number.isInteger(quantity) && quantity >= 0 && quantity <= MAX_QUANTITY
    ? quantity
    : otherwise
}
