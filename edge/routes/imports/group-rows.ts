import { MessageBuilder, type BuiltMessage, type RowFault } from '../../parse/import-message.ts'
import type { ImportCursor } from '../../storage/import-store.ts'
import type { FileRow } from './read-rows.ts'

/** Longer orders would not fit into a message. */
const MAX_LINES = 1_000

export interface Grouped {
  readonly built: readonly BuiltMessage[]
  readonly faults: readonly RowFault[]
  /** How many of the rows are dealt with; the others begin an order that the part cuts off. */
  readonly taken: number
  readonly longOrder?: string
}

/** Makes messages of rows: of each row one, of the lines of an order that follow each other one. */
export function groupRows(
  builder: MessageBuilder,
  rows: readonly FileRow[],
  isEnd: boolean,
  { longOrder: before }: Pick<ImportCursor, 'longOrder'>,
): Grouped {
  const built: BuiltMessage[] = []
  const faults: RowFault[] = []
  let longOrder = before
  let at = 0
  while (at < rows.length) {
    const first = rows[at]
    if (first === undefined) break
    if (first.fault !== undefined) {
      faults.push({ row: first.row, reason: first.fault })
      at++
      continue
    }
    const order = builder.groupOf(first)
    if (order !== undefined && order !== '' && order === longOrder) {
      faults.push({ row: first.row, reason: 'order-too-long' })
      at++
      continue
    }
    longOrder = undefined
    let end = at + 1
    if (order !== undefined && order !== '') {
      while (end < rows.length && isLine(builder, rows[end], order)) end++
      if (end - at > MAX_LINES) {
        longOrder = order
        continue
      }
      // Its other lines may stand in the next part.
      if (end === rows.length && !isEnd && at > 0) break
      if (end === rows.length && !isEnd) {
        longOrder = order
        continue
      }
    }
    const result = builder.build(rows.slice(at, end))
    if ('message' in result) built.push(result)
    else faults.push(...result)
    at = end
  }
  return { built, faults, taken: at, ...(longOrder !== undefined && { longOrder }) }
}

/** A row that cannot be read ends an order: whose line it is cannot be told. */
const isLine = (builder: MessageBuilder, row: FileRow | undefined, order: string): boolean =>
  row !== undefined && row.fault === undefined && builder.groupOf(row) === order
