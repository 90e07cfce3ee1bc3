import type { ApiFailedEvent } from '../protocol/api.ts'
import type { SourceId } from '../protocol/id.ts'
import type { RefusedEvent } from '../protocol/verdict.ts'
import type { Millis } from '../protocol/time.ts'

/** Refused events a shard keeps; older ones are counted, no longer shown. */
const MAX_KEPT = 1_000

/** Events that were refused, with the reason, so that somebody can find the mistake in the page. */
export class RefusalStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS refusal (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, received_at REAL NOT NULL,
      data TEXT NOT NULL)`)
  }

  add(source: SourceId, refused: readonly RefusedEvent[], receivedAt: Millis): void {
    for (const event of refused) {
      this.#sql.exec(
        'INSERT INTO refusal (source, received_at, data) VALUES (?, ?, ?)',
        source,
        receivedAt,
        JSON.stringify(event),
      )
    }
    this.#sql.exec('DELETE FROM refusal WHERE seq <= (SELECT max(seq) FROM refusal) - ?', MAX_KEPT)
  }

  /** Newest first; ids are `{shard}.{seq}` so that lists of several shards merge. */
  list(shard: number, before: number, limit: number): ApiFailedEvent[] {
    return this.#sql
      .exec<{ seq: number; source: string; received_at: number; data: string }>(
        'SELECT * FROM refusal WHERE seq < ? ORDER BY seq DESC LIMIT ?',
        before,
        limit,
      )
      .toArray()
      .map(({ seq, source, received_at: receivedAt, data }) => {
        const { messageId, status, reason, path, raw } = JSON.parse(data) as RefusedEvent
        return {
          id: `${shard}.${seq}`,
          source,
          receivedAt: new Date(receivedAt).toISOString(),
          verdict: { messageId, status, reason, ...(path !== undefined && { path }) },
          raw: raw ?? null,
        }
      })
  }
}
