import { dayOf } from '../domain/lake-part.ts'
import type { LakeEntry } from '../domain/lake-row.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId } from '../protocol/id.ts'
import { NEVER, type Millis } from '../protocol/time.ts'

/** Characters up to which a row takes the next request's events too: a row costs, a longer one hardly more. */
const OPEN_ROW = 16_000
/** Characters of one row at most, plus one event: a row may hold 2 MB, a character takes at most 3 bytes. */
const MAX_ROW = 256_000

/** Characters and events that make one file. Building it takes some 100 ms, in which the shard does nothing else. */
export const FILE_CHARACTERS = 1_600_000
export const FILE_EVENTS = 2_000
/** Events wait for so long for others to share a file with. */
const PATIENCE: Millis = 10 * 60_000

/** Rows that were chosen to become one file, and are to be written until that has succeeded. */
export interface LakeIntent {
  readonly day: string
  readonly from: number
  readonly to: number
  /** Writes begun and not known to have succeeded. */
  readonly tries: number
  readonly retryAt: Millis
}

interface RowHead {
  readonly seq: number
  readonly day: string
  readonly since: number
  readonly size: number
  readonly count: number
  /** Sums over all rows since the table was last empty, this one included. */
  readonly events: number
  readonly characters: number
}

/**
 * Accepted events that are not in the lake yet, in order of arrival. A row is closed once an intent names it, and its
 * number is never used again: the file of a range of rows is the same whenever it is written.
 */
