import type { ProfileId, SegmentId } from '../protocol/id.ts'
import type { Membership, Transition } from '../protocol/membership.ts'
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
    for (const transition of transitions) this.#change(transition, profile)
  }

  #change(
    { type, segment, at }: Pick<Transition, 'type' | 'segment' | 'at'>,
    profile: ProfileId,
  ): void {
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
    this.resize(segment, type === 'entered' ? rowsWritten : -rowsWritten)
  }

  /** A size is the number of rows, whatever was said twice. */
  protected resize(segment: SegmentId, change: number): void {
    if (change === 0) return
    this.#sql.exec(
      `INSERT INTO size (segment, n) VALUES (?1, max(?2, 0))
       ON CONFLICT (segment) DO UPDATE SET n = n + ?2`,
      segment,
      change,
    )
  }

  /** Drops a profile that lives elsewhere by now: nobody left by that. */
  drop(profile: ProfileId, segments: Iterable<SegmentId>): void {
    for (const segment of segments) this.#change({ type: 'exited', segment, at: 0 }, profile)
  }

  /** Takes in a profile that lived elsewhere: nobody entered by that. */
  adopt(profile: ProfileId, memberships: Iterable<Membership>): void {
    for (const { segment, enteredAt } of memberships) {
      this.#change({ type: 'entered', segment, at: enteredAt }, profile)
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
