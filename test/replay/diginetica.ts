import { instant, number, text, type DataSet } from './data-set.ts'

/**
 * Product views of an online shop, of the CIKM Cup 2016. A session is a browser; some sessions name their user. The
 * file has the day and the milliseconds since the session began, so a session is taken to begin with its day.
 */
export const DIGINETICA: DataSet = {
  name: 'diginetica',
  columns: ['session_id', 'user_id', 'item_id', 'timeframe', 'eventdate'],
  async *messages(rows) {
    const seen = new Map<string, number>()
    for await (const row of rows) {
      const session = text(row, 'session_id')
      const item = text(row, 'item_id')
      const user = text(row, 'user_id')
      const offset = number(row, 'timeframe') ?? 0
      const base = `diginetica-${session}-${item}-${offset}`
      const copy = seen.get(base) ?? 0
      seen.set(base, copy + 1)
      yield {
        messageId: copy === 0 ? base : `${base}-${copy}`,
        event: 'Product Viewed',
        anonymousId: `session-${session}`,
        ...(user !== 'NA' && user !== '' && { userId: user }),
        timestamp: instant(text(row, 'eventdate')) + offset,
        properties: { product_id: item, session_id: session },
      }
    }
  },
}
