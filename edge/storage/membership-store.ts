import { isCandidate } from '../domain/candidate.ts'
import type { ProfileId, SegmentId } from '../protocol/id.ts'
import type { Membership, Transition } from '../protocol/membership.ts'
import type { Millis } from '../protocol/time.ts'

/** Behind every profile id. */
const LAST = '~'
const NO_SEGMENT = '' as SegmentId

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

  /** Of segments; candidates are nobody's to see but those who compare them. */
  sizes(): Record<string, number> {
    const rows = this.#sql
      .exec<{ segment: SegmentId; n: number }>('SELECT segment, n FROM size')
      .toArray()
      .filter(({ segment }) => !isCandidate(segment))
    return Object.fromEntries(rows.map(({ segment, n }) => [segment, n]))
  }

  /** Number of members. */
  size(segment: SegmentId): number {
    const [row] = this.#sql
      .exec<{ n: number }>('SELECT n FROM size WHERE segment = ?', segment)
      .toArray()
    return row?.n ?? 0
  }

  /** Members of one segment that are not in another, if one is named, in the order of ids, from after `after` up to `until`. */
  difference(
    { of, without = NO_SEGMENT }: { readonly of: SegmentId; readonly without?: SegmentId },
    after: string,
    limit: number,
    until = LAST,
  ): { profile: ProfileId; enteredAt: Millis }[] {
    return this.#sql
      .exec<{ profile: string; entered_at: number }>(
        `SELECT profile, entered_at FROM membership AS one
         WHERE segment = ? AND profile > ? AND profile <= ?
           AND NOT EXISTS (SELECT 1 FROM membership WHERE segment = ? AND profile = one.profile)
         ORDER BY profile LIMIT ?`,
        of,
        after,
        until,
        without,
        limit,
      )
      .toArray()
      .map((row) => ({ profile: row.profile as ProfileId, enteredAt: row.entered_at }))
  }

  countDifference(
    { of, without }: { readonly of: SegmentId; readonly without: SegmentId },
    until = LAST,
  ): number {
    return this.#sql
      .exec<{ n: number }>(
        `SELECT count(*) AS n FROM membership AS one WHERE segment = ? AND profile <= ?
           AND NOT EXISTS (SELECT 1 FROM membership WHERE segment = ? AND profile = one.profile)`,
        of,
        until,
        without,
      )
      .one().n
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
