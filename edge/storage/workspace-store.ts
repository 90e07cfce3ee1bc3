import type { CarriedSegment, Definitions, PublishedKey } from '../domain/publication.ts'
import type { Hold } from '../protocol/back-fill.ts'
import type { Catalog } from '../protocol/catalog.ts'
import type { DestinationTarget } from '../protocol/delivery.ts'
import type { DestinationId, SegmentId, ShardAddress, WorkspaceId } from '../protocol/id.ts'
import type { ShardStatus } from '../protocol/objects.ts'
import type { Millis } from '../protocol/time.ts'

/** Characters of one row of the catalog: a row may hold 2 MB, a character takes at most 3 bytes. */
const PIECE = 500_000

/** Every shard with the latest word it has heard, and the word in force. */
const SHARDS = `shard left join hold_told as told using (region, shard)
  left join (select place as latest, paused from hold) as word`
const UNHELD = 'coalesce(told.place, 0) < coalesce(latest, 0)'
/** ?1: the version in force. */
const WAITS = `((reached < ?1 and (version < ?1 or coalesce(paused, 0) = 0)) or ${UNHELD})`

/** One publication, without its body. */
export interface PublicationRow {
  readonly workspace: WorkspaceId
  readonly version: number
  readonly publishedAt: Millis
  /** Revision of the definitions it was made from. */
  readonly revision: number
  /** Newest revision that D1 was told every shard works by. */
  readonly settled: number
}

/** A shard that has to be told of the present version. */
export interface WaitingShard {
  readonly address: ShardAddress
  /** The version it works by, as far as is known. */
  readonly version: number
  /** Calls in a row that failed. */
  readonly failures: number
  /** It has not heard the latest word on whether back-fills wait. */
  readonly unheld: boolean
}

export interface Progress {
  readonly live: boolean
  /** Profiles; an empty shard counts as one. */
  readonly done: number
  readonly total: number
  readonly progress: number
  /** Newest version that every shard has back-filled. */
  readonly liveVersion: number
}

