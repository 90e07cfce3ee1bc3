/** Small facts of one object, by name, as JSON. */
export class MetaStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(
      'CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
    )
  }

  get<T>(name: string): T | undefined {
    const [row] = this.#sql
      .exec<{ value: string }>('SELECT value FROM meta WHERE name = ?', name)
      .toArray()
    return row === undefined ? undefined : (JSON.parse(row.value) as T)
  }

  set(name: string, value: unknown): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)',
      name,
      JSON.stringify(value),
    )
  }
}
