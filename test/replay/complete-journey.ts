import { amount, instant, number, text, type DataSet, type Row } from './data-set.ts'
import { fitting, grouped } from './order.ts'

/** A year of households' shopping (dunnhumby, 84.51°): lines of till receipts. A basket is one order. */
export const COMPLETE_JOURNEY: DataSet = {
  name: 'complete_journey',
  columns: ['household_id', 'basket_id', 'product_id', 'sales_value', 'transaction_timestamp'],
  async *messages(rows) {
    for (const [basket, lines] of await grouped(rows, 'basket_id')) {
      const first = lines[0] as Row
      const sum = (...columns: readonly string[]) =>
        amount(
          lines.reduce(
            (all, line) => columns.reduce((now, column) => now + (number(line, column) ?? 0), all),
            0,
          ),
        )
      yield {
        messageId: `complete_journey-${basket}`,
        event: 'Order Completed',
        userId: text(first, 'household_id'),
        timestamp: instant(text(first, 'transaction_timestamp')),
        properties: {
          order_id: basket,
          revenue: sum('sales_value'),
          discount: sum('retail_disc', 'coupon_disc', 'coupon_match_disc'),
          coupon: sum('coupon_disc') > 0,
          currency: 'USD',
          store_id: text(first, 'store_id'),
          ...fitting(lines.map(product)),
        },
      }
    }
  },
}

function product(line: Row) {
  const quantity = number(line, 'quantity') ?? 0
  const value = number(line, 'sales_value') ?? 0
  return {
    product_id: text(line, 'product_id'),
    quantity,
    price: amount(quantity > 0 ? value / quantity : value),
  }
}