/** SQL of the Workspace object: the publication in force, the shards and how far each is. */
export class WorkspaceStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`
      create table if not exists publication (
        id integer primary key check (id = 1),
        workspace text not null, version integer not null, published_at integer not null,
        revision integer not null, settled integer not null
      );
      create table if not exists body (piece integer primary key, text text not null);
      create table if not exists segment (
        id text primary key, version integer not null, since integer not null
      ) without rowid;
      create table if not exists target (id text primary key, body text not null) without rowid;
      -- pending: 'put' or 'delete' until the key cache was told, then null (a deleted key's row goes)
      create table if not exists key (
        hash text primary key, access text not null, pending text
      ) without rowid;
      create table if not exists cache (id integer primary key check (id = 1), version integer not null);
      -- reached: newest version whose back-fill this shard has finished
      create table if not exists shard (
        region integer not null, shard integer not null,
        version integer not null, reached integer not null,
        done integer not null, total integer not null,
        due integer not null, failures integer not null,
        primary key (region, shard)
      ) without rowid;
      create index if not exists shard_due on shard (reached, due);
      -- Whether back-fills wait: the latest word, and the latest that each shard has answered to.
      create table if not exists hold (
        id integer primary key check (id = 1), place integer not null, paused integer not null
      );
      create table if not exists hold_told (
        region integer not null, shard integer not null, place integer not null,
        primary key (region, shard)
      ) without rowid;
    `)
  }

  publication(): PublicationRow | undefined {
    const [row] = this.#sql
      .exec<{
        workspace: WorkspaceId
        version: number
        published_at: number
        revision: number
        settled: number
      }>('select workspace, version, published_at, revision, settled from publication')
      .toArray()
    return row && { ...row, publishedAt: row.published_at }
  }

  /** The catalog's text, as it was saved. */
  body(): string {
    return this.#sql
      .exec<{ text: string }>('select text from body order by piece')
      .toArray()
      .map(({ text }) => text)
      .join('')
  }

  saveBody({ workspace, version, publishedAt }: Catalog, body: string): void {
    this.#sql.exec('delete from body')
    for (let at = 0, piece = 0; at < body.length; piece++) {
      // A surrogate pair cut in two would come back as other characters.
      const end = at + PIECE - (isHighSurrogate(body.charCodeAt(at + PIECE - 1)) ? 1 : 0)
      this.#sql.exec('insert into body values (?, ?)', piece, body.slice(at, end))
      at = end
    }
    this.#sql.exec(
      `insert into publication values (1, ?, ?, ?, -1, -1)
       on conflict do update set version = excluded.version, published_at = excluded.published_at`,
      workspace,
      version,
      publishedAt,
    )
    this.#sql.exec('update shard set due = 0, failures = 0')
  }

  saveRevision(revision: number): void {
    this.#sql.exec('update publication set revision = ?', revision)
  }

  saveSettled(revision: number): void {
    this.#sql.exec('update publication set settled = max(settled, ?)', revision)
  }

  carried(): readonly CarriedSegment[] {
    return this.#sql
      .exec<{ id: SegmentId; version: number; since: number }>(
        'select id, version, since from segment',
      )
      .toArray()
  }

  saveCarried(segments: readonly CarriedSegment[]): void {
    this.#sql.exec('delete from segment')
    for (const { id, version, since } of segments) {
      this.#sql.exec('insert into segment values (?, ?, ?)', id, version, since)
    }
  }

  target(id: DestinationId): DestinationTarget | undefined {
    const [row] = this.#sql
      .exec<{ body: string }>('select body from target where id = ?', id)
      .toArray()
    return row && (JSON.parse(row.body) as DestinationTarget)
  }

  saveTargets(targets: Definitions['destinations']): void {
    this.#sql.exec('delete from target')
    for (const target of targets) {
      this.#sql.exec('insert into target values (?, ?)', target.id, JSON.stringify(target))
    }
  }

  /** Hashes of the keys in force. */
  keys(): readonly string[] {
    return this.#sql
      .exec<{ hash: string }>(`select hash from key where pending is not 'delete'`)
      .toArray()
      .map(({ hash }) => hash)
  }

  saveKeys(added: readonly PublishedKey[], removed: readonly string[]): void {
    for (const { hash, grant } of added) {
      this.#sql.exec(`insert or replace into key values (?, ?, 'put')`, hash, JSON.stringify(grant))
    }
    for (const hash of removed)
      this.#sql.exec(`update key set pending = 'delete' where hash = ?`, hash)
  }

  /** Keys the cache has not been told of yet. */
  pendingKeys(limit: number): readonly { hash: string; access: string; pending: string }[] {
    return this.#sql
      .exec<{ hash: string; access: string; pending: string }>(
        'select hash, access, pending from key where pending is not null limit ?',
        limit,
      )
      .toArray()
  }

  keyCached(hash: string, pending: string): void {
    if (pending === 'delete') {
      this.#sql.exec(`delete from key where hash = ? and pending = 'delete'`, hash)
    } else {
      this.#sql.exec(`update key set pending = null where hash = ? and pending = 'put'`, hash)
    }
  }

  /** Version of the catalog that the read cache holds. */
  cachedVersion(): number {
    const [row] = this.#sql.exec<{ version: number }>('select version from cache').toArray()
    return row?.version ?? 0
  }

  saveCachedVersion(version: number): void {
    this.#sql.exec(
      `insert into cache values (1, ?) on conflict do update set version = excluded.version`,
      version,
    )
  }

  shards(): readonly ShardAddress[] {
    return this.#sql
      .exec<{ region: number; shard: number }>(
        'select region, shard from shard order by region, shard',
      )
      .toArray()
  }

  /** The latest word on whether back-fills wait; undefined: nobody ever had them wait. */
  hold(): Hold | undefined {
    const [row] = this.#sql
      .exec<{ place: number; paused: number }>('select place, paused from hold')
      .toArray()
    return row && { order: row.place, paused: row.paused === 1 }
  }

  /** A newer word, for every shard to hear. */
  saveHold(paused: boolean): void {
    this.#sql.exec(
      `insert into hold values (1, 1, ?1)
       on conflict do update set place = place + 1, paused = excluded.paused`,
      paused ? 1 : 0,
    )
    this.#sql.exec('update shard set due = 0, failures = 0')
  }

  #heardHold({ region, shard }: ShardAddress, order: number): void {
    this.#sql.exec(
      `insert into hold_told values (?, ?, ?)
       on conflict do update set place = max(place, excluded.place)`,
      region,
      shard,
      order,
    )
  }

  /**
   * A shard that asks for its first catalog holds no profile yet, so nothing is to be back-filled; whether back-fills
   * wait is told with it.
   */
  register({ region, shard }: ShardAddress, version: number): void {
    const hold = this.hold()
    if (hold !== undefined) this.#heardHold({ region, shard }, hold.order)
    this.#sql.exec(
      'insert or ignore into shard values (?, ?, ?, ?, 0, 0, 0, 0)',
      region,
      shard,
      version,
      version,
    )
  }

  /** A shard that speaks without having asked for a catalog: nothing is known of its back-fills. */
  introduce({ region, shard }: ShardAddress): void {
    this.#sql.exec('insert or ignore into shard values (?, ?, 0, -1, 0, 0, 0, 0)', region, shard)
  }

  /** Newest version any shard works by: a publication must be newer, even after this object was restored. */
  newestHeard(): number {
    const { newest } = this.#sql
      .exec<{ newest: number | null }>('select max(version) as newest from shard')
      .one()
    return newest ?? 0
  }

  /** What a shard said. Word that arrives late (an older version) changes nothing. */
  heard({ region, shard }: ShardAddress, status: ShardStatus, due: Millis): void {
    const reached = status.done >= status.total ? status.version : -1
    if (status.hold !== undefined) this.#heardHold({ region, shard }, status.hold)
    this.#sql.exec(
      `update shard set version = ?3, done = ?4, total = ?5, reached = max(reached, ?6), due = ?7, failures = 0
       where region = ?1 and shard = ?2 and version <= ?3`,
      region,
      shard,
      status.version,
      status.done,
      status.total,
      reached,
      due,
    )
  }

  failed({ region, shard }: ShardAddress, due: Millis): void {
    this.#sql.exec(
      'update shard set failures = failures + 1, due = ? where region = ? and shard = ?',
      due,
      region,
      shard,
    )
  }

  /** Shards that have something to be told or asked: while back-fills wait, nobody is asked how far they are. */
  waiting(version: number, now: Millis, limit: number): readonly WaitingShard[] {
    return this.#sql
      .exec<{
        region: number
        shard: number
        version: number
        failures: number
        unheld: number
      }>(
        `select region, shard, version, failures, ${UNHELD} as unheld from ${SHARDS}
         where ${WAITS} and due <= ?2 order by due limit ?3`,
        version,
        now,
        limit,
      )
      .toArray()
      .map(({ region, shard, unheld, ...rest }) => ({
        address: { region, shard },
        unheld: unheld === 1,
        ...rest,
      }))
  }

  /** When the next shard has to be told; undefined: there is nothing to tell, nor to ask. */
  nextDue(version: number): Millis | undefined {
    const { due } = this.#sql
      .exec<{ due: number | null }>(`select min(due) as due from ${SHARDS} where ${WAITS}`, version)
      .one()
    return due ?? undefined
  }

  progress(version: number): Progress {
    const row = this.#sql
      .exec<{ total: number; done: number; reached: number | null }>(
        // A shard that has not taken the version yet has done nothing of it; an empty one weighs as one profile.
        `select coalesce(sum(max(total, 1)), 0) as total,
                coalesce(sum(case when reached >= ?1 then max(total, 1)
                                  when version >= ?1 then done else 0 end), 0) as done,
                min(reached) as reached
         from shard`,
        version,
      )
      .one()
    const liveVersion = Math.min(row.reached ?? version, version)
    const { done, total } = row
    return {
      live: liveVersion >= version,
      done,
      total,
      progress: total === 0 ? 1 : done / total,
      liveVersion,
    }
  }
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff
