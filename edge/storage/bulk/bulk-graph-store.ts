import { GraphStore } from '../graph-store.ts'
import { listed } from '../insert-rows.ts'
import { NotInBulk } from './bulk-part.ts'

/** Knows which of many identifiers are held by nobody here; graphs that several people share are not for bulk. */
export class BulkGraphStore extends GraphStore {
  readonly #sql: SqlStorage
  readonly #disowned = new Set<string>()

  constructor(sql: SqlStorage) {
    super(sql)
    this.#sql = sql
  }

  read(identifiers: Iterable<string>): void {
    const rows = this.#sql.exec<{ identifier: string }>(
      'SELECT identifier FROM disowned WHERE identifier IN (SELECT value FROM json_each(?))',
      listed(identifiers),
    )
    for (const { identifier } of rows) this.#disowned.add(identifier)
  }

  override isDisowned(identifier: string): boolean {
    return this.#disowned.has(identifier)
  }

  override find(): never {
    throw new NotInBulk()
  }

  override put(): never {
    throw new NotInBulk()
  }

  override drop(): never {
    throw new NotInBulk()
  }

  forget(): void {
    this.#disowned.clear()
  }
}
