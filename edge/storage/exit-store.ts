import type { SegmentId } from '../protocol/id.ts'
import type { Cause } from '../protocol/membership.ts'
import type { ExitCount, ReportedClause } from '../protocol/segment-report.ts'
import type { Millis } from '../protocol/time.ts'
import { hourOf } from './segment-hour-store.ts'

/** Combinations of clauses that are told apart for one cause of one segment. */
const MAX_COMBINATIONS = 50
const NONE = '[]'

/** Somebody left a segment. */
export interface Exit {
  readonly segment: SegmentId
  readonly decidedAt: Millis
  readonly cause: Cause['type']
  readonly clauses: readonly ReportedClause[]
}

/** Why people left segments, by the hour: written with the membership it follows from. */
export class ExitStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS exit_reason (
      id INTEGER PRIMARY KEY, segment TEXT NOT NULL, cause TEXT NOT NULL, clauses TEXT NOT NULL)`)
    sql.exec('CREATE INDEX IF NOT EXISTS exit_reason_segment ON exit_reason (segment, cause)')
    sql.exec(`CREATE TABLE IF NOT EXISTS segment_exit (
      reason INTEGER NOT NULL, hour INTEGER NOT NULL, n INTEGER NOT NULL,
      PRIMARY KEY (reason, hour)) WITHOUT ROWID`)
  }

  add(exits: readonly Exit[]): void {
    const counts = new Map<string, { reason: number; hour: Millis; n: number }>()
    for (const { decidedAt, ...exit } of exits) {
      const [reason, hour] = [this.#reasonOf(exit), hourOf(decidedAt)]
      const name = `${reason} ${hour}`
      counts.set(name, { reason, hour, n: (counts.get(name)?.n ?? 0) + 1 })
    }
    for (const { reason, hour, n } of counts.values()) {
      this.#sql.exec(
        `INSERT INTO segment_exit VALUES (?1, ?2, ?3)
         ON CONFLICT (reason, hour) DO UPDATE SET n = n + ?3`,
        reason,
        hour,
        n,
      )
    }
  }

  #reasonOf({ segment, cause, clauses }: Omit<Exit, 'decidedAt'>): number {
    const known = this.#sql
      .exec<{ id: number; clauses: string }>(
        'SELECT id, clauses FROM exit_reason WHERE segment = ? AND cause = ?',
        segment,
        cause,
      )
      .toArray()
    const idOf = (text: string) => known.find((one) => one.clauses === text)?.id
    const isNew = known.length < MAX_COMBINATIONS
    const text = JSON.stringify(clauses)
    return (
      idOf(text) ??
      (isNew ? undefined : idOf(NONE)) ??
      this.#sql
        .exec<{ id: number }>(
          'INSERT INTO exit_reason (segment, cause, clauses) VALUES (?, ?, ?) RETURNING id',
          segment,
          cause,
          isNew ? text : NONE,
        )
        .one().id
    )
  }

  /** Of the hours of [from, to). */
  between(segment: SegmentId, from: Millis, to: Millis): (ExitCount & { readonly hour: Millis })[] {
    return this.#sql
      .exec<{ hour: number; cause: Cause['type']; clauses: string; count: number }>(
        `SELECT hour, cause, clauses, n AS count FROM exit_reason
         JOIN segment_exit ON reason = id AND hour >= ? AND hour < ? WHERE segment = ?`,
        from,
        to,
        segment,
      )
      .toArray()
      .map((row) => ({ ...row, clauses: JSON.parse(row.clauses) }))
  }

  /** Forgets hours before `oldest`. */
  expire(oldest: Millis): void {
    this.#sql.exec('DELETE FROM segment_exit WHERE hour < ?', oldest)
    this.#sql.exec('DELETE FROM exit_reason WHERE id NOT IN (SELECT reason FROM segment_exit)')
  }
}
