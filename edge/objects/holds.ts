import type { ErasingStore } from '../storage/erasing-store.ts'

/** Waits for people who are held because one of them is being erased. */
export class Holds {
  readonly #erasing: ErasingStore
  readonly #waiting = new Map<string, (() => void)[]>()

  constructor(erasing: ErasingStore) {
    this.#erasing = erasing
  }

  /** Resolves when they are held no more; at once if they are not. Its caller limits the wait. */
  released(erasure: string): Promise<void> {
    if (this.#erasing.find(erasure)?.phase !== 'held') return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.set(erasure, [...(this.#waiting.get(erasure) ?? []), resolve])
    })
  }

  release(erasure: string): void {
    for (const resolve of this.#waiting.get(erasure) ?? []) resolve()
    this.#waiting.delete(erasure)
  }
}
