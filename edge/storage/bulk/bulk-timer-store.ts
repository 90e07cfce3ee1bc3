import type { ProfileId } from '../../protocol/id.ts'
import type { Millis } from '../../protocol/time.ts'
import { insertRows, listed } from '../insert-rows.ts'
import { TimerStore } from '../timer-store.ts'
import { NotedMap, NotInBulk, type BulkPart } from './bulk-part.ts'

/** Timers of many profiles at once. */
export class BulkTimerStore extends TimerStore implements BulkPart {
  readonly #sql: SqlStorage
  readonly #read = new Map<string, Millis>()
  readonly #written = new NotedMap<ProfileId, Millis>()

  constructor(sql: SqlStorage) {
    super(sql)
    this.#sql = sql
  }

  read(profiles: Iterable<ProfileId>): void {
    const rows = this.#sql.exec<{ profile: string; due: number }>(
      'SELECT profile, due FROM timer WHERE profile IN (SELECT value FROM json_each(?))',
      listed(profiles),
    )
    for (const { profile, due } of rows) this.#read.set(profile, due)
  }

  override of(profile: ProfileId): Millis | undefined {
    return this.#written.get(profile) ?? this.#read.get(profile)
  }

  protected override put(profile: ProfileId, due: Millis): void {
    this.#written.set(profile, due)
  }

  override clear(): never {
    throw new NotInBulk()
  }

  mark(): () => void {
    return this.#written.mark()
  }

  flush(): void {
    insertRows(
      this.#sql,
      'INSERT OR REPLACE INTO timer (profile, due)',
      ['?1', '?2'],
      [...this.#written.take()],
    )
  }

  forget(): void {
    this.#read.clear()
    this.#written.take()
  }
}
