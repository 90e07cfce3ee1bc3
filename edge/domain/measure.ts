import type { Measure } from '../protocol/condition.ts'
import type { Json } from '../protocol/json.ts'

/** A measure over values that come at one end and go at the other. Amortized constant time. */
export interface Gauge {
  push(value: Json): void
  /** Takes away the value that was pushed first. */
  shift(): void
  /** Undefined: absent. */
  value(): Json | undefined
}

/** Numbers are summed in millionths, which are whole: money adds up exactly, in whatever order it comes and goes. */
export const SCALE = 1_000_000
export const scaled = (value: number): number => Math.round(value * SCALE)

export const gaugeFor: { readonly [M in Exclude<Measure, 'recency'>]: () => Gauge } = {
  count: () => new Count(),
  sum: () => new Sum(),
  avg: () => new Mean(),
  min: () => new Extreme((a, b) => a <= b),
  max: () => new Extreme((a, b) => a >= b),
  distinct: () => new Distinct(),
  first: () => new Queue((values, head) => values[head]),
  last: () => new Queue((values) => values.at(-1)),
}

class Count implements Gauge {
  #count = 0
  push(): void {
    this.#count++
  }
  shift(): void {
    this.#count--
  }
  value(): number {
    return this.#count
  }
}

class Sum implements Gauge {
  readonly #values: number[] = []
  #head = 0
  #sum = 0
  push(value: Json): void {
    const number = typeof value === 'number' ? scaled(value) : 0
    this.#values.push(number)
    this.#sum += number
  }
  shift(): void {
    this.#sum -= this.#values[this.#head++] ?? 0
  }
  value(): number | undefined {
    return this.#sum / SCALE
  }
}

class Mean implements Gauge {
  readonly #sum = new Sum()
  readonly #isNumber: boolean[] = []
  #head = 0
  #count = 0
  push(value: Json): void {
    const isNumber = typeof value === 'number'
    this.#sum.push(value)
    this.#isNumber.push(isNumber)
    if (isNumber) this.#count++
  }
  shift(): void {
    this.#sum.shift()
    if (this.#isNumber[this.#head++] === true) this.#count--
  }
  value(): number | undefined {
    return this.#count === 0 ? undefined : (this.#sum.value() ?? 0) / this.#count
  }
}

/** The first of the values that `wins` over all others; those that never can win are not kept. */
class Extreme implements Gauge {
  readonly #candidates: { readonly value: number; readonly place: number }[] = []
  readonly #wins: (a: number, b: number) => boolean
  #head = 0
  #pushed = 0
  #shifted = 0
  constructor(wins: (a: number, b: number) => boolean) {
    this.#wins = wins
  }
  push(value: Json): void {
    const place = this.#pushed++
    if (typeof value !== 'number') return
    while (this.#candidates.length > this.#head) {
      const last = this.#candidates.at(-1)
      if (last === undefined || !this.#wins(value, last.value)) break
      this.#candidates.pop()
    }
    this.#candidates.push({ value, place })
  }
  shift(): void {
    const gone = this.#shifted++
    if (this.#candidates[this.#head]?.place === gone) this.#head++
  }
  value(): number | undefined {
    return this.#candidates[this.#head]?.value
  }
}

/** The same for equal values alone. */
export const nameOfValue = (value: Json): string =>
  typeof value === 'string' ? `"${value.normalize('NFC')}` : JSON.stringify(value)

class Distinct implements Gauge {
  readonly #values: string[] = []
  readonly #counts = new Map<string, number>()
  #head = 0
  push(value: Json): void {
    const name = nameOfValue(value)
    this.#values.push(name)
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }
  shift(): void {
    const name = this.#values[this.#head++] ?? ''
    const left = (this.#counts.get(name) ?? 1) - 1
    if (left === 0) this.#counts.delete(name)
    else this.#counts.set(name, left)
  }
  value(): number {
    return this.#counts.size
  }
}

class Queue implements Gauge {
  readonly #values: Json[] = []
  readonly #pick: (values: readonly Json[], head: number) => Json | undefined
  #head = 0
  constructor(pick: (values: readonly Json[], head: number) => Json | undefined) {
    this.#pick = pick
  }
  push(value: Json): void {
    this.#values.push(value)
  }
  shift(): void {
    this.#head++
  }
  value(): Json | undefined {
    return this.#head < this.#values.length ? this.#pick(this.#values, this.#head) : undefined
  }
}
