import type { EventRecord } from '../../protocol/event.ts'
import type { ProfileId } from '../../protocol/id.ts'
import { chunksOf, HistoryStore } from '../history-store.ts'
import { groupBy } from '../group-by.ts'
import { insertRows, listed } from '../insert-rows.ts'
import { NotedList, NotInBulk, type BulkPart } from './bulk-part.ts'

/** Events of many profiles at once: one more row for each profile. */
export class BulkHistoryStore extends HistoryStore implements BulkPart {
  readonly #sql: SqlStorage
  readonly #appended = new NotedList<readonly [ProfileId, readonly EventRecord[]]>()

  constructor(sql: SqlStorage) {
    super(sql)
    this.#sql = sql
  }

  override append(profile: ProfileId, events: readonly EventRecord[]): void {
    this.#appended.add([profile, events])
  }

  override *all(profile: ProfileId): Generator<EventRecord> {
    yield* super.all(profile)
    for (const [id, events] of this.#appended) if (id === profile) yield* events
  }

  override drop(): never {
    throw new NotInBulk()
  }

  mark(): () => void {
    return this.#appended.mark()
  }

  flush(): void {
    const rows: [ProfileId, string][] = []
    for (const [profile, some] of groupBy(this.#appended.take(), (one) => one[0])) {
      const events = some.flatMap((one) => one[1])
      const [first, ...others] = chunksOf(events)
      if (first !== undefined && others.length === 0) rows.push([profile, first])
      else super.append(profile, events)
    }
    const last = this.#lastOf(rows.map(([profile]) => profile))
    insertRows(
      this.#sql,
      'INSERT INTO chunk (profile, seq, data)',
      ['?1', '?2', '?3'],
      rows.map(([profile, data]) => [profile, (last.get(profile) ?? 0) + 1, data]),
    )
  }

  /** Number of the last row of each that has some. */
  #lastOf(profiles: readonly ProfileId[]): ReadonlyMap<string, number> {
    const rows = this.#sql.exec<{ profile: string; last: number }>(
      `SELECT profile, max(seq) AS last FROM chunk
       WHERE profile IN (SELECT value FROM json_each(?)) GROUP BY profile`,
      listed(profiles),
    )
    return new Map([...rows].map(({ profile, last }) => [profile, last]))
  }

  forget(): void {
    this.#appended.take()
  }
}
