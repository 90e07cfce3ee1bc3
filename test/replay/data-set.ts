import type { JsonObject } from '../../edge/protocol/json.ts'
import type { Millis } from '../../edge/protocol/time.ts'

/** One line of a CSV file, by column. */
export type Row = { readonly [column: string]: string }

/** A `track` of the Segment Tracking API, its instant not yet shifted. */
export interface Message {
  /** The same for the same file, so that a second run sends duplicates. */
  readonly messageId: string
  readonly event: string
  readonly userId?: string
  readonly anonymousId?: string
  readonly timestamp: Millis
  readonly properties: JsonObject
}

/** How the rows of one kind of file become messages. */
export interface DataSet {
  readonly name: string
  /** Columns that a file of this kind has, by which it is recognised. */
  readonly columns: readonly string[]
  /** In an order that depends on the file alone. `skip` is told of every row that is no event of a person, and why. */
  messages(rows: AsyncIterable<Row>, skip: (reason: string) => void): AsyncIterable<Message>
}

/** The text of a column. Throws if the row has none: the file is then not what its header says. */
export function text(row: Row, column: string): string {
  const value = row[column]
  if (value === undefined) throw new Error(`a row has no ${column}`)
  return value
}

/** The number of a column; absent or unreadable: undefined. */
export function number(row: Row, column: string): number | undefined {
  const value = row[column]
  if (value === undefined || value.trim() === '') return undefined
  const parsed = Number(value)
  return Number.isFinite(parsed) ? parsed : undefined
}

/** Reads a date and time without a zone, or with `UTC` or `Z`, as UTC. Throws if it is none. */
export function instant(value: string): Millis {
  const iso = value.trim().replace(/ UTC$/, '').replace(/Z$/, '').replace(' ', 'T')
  const parsed = Date.parse(`${iso.includes('T') ? iso : `${iso}T00:00:00`}Z`)
  if (Number.isNaN(parsed)) throw new Error(`${value} is not a date`)
  return parsed
}

/** Amounts are sums of decimal prices: without rounding they would read 19.900000000000002. */
export function amount(value: number): number {
  return Math.round(value * 100) / 100
}
