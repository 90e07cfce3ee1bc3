import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer'
import { LAKE_COLUMNS, type LakeColumn, type LakeValue } from '../domain/lake-row.ts'

/** Rows that a reader must decode at once. */
const ROW_GROUP = 20_000

/**
 * Values by column, in the order of `LAKE_COLUMNS`, as a Parquet file: Snappy, dictionaries where they pay. The same
 * values always give the same bytes.
 */
export const lakeFile = (columns: readonly (readonly LakeValue[])[]): ArrayBuffer =>
  parquetWriteBuffer({
    columnData: LAKE_COLUMNS.map((column, index) => sourceOf(column, columns[index] ?? [])),
    rowGroupSize: ROW_GROUP,
    createdBy: 'prisme',
  })

function sourceOf(
  { name, type, json, unique }: LakeColumn,
  data: readonly LakeValue[],
): ColumnSource {
  return {
    name,
    type,
    data: [...data],
    ...(json === true && { statistics: false }),
    ...(unique === true && { encoding: 'PLAIN' }),
    ...(type === 'TIMESTAMP' && { encoding: 'DELTA_BINARY_PACKED' }),
  }
}
