import type { SegmentId } from '../protocol/id.ts'
import type { SegmentHour } from '../protocol/segment-report.ts'
import { DAY, HOUR, type Millis } from '../protocol/time.ts'

/** Hours are kept for so long; and the latest of them where a shard has very many segments that change. */
const KEPT: Millis = 90 * DAY
const MAX_ROWS = 200_000

export const hourOf = (at: Millis): Millis => Math.floor(at / HOUR) * HOUR

/** How the sizes of segments changed, by the hour: written with the membership it follows from. */
export class SegmentHourStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS segment_hour (
      segment TEXT NOT NULL, hour INTEGER NOT NULL, opening INTEGER NOT NULL, size INTEGER NOT NULL,
      entered INTEGER NOT NULL, exited INTEGER NOT NULL, PRIMARY KEY (segment, hour)) WITHOUT ROWID`)
  }

  /** A size that was changed by `change` just now, of which so many entered and exited; the others moved. */
  add(
    segment: SegmentId,
    now: Millis,
    change: number,
    { entered, exited }: { readonly entered: number; readonly exited: number },
  ): void {
    this.#sql.exec(
      `INSERT INTO segment_hour SELECT segment, ?2, n - ?3, n, ?4, ?5 FROM size WHERE segment = ?1
       ON CONFLICT (segment, hour) DO UPDATE
       SET size = excluded.size, entered = entered + ?4, exited = exited + ?5`,
      segment,
      hourOf(now),
      change,
      entered,
      exited,
    )
  }

  /** The hours of [from, to) in which a segment changed, oldest first. */
  between(segment: SegmentId, from: Millis, to: Millis): SegmentHour[] {
    return this.#sql
      .exec<{ hour: number; size: number; entered: number; exited: number }>(
        `SELECT hour, size, entered, exited FROM segment_hour
         WHERE segment = ? AND hour >= ? AND hour < ? ORDER BY hour`,
        segment,
        from,
        to,
      )
      .toArray()
  }

  /** Members at an instant, if something that is kept tells. */
  sizeAt(segment: SegmentId, at: Millis): number | undefined {
    const [row] = this.#sql
      .exec<{ size: number }>(
        `SELECT * FROM (SELECT size FROM segment_hour WHERE segment = ?1 AND hour < ?2
           ORDER BY hour DESC LIMIT 1)
         UNION ALL
         SELECT * FROM (SELECT opening FROM segment_hour WHERE segment = ?1 AND hour >= ?2
           ORDER BY hour LIMIT 1)`,
        segment,
        at,
      )
      .toArray()
    return row?.size
  }

  /** Answers the oldest hour that is kept. */
  expire(now: Millis): Millis {
    const [extra] = this.#sql
      .exec<{ hour: number }>(
        'SELECT hour FROM segment_hour ORDER BY hour DESC LIMIT 1 OFFSET ?',
        MAX_ROWS,
      )
      .toArray()
    const oldest = Math.max(hourOf(now - KEPT), extra === undefined ? 0 : extra.hour + HOUR)
    this.#sql.exec('DELETE FROM segment_hour WHERE hour < ?', oldest)
    return oldest
  }
}
