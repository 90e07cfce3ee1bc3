import type { ProfileId } from '../protocol/id.ts'
import { insertRows, listed } from './insert-rows.ts'

/** A row of what is to be folded into a profile. */
export interface AdditionRow {
  readonly profile: ProfileId
  /** The catalog's that the state is right under once it is folded in. */
  readonly version: number
  /** A line for each addition. */
  readonly data: string
}

/**
 * What back-fills found to be new of profiles, beside their states: it is folded in whenever a profile is read, and
 * goes when it is written. Where nothing was ever added, and of whoever was written since, nobody looks for it.
 */
export class AdditionStore {
  readonly #sql: SqlStorage
  /** Versions of them, the newest last; one that was rolled back costs a look in vain. */
  readonly #versions: number[]

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS addition (
      profile TEXT PRIMARY KEY, version INTEGER NOT NULL, data TEXT NOT NULL) WITHOUT ROWID`)
    sql.exec('CREATE TABLE IF NOT EXISTS addition_version (version INTEGER PRIMARY KEY)')
    this.#versions = sql
      .exec<{ version: number }>('SELECT version FROM addition_version ORDER BY version')
      .toArray()
      .map(({ version }) => version)
  }

  get #newest(): number {
    return this.#versions.at(-1) ?? 0
  }

  /** Of a profile whose state was written under a version of the catalog. */
  of(profile: ProfileId, version: number): AdditionRow | undefined {
    if (version >= this.#newest) return undefined
    return this.#sql
      .exec<{ profile: ProfileId; version: number; data: string }>(
        'SELECT profile, version, data FROM addition WHERE profile = ?',
        profile,
      )
      .toArray()[0]
  }

  /** Of those among some profiles who have some. `oldest`: the oldest version that a state of these was written under. */
  ofMany(profiles: Iterable<ProfileId>, oldest = 0): ReadonlyMap<ProfileId, AdditionRow> {
    if (oldest >= this.#newest) return NONE
    const rows = this.#sql.exec<{ profile: ProfileId; version: number; data: string }>(
      `SELECT profile, version, data FROM addition
       WHERE profile IN (SELECT value FROM json_each(?))`,
      listed(profiles),
    )
    return new Map(Array.from(rows, (row) => [row.profile, row]))
  }

  /** What newer version than one, and older than another, was added to those among some profiles who have some. */
  versionsOf(
    profiles: Iterable<ProfileId>,
    [since, until]: readonly [since: number, until: number],
  ): ReadonlyMap<ProfileId, number> {
    if (!this.#versions.some((version) => version > since && version < until)) return NO_VERSIONS
    const rows = this.#sql.exec<{ profile: ProfileId; version: number }>(
      'SELECT profile, version FROM addition WHERE profile IN (SELECT value FROM json_each(?))',
      listed(profiles),
    )
    return new Map(Array.from(rows, ({ profile, version }) => [profile, version]))
  }

  /** Behind what was added before. Call it inside a transaction. */
  add(rows: readonly AdditionRow[]): void {
    if (rows.length === 0) return
    for (const version of new Set(rows.map((row) => row.version))) {
      // Each time: what is known here outlives a transaction that is rolled back.
      this.#sql.exec('INSERT OR IGNORE INTO addition_version (version) VALUES (?)', version)
      if (version > this.#newest) this.#versions.push(version)
    }
    insertRows(
      this.#sql,
      'INSERT INTO addition (profile, version, data)',
      ['?1', '?2', '?3'],
      rows.map(({ profile, version, data }) => [profile, version, data]),
      `ON CONFLICT (profile) DO UPDATE SET version = excluded.version,
         data = data || char(10) || excluded.data`,
    )
  }

  /** It was folded into the state that is written, or goes with it. */
  drop(profile: ProfileId): void {
    if (this.#newest > 0) this.#sql.exec('DELETE FROM addition WHERE profile = ?', profile)
  }

  dropMany(profiles: Iterable<ProfileId>): void {
    if (this.#newest === 0) return
    this.#sql.exec(
      'DELETE FROM addition WHERE profile IN (SELECT value FROM json_each(?))',
      listed(profiles),
    )
  }
}

const NONE: ReadonlyMap<ProfileId, AdditionRow> = new Map()
const NO_VERSIONS: ReadonlyMap<ProfileId, number> = new Map()
