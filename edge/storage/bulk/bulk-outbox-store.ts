import { OutboxStore } from '../outbox-store.ts'
import { NotedList, type BulkPart } from './bulk-part.ts'

type NewRow = Parameters<OutboxStore['add']>[0]

/** Deliveries are written when all others of the transaction are, in their order. */
export class BulkOutboxStore extends OutboxStore implements BulkPart {
  readonly #added = new NotedList<NewRow>()

  override add(row: NewRow): void {
    this.#added.add(row)
  }

  mark(): () => void {
    return this.#added.mark()
  }

  flush(): void {
    for (const row of this.#added.take()) super.add(row)
  }

  forget(): void {
    this.#added.take()
  }
}
