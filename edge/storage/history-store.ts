import type { CountedEvent } from '../domain/counted-event.ts'
import { oldestOf, unexpired } from '../domain/spent.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { DeviceId, ProfileId } from '../protocol/id.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import { eventsOf, mayName, named, rowsOf, textsOf, type Names } from './history-texts.ts'
import { listed } from './insert-rows.ts'
import { readAhead, sizeOf, type Question, type ReadColumns } from './read-ahead.ts'
import { glimpsed, lined, opened, sealed, type SealedRow } from './sealed-chunk.ts'

/** Rows of one page of history on its way to another shard, at most this many characters. */
const PAGE_CHARACTERS = 400_000
/** A tail of so many events, or characters, is sealed. */
export const TAIL_EVENTS = 16
const TAIL_CHARACTERS = 30_000

type Sealed = SealedRow & { id: number; seq: number; events: number; oldest: Millis }

/** Texts of names that are remembered. */
const MOST_NAMES = 1_000

/** Rows of all histories after one of them, in the order in which a pass comes to them. */
export interface HistoryPlace {
  readonly table: 'chunk' | 'sealed' | 'tail'
  readonly after: number
}

/** Some of somebody's events, not read yet. */
export interface Chunk {
  /** Whether any of its events may bear one of some names. */
  concerns(asked: Names): boolean
  /** Characters of it that were read ahead. Absent: none. */
  readonly ahead?: number
  /** Those that bear one of some names, in order of arrival; what nobody asks of them is not read. */
  events(asked: Names): Iterable<CountedEvent>
}

/**
 * The kept events of each profile. What comes is added as text to a tail, one row a profile; a tail that has grown is
 * sealed: its events are put into columns, which a count over the history reads no more of than it must.
 */
export class HistoryStore {
  readonly #sql: SqlStorage
  /** Rows of the former kind may be left: they are older than all others of their profile. */
  readonly #hasFormer: boolean
  readonly #names = new Map<string, readonly string[]>()

  constructor(sql: SqlStorage) {
    this.#sql = sql
    // As they come, one behind the other, under an index: in the order of random ids they would be moved about.
    sql.exec(`CREATE TABLE IF NOT EXISTS tail (
      profile TEXT PRIMARY KEY NOT NULL, events INTEGER NOT NULL, oldest REAL NOT NULL,
      data TEXT NOT NULL)`)
    sql.exec(`CREATE TABLE IF NOT EXISTS sealed (
      id INTEGER PRIMARY KEY, profile TEXT NOT NULL, seq INTEGER NOT NULL, events INTEGER NOT NULL,
      oldest REAL NOT NULL, names TEXT NOT NULL, heads TEXT NOT NULL, properties TEXT NOT NULL, ids TEXT NOT NULL,
      others TEXT NOT NULL, UNIQUE (profile, seq))`)
    this.#hasFormer = isFormerLeft(sql)
  }

  append(profile: ProfileId, events: readonly EventRecord[]): void {
    if (events.length === 0) return
    if (events.length >= TAIL_EVENTS) return this.#seal(profile, events)
    const text = lined(events.map((event) => JSON.stringify(event)))
    const [row] = this.#sql
      .exec<{ events: number; size: number }>(
        `INSERT INTO tail (profile, events, oldest, data) VALUES (?, ?, ?, ?)
         ON CONFLICT (profile) DO UPDATE SET events = events + excluded.events,
           oldest = min(oldest, excluded.oldest), data = data || char(10) || excluded.data
         RETURNING events, length(data) AS size`,
        profile,
        events.length,
        oldestOf(events),
        text,
      )
      .toArray()
    if (row !== undefined && isFull(row)) this.#seal(profile)
  }

