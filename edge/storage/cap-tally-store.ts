import type { CapId } from '../protocol/id.ts'
import type { CapTally } from '../protocol/touch.ts'
import { DAY, type Millis } from '../protocol/time.ts'

/** Days for which it is told what a cap did. */
export const TALLY_DAYS = 90

/** What each cap allowed and refused, by days of UTC. */
export class CapTallyStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS cap_day (
      cap TEXT NOT NULL, day INTEGER NOT NULL, allowed INTEGER NOT NULL, refused INTEGER NOT NULL,
      PRIMARY KEY (cap, day)) WITHOUT ROWID`)
  }

  add(caps: readonly CapId[], what: 'allowed' | 'refused', at: Millis): void {
    const [allowed, refused] = what === 'allowed' ? [1, 0] : [0, 1]
    for (const cap of caps) {
      this.#sql.exec(
        `INSERT INTO cap_day VALUES (?1, ?2, ?3, ?4) ON CONFLICT (cap, day) DO UPDATE SET
         allowed = allowed + ?3, refused = refused + ?4`,
        cap,
        Math.floor(at / DAY),
        allowed,
        refused,
      )
    }
  }

  /** In the days that begin at or after an instant. */
  since(at: Millis): readonly CapTally[] {
    return this.#sql
      .exec<{ cap: CapId; allowed: number; refused: number }>(
        `SELECT cap, sum(allowed) AS allowed, sum(refused) AS refused FROM cap_day
         WHERE day >= ? GROUP BY cap`,
        Math.ceil(at / DAY),
      )
      .toArray()
  }

  expire(now: Millis): void {
    this.#sql.exec('DELETE FROM cap_day WHERE day < ?', Math.floor(now / DAY) - TALLY_DAYS)
  }
}
