import { insertRows, listed } from '../insert-rows.ts'
import { SeenStore, type SeenRow } from '../seen-store.ts'
import { NotedMap, type BulkPart } from './bulk-part.ts'

type Days = readonly Pick<SeenRow, 'day' | 'hashes'>[]

/** Message ids of many scopes at once. */
export class BulkSeenStore extends SeenStore implements BulkPart {
  readonly #sql: SqlStorage
  readonly #read = new Map<string, Days>()
  readonly #written = new NotedMap<string, Days>()

  constructor(sql: SqlStorage) {
    super(sql)
    this.#sql = sql
  }

  read(scopes: Iterable<string>): void {
    for (const scope of scopes) this.#read.set(scope, [])
    const rows = this.#sql.exec<{ scope: string; day: number; hashes: ArrayBuffer }>(
      'SELECT scope, day, hashes FROM seen WHERE scope IN (SELECT value FROM json_each(?))',
      listed(this.#read.keys()),
    )
    for (const { scope, day, hashes } of rows) {
      this.#read.set(scope, [...(this.#read.get(scope) ?? []), { day, hashes }])
    }
  }

  protected override since(scope: string, first: number): Days {
    const written = this.#written.get(scope) ?? []
    const isWritten = (day: number) => written.some((one) => one.day === day)
    const read = (this.#read.get(scope) ?? []).filter(({ day }) => !isWritten(day))
    return [...read, ...written].filter(({ day }) => day >= first)
  }

  protected override put(scope: string, day: number, hashes: ArrayBuffer): void {
    const others = (this.#written.get(scope) ?? []).filter((one) => one.day !== day)
    this.#written.set(scope, [...others, { day, hashes }])
  }

  mark(): () => void {
    return this.#written.mark()
  }

  flush(): void {
    insertRows(
      this.#sql,
      'INSERT OR REPLACE INTO seen (scope, day, hashes)',
      ['?1', '?2', '?3'],
      [...this.#written.take()].flatMap(([scope, days]) =>
        days.map(({ day, hashes }) => [scope, day, hashes]),
      ),
    )
  }

  forget(): void {
    this.#read.clear()
    this.#written.take()
  }
}
