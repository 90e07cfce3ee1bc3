import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { ByteWriter, parquetWriteRows } from 'hyparquet-writer'
import { LAKE_COLUMNS, type LakeRow } from '../domain/lake-row.ts'

/** Rows that a writer holds, and a reader must decode, at once: what fits a Worker's memory several times over. */
const ROW_GROUP = 5_000

export const LAKE_FILE = { contentType: 'application/vnd.apache.parquet' } as const

const columns = LAKE_COLUMNS.map(({ name, type, json, unique }) => ({
  name,
  type,
  ...(json === true && { statistics: false }),
  ...(unique === true && { encoding: 'PLAIN' as const }),
  ...(type === 'TIMESTAMP' && { encoding: 'DELTA_BINARY_PACKED' as const }),
}))

/**
 * Rows as a Parquet file: Snappy, dictionaries where they pay. The same rows always give the same bytes. Of rows that
 * come asynchronously, only one group is held beside the file.
 */
export async function writeLakeFile(
  rows: Iterable<LakeRow> | AsyncIterable<LakeRow>,
): Promise<ArrayBuffer> {
  const writer = new ByteWriter()
  await parquetWriteRows({ writer, rows, columns, rowGroupSize: ROW_GROUP, createdBy: 'prisme' })
  return writer.getBuffer()
}

/** The rows of a file, in its order, one group in memory at a time. */
export async function* readLakeFile(file: ArrayBuffer): AsyncGenerator<LakeRow> {
  const metadata = parquetMetadata(file)
  let rowStart = 0
  for (const { num_rows: count } of metadata.row_groups) {
    const rowEnd = rowStart + Number(count)
    yield* (await parquetReadObjects({ file, metadata, rowStart, rowEnd })) as LakeRow[]
    rowStart = rowEnd
  }
}
