import { identifierKey } from '../domain/identity.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'
import { groupBy } from './group-by.ts'
import { insertRows, listed } from './insert-rows.ts'

type Row = { profile: string; proven: number; version: number; erased_at: number | null }

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
      .exec<Row>(
        `SELECT profile, proven, version, erased_at FROM owner
         LEFT JOIN reborn USING (kind, value) WHERE kind = ? AND value = ?`,
        kind,
        value,
      )
      .toArray()
    return row && ownershipOf(row)
  }

  /** Of many, by `identifierKey`; those that nobody owns are not among them. */
  findMany(identifiers: readonly Identifier[]): Map<string, Ownership> {
    const found = new Map<string, Ownership>()
    for (const [kind, some] of groupBy(identifiers, (one) => one.kind)) {
      const rows = this.#sql.exec<Row & { value: string }>(
        `SELECT value, profile, proven, version, erased_at FROM owner
         LEFT JOIN reborn USING (kind, value)
         WHERE kind = ? AND value IN (SELECT value FROM json_each(?))`,
        kind,
        listed(some.map(({ value }) => value)),
      )
      for (const row of rows) found.set(identifierKey({ kind, value: row.value }), ownershipOf(row))
    }
    return found
  }

  put(identifier: Identifier, ownership: Omit<Ownership, 'erasedAt'>): void {
    this.putMany([{ identifier, ownership }])
  }

  putMany(
    owned: readonly {
      readonly identifier: Identifier
      readonly ownership: Omit<Ownership, 'erasedAt'>
    }[],
  ): void {
    insertRows(
      this.#sql,
      'INSERT OR REPLACE INTO owner (kind, value, profile, proven, version)',
      ['?1', '?2', '?3', '?4', '?5'],
      owned.map(({ identifier: { kind, value }, ownership: { owner, proven, version } }) => [
        kind,
        value,
        owner,
        proven ? 1 : 0,
        version,
      ]),
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

const ownershipOf = ({ profile, proven, version, erased_at }: Row): Ownership => ({
  owner: profile as ProfileId,
  proven: proven === 1,
  version,
  ...(erased_at !== null && { erasedAt: erased_at }),
})
