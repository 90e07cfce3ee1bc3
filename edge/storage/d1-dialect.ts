import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
} from 'kysely'

/**
 * Kysely over D1. Of the published dialects, `kysely-d1` 0.4 answers in a form of Kysely 0.22, which Kysely reports
 * in the log of every isolate; better-auth's is not exported.
 */
export class D1Dialect implements Dialect {
  readonly #connection: DatabaseConnection

  constructor(db: D1Database) {
    this.#connection = new D1Connection(db)
  }

  createAdapter = (): SqliteAdapter => new SqliteAdapter()

  createQueryCompiler = (): SqliteQueryCompiler => new SqliteQueryCompiler()

  createIntrospector = (db: Kysely<unknown>): DatabaseIntrospector => new SqliteIntrospector(db)

  createDriver = (): Driver => ({
    init: async () => {},
    acquireConnection: async () => this.#connection,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: async () => {},
    destroy: async () => {},
  })
}

class D1Connection implements DatabaseConnection {
  readonly #db: D1Database

  constructor(db: D1Database) {
    this.#db = db
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { results, meta } = await this.#db
      .prepare(sql)
      .bind(...parameters)
      .all<Row>()
    return { rows: results, numAffectedRows: BigInt(meta.changes) }
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('D1 does not stream rows')
  }
}

const refuse = async (): Promise<never> => {
  throw new Error('D1 has no open transactions: use transaction() of database.ts')
}
