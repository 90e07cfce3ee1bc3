import type { Identifier } from '../protocol/identifier.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'

export interface Ownership {
  readonly owner: ProfileId
  readonly proven: boolean
  /** Grows with each claim: who acts on what they read must name the version they read. */
  readonly version: number
  /** Whoever bore it before was erased then. */
  readonly erasedAt?: Millis
}

/** The root of the graph in which each identifier is. */
export class OwnerStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS owner (
      kind TEXT NOT NULL, value TEXT NOT NULL, profile TEXT NOT NULL, proven INTEGER NOT NULL,
      version INTEGER NOT NULL, PRIMARY KEY (kind, value)) WITHOUT ROWID`)
    sql.exec(`CREATE TABLE IF NOT EXISTS reborn (
      kind TEXT NOT NULL, value TEXT NOT NULL, erased_at REAL NOT NULL,
      PRIMARY KEY (kind, value)) WITHOUT ROWID`)
  }

  find({ kind, value }: Identifier): Ownership | undefined {
    const [row] = this.#sql
      .exec<{ profile: string; proven: number; version: number; erased_at: number | null }>(
        `SELECT profile, proven, version, erased_at FROM owner
         LEFT JOIN reborn USING (kind, value) WHERE kind = ? AND value = ?`,
        kind,
        value,
      )
      .toArray()
    return (
      row && {
        owner: row.profile as ProfileId,
        proven: row.proven === 1,
        version: row.version,
        ...(row.erased_at !== null && { erasedAt: row.erased_at }),
      }
    )
  }

  put({ kind, value }: Identifier, { owner, proven, version }: Omit<Ownership, 'erasedAt'>): void {
    this.#sql.exec(
      `INSERT OR REPLACE INTO owner (kind, value, profile, proven, version) VALUES (?, ?, ?, ?, ?)`,
      kind,
      value,
      owner,
      proven ? 1 : 0,
      version,
    )
  }

  /** It is claimed again, after whoever bore it was erased. */
  noteReborn({ kind, value }: Identifier, erasedAt: Millis): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO reborn (kind, value, erased_at) VALUES (?, ?, ?)',
      kind,
      value,
      erasedAt,
    )
  }

  drop({ kind, value }: Identifier): void {
    this.#sql.exec('DELETE FROM owner WHERE kind = ? AND value = ?', kind, value)
    this.#sql.exec('DELETE FROM reborn WHERE kind = ? AND value = ?', kind, value)
  }
}
