import { fileFaultOf } from '../../parse/import-file.ts'
import {
  columnNames,
  detectEncoding,
  detectFormat,
  separatorLine,
} from '../../parse/import-format.ts'
import type { ImportFormat } from '../../protocol/import.ts'
import type { Json } from '../../protocol/json.ts'
import type { ImportCursor } from '../../storage/import-store.ts'
import { MAX_COLUMNS, refuseFile } from './file-refusal.ts'
import { flatten, readHeading, readRows } from './read-rows.ts'

/** Bytes from which format, columns and first rows are told. */
export const HEAD_BYTES = 64 * 1_024
/** Rows that are shown and that suggestions are made of. */
const SAMPLE = 20
const MAX_CELL = 200

export interface Head {
  readonly format: ImportFormat
  readonly columns: readonly string[]
  readonly start: ImportCursor
}

/**
 * Format and columns as the beginning of the file tells them, or as somebody knows better who looked at it.
 *
 * @throws Refusal 400: no table can be read from it.
 */
export function readHead(head: Uint8Array, isWhole: boolean, wanted?: ImportFormat): Head {
  const { encoding, mark } = detectEncoding(head)
  const rest = head.subarray(mark)
  const decoder = new TextDecoder(wanted?.encoding ?? encoding, { ignoreBOM: true, fatal: false })
  const text = decoder.decode(rest)
  const fault = fileFaultOf(head, text)
  if (fault !== undefined) throw refuseFile(fault)
  const format = wanted ?? detectFormat(text, encoding)
  if (format.type === 'ndjson') {
    return { format, columns: pathsOf(text, isWhole), start: { byte: mark, row: 0 } }
  }
  const said = separatorLine(text)
  const skipped =
    said === undefined ? 0 : said.length * (format.encoding.startsWith('utf-16') ? 2 : 1)
  const heading = readHeading(rest.subarray(skipped), format)
  if (heading === undefined) throw refuseFile('no-heading')
  const start = { byte: mark + skipped + heading.end, row: said === undefined ? 1 : 2 }
  return { format, columns: bounded(columnNames(heading.cells)), start }
}

function bounded(columns: readonly string[]): readonly string[] {
  if (columns.length > MAX_COLUMNS) throw refuseFile('too-many-columns')
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
  if (paths.size === 0) throw refuseFile('no-object')
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
