import { NEVER, type Millis } from '../protocol/time.ts'
import type { Verdict } from './verdict.ts'

/** Beyond twice as many entries as there are verdicts, and these, those that stand no more are thrown out. */
const SLACK = 64

/**
 * When verdicts lapse by themselves, the earliest first: a binary heap, moved lazily. A verdict that stands longer than
 * the one before it leaves the entry where it is: it is put off when it comes to the top. So an event that prolongs
 * what stands, as most do, costs the heap nothing.
 */
export class Deadlines {
  readonly #standing: ReadonlyMap<string, Verdict>
  readonly #instants: Millis[] = []
  readonly #keys: string[] = []

  constructor(standing: ReadonlyMap<string, Verdict>) {
    this.#standing = standing
    this.#fill()
  }

  #fill(): void {
    this.#instants.length = 0
    this.#keys.length = 0
    for (const [key, { until }] of this.#standing) if (until < NEVER) this.#push(until, key)
  }

  /** `key` stands until then by now, and did so until `before`. */
  note(key: string, until: Millis, before: Millis): void {
    if (until >= before) return
    if (this.#keys.length > 2 * this.#standing.size + SLACK) this.#fill()
    else this.#push(until, key)
  }

  /** The earliest; `NEVER`: none lapses. */
  get next(): Millis {
    for (;;) {
      const instant = this.#instants[0]
      if (instant === undefined) return NEVER
      const key = this.#keys[0] ?? ''
      const until = this.#standing.get(key)?.until ?? NEVER
      if (until === instant) return instant
      this.#pop()
      if (until > instant && until < NEVER) this.#push(until, key)
    }
  }

  /** The keys of all that lapse at the earliest instant, to be asked again. */
  lapsing(): Iterable<string> {
    const { next } = this
    const keys = new Set<string>()
    while (next < NEVER && this.next === next) {
      keys.add(this.#keys[0] ?? '')
      this.#pop()
    }
    // Put off when they come to the top again.
    for (const key of keys) this.#push(next, key)
    return keys
  }

  #push(instant: Millis, key: string): void {
    let place = this.#keys.length
    while (place > 0) {
      const parent = (place - 1) >> 1
      if ((this.#instants[parent] ?? 0) <= instant) break
      this.#move(parent, place)
      place = parent
    }
    this.#instants[place] = instant
    this.#keys[place] = key
  }

  #pop(): void {
    const instant = this.#instants.pop() ?? 0
    const key = this.#keys.pop() ?? ''
    const count = this.#keys.length
    if (count === 0) return
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= count) break
      if (child + 1 < count && this.#at(child + 1) < this.#at(child)) child++
      if (this.#at(child) >= instant) break
      this.#move(child, place)
      place = child
    }
    this.#instants[place] = instant
    this.#keys[place] = key
  }

  #at(place: number): Millis {
    return this.#instants[place] ?? NEVER
  }

  #move(from: number, to: number): void {
    this.#instants[to] = this.#at(from)
    this.#keys[to] = this.#keys[from] ?? ''
  }
}
