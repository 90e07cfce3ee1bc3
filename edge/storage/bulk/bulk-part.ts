/** This cannot be done together with others: it is done alone, the ordinary way. Nothing of it was written. */
export class NotInBulk extends Error {}

/** A store whose writes of one transaction are collected, and written together at its end. */
export interface BulkPart {
  /** Answers how to forget what is noted from now on. */
  mark(): () => void
  /** Writes all that was noted. */
  flush(): void
  /** Before the next transaction, and whenever one failed. */
  forget(): void
}

/** A list that can go back to an earlier state of its own. */
export class NotedList<T> {
  #items: T[] = []

  add(item: T): void {
    this.#items.push(item)
  }

  mark(): () => void {
    const { length } = this.#items
    return () => {
      this.#items.length = length
    }
  }

  /** All of it; the list is empty then. */
  take(): readonly T[] {
    const items = this.#items
    this.#items = []
    return items
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items.values()
  }
}

/** A map that can go back to an earlier state of its own. */
export class NotedMap<K, V> {
  #values = new Map<K, V>()
  #before: [K, V | undefined][] = []

  get(key: K): V | undefined {
    return this.#values.get(key)
  }

  set(key: K, value: V): void {
    this.#before.push([key, this.#values.get(key)])
    this.#values.set(key, value)
  }

  mark(): () => void {
    const { length } = this.#before
    return () => {
      for (const [key, value] of this.#before.splice(length).toReversed()) {
        if (value === undefined) this.#values.delete(key)
        else this.#values.set(key, value)
      }
    }
  }

  /** All of it; the map is empty then. */
  take(): ReadonlyMap<K, V> {
    const values = this.#values
    this.#values = new Map()
    this.#before = []
    return values
  }
}
