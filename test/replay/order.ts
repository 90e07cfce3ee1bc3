import { Buffer } from 'node:buffer'
import type { JsonObject } from '../../edge/protocol/json.ts'
import { LIMITS } from '../../edge/protocol/event.ts'
import type { Row } from './data-set.ts'

/** Room for everything of an order's message but its products. */
const ENVELOPE_BYTES = 2 * 1024

/** Rows by the value of a column, in the order of first appearance: files interleave the lines of orders. */
export async function grouped(
  rows: AsyncIterable<Row>,
  column: string,
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const groups = new Map<string, Row[]>()
  for await (const row of rows) {
    const key = row[column] ?? ''
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return groups
}

/** The products of an order as far as one event may hold them, and how many were left off. */
export function fitting(products: readonly JsonObject[]): JsonObject {
  const kept: JsonObject[] = []
  let bytes = ENVELOPE_BYTES
  for (const product of products) {
    bytes += Buffer.byteLength(JSON.stringify(product)) + 1
    if (bytes > LIMITS.eventBytes) break
    kept.push(product)
  }
  const omitted = products.length - kept.length
  return { products: kept, ...(omitted > 0 && { products_omitted: omitted }) }
}
