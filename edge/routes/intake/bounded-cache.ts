import type { Millis } from '../../protocol/time.ts'

/** Values kept in the isolate for a while, the oldest dropped first: strangers choose the keys, not the size. */
export class BoundedCache<T> {
  readonly #entries = new Map<string, { readonly value: T; readonly until: Millis }>()
  readonly #size: number

  constructor(size: number) {
    this.#size = size
  }

  get(key: string, now: Millis): T | undefined {
    const entry = this.#entries.get(key)
    return entry !== undefined && entry.until > now ? entry.value : undefined
  }

  set(key: string, value: T, until: Millis): void {
    this.#entries.delete(key)
    const oldest = this.#entries.keys().next()
    if (this.#entries.size >= this.#size && oldest.done !== true) this.#entries.delete(oldest.value)
    this.#entries.set(key, { value, until })
  }
}
