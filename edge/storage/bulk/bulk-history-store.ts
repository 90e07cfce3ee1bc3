import { oldestOf } from '../../domain/spent.ts'
import type { EventRecord } from '../../protocol/event.ts'
import type { ProfileId } from '../../protocol/id.ts'
import type { Millis } from '../../protocol/time.ts'
import { HistoryStore, TAIL_EVENTS, type Chunk } from '../history-store.ts'
import { named, type Names } from '../history-texts.ts'
import { groupBy } from '../group-by.ts'
import { insertRows } from '../insert-rows.ts'
import type { Question } from '../read-ahead.ts'
import { lined } from '../sealed-chunk.ts'
import { NotedList, NotInBulk, type BulkPart } from './bulk-part.ts'

/** Events of many profiles at once. */
export class BulkHistoryStore extends HistoryStore implements BulkPart {
  readonly #sql: SqlStorage
  readonly #read = new Map<ProfileId, readonly Chunk[]>()
  /** Read ahead since it last forgot. */
  characters = 0
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

  /** What is to be counted anew of many. */
  read(profiles: readonly ProfileId[], question: Question): void {
    const chunks = this.chunksOfAll(profiles, question)
    for (const profile of profiles) {
      const own = chunks.get(profile) ?? []
      this.#read.set(profile, own)
      for (const { ahead = 0 } of own) this.characters += ahead
    }
  }

  /** Of those that were read, those that may have done what is asked for. */
  concerned(asked: Names): ProfileId[] {
    return [...this.#read].flatMap(([profile, chunks]) =>
      chunks.some(({ concerns }) => concerns(asked)) ? profile : [],
    )
  }

  override chunksOf(profile: ProfileId): readonly Chunk[] {
    const kept = this.#read.get(profile) ?? super.chunksOf(profile)
    const own = [...this.#appended].flatMap(([id, events]) => (id === profile ? events : []))
    if (own.length === 0) return kept
    return [...kept, { concerns: () => true, events: (asked) => named(own, asked) }]
  }

  override drop(): never {
    throw new NotInBulk()
  }

  mark(): () => void {
    return this.#appended.mark()
  }

  flush(): void {
    const rows: [ProfileId, number, Millis, string][] = []
    for (const [profile, some] of groupBy(this.#appended.take(), (one) => one[0])) {
      const events = some.flatMap((one) => one[1])
      if (events.length >= TAIL_EVENTS) super.append(profile, events)
      else if (events.length > 0) {
        const text = lined(events.map((event) => JSON.stringify(event)))
        rows.push([profile, events.length, oldestOf(events), text])
      }
    }
    insertRows(
      this.#sql,
      'INSERT INTO tail (profile, events, oldest, data)',
      ['?1', '?2', '?3', '?4'],
      rows,
      `ON CONFLICT (profile) DO UPDATE SET events = events + excluded.events,
         oldest = min(oldest, excluded.oldest), data = data || char(10) || excluded.data`,
    )
    if (rows.length > 0) this.sealFull(rows.map(([profile]) => profile))
  }

  forget(): void {
    this.#read.clear()
    this.characters = 0
    this.#appended.take()
  }
}
