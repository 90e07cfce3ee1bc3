import { columnNames, detectEncoding, detectFormat } from '../../parse/import-format.ts'
import type { ImportFormat } from '../../protocol/import.ts'
import type { Json } from '../../protocol/json.ts'
import type { ImportCursor } from '../../storage/import-store.ts'
import { Refusal } from '../problem.ts'
import { flatten, readHeading, readRows } from './read-rows.ts'

/** Bytes from which format, columns and first rows are told. */
export const HEAD_BYTES = 64 * 1_024
/** Rows that are shown and that suggestions are made of. */
const SAMPLE = 20
/** As many properties as an event may have. */
const MAX_COLUMNS = 255
const MAX_CELL = 200

export interface Head {
  readonly format: ImportFormat
  readonly columns: readonly string[]
  readonly start: ImportCursor
}

/** @throws Refusal 400: no heading, or too many columns. */
export function readHead(head: Uint8Array, isWhole: boolean): Head {
  const { encoding, mark } = detectEncoding(head)
  const rest = head.subarray(mark)
  const text = new TextDecoder(encoding, { ignoreBOM: true, fatal: false }).decode(rest)
  const format = detectFormat(text, encoding)
  if (format.type === 'ndjson') {
    return { format, columns: pathsOf(text, isWhole), start: { byte: mark, row: 0 } }
  }
  const heading = readHeading(rest, format)
  if (heading === undefined) throw new Refusal(400, 'The file has no heading in its first 64 KB.')
  const columns = bounded(columnNames(heading.cells))
  return { format, columns, start: { byte: mark + heading.end, row: 1 } }
}

function bounded(columns: readonly string[]): readonly string[] {
  if (columns.length > MAX_COLUMNS)
    throw new Refusal(400, `A file has at most ${MAX_COLUMNS} columns.`)
  return columns
}

function pathsOf(text: string, isWhole: boolean): readonly string[] {
  const paths = new Set<string>()
  const lines = text.split('\n')
  for (const line of isWhole ? lines : lines.slice(0, -1)) {
    try {
      for (const path of flatten(JSON.parse(line) as Json)?.keys() ?? []) paths.add(path)
    } catch {
      // A bad line is reported when the file is read.
    }
  }
  if (paths.size === 0) throw new Refusal(400, 'The file has no JSON object on a line of its own.')
  return bounded([...paths])
}

/** The first rows that are as they should be. */
export function sampleOf(
  bytes: Uint8Array,
  isWhole: boolean,
  { format, columns, start }: Head,
): readonly (readonly string[])[] {
  const rest = bytes.subarray(start.byte)
  return readRows(rest, isWhole, format, columns, start.row, SAMPLE).rows.flatMap((row) =>
    row.fault === undefined ? [row.cells.map((cell) => cell.slice(0, MAX_CELL))] : [],
  )
}
