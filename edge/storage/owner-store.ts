import type { IdentityAnswer } from '../protocol/objects.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type { ProfileId } from '../protocol/id.ts'

/** Which profile owns which identifier. */
export class OwnerStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS owner (
      kind TEXT NOT NULL, value TEXT NOT NULL, profile TEXT NOT NULL, proven INTEGER NOT NULL,
      PRIMARY KEY (kind, value)) WITHOUT ROWID`)
  }

  find({ kind, value }: Identifier): IdentityAnswer | undefined {
    const [row] = this.#sql
      .exec<{ profile: string; proven: number }>(
        'SELECT profile, proven FROM owner WHERE kind = ? AND value = ?',
        kind,
        value,
      )
      .toArray()
    return row && { owner: row.profile as ProfileId, proven: row.proven === 1, born: false }
  }

  put({ kind, value }: Identifier, profile: ProfileId, proven: boolean): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO owner (kind, value, profile, proven) VALUES (?, ?, ?, ?)',
      kind,
      value,
      profile,
      proven ? 1 : 0,
    )
  }
}
