/** Values that one statement may bind: a limit of the platform. */
const MAX_BINDINGS = 100

type Row = readonly (SqlStorageValue | ArrayBuffer)[]

/**
 * Runs `{insert} VALUES …` with as many rows to a statement as it may bind: what a statement costs by itself is then
 * shared by them. `columns`: SQL of the values of one row, in which `?1`, `?2`… are its own bindings.
 * `otherwise`: what to do where there is such a row.
 * @returns rows written, those of indexes among them.
 */
export function insertRows(
  sql: SqlStorage,
  insert: string,
  columns: readonly string[],
  rows: readonly Row[],
  otherwise = '',
): number {
  const width = rows[0]?.length ?? 1
  const most = Math.floor(MAX_BINDINGS / width)
  let written = 0
  for (let at = 0; at < rows.length; at += most) {
    const some = rows.slice(at, at + most)
    const values = valuesOf(columns, width, some.length)
    written += sql.exec(`${insert} VALUES ${values} ${otherwise}`, ...some.flat()).rowsWritten
  }
  return written
}

/** Texts of the statements, which are few. */
const texts = new Map<string, string>()

function valuesOf(columns: readonly string[], width: number, count: number): string {
  const name = `${count} ${columns.join()}`
  const known = texts.get(name)
  if (known !== undefined) return known
  const rows = Array.from({ length: count }, (_, row) => {
    const bound = columns.map((column) =>
      column.replaceAll(/\?(\d+)/g, (_all, n: string) => `?${row * width + Number(n)}`),
    )
    return `(${bound.join()})`
  })
  const text = rows.join()
  texts.set(name, text)
  return text
}

/** Each value of a list as a row named `value`, for `IN (SELECT value FROM json_each(?))`. */
export const listed = (values: Iterable<string>): string => JSON.stringify([...values])
