import { shuffled, type Draw } from '../domain/sample.ts'

/** Of so many rows less than one holds a profile: then they are looked for, not tried. */
const SPARSE = 50
/** Rows tried with one statement. */
const TRIED = 500

/**
 * Row numbers of up to `count` profiles of a shard, uniform without replacement, in random order. Numbers are drawn
 * until enough of them are those of profiles: gaps that moves, merges and erasures left, and rows that only lead
 * elsewhere, are passed by, which makes no profile likelier than another. Nothing else of the table is read.
 */
export function sampleRows(
  sql: SqlStorage,
  count: number,
  population: number,
  draw: Draw,
): readonly number[] {
  const last = sql.exec<{ n: number | null }>('SELECT max(rowid) AS n FROM profile').one().n ?? 0
  if (last > population * SPARSE) return searched(sql, count, draw)
  const found: number[] = []
  const places = shuffled(last, draw)
  const wanted = Math.min(count, population)
  while (found.length < wanted) {
    const likely = Math.ceil(((wanted - found.length) * last) / population)
    const tried = taken(places, Math.min(likely, TRIED)).map((place) => place + 1)
    if (tried.length === 0) break
    const rows = sql.exec<{ n: number }>(
      `SELECT rowid AS n FROM profile
       WHERE rowid IN (SELECT value FROM json_each(?)) AND state NOT NULL`,
      JSON.stringify(tried),
    )
    const live = new Set(Array.from(rows, ({ n }) => n))
    for (const one of tried) if (live.has(one) && found.length < wanted) found.push(one)
  }
  return found
}

/** Row numbers of the up to `count` profiles that were born last, the newest first. */
export function newestRows(sql: SqlStorage, count: number): readonly number[] {
  const rows = sql.exec<{ n: number }>(
    'SELECT rowid AS n FROM profile WHERE state NOT NULL ORDER BY rowid DESC LIMIT ?',
    count,
  )
  return Array.from(rows, ({ n }) => n)
}

function searched(sql: SqlStorage, count: number, draw: Draw): readonly number[] {
  const rows = sql.exec<{ n: number }>('SELECT rowid AS n FROM profile WHERE state NOT NULL')
  const all = Array.from(rows, ({ n }) => n)
  return taken(shuffled(all.length, draw), count).map((place) => all[place] as number)
}

function taken<T>(values: Iterator<T>, count: number): T[] {
  const some: T[] = []
  while (some.length < count) {
    const { value, done } = values.next()
    if (done === true) break
    some.push(value)
  }
  return some
}
