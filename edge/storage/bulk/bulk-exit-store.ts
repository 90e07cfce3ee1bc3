import { ExitStore, type Exit } from '../exit-store.ts'
import { NotedList, type BulkPart } from './bulk-part.ts'

/** Counts all exits of a transaction at once. */
export class BulkExitStore extends ExitStore implements BulkPart {
  readonly #noted = new NotedList<Exit>()

  override add(exits: readonly Exit[]): void {
    for (const exit of exits) this.#noted.add(exit)
  }

  mark(): () => void {
    return this.#noted.mark()
  }

  flush(): void {
    super.add(this.#noted.take())
  }

  forget(): void {
    this.#noted.take()
  }
}
