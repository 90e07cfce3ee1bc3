import { foldAddition } from '../domain/addition.ts'
import { decodeProfile, encodeProfile, type Profile } from '../domain/profile.ts'
import type { DeviceId, ProfileId } from '../protocol/id.ts'
import { AdditionStore, type Additions } from './addition-store.ts'
import { listed } from './insert-rows.ts'
import { ProfileChanges } from './profile-changes.ts'

/** A state, and what the shard must know beside it. */
export interface StoredProfile {
  readonly id: ProfileId
  /** A working copy, made when it is first asked for: whoever looks for no more than where somebody is does without. */
  readonly profile: Profile
  /** The encoded graph of a profile that shares it with no other; null: nothing was ever seen with it. */
  readonly graph: string | null
  /** The key of a graph that several profiles share. */
  readonly shared: string | null
  /** The move to another shard it is held for. */
  readonly saga: string | null
}

/** Under which catalog a state is right, though it was written under an older one: nothing of it changed. */
export type Label = Pick<Profile, 'version' | 'fingerprint'>
export type LabelOf = (id: ProfileId, version: number) => Label | undefined

export type ProfileRow = {
  version: number
  state: string | null
  forward: string | null
  graph: string | null
  shared: string | null
  saga: string | null
}

type StateRow = { id: ProfileId; version: number; state: string }

/**
 * Profiles and devices of one shard. A row either holds a state or points elsewhere: ids of merged profiles and of
 * devices that moved forward for ever.
 */
export class ProfileStore {
  readonly changes: ProfileChanges
  /** What is folded into whatever is read. */
  readonly additions: AdditionStore
  readonly #sql: SqlStorage
  /** Asked of each state that is read. */
  labelOf: LabelOf = () => undefined

  constructor(sql: SqlStorage, changes = new ProfileChanges(), additions = new AdditionStore(sql)) {
    this.#sql = sql
    this.changes = changes
    this.additions = additions
    // Rows of a kilobyte in the order of random ids would be moved about with every birth: only their index is.
    sql.exec(`CREATE TABLE IF NOT EXISTS profile (
      id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, state TEXT, forward TEXT,
      graph TEXT, shared TEXT, saga TEXT)`)
    sql.exec(`CREATE TABLE IF NOT EXISTS device (
      id TEXT PRIMARY KEY, profile TEXT NOT NULL) WITHOUT ROWID`)
    sql.exec('CREATE TABLE IF NOT EXISTS population (n INTEGER NOT NULL)')
    sql.exec('INSERT INTO population (n) SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM population)')
  }

  /** The state, or where it went. */
  find(id: ProfileId): StoredProfile | { readonly forward: ProfileId } | undefined {
    const row = this.rowOf(id)
    return row && storedFrom(id, row, this.additions.of(id, row.version), this.labelOf)
  }

  protected rowOf(id: ProfileId): ProfileRow | undefined {
    return this.#sql
      .exec<ProfileRow>(
        'SELECT version, state, forward, graph, shared, saga FROM profile WHERE id = ?',
        id,
      )
      .toArray()[0]
  }

