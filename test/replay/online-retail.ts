import type { JsonObject } from '../../edge/protocol/json.ts'
import { amount, instant, number, text, type DataSet, type Message, type Row } from './data-set.ts'
import { fitting, grouped } from './order.ts'

/**
 * Invoice lines of a British gift shop (UCI 352). An invoice is one order; one whose number begins with C takes goods
 * back or gives money back. A customer's number may be missing: the invoice is then a stranger's.
 */
export const ONLINE_RETAIL: DataSet = {
  name: 'online_retail',
  columns: ['InvoiceNo', 'StockCode', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID'],
  async *messages(rows, skip) {
    for (const [invoice, lines] of await grouped(rows, 'InvoiceNo')) {
      const kept = lines.filter((line) => {
        const reason = reasonToSkip(invoice, line)
        if (reason) skip(reason)
        return !reason
      })
      if (kept.length > 0) yield message(invoice, kept)
    }
  },
}

/** Why a line is nothing a customer did; undefined: it is. */
function reasonToSkip(invoice: string, line: Row): string | undefined {
  if (!/^C?\d/.test(invoice)) return 'bookkeeping, not an order'
  const isRefund = invoice.startsWith('C')
  return !isRefund && (number(line, 'Quantity') ?? 0) <= 0 ? 'stock correction' : undefined
}

function message(invoice: string, lines: readonly Row[]): Message {
  const isRefund = invoice.startsWith('C')
  const first = lines[0] as Row
  const customer = text(first, 'CustomerID').replace(/\.0$/, '')
  const total = lines.reduce(
    (sum, line) => sum + (number(line, 'Quantity') ?? 0) * (number(line, 'UnitPrice') ?? 0),
    0,
  )
  return {
    messageId: `online_retail-${invoice}`,
    event: isRefund ? 'Order Refunded' : 'Order Completed',
    ...(customer === '' ? { anonymousId: `invoice-${invoice}` } : { userId: customer }),
    timestamp: instant(text(first, 'InvoiceDate')),
    properties: {
      order_id: invoice,
      // A refund's lines count backwards; what was refunded is a positive amount.
      ...(isRefund ? { total: amount(-total) } : { revenue: amount(total) }),
      currency: 'GBP',
      country: text(first, 'Country'),
      ...fitting(lines.map((line) => product(line, isRefund))),
    },
  }
}

function product(line: Row, isRefund: boolean): JsonObject {
  const quantity = number(line, 'Quantity') ?? 0
  return {
    product_id: text(line, 'StockCode'),
    ...(line['Description'] && { name: line['Description'].trim() }),
    price: number(line, 'UnitPrice') ?? 0,
    quantity: isRefund ? -quantity : quantity,
  }
}
