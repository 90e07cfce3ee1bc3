/** Graphs that several profiles of a shard share. One profile's own stands in its row. */
export class GraphStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(
      'CREATE TABLE IF NOT EXISTS graph (key TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID',
    )
    sql.exec(`CREATE TABLE IF NOT EXISTS disowned (
      identifier TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID`)
  }

  find(key: string): string | undefined {
    return this.#sql
      .exec<{ data: string }>('SELECT data FROM graph WHERE key = ?', key)
      .toArray()[0]?.data
  }

  put(key: string, data: string): void {
    this.#sql.exec('INSERT OR REPLACE INTO graph (key, data) VALUES (?, ?)', key, data)
  }

  drop(key: string): void {
    this.#sql.exec('DELETE FROM graph WHERE key = ?', key)
  }

  /**
   * This shard has said, to somebody who read that version of the claim, that nobody here bears an identifier: they may
   * take it over, so a claim of that version or an older one counts no more.
   */
  disown(identifier: string, version: number): void {
    this.#sql.exec(
      `INSERT INTO disowned (identifier, version) VALUES (?1, ?2)
       ON CONFLICT (identifier) DO UPDATE SET version = max(version, ?2)`,
      identifier,
      version,
    )
  }

  isDisowned(identifier: string): boolean {
    return (
      this.#sql.exec('SELECT 1 FROM disowned WHERE identifier = ?', identifier).toArray().length > 0
    )
  }

  /** The claim was made again, and is of that version by now. */
  own(identifier: string, version: number): void {
    this.#sql.exec('DELETE FROM disowned WHERE identifier = ? AND version < ?', identifier, version)
  }

  /** Nobody is called so any more. */
  erase(identifier: string): void {
    this.#sql.exec('DELETE FROM disowned WHERE identifier = ?', identifier)
  }
}
