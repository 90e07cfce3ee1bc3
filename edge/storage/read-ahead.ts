import type { Names } from './history-texts.ts'
import type { SealedRow } from './sealed-chunk.ts'

/** Of what is sealed so much is read ahead, and little more: histories may be long. */
const MOST_CHARACTERS = 4_000_000

/** What is going to be asked of many histories. */
export interface Question {
  /** Of events that bear one of these names. */
  readonly names: Names
  /** What they told. */
  readonly properties: boolean
  /** Their ids, where the order of events decides. */
  readonly ids: boolean
}

/** Columns of a row that were read together. */
export type ReadColumns = Pick<SealedRow, 'heads'> & Partial<Pick<SealedRow, 'properties' | 'ids'>>

export const sizeOf = ({ heads, properties = '', ids = '' }: ReadColumns): number =>
  heads.length + properties.length + ids.length

/** The columns of some rows, read with one statement; those that are not answered are read each when it is its turn. */
export function readAhead(
  sql: SqlStorage,
  rows: readonly number[],
  { properties, ids }: Question,
): ReadonlyMap<number, ReadColumns> {
  const read = new Map<number, ReadColumns>()
  if (rows.length === 0) return read
  const columns = ['id', 'heads', properties ? 'properties' : [], ids ? 'ids' : []].flat()
  const found = sql.exec<{ id: number } & ReadColumns>(
    `SELECT ${columns.join()} FROM sealed WHERE id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(rows),
  )
  let size = 0
  for (const { id, ...some } of found) {
    read.set(id, some)
    size += sizeOf(some)
    if (size > MOST_CHARACTERS) break
  }
  return read
}