  /** Seals the tail, and what comes behind it. */
  #seal(profile: ProfileId, more: readonly EventRecord[] = []): void {
    const former = [...this.#former(profile)]
    const events = [...former, ...this.#tail(profile), ...more]
    if (former.length > 0) this.#sql.exec('DELETE FROM chunk WHERE profile = ?', profile)
    this.#sql.exec('DELETE FROM tail WHERE profile = ?', profile)
    const [last] = this.#sql
      .exec<Sealed>(`${SEALED} WHERE profile = ? ORDER BY seq DESC LIMIT 1`, profile)
      .toArray()
    let seq = last?.seq ?? 0
    for (const { row, some, isMore } of rowsOf(events, last)) {
      if (!isMore) seq++
      const known = isMore ? last : undefined
      this.#sql.exec(
        `INSERT OR REPLACE INTO sealed
           (id, profile, seq, events, oldest, names, heads, properties, ids, others)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        known?.id ?? null,
        profile,
        seq,
        some.length + (known?.events ?? 0),
        Math.min(oldestOf(some), known?.oldest ?? NEVER),
        row.names,
        row.heads,
        row.properties,
        row.ids,
        row.others,
      )
    }
  }

  /** What was kept in the former way, as a list of events a row. */
  *#former(profile: ProfileId): Generator<EventRecord> {
    if (!this.#hasFormer) return
    const rows = this.#sql.exec<{ data: string }>(
      'SELECT data FROM chunk WHERE profile = ? ORDER BY seq',
      profile,
    )
    for (const { data } of rows.toArray()) yield* JSON.parse(data) as EventRecord[]
  }

  #sealed(profile: ProfileId): Sealed[] {
    return this.#sql.exec<Sealed>(`${SEALED} WHERE profile = ? ORDER BY seq`, profile).toArray()
  }

  #tail(profile: ProfileId): EventRecord[] {
    const [row] = this.#sql
      .exec<{ data: string }>('SELECT data FROM tail WHERE profile = ?', profile)
      .toArray()
    return row === undefined ? [] : eventsOf(row.data)
  }

  /** In order of arrival. */
  *all(profile: ProfileId): Generator<EventRecord> {
    yield* this.#former(profile)
    for (const row of this.#sealed(profile)) yield* opened(row)
    yield* this.#tail(profile)
  }

  /** What came by one device. Rows that do not name it are not even parsed. */
  *ofDevice(profile: ProfileId, device: DeviceId): Generator<EventRecord> {
    const isOwn = (event: EventRecord): boolean => event.device === device
    for (const event of this.#former(profile)) if (isOwn(event)) yield event
    const rows = this.#sql.exec<Sealed>(
      `${SEALED} WHERE profile = ? AND instr(others, ?) > 0 ORDER BY seq`,
      profile,
      device,
    )
    for (const row of rows.toArray()) yield* opened(row).filter(isOwn)
    yield* this.#tail(profile).filter(isOwn)
  }

  /** Of one, in order of arrival. */
  chunksOf(profile: ProfileId): readonly Chunk[] {
    return this.chunksOfAll([profile]).get(profile) ?? []
  }

  /** Of many, each one's in order of arrival. `question`: what is going to be asked of them. */
  chunksOfAll(
    profiles: Iterable<ProfileId>,
    question?: Question,
  ): ReadonlyMap<string, readonly Chunk[]> {
    const chunks = new Map<string, Chunk[]>()
    const add = (profile: string, chunk: Chunk): void => {
      const known = chunks.get(profile)
      if (known === undefined) chunks.set(profile, [chunk])
      else known.push(chunk)
    }
    const asked = listed(profiles)
    const within = 'WHERE profile IN (SELECT value FROM json_each(?))'
    if (this.#hasFormer) {
      const rows = this.#sql.exec<{ profile: string; data: string }>(
        `SELECT profile, data FROM chunk ${within} ORDER BY profile, seq`,
        asked,
      )
      for (const { profile, data } of rows) {
        add(profile, {
          concerns: (asked) => mayName(data, asked),
          events: (asked) => named(JSON.parse(data) as EventRecord[], asked),
        })
      }
    }
    const rows = this.#sql
      .exec<{ id: number; profile: string; names: string }>(
        `SELECT id, profile, names FROM sealed ${within} ORDER BY profile, seq`,
        asked,
      )
      .toArray()
      .map(({ id, profile, names }) => ({ id, profile, own: this.#namesIn(names) }))
    const concerned = (own: readonly string[], asked: Names): boolean =>
      asked === undefined || own.some((name) => asked.has(name))
    const ahead = question
      ? readAhead(
          this.#sql,
          rows.flatMap(({ id, own }) => (concerned(own, question.names) ? id : [])),
          question,
        )
      : undefined
    for (const { id, profile, own } of rows) {
      const read = ahead?.get(id)
      add(profile, {
        ...(read !== undefined && { ahead: sizeOf(read) }),
        concerns: (asked) => concerned(own, asked),
        events: (asked) => (concerned(own, asked) ? this.#glimpses(id, own, asked, read) : []),
      })
    }
    const tails = this.#sql.exec<{ profile: string; data: string }>(
      `SELECT profile, data FROM tail ${within}`,
      asked,
    )
    for (const { profile, data } of tails) {
      add(profile, {
        concerns: (asked) => mayName(data, asked),
        events: (asked) => named(eventsOf(data, asked), asked),
      })
    }
    return chunks
  }

  /** The rows of many people name the same few. */
  #namesIn(text: string): readonly string[] {
    const known = this.#names.get(text)
    if (known !== undefined) return known
    if (this.#names.size >= MOST_NAMES) this.#names.clear()
    const names = JSON.parse(text) as string[]
    this.#names.set(text, names)
    return names
  }

  #columnsOf(id: number): ReadColumns {
    return this.#sql
      .exec<{ heads: string; properties: string }>(
        'SELECT heads, properties FROM sealed WHERE id = ?',
        id,
      )
      .one()
  }

  *#glimpses(
    id: number,
    own: readonly string[],
    asked: Names,
    read = this.#columnsOf(id),
  ): Generator<CountedEvent> {
    const column = (name: 'properties' | 'ids' | 'others') => () =>
      this.#sql
        .exec<{ [column: string]: string }>(`SELECT ${name} FROM sealed WHERE id = ?`, id)
        .one()[name] ?? ''
    const { heads, properties, ids } = read
    yield* glimpsed(
      own,
      {
        heads,
        properties: properties === undefined ? column('properties') : () => properties,
        ids: ids === undefined ? column('ids') : () => ids,
        others: column('others'),
      },
      (name) => asked === undefined || asked.has(name),
    )
  }

  /**
   * Newest first by time; `before` is the cursor of the oldest event already seen. Reads the whole history of the
   * profile: late events stand in late chunks. `accepts` is asked of every event, in order of arrival.
   */
  newest(
    profile: ProfileId,
    limit: number,
    before?: string,
    accepts: (event: EventRecord) => boolean = () => true,
  ): { events: { cursor: string; event: EventRecord }[]; more: boolean } {
    const keyed = [...this.all(profile)].map((event, position) => ({
      cursor: `${String(event.timestamp).padStart(15, '0')}.${String(position).padStart(9, '0')}`,
      event,
    }))
    const wanted = keyed.filter(({ event }) => accepts(event))
    const older = before === undefined ? wanted : wanted.filter(({ cursor }) => cursor < before)
    older.sort((a, b) => (a.cursor < b.cursor ? 1 : -1))
    return { events: older.slice(0, limit), more: older.length > limit }
  }

  /** One page of rows after `after`, as texts of events for a copy to another shard. */
  copyPage(profile: ProfileId, after: number): { chunks: string[]; last: number; done: boolean } {
    const chunks: string[] = []
    let last = after
    let size = 0
    for (const { seq, events } of this.#rowsAfter(profile, after)) {
      const texts = [...textsOf(events)]
      const length = texts.reduce((sum, text) => sum + text.length, 0)
      if (size > 0 && size + length > PAGE_CHARACTERS) return { chunks, last, done: false }
      chunks.push(...texts)
      size += length
      last = seq
    }
    chunks.push(...textsOf(this.#tail(profile)))
    return { chunks, last, done: true }
  }

  /** Of the former kind or sealed: nobody has both. */
  *#rowsAfter(
    profile: ProfileId,
    after: number,
  ): Generator<{ readonly seq: number; readonly events: readonly EventRecord[] }> {
    if (this.#hasFormer) {
      const rows = this.#sql.exec<{ seq: number; data: string }>(
        'SELECT seq, data FROM chunk WHERE profile = ? AND seq > ? ORDER BY seq',
        profile,
        after,
      )
      for (const { seq, data } of rows) yield { seq, events: JSON.parse(data) as EventRecord[] }
    }
    const rows = this.#sql.exec<Sealed>(
      `${SEALED} WHERE profile = ? AND seq > ? ORDER BY seq`,
      profile,
      after,
    )
    for (const row of rows) yield { seq: row.seq, events: opened(row) }
  }

  /** In the place of all that was there. */
  replace(profile: ProfileId, events: readonly EventRecord[]): void {
    this.drop(profile)
    this.append(profile, events)
  }

  /** Events as they were copied. */
  paste(profile: ProfileId, chunks: readonly string[]): void {
    for (const data of chunks) this.append(profile, JSON.parse(data) as EventRecord[])
  }

  drop(profile: ProfileId): void {
    if (this.#hasFormer) this.#sql.exec('DELETE FROM chunk WHERE profile = ?', profile)
    this.#sql.exec('DELETE FROM sealed WHERE profile = ?', profile)
    this.#sql.exec('DELETE FROM tail WHERE profile = ?', profile)
  }

  /**
   * Lets go of what has expired in so many rows from a place on. Whose they were, and where the next are; `cutoff`:
   * what is kept from then on at the latest has expired.
   */
  expire(
    { table, after }: HistoryPlace,
    cutoff: Millis,
    limit: number,
  ): { readonly profiles: ReadonlySet<ProfileId>; readonly next: HistoryPlace | undefined } {
    const profiles = new Set<ProfileId>()
    if (table === 'chunk') {
      const left = this.#hasFormer ? this.#sealFormer(Math.ceil(limit / TAIL_EVENTS)) : 0
      const next = left > 0 ? ({ table, after } as const) : ({ table: 'sealed', after: 0 } as const)
      return { profiles, next }
    }
    const key = table === 'sealed' ? 'id' : 'rowid'
    const rows = this.#sql
      .exec<{ place: number; profile: ProfileId; oldest: Millis }>(
        `SELECT ${key} AS place, profile, oldest FROM ${table} WHERE ${key} > ?
         ORDER BY ${key} LIMIT ?`,
        after,
        limit,
      )
      .toArray()
    for (const { place, profile, oldest } of rows) {
      if (oldest > cutoff) continue
      profiles.add(profile)
      if (table === 'sealed') this.#expireSealed(place, cutoff)
      else this.#expireTail(profile, cutoff)
    }
    const last = rows.at(-1)?.place
    if (last !== undefined && rows.length === limit)
      return { profiles, next: { table, after: last } }
    return { profiles, next: table === 'sealed' ? { table: 'tail', after: 0 } : undefined }
  }

  /** How many were sealed. */
  #sealFormer(limit: number): number {
    const rows = this.#sql
      .exec<{ profile: ProfileId }>('SELECT DISTINCT profile FROM chunk LIMIT ?', limit)
      .toArray()
    for (const { profile } of rows) this.#seal(profile)
    return rows.length
  }

  #expireSealed(id: number, cutoff: Millis): void {
    const row = this.#sql.exec<Sealed>(`${SEALED} WHERE id = ?`, id).one()
    const left = unexpired(opened(row), cutoff)
    if (left.length === 0) {
      this.#sql.exec('DELETE FROM sealed WHERE id = ?', id)
      return
    }
    const { names, heads, properties, ids, others } = sealed(left)
    this.#sql.exec(
      `UPDATE sealed SET events = ?, oldest = ?, names = ?, heads = ?, properties = ?, ids = ?,
         others = ? WHERE id = ?`,
      left.length,
      oldestOf(left),
      names,
      heads,
      properties,
      ids,
      others,
      id,
    )
  }

  #expireTail(profile: ProfileId, cutoff: Millis): void {
    const left = unexpired(this.#tail(profile), cutoff)
    if (left.length === 0) {
      this.#sql.exec('DELETE FROM tail WHERE profile = ?', profile)
      return
    }
    this.#sql.exec(
      'UPDATE tail SET events = ?, oldest = ?, data = ? WHERE profile = ?',
      left.length,
      oldestOf(left),
      lined(left.map((event) => JSON.stringify(event))),
      profile,
    )
  }

  /** Seals those of some tails that have grown. */
  protected sealFull(profiles: Iterable<ProfileId>): void {
    const rows = this.#sql
      .exec<{ profile: string }>(
        `SELECT profile FROM tail WHERE profile IN (SELECT value FROM json_each(?))
           AND (events >= ? OR length(data) >= ?)`,
        listed(profiles),
        TAIL_EVENTS,
        TAIL_CHARACTERS,
      )
      .toArray()
    for (const { profile } of rows) this.#seal(profile as ProfileId)
  }
}

const SEALED = 'SELECT id, seq, events, oldest, names, heads, properties, ids, others FROM sealed'

const isFull = ({ events, size }: { readonly events: number; readonly size: number }): boolean =>
  events >= TAIL_EVENTS || size >= TAIL_CHARACTERS

/** Whether rows of the former kind are left; their table goes with the last of them. */
function isFormerLeft(sql: SqlStorage): boolean {
  const [table] = sql
    .exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'chunk'")
    .toArray()
  if (table === undefined) return false
  if (sql.exec('SELECT 1 FROM chunk LIMIT 1').toArray().length > 0) return true
  sql.exec('DROP TABLE chunk')
  return false
}
