import type { Millis } from '../protocol/time.ts'

export interface Tombstone {
  /** What happened until then was erased. */
  readonly at: Millis
  /** Of the claim that was given up: those that follow count on. */
  readonly version: number
}

/** What is left of those who were erased: keyed hashes of what they were called. */
export class TombstoneStore {
  readonly #sql: SqlStorage
  #isEmpty: boolean

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS tombstone (
      hash TEXT PRIMARY KEY, at REAL NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID`)
    this.#isEmpty = sql.exec('SELECT 1 FROM tombstone LIMIT 1').toArray().length === 0
  }

  /** Nobody was ever erased here: nothing need be hashed to be looked for. */
  get isEmpty(): boolean {
    return this.#isEmpty
  }

  find(hash: string): Tombstone | undefined {
    return this.#sql
      .exec<{ at: number; version: number }>(
        'SELECT at, version FROM tombstone WHERE hash = ?',
        hash,
      )
      .toArray()[0]
  }

  put(hash: string, { at, version }: Tombstone): void {
    this.#isEmpty = false
    this.#sql.exec(
      `INSERT INTO tombstone (hash, at, version) VALUES (?1, ?2, ?3)
       ON CONFLICT (hash) DO UPDATE SET at = max(at, ?2), version = max(version, ?3)`,
      hash,
      at,
      version,
    )
  }
}
