import { SECOND, type Millis } from '../protocol/time.ts'

/** What is told of the last so long. */
const SPAN: Millis = 30 * SECOND
/** Less than that says nothing. */
const LEAST: Millis = SECOND

/** How fast a number grows of late. */
export class Pace {
  #samples: { readonly at: Millis; readonly done: number }[] = []

  /** A number that became less began anew. */
  note(at: Millis, done: number): void {
    const last = this.#samples.at(-1)
    if (last !== undefined && done < last.done) this.#samples = []
    this.#samples.push({ at, done })
    while ((this.#samples[0]?.at ?? at) < at - SPAN) this.#samples.shift()
  }

  /** It stands still for a while: what comes later is not measured by what was before. */
  forget(): void {
    this.#samples = []
  }

  /** Per second; undefined: not known yet. */
  get rate(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)]
    if (first === undefined || last === undefined || last.at - first.at < LEAST) return undefined
    return ((last.done - first.done) * SECOND) / (last.at - first.at)
  }
}
