import type { SourceCounts } from '../protocol/live.ts'
import type { SourceId } from '../protocol/id.ts'
import type { Verdict } from '../protocol/verdict.ts'

/** `received = accepted + duplicate + rejected + failed`, for each source, since the shard was born. */
export class CounterStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS source_count (
      source TEXT PRIMARY KEY, accepted INTEGER NOT NULL, duplicate INTEGER NOT NULL,
      rejected INTEGER NOT NULL, failed INTEGER NOT NULL, replayed INTEGER NOT NULL) WITHOUT ROWID`)
  }

  add(source: SourceId, statuses: Iterable<Verdict['status']>): void {
    const count = { accepted: 0, duplicate: 0, rejected: 0, failed: 0 }
    for (const status of statuses) count[status]++
    const { accepted, duplicate, rejected, failed } = count
    if (accepted + duplicate + rejected + failed === 0) return
    this.#sql.exec(
      `INSERT INTO source_count VALUES (?1, ?2, ?3, ?4, ?5, 0) ON CONFLICT (source) DO UPDATE SET
       accepted = accepted + ?2, duplicate = duplicate + ?3, rejected = rejected + ?4, failed = failed + ?5`,
      source,
      accepted,
      duplicate,
      rejected,
      failed,
    )
  }

  /** An event that was refused was replayed: it is counted by what became of it now. */
  recount(source: SourceId, before: 'rejected' | 'failed', now: Verdict['status']): void {
    const isReplayed = now === 'accepted' || now === 'duplicate' ? 1 : 0
    if (before === now) return
    this.#sql.exec(
      `UPDATE source_count SET ${before} = ${before} - 1, ${now} = ${now} + 1,
       replayed = replayed + ? WHERE source = ?`,
      isReplayed,
      source,
    )
  }

  all(): Record<string, SourceCounts> {
    const rows = this.#sql
      .exec<{
        source: string
        accepted: number
        duplicate: number
        rejected: number
        failed: number
        replayed: number
      }>('SELECT * FROM source_count')
      .toArray()
    return Object.fromEntries(rows.map(({ source, ...counts }) => [source, counts]))
  }
}
