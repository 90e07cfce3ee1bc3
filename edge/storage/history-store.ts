import type { EventRecord } from '../protocol/event.ts'
import type { DeviceId, ProfileId } from '../protocol/id.ts'

/** Rows of one page of history on its way to another shard, at most this many characters. */
const PAGE_CHARACTERS = 400_000
/** A row must stay under 2 MB of UTF-8, also when it is quoted once more on its way to another shard. */
const CHUNK_CHARACTERS = 200_000

/** The kept events of each profile, in chunks: one row for each request that brought some. */
export class HistoryStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    // As they come, one behind the other, under an index: in the order of random ids they would be moved about.
    sql.exec(`CREATE TABLE IF NOT EXISTS chunk (
      profile TEXT NOT NULL, seq INTEGER NOT NULL, data TEXT NOT NULL,
      PRIMARY KEY (profile, seq))`)
  }

  append(profile: ProfileId, events: readonly EventRecord[]): void {
    this.paste(profile, chunksOf(events))
  }

  /** What came by one device. Chunks that do not name it are not even parsed. */
  *ofDevice(profile: ProfileId, device: DeviceId): Generator<EventRecord> {
    const rows = this.#sql.exec<{ data: string }>(
      'SELECT data FROM chunk WHERE profile = ? AND instr(data, ?) > 0 ORDER BY seq',
      profile,
      device,
    )
    for (const { data } of rows) {
      for (const event of JSON.parse(data) as EventRecord[]) {
        if (event.device === device) yield event
      }
    }
  }

  /** In order of arrival. */
  *all(profile: ProfileId): Generator<EventRecord> {
    const rows = this.#sql.exec<{ data: string }>(
      'SELECT data FROM chunk WHERE profile = ? ORDER BY seq',
      profile,
    )
    for (const { data } of rows) yield* JSON.parse(data) as EventRecord[]
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

  /** One page of chunks after `after`, for a copy to another shard. */
  copyPage(profile: ProfileId, after: number): { chunks: string[]; last: number; done: boolean } {
    const chunks: string[] = []
    let last = after
    let size = 0
    const rows = this.#sql.exec<{ seq: number; data: string }>(
      'SELECT seq, data FROM chunk WHERE profile = ? AND seq > ? ORDER BY seq',
      profile,
      after,
    )
    for (const { seq, data } of rows) {
      if (size > 0 && size + data.length > PAGE_CHARACTERS) return { chunks, last, done: false }
      chunks.push(data)
      size += data.length
      last = seq
    }
    return { chunks, last, done: true }
  }

  /** In the place of all that was there. */
  replace(profile: ProfileId, events: readonly EventRecord[]): void {
    this.drop(profile)
    this.append(profile, events)
  }

  /** Chunks as they were copied. */
  paste(profile: ProfileId, chunks: readonly string[]): void {
    for (const data of chunks) {
      this.#sql.exec(
        `INSERT INTO chunk (profile, seq, data)
         SELECT ?1, coalesce((SELECT max(seq) FROM chunk WHERE profile = ?1), 0) + 1, ?2`,
        profile,
        data,
      )
    }
  }

  drop(profile: ProfileId): void {
    this.#sql.exec('DELETE FROM chunk WHERE profile = ?', profile)
  }
}

/** Events as the texts of rows. */
export function chunksOf(events: readonly EventRecord[]): string[] {
  const chunks: string[] = []
  let chunk: string[] = []
  let size = 0
  for (const event of events) {
    const text = JSON.stringify(event)
    if (size > 0 && size + text.length > CHUNK_CHARACTERS) {
      chunks.push(`[${chunk.join()}]`)
      chunk = []
      size = 0
    }
    chunk.push(text)
    size += text.length
  }
  if (chunk.length > 0) chunks.push(`[${chunk.join()}]`)
  return chunks
}
