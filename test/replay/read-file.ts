import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { COMPLETE_JOURNEY } from './complete-journey.ts'
import type { DataSet, Row } from './data-set.ts'
import { DIGINETICA } from './diginetica.ts'
import { ONLINE_RETAIL } from './online-retail.ts'
import { REES46 } from './rees46.ts'

const DATA_SETS: readonly DataSet[] = [REES46, DIGINETICA, ONLINE_RETAIL, COMPLETE_JOURNEY]

export interface DataFile {
  readonly dataSet: DataSet
  /** Reads the file from its beginning, once for each call. */
  rows(): AsyncIterable<Row>
}

/** Recognises a CSV file, gzipped or not, by its header. Throws, naming the known kinds, if it is none of them. */
export async function openDataFile(path: string): Promise<DataFile> {
  const header = await firstLine(path)
  const delimiter = header.split(';').length > header.split(',').length ? ';' : ','
  const columns = header.split(delimiter).map((name) => name.trim().replaceAll('"', ''))
  const dataSet = DATA_SETS.find((set) => set.columns.every((name) => columns.includes(name)))
  if (!dataSet) {
    const known = DATA_SETS.map((set) => `  ${set.name}: ${set.columns.join(', ')}, …`).join('\n')
    throw new Error(
      `${path} is none of the known data sets. Its columns: ${columns.join(', ').slice(0, 300)}\nKnown:\n${known}`,
    )
  }
  return { dataSet, rows: () => readRows(path, delimiter) }
}

function readRows(path: string, delimiter: string): AsyncIterable<Row> {
  const parser = parse({ delimiter, columns: true, bom: true, relax_quotes: true, trim: false })
  // An error of any stage reaches whoever reads the last.
  pipeline(open(path), parser, () => undefined)
  return parser
}

async function firstLine(path: string): Promise<string> {
  const input = open(path)
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      return line.replace(/^\uFEFF/, '')
    }
    throw new Error(`${path} is empty`)
  } finally {
    input.destroy()
  }
}

/** The file's text, inflated if its name ends in `.gz`. */
function open(path: string): NodeJS.ReadableStream & { destroy(): unknown } {
  const file = createReadStream(path)
  if (!path.endsWith('.gz')) return file
  return pipeline(file, createGunzip(), () => undefined)
}
