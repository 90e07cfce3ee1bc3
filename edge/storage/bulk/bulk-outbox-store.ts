import { OutboxStore, type Attempt, type NewRow } from '../outbox-store.ts'
import { NotedList, type BulkPart } from './bulk-part.ts'

/** Deliveries are written when all others of the transaction are, in their order. */
export class BulkOutboxStore extends OutboxStore implements BulkPart {
  readonly #added = new NotedList<{ readonly row: NewRow; readonly refused?: Attempt }>()

  override add(row: NewRow): void {
    this.#added.add({ row })
  }

  override addRefused(row: NewRow, refused: Attempt): void {
    this.#added.add({ row, refused })
  }

  mark(): () => void {
    return this.#added.mark()
  }

  flush(): void {
    for (const { row, refused } of this.#added.take()) {
      if (refused === undefined) super.add(row)
      else super.addRefused(row, refused)
    }
  }

  forget(): void {
    this.#added.take()
  }
}