  /** Its graph stays as it is. */
  save(profile: Profile): void {
    this.changes.tell(profile.id)
    this.additions.drop(profile.id)
    const state = encodeProfile(profile)
    const { rowsWritten } = this.#sql.exec(
      'UPDATE profile SET version = ?, state = ? WHERE id = ? AND state NOT NULL',
      profile.version,
      state,
      profile.id,
    )
    if (rowsWritten === 0) this.#put(profile.id, profile.version, state, null, null)
  }

  /** With the graph it shares with no other. */
  saveWithGraph(profile: Profile, graph: string | null): void {
    this.changes.tell(profile.id)
    this.additions.drop(profile.id)
    const state = encodeProfile(profile)
    const { rowsWritten } = this.#sql.exec(
      `UPDATE profile SET version = ?, state = ?, graph = ?, shared = NULL
       WHERE id = ? AND state NOT NULL`,
      profile.version,
      state,
      graph,
      profile.id,
    )
    if (rowsWritten === 0) this.#put(profile.id, profile.version, state, graph, null)
  }

  /** Whatever is known of which catalog it is right under: it is to be looked at. */
  outdate(id: ProfileId): void {
    this.#sql.exec('UPDATE profile SET version = 0 WHERE id = ?', id)
  }

  setShared(id: ProfileId, shared: string): void {
    this.#sql.exec(
      `UPDATE profile SET shared = ?1, graph = NULL
       WHERE id = ?2 AND (shared IS NOT ?1 OR graph NOT NULL)`,
      shared,
      id,
    )
  }

  setGraph(id: ProfileId, graph: string | null): void {
    this.#sql.exec('UPDATE profile SET graph = ?, shared = NULL WHERE id = ?', graph, id)
  }

  #put(
    id: ProfileId,
    version: number,
    state: string,
    graph: string | null,
    shared: string | null,
  ): void {
    // A state that comes back takes the place of a forward.
    this.#sql.exec(
      `INSERT OR REPLACE INTO profile (id, version, state, forward, graph, shared)
       VALUES (?, ?, ?, NULL, ?, ?)`,
      id,
      version,
      state,
      graph,
      shared,
    )
    this.count(1)
  }

  /** From now on the id stands for another profile, here or elsewhere. */
  forward(id: ProfileId, to: ProfileId): void {
    const [row] = this.#sql
      .exec<{ state: string | null; forward: string | null }>(
        'SELECT state, forward FROM profile WHERE id = ?',
        id,
      )
      .toArray()
    if (row?.forward === to) return
    this.changes.tell(id)
    this.additions.drop(id)
    this.#sql.exec(
      `INSERT OR REPLACE INTO profile (id, version, state, forward) VALUES (?, 0, NULL, ?)`,
      id,
      to,
    )
    if (row !== undefined && row.state !== null) this.count(-1)
  }

  /** The profile is held for a move: nothing may change it until that is over. */
  hold(id: ProfileId, saga: string): void {
    this.#sql.exec('UPDATE profile SET saga = ? WHERE id = ? AND state NOT NULL', saga, id)
  }

  release(id: ProfileId): void {
    this.#sql.exec('UPDATE profile SET saga = NULL WHERE id = ?', id)
  }

  protected count(change: number): void {
    this.#sql.exec('UPDATE population SET n = n + ?', change)
  }

  deviceOwner(id: DeviceId): ProfileId | undefined {
    const [row] = this.#sql
      .exec<{ profile: string }>('SELECT profile FROM device WHERE id = ?', id)
      .toArray()
    return row?.profile as ProfileId | undefined
  }

  setDevice(id: DeviceId, profile: ProfileId): void {
    if (this.deviceOwner(id) === profile) return
    this.#sql.exec('INSERT OR REPLACE INTO device (id, profile) VALUES (?, ?)', id, profile)
  }

  population(): number {
    return this.#sql.exec<{ n: number }>('SELECT n FROM population').one().n
  }

  /** States in id order, from after `cursor`. Ids are random, so any run of them is a random sample. */
  page(cursor: string, limit: number): Profile[] {
    const rows = this.#sql.exec<StateRow>(
      `SELECT id, version, state FROM profile
       WHERE id > ? AND state NOT NULL ORDER BY id LIMIT ?`,
      cursor,
      limit,
    )
    return this.#decoded([...rows])
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

  /** States of those of some ids that live here, in any order. */
  some(ids: readonly ProfileId[]): Profile[] {
    const rows = this.#sql.exec<StateRow>(
      `SELECT id, version, state FROM profile
       WHERE id IN (SELECT value FROM json_each(?)) AND state NOT NULL`,
      listed(ids),
    )
    return this.#decoded([...rows])
  }

  /** States by the numbers of their rows. */
  numbered(numbers: readonly number[]): ReadonlyMap<number, Profile> {
    const rows = this.#sql
      .exec<StateRow & { n: number }>(
        `SELECT rowid AS n, id, version, state FROM profile
         WHERE rowid IN (SELECT value FROM json_each(?)) AND state NOT NULL`,
        JSON.stringify(numbers),
      )
      .toArray()
    const profiles = this.#decoded(rows)
    return new Map(profiles.map((profile, place) => [rows[place]?.n ?? 0, profile]))
  }

  #decoded(rows: readonly StateRow[]): Profile[] {
    const oldest = rows.reduce((least, { version }) => Math.min(least, version), Infinity)
    const additions = this.additions.ofMany(
      rows.map(({ id }) => id),
      oldest,
    )
    return rows.map(({ id, ...row }) => profileFrom(id, row, additions.get(id) ?? [], this.labelOf))
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

  /** Neither a state nor a pointer is left. */
  remove(id: ProfileId): void {
    this.changes.tell(id)
    this.additions.drop(id)
    const [row] = this.#sql
      .exec<{ state: string | null }>('DELETE FROM profile WHERE id = ? RETURNING state', id)
      .toArray()
    if (row !== undefined && row.state !== null) this.count(-1)
  }

  /** Forgets a device, if it is still one of these. */
  dropDevice(id: DeviceId, of: readonly ProfileId[]): void {
    const owner = this.deviceOwner(id)
    if (owner === undefined || !of.includes(owner)) return
    this.#sql.exec('DELETE FROM device WHERE id = ?', id)
  }
}

/** A row as whoever looks for a profile sees it. */
export function storedFrom(
  id: ProfileId,
  row: ProfileRow,
  additions: Additions,
  labelOf: LabelOf,
): StoredProfile | { readonly forward: ProfileId } {
  const { version, state, forward, graph, shared, saga } = row
  if (forward !== null) return { forward: forward as ProfileId }
  let profile: Profile | undefined
  return {
    id,
    graph,
    shared,
    saga,
    get profile() {
      const told = { version, state: state ?? '{}' }
      return (profile ??= profileFrom(id, told, additions, labelOf))
    },
  }
}

function profileFrom(
  id: ProfileId,
  { version, state }: Pick<StateRow, 'version' | 'state'>,
  additions: Additions,
  labelOf: LabelOf,
): Profile {
  const profile = decodeProfile(state)
  for (const { data } of additions) foldAddition(profile, data)
  const label = labelOf(id, version)
  if (label === undefined || profile.version >= label.version) return profile
  profile.version = label.version
  profile.fingerprint = label.fingerprint
  return profile
}
