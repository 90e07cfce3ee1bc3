import { createHash } from 'node:crypto'
import { amount, instant, number, text, type DataSet, type Message, type Row } from './data-set.ts'

const EVENTS: { readonly [type: string]: string } = {
  view: 'Product Viewed',
  cart: 'Product Added',
  remove_from_cart: 'Product Removed',
  purchase: 'Order Completed',
}

/** Views, baskets and purchases of multi-category shops, as REES46 Open CDP publishes them. One row is one event. */
export const REES46: DataSet = {
  name: 'rees46',
  columns: ['event_time', 'event_type', 'product_id', 'category_code', 'price', 'user_id'],
  async *messages(rows, skip) {
    // Rows may be equal to the last column: the how-manieth of its kind a row is keeps them apart.
    const seen = new Map<string, number>()
    for await (const row of rows) {
      const event = EVENTS[text(row, 'event_type')]
      if (event === undefined) {
        skip(`unknown event type ${text(row, 'event_type')}`)
        continue
      }
      const content = JSON.stringify(row)
      const copy = seen.get(content) ?? 0
      seen.set(content, copy + 1)
      const id = createHash('sha256')
        .update(content)
        .update(String(copy))
        .digest('hex')
        .slice(0, 24)
      yield message(row, event, `rees46-${id}`)
    }
  },
}

function message(row: Row, event: string, messageId: string): Message {
  const price = number(row, 'price')
  const product = {
    product_id: text(row, 'product_id'),
    ...(row['category_code'] && { category: row['category_code'] }),
    ...(row['brand'] && { brand: row['brand'] }),
    ...(price !== undefined && { price }),
  }
  const session = row['user_session'] ? { session_id: row['user_session'] } : {}
  // A purchase row is one product; the file does not say which rows were one order.
  const properties =
    event === 'Order Completed'
      ? {
          order_id: messageId,
          ...(price !== undefined && { revenue: amount(price) }),
          products: [{ ...product, quantity: 1 }],
          ...session,
        }
      : { ...product, ...session }
  return {
    messageId,
    event,
    userId: text(row, 'user_id'),
    timestamp: instant(text(row, 'event_time')),
    properties,
  }
}
