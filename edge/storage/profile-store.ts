import { decodeProfile, encodeProfile, type Profile } from '../domain/profile.ts'
import type { DeviceId, ProfileId } from '../protocol/id.ts'

/**
 * Profiles and devices of one shard. A row either holds a state or points elsewhere: ids of merged profiles and of
 * devices that moved forward for ever.
 */
export class ProfileStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS profile (
      id TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT, forward TEXT) WITHOUT ROWID`)
    sql.exec(`CREATE TABLE IF NOT EXISTS device (
      id TEXT PRIMARY KEY, profile TEXT NOT NULL) WITHOUT ROWID`)
    sql.exec('CREATE TABLE IF NOT EXISTS population (n INTEGER NOT NULL)')
    sql.exec('INSERT INTO population (n) SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM population)')
  }

  /** The state, or where it went. */
  find(id: ProfileId): { profile: Profile } | { forward: ProfileId } | undefined {
    const [row] = this.#sql
      .exec<{ state: string | null; forward: string | null }>(
        'SELECT state, forward FROM profile WHERE id = ?',
        id,
      )
      .toArray()
    if (row === undefined) return undefined
    if (row.forward !== null) return { forward: row.forward as ProfileId }
    return { profile: decodeProfile(row.state ?? '{}') }
  }

  save(profile: Profile): void {
    const state = encodeProfile(profile)
    const { rowsWritten } = this.#sql.exec(
      'UPDATE profile SET version = ?, state = ?, forward = NULL WHERE id = ?',
      profile.version,
      state,
      profile.id,
    )
    if (rowsWritten > 0) return
    this.#sql.exec(
      'INSERT INTO profile (id, version, state, forward) VALUES (?, ?, ?, NULL)',
      profile.id,
      profile.version,
      state,
    )
    this.#count(1)
  }

  /** From now on the id stands for another profile. */
  forward(id: ProfileId, to: ProfileId): void {
    const found = this.find(id)
    this.#sql.exec(
      `INSERT OR REPLACE INTO profile (id, version, state, forward) VALUES (?, 0, NULL, ?)`,
      id,
      to,
    )
    if (found !== undefined && 'profile' in found) this.#count(-1)
  }

  /** Takes a forward back: the profile lives here again, as it was. */
  restore(profile: Profile): void {
    const found = this.find(profile.id)
    this.save(profile)
    if (found !== undefined && 'forward' in found) this.#count(1)
  }

  #count(change: 1 | -1): void {
    this.#sql.exec('UPDATE population SET n = n + ?', change)
  }

  deviceOwner(id: DeviceId): ProfileId | undefined {
    const [row] = this.#sql
      .exec<{ profile: string }>('SELECT profile FROM device WHERE id = ?', id)
      .toArray()
    return row?.profile as ProfileId | undefined
  }

  setDevice(id: DeviceId, profile: ProfileId): void {
    this.#sql.exec('INSERT OR REPLACE INTO device (id, profile) VALUES (?, ?)', id, profile)
  }

  population(): number {
    return this.#sql.exec<{ n: number }>('SELECT n FROM population').one().n
  }

  /** States in id order, from after `cursor`. Ids are random, so any run of them is a random sample. */
  page(cursor: string, limit: number): Profile[] {
    return this.#sql
      .exec<{ state: string }>(
        'SELECT state FROM profile WHERE id > ? AND state NOT NULL ORDER BY id LIMIT ?',
        cursor,
        limit,
      )
      .toArray()
      .map(({ state }) => decodeProfile(state))
  }

  /** Of states alone, in order, from after `cursor`. */
  ids(cursor: string, limit: number): ProfileId[] {
    return this.#sql
      .exec<{ id: string }>(
        'SELECT id FROM profile WHERE id > ? AND state NOT NULL ORDER BY id LIMIT ?',
        cursor,
        limit,
      )
      .toArray()
      .map(({ id }) => id as ProfileId)
  }

  /** How many states stand after `cursor`. */
  remaining(cursor: string): number {
    return this.#sql
      .exec<{ n: number }>(
        'SELECT count(*) AS n FROM profile WHERE id > ? AND state NOT NULL',
        cursor,
      )
      .one().n
  }
}
