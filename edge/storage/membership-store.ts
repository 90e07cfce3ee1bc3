import type { ProfileId, SegmentId } from '../protocol/id.ts'
import type { Transition } from '../protocol/membership.ts'
import type { Millis } from '../protocol/time.ts'

/** Who is in which segment, and how many: written only when somebody enters or leaves. */
export class MembershipStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS membership (
      segment TEXT NOT NULL, profile TEXT NOT NULL, entered_at REAL NOT NULL,
      PRIMARY KEY (segment, profile)) WITHOUT ROWID`)
    sql.exec(`CREATE TABLE IF NOT EXISTS size (
      segment TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID`)
  }

  record(profile: ProfileId, transitions: readonly Transition[]): void {
    for (const { type, segment, at } of transitions) {
      const { rowsWritten } =
        type === 'entered'
          ? this.#sql.exec(
              'INSERT OR IGNORE INTO membership (segment, profile, entered_at) VALUES (?, ?, ?)',
              segment,
              profile,
              at,
            )
          : this.#sql.exec(
              'DELETE FROM membership WHERE segment = ? AND profile = ?',
              segment,
              profile,
            )
      // A size is the number of rows, whatever was said twice.
      if (rowsWritten === 0) continue
      this.#sql.exec(
        `INSERT INTO size (segment, n) VALUES (?1, max(?2, 0))
         ON CONFLICT (segment) DO UPDATE SET n = n + ?2`,
        segment,
        type === 'entered' ? 1 : -1,
      )
    }
  }

  sizes(): Record<string, number> {
    const rows = this.#sql
      .exec<{ segment: string; n: number }>('SELECT segment, n FROM size')
      .toArray()
    return Object.fromEntries(rows.map(({ segment, n }) => [segment, n]))
  }

  members(
    segment: SegmentId,
    after: string,
    limit: number,
  ): { profile: ProfileId; enteredAt: Millis }[] {
    return this.#sql
      .exec<{ profile: string; entered_at: number }>(
        `SELECT profile, entered_at FROM membership
         WHERE segment = ? AND profile > ? ORDER BY profile LIMIT ?`,
        segment,
        after,
        limit,
      )
      .toArray()
      .map((row) => ({ profile: row.profile as ProfileId, enteredAt: row.entered_at }))
  }
}
