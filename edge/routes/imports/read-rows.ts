import { parse } from 'csv-parse/sync'
import type { ImportRow } from '../../parse/import-message.ts'
import type { Encoding, ImportFormat } from '../../protocol/import.ts'
import type { Json } from '../../protocol/json.ts'

/** A row as it stands in the file. `end`: bytes from the start of what was read. */
export interface FileRow extends ImportRow {
  readonly start: number
  readonly end: number
  /** Why it cannot be used as it is. */
  readonly fault?: string
}

export interface RowsRead {
  readonly rows: readonly FileRow[]
  /** The bytes hold the beginning of a row that is longer than all of them. */
  readonly isLongRow: boolean
  /** The file ends with these rows. */
  readonly isEnd: boolean
  /** Text of a row, for the error file. */
  readonly textOf: (row: FileRow) => string
}

/** No fact is so long; a row of several lines that grows longer has a quote that is never closed. */
const MAX_ROW = 128 * 1_024
/** Rows with a stray quote that are passed over in one slice; the next slice goes on with the others. */
const MAX_RESTARTS = 50
const NEWLINE = 10
const RETURN = 13

/** Bytes of the file → UTF-8, in which a row's end is found, and offsets in it → bytes of the file. */
interface Utf8 {
  readonly bytes: Uint8Array
  readonly offsetOf: (offset: number) => number
}

function toUtf8(bytes: Uint8Array, encoding: Encoding): Utf8 {
  if (encoding === 'utf-8') return { bytes, offsetOf: (offset) => offset }
  const text = new TextDecoder(encoding, { ignoreBOM: true, fatal: false }).decode(bytes)
  const converted = new TextEncoder().encode(text)
  const width = encoding === 'windows-1252' ? 1 : 2
  const decoder = new TextDecoder()
  // Rows are asked for in their order: each conversion begins where the last one ended.
  let known = { offset: 0, units: 0 }
  return {
    bytes: converted,
    offsetOf: (offset) => {
      if (offset < known.offset) known = { offset: 0, units: 0 }
      const units = known.units + decoder.decode(converted.subarray(known.offset, offset)).length
      known = { offset, units }
      return units * width
    },
  }
}

/**
 * The whole rows of a part of a file, at most `limit`. A row that the part cuts off is left for the next part, unless
 * the file ends there. `row`: rows of the file before this part.
 */
export function readRows(
  part: Uint8Array,
  isEnd: boolean,
  format: ImportFormat,
  columns: readonly string[],
  row: number,
  limit: number,
): RowsRead {
  const utf8 = toUtf8(part, format.encoding)
  const cut = isEnd ? utf8.bytes.length : utf8.bytes.lastIndexOf(NEWLINE) + 1
  const bytes = utf8.bytes.subarray(0, cut)
  const { rows: found, isAll } =
    format.type === 'csv'
      ? readCsv(bytes, isEnd, format.delimiter, columns.length, row, limit)
      : readLines(bytes, columns, row, limit)
  const texts = new Map<FileRow, string>()
  const decoder = new TextDecoder()
  const rows = found.map((row) => {
    const each = isReadable(row, bytes, format.encoding) ? row : unreadable(row)
    const placed = { ...each, start: utf8.offsetOf(each.start), end: utf8.offsetOf(each.end) }
    if (format.encoding !== 'utf-8')
      texts.set(placed, decoder.decode(bytes.subarray(each.start, each.end)))
    return placed
  })
  return {
    rows,
    isLongRow: rows.length === 0 && !isEnd,
    isEnd: isEnd && isAll,
    textOf: (each) =>
      (texts.get(each) ?? decoder.decode(part.subarray(each.start, each.end))).trimEnd(),
  }
}

/** Bytes that are no characters of the file's encoding would be kept as question marks. */
function isReadable(
  { cells, start, end }: FileRow,
  bytes: Uint8Array,
  encoding: Encoding,
): boolean {
  if (encoding !== 'utf-8' || !cells.some((cell) => cell.includes('\ufffd'))) return true
  try {
    // The mark itself may stand in the file.
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start, end))
    return true
  } catch {
    return false
  }
}

const unreadable = (row: FileRow): FileRow => ({ ...row, cells: [], fault: 'wrong-encoding' })

/** The first row, with as many cells as it has; undefined: it does not end in this part. */
export function readHeading(
  part: Uint8Array,
  format: ImportFormat & { readonly type: 'csv' },
): { readonly cells: readonly string[]; readonly end: number } | undefined {
  const utf8 = toUtf8(part, format.encoding)
  const [first] = parseCsv(utf8.bytes, format.delimiter, 1).records
  return first === undefined ? undefined : { cells: first.cells, end: utf8.offsetOf(first.end) }
}

interface Found {
  readonly rows: FileRow[]
  readonly isAll: boolean
}

