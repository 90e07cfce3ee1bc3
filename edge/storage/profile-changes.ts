import type { ProfileId } from '../protocol/id.ts'

type Listener = (id: ProfileId) => void

/**
 * Tells of profiles of a shard that change, move or go, for whoever counts them meanwhile. It may tell of one that
 * then stays as it was, because its transaction is rolled back.
 */
export class ProfileChanges {
  readonly #listeners = new Set<Listener>()

  get isHeard(): boolean {
    return this.#listeners.size > 0
  }

  tell(id: ProfileId): void {
    for (const listener of this.#listeners) listener(id)
  }

  /** Answers how to hear no more. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}
