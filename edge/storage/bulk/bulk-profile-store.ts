import { decodeCounted, encodeProfile, type Counted, type Profile } from '../../domain/profile.ts'
import type { ProfileId } from '../../protocol/id.ts'
import type { Additions, AdditionStore, Height } from '../addition-store.ts'
import { insertRows, listed } from '../insert-rows.ts'
import type { ProfileChanges } from '../profile-changes.ts'
import { ProfileStore, storedFrom, type ProfileRow, type StoredProfile } from '../profile-store.ts'
import { NotedMap, NotInBulk, type BulkPart } from './bulk-part.ts'

type Versions = readonly [since: number, until: number]
type Written = { readonly version: number; readonly state: string; readonly graph: string | null }

/** Reads many profiles in one go, and writes those that are alone in their graph. */
export class BulkProfileStore extends ProfileStore implements BulkPart {
  readonly #sql: SqlStorage
  /** As they were before the transaction; undefined: nothing is stored under that id. */
  readonly #read = new Map<ProfileId, ProfileRow | undefined>()
  readonly #added = new Map<ProfileId, Additions>()
  readonly #written = new NotedMap<ProfileId, Written>()

  constructor(sql: SqlStorage, changes?: ProfileChanges, additions?: AdditionStore) {
    super(sql, changes, additions)
    this.#sql = sql
  }

  read(ids: Iterable<ProfileId>): void {
    for (const id of ids) this.#read.set(id, undefined)
    const rows = this.#sql.exec<ProfileRow & { id: string }>(
      `SELECT id, version, state, forward, graph, shared, saga FROM profile
       WHERE id IN (SELECT value FROM json_each(?))`,
      listed(this.#read.keys()),
    )
    let oldest = Infinity
    for (const { id, ...row } of rows) {
      this.#read.set(id as ProfileId, row)
      oldest = Math.min(oldest, row.version)
    }
    for (const [id, added] of this.additions.ofMany(this.#read.keys(), oldest)) {
      this.#added.set(id, added)
    }
  }

  /**
   * Of some profiles, the catalog's version that each is right under, by what is added to it too if that is of between
   * two versions; 0: to be looked at whatever came of others.
   */
  versionsOf(ids: readonly ProfileId[], between: Versions): ReadonlyMap<ProfileId, number> {
    const rows = this.#sql.exec<{ id: ProfileId; version: number }>(
      `SELECT id, iif(saga IS NULL, version, 0) AS version FROM profile
       WHERE id IN (SELECT value FROM json_each(?))`,
      listed(ids),
    )
    const heights = this.additions.heightsOf(ids, between)
    return new Map(
      Array.from(rows, ({ id, version }) => [id, this.#right(id, version, heights.get(id))]),
    )
  }

  /**
   * The same, of those that hold a state, are not about to live elsewhere and may be added to, and which events of theirs
   * count.
   */
  counted(
    ids: readonly ProfileId[],
    between: Versions,
  ): ReadonlyMap<ProfileId, { readonly person: Counted; readonly version: number }> {
    const rows = this.#sql.exec<{ id: ProfileId; version: number; state: string }>(
      `SELECT id, version, state FROM profile
       WHERE id IN (SELECT value FROM json_each(?)) AND state NOT NULL AND saga IS NULL`,
      listed(ids),
    )
    const heights = this.additions.heightsOf(ids, between)
    const counted = new Map<ProfileId, { person: Counted; version: number }>()
    for (const { id, version: written, state } of rows) {
      const height = heights.get(id)
      if (height?.isFull === true) continue
      const version = this.#right(id, written, height)
      counted.set(id, { person: decodeCounted(state), version })
    }
    return counted
  }

  #right(id: ProfileId, written: number, height: Height | undefined): number {
    if (written === 0) return 0
    return Math.max(this.labelOf(id, written)?.version ?? written, height?.version ?? 0)
  }

  override find(id: ProfileId): StoredProfile | { readonly forward: ProfileId } | undefined {
    const written = this.#written.get(id)
    if (written !== undefined) {
      const row = { ...written, forward: null, shared: null, saga: null }
      return storedFrom(id, row, [], this.labelOf)
    }
    const row = this.#rowOf(id)
    return row && storedFrom(id, row, this.#added.get(id) ?? [], this.labelOf)
  }

  #rowOf(id: ProfileId): ProfileRow | undefined {
    if (!this.#read.has(id)) {
      const row = this.rowOf(id)
      this.#read.set(id, row)
      if (row !== undefined) this.#added.set(id, this.additions.of(id, row.version))
    }
    return this.#read.get(id)
  }

  override save(profile: Profile): void {
    const { id } = profile
    const { graph = null } = this.#written.get(id) ?? this.#rowOf(id) ?? {}
    this.saveWithGraph(profile, graph)
  }

  override saveWithGraph(profile: Profile, graph: string | null): void {
    const { id, version } = profile
    this.#written.set(id, { version, state: encodeProfile(profile), graph })
  }

  override setShared(): never {
    throw new NotInBulk()
  }

  override setGraph(): never {
    throw new NotInBulk()
  }

  override setDevice(): never {
    throw new NotInBulk()
  }

  override forward(): never {
    throw new NotInBulk()
  }

  mark(): () => void {
    return this.#written.mark()
  }

  flush(): void {
    const written = this.#written.take()
    let born = 0
    for (const id of written.keys()) this.changes.tell(id)
    for (const id of written.keys()) if ((this.#rowOf(id)?.state ?? null) === null) born++
    insertRows(
      this.#sql,
      'INSERT INTO profile (id, version, state, graph)',
      ['?1', '?2', '?3', '?4'],
      [...written].map(([id, { version, state, graph }]) => [id, version, state, graph]),
      `ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state,
       graph = excluded.graph, forward = NULL, shared = NULL`,
    )
    this.additions.dropMany(written.keys())
    if (born > 0) this.count(born)
  }

  forget(): void {
    this.#read.clear()
    this.#added.clear()
    this.#written.take()
  }
}
