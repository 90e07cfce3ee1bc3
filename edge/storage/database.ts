import { Kysely, type Compilable } from 'kysely'
import { D1Dialect } from './d1-dialect.ts'
import type { Schema } from './schema.ts'

export const databaseOf = (db: D1Database): Kysely<Schema> =>
  new Kysely<Schema>({ dialect: new D1Dialect(db) })

/** Builds statements without running them, for `batch`. */
export function statement(db: D1Database, query: Compilable): D1PreparedStatement {
  const { sql, parameters } = query.compile()
  return db.prepare(sql).bind(...parameters)
}

/** Runs statements as one transaction, the only kind D1 has. */
export const transaction = (db: D1Database, queries: readonly Compilable[]): Promise<D1Result[]> =>
  db.batch(queries.map((query) => statement(db, query)))
