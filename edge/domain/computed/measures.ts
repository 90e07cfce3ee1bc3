import { COMPUTED_LIMITS, type ComputedMeasure } from '../../protocol/computed-trait.ts'
import type { Json } from '../../protocol/json.ts'
import type { Entry } from '../entry.ts'
import { gaugeFor, nameOfValue, type Gauge } from '../measure.ts'
import { folded, tailOf, type Tail } from '../tail.ts'

/** Measures that no condition has of its own. */
type OwnMeasure = 'list' | 'most_frequent'

const isOwn = (measure: ComputedMeasure): measure is OwnMeasure =>
  measure === 'list' || measure === 'most_frequent'

/** Made once of each list of entries, which never changes. */
const known = new WeakMap<readonly Entry[], { [M in OwnMeasure]?: Tail }>()

/** A computed trait over the latest entries of a list, from a place on. */
export function computedTail(measure: ComputedMeasure, entries: readonly Entry[]): Tail {
  if (!isOwn(measure)) return tailOf(measure, entries)
  let made = known.get(entries)
  if (made === undefined) known.set(entries, (made = {}))
  return (made[measure] ??= measure === 'list' ? listed(entries) : mostFrequent(entries))
}

/** A computed trait over values that come at one end and go at the other. */
export const computedGauge = (measure: ComputedMeasure): Gauge =>
  isOwn(measure) ? new Values(measure) : gaugeFor[measure]()

type Scalar = string | number | boolean

/** What can be told by itself: an object or a list is no value of a list. */
const isScalar = (value: Json): value is Scalar => value !== null && typeof value !== 'object'

/** Added from the latest back: a value is where it was last. */
function listed(entries: readonly Entry[]): Tail {
  const names = new Set<string>()
  return folded<readonly Scalar[] | undefined>(entries, undefined, (all, value) => {
    if (!isScalar(value) || (all?.length ?? 0) >= COMPUTED_LIMITS.list) return all
    const { size } = names
    return names.add(nameOfValue(value)).size === size ? all : [...(all ?? []), value]
  })
}

interface Rank {
  readonly value: Scalar
  /** How many events of another value are known to be later, at the last one of this. */
  readonly place: number
  count: number
}

function mostFrequent(entries: readonly Entry[]): Tail {
  const ranks = new Map<string, Rank>()
  let best: Rank | undefined
  return folded<Scalar | undefined>(entries, undefined, (most, value) => {
    if (!isScalar(value)) return most
    const name = nameOfValue(value)
    const rank = ranks.get(name) ?? { value, place: ranks.size, count: 0 }
    ranks.set(name, rank)
    rank.count++
    if (best === undefined || isAbove(rank, best)) best = rank
    return best.value
  })
}

const isAbove = (one: Rank, other: Rank): boolean =>
  one.count > other.count || (one.count === other.count && one.place < other.place)

/** Values by name, those whose latest event is the latest at the end. */
class Values implements Gauge {
  readonly #measure: OwnMeasure
  readonly #queue: Json[] = []
  readonly #counts = new Map<string, { readonly value: Scalar; readonly count: number }>()
  #head = 0

  constructor(measure: OwnMeasure) {
    this.#measure = measure
  }

  push(value: Json): void {
    this.#queue.push(value)
    if (!isScalar(value)) return
    const name = nameOfValue(value)
    const count = (this.#counts.get(name)?.count ?? 0) + 1
    this.#counts.delete(name)
    this.#counts.set(name, { value, count })
  }

  shift(): void {
    const value = this.#queue[this.#head++]
    if (value === undefined || !isScalar(value)) return
    const name = nameOfValue(value)
    const { value: latest, count } = this.#counts.get(name) ?? { value, count: 1 }
    if (count === 1) this.#counts.delete(name)
    else this.#counts.set(name, { value: latest, count: count - 1 })
  }

  value(): Json | undefined {
    const values = [...this.#counts.values()].reverse()
    if (this.#measure === 'list') {
      if (values.length === 0) return undefined
      return values.slice(0, COMPUTED_LIMITS.list).map(({ value }) => value)
    }
    const most = values.reduce((count, one) => Math.max(count, one.count), 0)
    return values.find(({ count }) => count === most)?.value
  }
}
