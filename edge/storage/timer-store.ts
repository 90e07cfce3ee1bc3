import type { ProfileId } from '../protocol/id.ts'
import { NEVER, type Millis } from '../protocol/time.ts'

/** At most one timer a profile: the earliest instant at which one of its verdicts lapses by itself. */
export class TimerStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS timer (
      profile TEXT PRIMARY KEY, due REAL NOT NULL) WITHOUT ROWID`)
    sql.exec('CREATE INDEX IF NOT EXISTS timer_due ON timer (due)')
  }

  /**
   * Moved lazily: a timer that rings too early costs one look at the profile, moving it with every event would cost
   * two rows each time.
   */
  set(profile: ProfileId, due: Millis, force = false): void {
    const present = this.of(profile)
    if (due === NEVER) {
      if (present !== undefined && force) this.clear(profile)
      return
    }
    if (present !== undefined && (present === due || (present < due && !force))) return
    this.put(profile, due)
  }

  protected put(profile: ProfileId, due: Millis): void {
    this.#sql.exec('INSERT OR REPLACE INTO timer (profile, due) VALUES (?, ?)', profile, due)
  }

  of(profile: ProfileId): Millis | undefined {
    return this.#sql
      .exec<{ due: number }>('SELECT due FROM timer WHERE profile = ?', profile)
      .toArray()[0]?.due
  }

  clear(profile: ProfileId): void {
    this.#sql.exec('DELETE FROM timer WHERE profile = ?', profile)
  }

  due(now: Millis, limit: number): ProfileId[] {
    return this.#sql
      .exec<{ profile: string }>(
        'SELECT profile FROM timer WHERE due <= ? ORDER BY due LIMIT ?',
        now,
        limit,
      )
      .toArray()
      .map(({ profile }) => profile as ProfileId)
  }

  earliest(): Millis {
    return (
      this.#sql.exec<{ due: number }>('SELECT due FROM timer ORDER BY due LIMIT 1').toArray()[0]
        ?.due ?? NEVER
    )
  }
}
