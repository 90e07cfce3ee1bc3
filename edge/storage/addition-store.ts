import type { ProfileId } from '../protocol/id.ts'
import { groupBy } from './group-by.ts'
import { insertRows, listed } from './insert-rows.ts'

/** A row of what is to be folded into a profile. */
export interface AdditionRow {
  readonly profile: ProfileId
  /** The catalog's that the state is right under once it is folded in. */
  readonly version: number
  readonly data: string
}

/** How much is beside a state. */
export interface Height {
  /** Of the newest. */
  readonly version: number
  readonly isFull: boolean
}

/** All that is to be folded into a profile, the oldest first. */
export type Additions = readonly AdditionRow[]

const NONE: ReadonlyMap<ProfileId, Additions> = new Map()
const NO_HEIGHTS: ReadonlyMap<ProfileId, Height> = new Map()

/** More than so many are folded into the state they stand beside, instead of one more. */
const MOST = 16

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
    // In the order in which they come, which is that of ids within a count: rows that long would be moved about else.
    sql.exec(`CREATE TABLE IF NOT EXISTS addition (
      profile TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL,
      PRIMARY KEY (profile, version))`)
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
  of(profile: ProfileId, written: number): Additions {
    if (written >= this.#newest) return []
    return this.#sql
      .exec<{ profile: ProfileId; version: number; data: string }>(
        'SELECT profile, version, data FROM addition WHERE profile = ? ORDER BY version',
        profile,
      )
      .toArray()
  }

  /** Of those among some profiles who have some. `oldest`: the oldest version that a state of these was written under. */
  ofMany(profiles: Iterable<ProfileId>, oldest: number): ReadonlyMap<ProfileId, Additions> {
    if (oldest >= this.#newest) return NONE
    const rows = this.#sql.exec<{ profile: ProfileId; version: number; data: string }>(
      `SELECT profile, version, data FROM addition
       WHERE profile IN (SELECT value FROM json_each(?)) ORDER BY profile, version`,
      listed(profiles),
    )
    return groupBy(rows, ({ profile }) => profile)
  }

  /**
   * How much is beside the states of those among some profiles who have some; of nobody if it is too little to matter:
   * nothing of between two versions, and not much.
   */
  heightsOf(
    profiles: Iterable<ProfileId>,
    [since, until]: readonly [since: number, until: number],
  ): ReadonlyMap<ProfileId, Height> {
    const isBetween = this.#versions.some((version) => version > since && version < until)
    if (!isBetween && this.#versions.length < MOST) return NO_HEIGHTS
    const rows = this.#sql.exec<{ profile: ProfileId; version: number; n: number }>(
      `SELECT profile, max(version) AS version, count(*) AS n FROM addition
       WHERE profile IN (SELECT value FROM json_each(?)) GROUP BY profile`,
      listed(profiles),
    )
    return new Map(
      Array.from(rows, ({ profile, version, n }) => [profile, { version, isFull: n >= MOST }]),
    )
  }

  /** Beside what was added before. Call it inside a transaction. */
  add(rows: readonly AdditionRow[]): void {
    for (const version of new Set(rows.map((row) => row.version))) {
      // Each time: what is known here outlives a transaction that is rolled back.
      this.#sql.exec('INSERT OR IGNORE INTO addition_version (version) VALUES (?)', version)
      if (version > this.#newest) this.#versions.push(version)
    }
    insertRows(
      this.#sql,
      'INSERT OR REPLACE INTO addition (profile, version, data)',
      ['?1', '?2', '?3'],
      rows.map(({ profile, version, data }) => [profile, version, data]),
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
