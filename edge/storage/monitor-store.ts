import type { MinuteTotals, PresentMinute, ShardTotals } from '../domain/live-totals.ts'
import type { SegmentId } from '../protocol/id.ts'
import { DAY, type Millis } from '../protocol/time.ts'

/** History is for charts of the last month; whatever the number of segments, it stays below some 50 MB. */
const HISTORY_AGE: Millis = 30 * DAY
const HISTORY_ROWS = 500_000

/** SQL of the LiveMonitor: a row a shard, the present minute, and a row for each minute in which a segment changed. */
export class MonitorStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`
      CREATE TABLE IF NOT EXISTS shard (number INTEGER PRIMARY KEY, totals TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS present (one INTEGER PRIMARY KEY CHECK (one = 1), minute TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS history (
        minute INTEGER NOT NULL, segment TEXT NOT NULL,
        size INTEGER NOT NULL, entered INTEGER NOT NULL, exited INTEGER NOT NULL,
        PRIMARY KEY (minute, segment)
      ) WITHOUT ROWID;
    `)
  }

  shards(): ReadonlyMap<number, ShardTotals> {
    const rows = this.#sql.exec<{ number: number; totals: string }>(
      'SELECT number, totals FROM shard',
    )
    return new Map([...rows].map(({ number, totals }) => [number, JSON.parse(totals)]))
  }

  present(): PresentMinute | undefined {
    const [row] = this.#sql.exec<{ minute: string }>('SELECT minute FROM present')
    return row === undefined ? undefined : JSON.parse(row.minute)
  }

  saveShard(number: number, totals: ShardTotals): void {
    this.#sql.exec(
      'INSERT INTO shard VALUES (?, ?) ON CONFLICT DO UPDATE SET totals = excluded.totals',
      number,
      JSON.stringify(totals),
    )
  }

  savePresent(minute: PresentMinute): void {
    this.#sql.exec(
      'INSERT INTO present VALUES (1, ?) ON CONFLICT DO UPDATE SET minute = excluded.minute',
      JSON.stringify(minute),
    )
  }

  /** Writes a minute that is over. */
  append(rows: readonly MinuteTotals[]): void {
    for (const { minute, segment, size, entered, exited } of rows) {
      this.#sql.exec(
        'INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?)',
        minute,
        segment,
        size,
        entered,
        exited,
      )
    }
  }

  /** The latest `limit` rows of [from, to), oldest first. */
  history(from: Millis, to: Millis, limit: number): readonly MinuteTotals[] {
    const rows = this.#sql.exec<{
      minute: number
      segment: SegmentId
      size: number
      entered: number
      exited: number
    }>(
      `SELECT minute, segment, size, entered, exited FROM history
       WHERE minute >= ? AND minute < ? ORDER BY minute DESC, segment LIMIT ?`,
      from,
      to,
      limit,
    )
    return [...rows].toReversed()
  }

  /** Drops what is too old, and the oldest of what is too much. */
  prune(now: Millis): void {
    const [extra] = this.#sql.exec<{ minute: number }>(
      'SELECT minute FROM history ORDER BY minute DESC LIMIT 1 OFFSET ?',
      HISTORY_ROWS,
    )
    const oldest = Math.max(now - HISTORY_AGE, extra === undefined ? 0 : extra.minute + 1)
    this.#sql.exec('DELETE FROM history WHERE minute < ?', oldest)
  }
}