export class LakeStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS lake_row (
      seq INTEGER PRIMARY KEY, day TEXT NOT NULL, since REAL NOT NULL, size INTEGER NOT NULL, count INTEGER NOT NULL,
      events INTEGER NOT NULL, characters INTEGER NOT NULL, data TEXT NOT NULL)`)
    sql.exec(`CREATE TABLE IF NOT EXISTS lake_flush (
      id INTEGER PRIMARY KEY CHECK (id = 1), closed INTEGER NOT NULL, intent TEXT)`)
  }

  /** In the transaction that admits the events. */
  append(profile: ProfileId, events: readonly EventRecord[], now: Millis): void {
    const entries = events.map((event) => ({ profile, event }))
    this.appendAll(entries, now)
  }

  protected appendAll(entries: readonly LakeEntry[], now: Millis): void {
    if (entries.length === 0) return
    let last = this.#last()
    const { closed } = this.#flush()
    for (const { day, count, data } of piecesOf(entries)) {
      const sums = {
        events: (last?.events ?? 0) + count,
        characters: (last?.characters ?? 0) + data.length,
      }
      const isOpen =
        last !== undefined && last.seq > closed && last.day === day && last.size < OPEN_ROW
      if (isOpen && last !== undefined) {
        this.#sql.exec(
          'UPDATE lake_row SET size = size + ?, count = count + ?, events = ?, characters = ?, data = data || ? WHERE seq = ?',
          data.length,
          count,
          sums.events,
          sums.characters,
          data,
          last.seq,
        )
        last = { ...last, ...sums, size: last.size + data.length, count: last.count + count }
      } else {
        const seq = Math.max(last?.seq ?? 0, closed) + 1
        this.#sql.exec(
          'INSERT INTO lake_row VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
          seq,
          day,
          now,
          data.length,
          count,
          sums.events,
          sums.characters,
          data,
        )
        last = { seq, day, since: now, size: data.length, count, ...sums }
      }
    }
  }

  #last(): RowHead | undefined {
    return this.#heads('ORDER BY seq DESC LIMIT 1').toArray()[0]
  }

  #first(): RowHead | undefined {
    return this.#heads('ORDER BY seq LIMIT 1').toArray()[0]
  }

  #heads(rest: string): SqlStorageCursor<RowHead & Record<string, SqlStorageValue>> {
    return this.#sql.exec(
      `SELECT seq, day, since, size, count, events, characters FROM lake_row ${rest}`,
    )
  }

  #flush(): { closed: number; intent: LakeIntent | undefined } {
    const [row] = this.#sql
      .exec<{ closed: number; intent: string | null }>('SELECT closed, intent FROM lake_flush')
      .toArray()
    return {
      closed: row?.closed ?? 0,
      intent: row === undefined || row.intent === null ? undefined : JSON.parse(row.intent),
    }
  }

  #saveFlush(closed: number, intent: LakeIntent | undefined): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO lake_flush (id, closed, intent) VALUES (1, ?, ?)',
      closed,
      intent === undefined ? null : JSON.stringify(intent),
    )
  }

  /** When a file is to be written next. */
  earliest(): Millis {
    const { intent } = this.#flush()
    if (intent !== undefined) return intent.retryAt
    const first = this.#first()
    if (first === undefined) return NEVER
    const last = this.#last() ?? first
    const { events, characters } = sumOf(first, last)
    const isFull = characters >= FILE_CHARACTERS || events >= FILE_EVENTS
    return isFull ? first.since : first.since + PATIENCE
  }

  /** Events that are in no file yet. */
  waiting(): number {
    const [first, last] = [this.#first(), this.#last()]
    return first === undefined || last === undefined ? 0 : sumOf(first, last).events
  }

  /**
   * The file to write now, if one is due: fixed before it is written for the first time, the same ever after.
   * `retryAt`: when to write it again, should nobody say that it is written.
   */
  begin(now: Millis, retryAt: (tries: number) => Millis): LakeIntent | undefined {
    if (this.earliest() > now) return undefined
    const { closed, intent } = this.#flush()
    const range = intent ?? this.#nextRange()
    if (range === undefined) return undefined
    const tries = (intent?.tries ?? 0) + 1
    const begun = { ...range, tries, retryAt: retryAt(tries) }
    this.#saveFlush(Math.max(closed, range.to), begun)
    return begun
  }

  /** The first rows of one day, as many as fit a file. */
  #nextRange(): Pick<LakeIntent, 'day' | 'from' | 'to'> | undefined {
    let first: RowHead | undefined
    let to = 0
    for (const row of this.#heads('ORDER BY seq')) {
      first ??= row
      const { events, characters } = sumOf(first, row)
      const isTooMuch = events > FILE_EVENTS || characters > FILE_CHARACTERS
      if (row.day !== first.day || (isTooMuch && to > 0)) break
      to = row.seq
    }
    return first && { day: first.day, from: first.seq, to }
  }

  *entries({ from, to }: LakeIntent): Generator<LakeEntry> {
    const rows = this.#sql.exec<{ data: string }>(
      'SELECT data FROM lake_row WHERE seq BETWEEN ? AND ? ORDER BY seq',
      from,
      to,
    )
    for (const { data } of rows) {
      for (const line of data.split('\n')) if (line !== '') yield JSON.parse(line) as LakeEntry
    }
  }

  /**
   * Removes entries that wait. `isBusy`: some stand in rows that are being written to the lake, and so are left; look
   * again when that is over.
   */
  strike(isMeant: (entry: LakeEntry) => boolean): {
    readonly removed: number
    readonly isBusy: boolean
  } {
    const { intent } = this.#flush()
    const rows = this.#sql
      .exec<{ seq: number; data: string }>('SELECT seq, data FROM lake_row ORDER BY seq')
      .toArray()
    let removed = 0
    let isBusy = false
    for (const { seq, data } of rows) {
      const lines = data.split('\n').filter((line) => line !== '')
      const kept = lines.filter((line) => !isMeant(JSON.parse(line) as LakeEntry))
      if (kept.length === lines.length) continue
      if (intent !== undefined && seq <= intent.to) {
        isBusy = true
        continue
      }
      removed += lines.length - kept.length
      const rest = kept.map((line) => `${line}\n`).join('')
      if (kept.length === 0) this.#sql.exec('DELETE FROM lake_row WHERE seq = ?', seq)
      else {
        this.#sql.exec(
          'UPDATE lake_row SET data = ?, size = ?, count = ? WHERE seq = ?',
          rest,
          rest.length,
          kept.length,
          seq,
        )
      }
    }
    if (removed > 0) this.#sumUp()
    return { removed, isBusy }
  }

  #sumUp(): void {
    let [events, characters] = [0, 0]
    for (const { seq, count, size } of this.#heads('ORDER BY seq').toArray()) {
      events += count
      characters += size
      this.#sql.exec(
        'UPDATE lake_row SET events = ?, characters = ? WHERE seq = ?',
        events,
        characters,
        seq,
      )
    }
  }

  /** The file is in the lake. Late word of an earlier one changes nothing. */
  end({ from, to }: LakeIntent): void {
    const { closed, intent } = this.#flush()
    if (intent?.from !== from || intent.to !== to) return
    this.#sql.exec('DELETE FROM lake_row WHERE seq BETWEEN ? AND ?', from, to)
    this.#saveFlush(closed, undefined)
  }
}

/** What the rows from one to another hold, both included. */
const sumOf = (first: RowHead, last: RowHead) => ({
  events: last.events - first.events + first.count,
  characters: last.characters - first.characters + first.size,
})

/** Lines of JSON, an event each, cut into pieces of one day that a row can hold. */
function* piecesOf(
  entries: readonly LakeEntry[],
): Generator<{ day: string; count: number; data: string }> {
  let piece = { day: '', count: 0, data: '' }
  for (const entry of entries) {
    const day = dayOf(entry.event.receivedAt)
    if (piece.count > 0 && (piece.day !== day || piece.data.length >= MAX_ROW)) {
      yield piece
      piece = { day, count: 0, data: '' }
    }
    const line = JSON.stringify(entry)
    piece = { day, count: piece.count + 1, data: `${piece.data}${line}\n` }
  }
  yield piece
}
