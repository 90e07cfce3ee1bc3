import type { FailedEventFilter, FailedEventTotals, KeptEvent } from '../protocol/failed-event.ts'
import type { SourceId } from '../protocol/id.ts'
import type { RefusedEvent, Verdict } from '../protocol/verdict.ts'
import type { Millis } from '../protocol/time.ts'

/** Events of one source that a shard keeps, and their bytes; beyond either the oldest are counted, no longer kept. */
export const MAX_KEPT = 1_000
export const MAX_BYTES = 4_000_000
/** Rows looked at in one go when there is no room. */
const OLDEST = 100

type Row = { seq: number; source: string; received_at: number; data: string }
type Data = Omit<KeptEvent, 'seq' | 'source' | 'receivedAt'>

const decode = ({ seq, source, received_at: receivedAt, data }: Row): KeptEvent => ({
  ...(JSON.parse(data) as Data),
  seq,
  source: source as SourceId,
  receivedAt,
})

/** Events that were refused, with the reason: somebody may find the mistake, correct it and replay them. */
export class FailedEventStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    // A number is never used again: whoever read it must not replay another event by it.
    sql.exec(`CREATE TABLE IF NOT EXISTS refusal (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, reason TEXT NOT NULL,
      received_at REAL NOT NULL, size INTEGER NOT NULL, data TEXT NOT NULL)`)
    sql.exec(`CREATE TABLE IF NOT EXISTS refusal_total (
      source TEXT PRIMARY KEY, kept INTEGER NOT NULL, size INTEGER NOT NULL, dropped INTEGER NOT NULL)
      WITHOUT ROWID`)
  }

  add(source: SourceId, refused: readonly RefusedEvent[], receivedAt: Millis): void {
    if (refused.length === 0) return
    let size = 0
    for (const { messageId, status, reason, path, raw, origin } of refused) {
      const data = JSON.stringify({
        messageId,
        status,
        reason,
        path,
        raw,
        origin: origin ?? {},
      } satisfies { readonly [K in keyof Data]: Data[K] | undefined })
      const bytes = new TextEncoder().encode(data).length
      size += bytes
      this.#sql.exec(
        'INSERT INTO refusal (source, reason, received_at, size, data) VALUES (?, ?, ?, ?, ?)',
        source,
        reason,
        receivedAt,
        bytes,
        data,
      )
    }
    this.#count(source, refused.length, size)
    this.#makeRoom(source)
  }

  #count(source: string, kept: number, size: number, dropped = 0): void {
    this.#sql.exec(
      `INSERT INTO refusal_total VALUES (?1, ?2, ?3, ?4) ON CONFLICT (source) DO UPDATE SET
       kept = kept + ?2, size = size + ?3, dropped = dropped + ?4`,
      source,
      kept,
      size,
      dropped,
    )
  }

  #makeRoom(source: SourceId): void {
    for (;;) {
      const [total] = this.#sql
        .exec<{ kept: number; size: number }>(
          'SELECT kept, size FROM refusal_total WHERE source = ?',
          source,
        )
        .toArray()
      let [kept, size] = [total?.kept ?? 0, total?.size ?? 0]
      if (kept <= MAX_KEPT && size <= MAX_BYTES) return
      const oldest = this.#sql.exec<{ seq: number; size: number }>(
        'SELECT seq, size FROM refusal WHERE source = ? ORDER BY seq LIMIT ?',
        source,
        OLDEST,
      )
      let last = 0
      let [count, bytes] = [0, 0]
      for (const row of oldest) {
        if (kept <= MAX_KEPT && size <= MAX_BYTES) break
        last = row.seq
        kept -= 1
        size -= row.size
        count += 1
        bytes += row.size
      }
      this.#sql.exec('DELETE FROM refusal WHERE source = ? AND seq <= ?', source, last)
      this.#count(source, -count, -bytes, count)
    }
  }

  /** Newest first, those before `before`. */
  newest(filter: FailedEventFilter, before: number, limit: number): KeptEvent[] {
    return this.#rows('seq < ?', 'DESC', [before], filter, limit)
  }

  /** Oldest first, those after `after`, up to `until`. */
  oldest(filter: FailedEventFilter, after: number, until: number, limit: number): KeptEvent[] {
    return this.#rows('seq > ? AND seq <= ?', 'ASC', [after, until], filter, limit)
  }

  #rows(
    range: string,
    order: 'ASC' | 'DESC',
    bounds: readonly number[],
    { source, reason }: FailedEventFilter,
    limit: number,
  ): KeptEvent[] {
    return this.#sql
      .exec<Row>(
        `SELECT seq, source, received_at, data FROM refusal WHERE ${range}
         AND source = coalesce(?, source) AND reason = coalesce(?, reason)
         ORDER BY seq ${order} LIMIT ?`,
        ...bounds,
        source ?? null,
        reason ?? null,
        limit,
      )
      .toArray()
      .map(decode)
  }

  find(seq: number): KeptEvent | undefined {
    return this.oldest({}, seq - 1, seq, 1)[0]
  }

  /** The number of the newest that is kept; 0 if none is. */
  last(): number {
    const { seq } = this.#sql
      .exec<{ seq: number | null }>('SELECT max(seq) AS seq FROM refusal')
      .one()
    return seq ?? 0
  }

  /** It was refused again, perhaps for another reason. */
  amend(seq: number, { status, reason, path }: Extract<Verdict, { reason: unknown }>): void {
    const kept = this.find(seq)
    if (kept === undefined) return
    const { seq: _seq, source, receivedAt: _receivedAt, path: _path, ...rest } = kept
    const data = JSON.stringify({ ...rest, status, reason, path })
    const size = new TextEncoder().encode(data).length
    const [before] = this.#sql
      .exec<{ size: number }>('SELECT size FROM refusal WHERE seq = ?', seq)
      .toArray()
    this.#sql.exec(
      'UPDATE refusal SET reason = ?, size = ?, data = ? WHERE seq = ?',
      reason,
      size,
      data,
      seq,
    )
    this.#count(source, 0, size - (before?.size ?? size))
  }

  remove(seq: number): void {
    const [row] = this.#sql
      .exec<{ source: string; size: number }>(
        'DELETE FROM refusal WHERE seq = ? RETURNING source, size',
        seq,
      )
      .toArray()
    if (row !== undefined) this.#count(row.source, -1, -row.size)
  }

  totals(): Record<string, FailedEventTotals> {
    const dropped = this.#sql
      .exec<{ source: string; dropped: number }>('SELECT source, dropped FROM refusal_total')
      .toArray()
    const counts = this.#sql
      .exec<{ source: string; reason: string; n: number }>(
        'SELECT source, reason, count(*) AS n FROM refusal GROUP BY source, reason',
      )
      .toArray()
    return Object.fromEntries(
      dropped.map(({ source, dropped }) => [
        source,
        {
          reasons: Object.fromEntries(
            counts.filter((one) => one.source === source).map(({ reason, n }) => [reason, n]),
          ),
          dropped,
        },
      ]),
    )
  }

  /** Those after `after` that are meant, of so many looked at, are removed. `last`: the last that was looked at. */
  removeWhere(
    isMeant: (kept: KeptEvent) => boolean,
    after: number,
    limit: number,
  ): { readonly removed: number; readonly last?: number } {
    const looked = this.oldest({}, after, Number.MAX_SAFE_INTEGER, limit)
    const meant = looked.filter(isMeant)
    for (const { seq } of meant) this.remove(seq)
    const last = looked.length < limit ? undefined : looked.at(-1)?.seq
    return { removed: meant.length, ...(last !== undefined && { last }) }
  }
}
