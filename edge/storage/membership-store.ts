import { isCandidate } from '../domain/candidate.ts'
import type { ProfileId, SegmentId } from '../protocol/id.ts'
import type { Membership, Transition } from '../protocol/membership.ts'
import type { Crossings } from '../protocol/live.ts'
import type { Millis } from '../protocol/time.ts'
import { SegmentHourStore } from './segment-hour-store.ts'

/** Behind every profile id. */
const LAST = '~'
const NO_SEGMENT = '' as SegmentId

/** Of one segment: members now, and crossings since the shard was born. */
export interface SegmentTotals extends Crossings {
  readonly segment: SegmentId
  readonly size: number
}

/** Who is in which segment, and how many: written only when somebody enters or leaves. */
export class MembershipStore {
  readonly #sql: SqlStorage
  readonly hours: SegmentHourStore

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.hours = new SegmentHourStore(sql)
    sql.exec(`CREATE TABLE IF NOT EXISTS membership (
      segment TEXT NOT NULL, profile TEXT NOT NULL, entered_at REAL NOT NULL,
      PRIMARY KEY (segment, profile)) WITHOUT ROWID`)
    sql.exec(`CREATE TABLE IF NOT EXISTS size (
      segment TEXT PRIMARY KEY, n INTEGER NOT NULL, entered INTEGER NOT NULL DEFAULT 0,
      exited INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID`)
    const present = sql
      .exec<{ n: number }>(
        `SELECT count(*) AS n FROM pragma_table_info('size') WHERE name = 'entered'`,
      )
      .one()
    if (present.n > 0) return
    // A shard that was born before crossings were counted.
    sql.exec('ALTER TABLE size ADD COLUMN entered INTEGER NOT NULL DEFAULT 0')
    sql.exec('ALTER TABLE size ADD COLUMN exited INTEGER NOT NULL DEFAULT 0')
  }

  record(profile: ProfileId, transitions: readonly Transition[]): void {
    for (const transition of transitions) {
      const change = this.#change(transition, profile)
      this.resize(transition.segment, change, transition.decidedAt, true)
    }
  }

  /** By how much the segment grew. */
  #change(
    { type, segment, at }: Pick<Transition, 'type' | 'segment' | 'at'>,
    profile: ProfileId,
  ): number {
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
    return type === 'entered' ? rowsWritten : -rowsWritten
  }

  /**
   * A size is the number of rows, whatever was said twice. `crossed`: people entered or exited; else they moved.
   */
  protected resize(segment: SegmentId, change: number, now: Millis, crossed: boolean): void {
    if (change === 0) return
    const crossings = {
      entered: crossed ? Math.max(change, 0) : 0,
      exited: crossed ? Math.max(-change, 0) : 0,
    }
    this.#sql.exec(
      `INSERT INTO size (segment, n, entered, exited) VALUES (?1, max(?2, 0), ?3, ?4)
       ON CONFLICT (segment) DO UPDATE
       SET n = n + ?2, entered = entered + ?3, exited = exited + ?4`,
      segment,
      change,
      crossings.entered,
      crossings.exited,
    )
    if (!isCandidate(segment)) this.hours.add(segment, now, change, crossings)
  }

  /** Drops a profile that lives elsewhere by now: nobody left by that. */
  drop(profile: ProfileId, segments: Iterable<SegmentId>, now: Millis): void {
    for (const segment of segments) {
      const change = this.#change({ type: 'exited', segment, at: 0 }, profile)
      this.resize(segment, change, now, false)
    }
  }

  /** Takes in a profile that lived elsewhere: nobody entered by that. */
  adopt(profile: ProfileId, memberships: Iterable<Membership>, now: Millis): void {
    for (const { segment, enteredAt } of memberships) {
      const change = this.#change({ type: 'entered', segment, at: enteredAt }, profile)
      this.resize(segment, change, now, false)
    }
  }

  /** Of segments; candidates are nobody's to see but those who compare them. */
  totals(): SegmentTotals[] {
    return this.#sql
      .exec<{ segment: SegmentId; size: number; entered: number; exited: number }>(
        'SELECT segment, n AS size, entered, exited FROM size',
      )
      .toArray()
      .filter(({ segment }) => !isCandidate(segment))
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
