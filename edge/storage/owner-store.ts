import type { Identifier } from '../protocol/identifier.ts'
import type { ProfileId } from '../protocol/id.ts'

export interface Ownership {
  readonly owner: ProfileId
  readonly proven: boolean
  /** Grows with each claim: who acts on what they read must name the version they read. */
  readonly version: number
}

/** The root of the graph in which each identifier is. */
export class OwnerStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS owner (
      kind TEXT NOT NULL, value TEXT NOT NULL, profile TEXT NOT NULL, proven INTEGER NOT NULL,
      version INTEGER NOT NULL, PRIMARY KEY (kind, value)) WITHOUT ROWID`)
  }

  find({ kind, value }: Identifier): Ownership | undefined {
    const [row] = this.#sql
      .exec<{ profile: string; proven: number; version: number }>(
        'SELECT profile, proven, version FROM owner WHERE kind = ? AND value = ?',
        kind,
        value,
      )
      .toArray()
    return (
      row && { owner: row.profile as ProfileId, proven: row.proven === 1, version: row.version }
    )
  }

  put({ kind, value }: Identifier, { owner, proven, version }: Ownership): void {
    this.#sql.exec(
      `INSERT OR REPLACE INTO owner (kind, value, profile, proven, version) VALUES (?, ?, ?, ?, ?)`,
      kind,
      value,
      owner,
      proven ? 1 : 0,
      version,
    )
  }
}