function readCsv(
  bytes: Uint8Array,
  isEnd: boolean,
  delimiter: string,
  width: number,
  before: number,
  limit: number,
): Found {
  const rows: FileRow[] = []
  let isAll = false
  let at = 0
  let row = before
  for (
    let restart = 0;
    restart < MAX_RESTARTS && rows.length < limit && at < bytes.length;
    restart++
  ) {
    const rest = bytes.subarray(at)
    const { records, isBroken } = parseCsv(rest, delimiter, limit - rows.length)
    const stray = records.findIndex(
      ({ cells }) => !fits(cells, width) && cells.some((cell) => cell.includes('\n')),
    )
    for (const record of stray < 0 ? records : records.slice(0, stray)) {
      const cells = record.cells.slice(0, width)
      const place = { row: row + record.row, start: at + record.start, end: at + record.end }
      rows.push({ ...place, cells, ...(!fits(record.cells, width) && { fault: 'wrong-columns' }) })
    }
    const last = stray < 0 ? records.at(-1) : records[stray - 1]
    if (stray < 0 && !isBroken) {
      isAll = rows.length < limit
      break
    }
    // A quote that is not closed here may be closed in the next part.
    if (stray < 0 && !isEnd && (records.length > 0 || rest.length < MAX_ROW)) break
    let start = at + (last?.end ?? 0)
    let number = (rows.at(-1)?.row ?? row) + 1
    for (; bytes[start] === NEWLINE || bytes[start] === RETURN; start++) {
      if (bytes[start] === NEWLINE) number++
    }
    const newline = bytes.indexOf(NEWLINE, start)
    // One line is lost by a stray quote, not all the lines up to the next quote.
    const end = newline < 0 ? bytes.length : newline + 1
    const fault = end - start > MAX_ROW ? 'row-too-long' : 'quote-not-closed'
    rows.push({ row: number, cells: [], start, end, fault })
    at = end
    row = number
  }
  return { rows, isAll: isAll || at >= bytes.length || rows.at(-1)?.end === bytes.length }
}

/** As many cells as the heading; more only if they are empty, as spreadsheets leave them. */
const fits = (cells: readonly string[], width: number): boolean =>
  cells.length >= width && cells.slice(width).every((cell) => cell === '')

interface CsvRecord {
  readonly cells: readonly string[]
  /** Counted from 1 in what was parsed, empty lines included. */
  readonly row: number
  readonly start: number
  readonly end: number
}

function parseCsv(
  bytes: Uint8Array,
  delimiter: string,
  limit: number,
): { readonly records: readonly CsvRecord[]; readonly isBroken: boolean } {
  const records: CsvRecord[] = []
  try {
    parse(bytes, {
      delimiter,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: MAX_ROW,
      to: limit,
      on_record: (cells: readonly string[], context) => {
        const last = records.at(-1)
        records.push({
          cells,
          row: records.length + 1 + context.empty_lines,
          start: last?.end ?? 0,
          end: context.bytes,
        })
        return null
      },
    })
    const end = records.at(-1)
    // The last row of a file may have no line end.
    if (
      end !== undefined &&
      records.length < limit &&
      end.end < bytes.length &&
      bytes.at(-1) !== NEWLINE
    ) {
      records[records.length - 1] = { ...end, end: bytes.length }
    }
    return { records, isBroken: false }
  } catch {
    return { records, isBroken: true }
  }
}

function readLines(
  bytes: Uint8Array,
  columns: readonly string[],
  before: number,
  limit: number,
): Found {
  const rows: FileRow[] = []
  const decoder = new TextDecoder()
  let row = before
  let start = 0
  for (; start < bytes.length && rows.length < limit;) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline + 1
    const place = { row: ++row, start, end }
    if (end - start > MAX_ROW) rows.push({ ...place, cells: [], fault: 'row-too-long' })
    else {
      const text = decoder.decode(bytes.subarray(start, end)).trim()
      const cells = text === '' ? [] : cellsOf(text, columns)
      if (cells === undefined) rows.push({ ...place, cells: [], fault: 'not-json' })
      else if (text !== '') rows.push({ ...place, cells })
    }
    start = end
  }
  return { rows, isAll: start >= bytes.length }
}

function cellsOf(line: string, columns: readonly string[]): readonly string[] | undefined {
  try {
    const flat = flatten(JSON.parse(line) as Json)
    return flat === undefined ? undefined : columns.map((column) => flat.get(column) ?? '')
  } catch {
    return undefined
  }
}

/** Deeper objects and lists stand as JSON text. */
const MAX_DEPTH = 3

/** An object's values by dotted path, as text; undefined: not an object. */
export function flatten(value: Json): ReadonlyMap<string, string> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const flat = new Map<string, string>()
  const walk = (part: Json, path: string, depth: number): void => {
    if (typeof part === 'object' && part !== null && !Array.isArray(part) && depth < MAX_DEPTH) {
      for (const [key, child] of Object.entries(part))
        walk(child, path === '' ? key : `${path}.${key}`, depth + 1)
    } else if (part !== null) flat.set(path, typeof part === 'string' ? part : JSON.stringify(part))
  }
  walk(value, '', 0)
  return flat
}
