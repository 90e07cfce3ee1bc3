import { oldestOf } from '../../domain/spent.ts'
import type { EventRecord } from '../../protocol/event.ts'
import type { ProfileId } from '../../protocol/id.ts'
import type { Millis } from '../../protocol/time.ts'
import {
  HistoryStore,
  named,
  TAIL_EVENTS,
  type Chunk,
  type Names,
  type ReadColumns,
} from '../history-store.ts'
import { groupBy } from '../group-by.ts'
import { insertRows } from '../insert-rows.ts'
import { lined } from '../sealed-chunk.ts'
import { NotedList, NotInBulk, type BulkPart } from './bulk-part.ts'

/** Of what is sealed so much is read ahead, and little more: histories may be long. */
const MOST_CHARACTERS = 4_000_000

/** Events of many profiles at once. */
export class BulkHistoryStore extends HistoryStore implements BulkPart {
  readonly #sql: SqlStorage
  readonly #read = new Map<ProfileId, readonly Chunk[]>()
  /** Read ahead since it last forgot. */
  characters = 0
  readonly #columns = new Map<number, ReadColumns>()
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

  /** What is to be counted anew of many, with the columns that are going to be asked for. */
  read(
    profiles: readonly ProfileId[],
    asked: Names,
    columns: { readonly properties: boolean; readonly ids: boolean },
  ): void {
    const chunks = this.chunksOfAll(profiles)
    for (const profile of profiles) this.#read.set(profile, chunks.get(profile) ?? [])
    const rows = [...chunks.values()].flatMap((own) =>
      own.flatMap(({ id, concerns }) => (id !== undefined && concerns(asked) ? id : [])),
    )
    if (rows.length > 0) this.#readColumns(rows, columns)
  }

  #readColumns(
    ids: readonly number[],
    asked: { readonly properties: boolean; readonly ids: boolean },
  ): void {
    const more = [asked.properties ? 'properties' : [], asked.ids ? 'ids' : []].flat()
    const rows = this.#sql.exec<{ id: number } & ReadColumns>(
      `SELECT ${['id', 'heads', ...more].join()} FROM sealed
       WHERE id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(ids),
    )
    for (const { id, ...columns } of rows) {
      this.#columns.set(id, columns)
      const { heads, properties = '', ids: messages = '' } = columns
      this.characters += heads.length + properties.length + messages.length
      // The others are read one by one, each when it is its turn.
      if (this.characters > MOST_CHARACTERS) break
    }
  }

  protected override columnsOf(id: number): ReadColumns {
    return this.#columns.get(id) ?? super.columnsOf(id)
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
    this.#columns.clear()
    this.characters = 0
    this.#appended.take()
  }
}
