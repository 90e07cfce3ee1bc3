import type { ByDay, PopulationStatistics } from '../../protocol/population.ts'
import { AMOUNT_FAULTS, type AmountFault } from '../../protocol/score.ts'
import { DAY, NEVER, type Millis } from '../../protocol/time.ts'
import type { Entry } from '../entry.ts'
import { SCALE, scaled } from '../measure.ts'
import { joinAppetence } from './appetence-tally.ts'
import type { Order } from './order.ts'
import {
  buyerOf,
  countedOrders,
  daysBetween,
  ordersAt,
  rfmValues,
  type Counting,
} from './order-history.ts'
import { joinSketches, sketchOf } from './quantile-sketch.ts'

/** When it is looked, and which orders count; for the model of value the window does not matter. */
export interface Sight extends Counting {
  readonly at: Millis
  /** Later orders of those who are customers by then are told too, up to now. */
  readonly now: Millis
}

const none = (): { [F in AmountFault]: number } => ({ missing: 0, negative: 0, currency: 0 })

/** What orders tell; what messages do is gathered apart. */
type OrderStatistics = Omit<PopulationStatistics, 'appetence'>

/** Gathers statistics of customers, one after the other. */
export class PopulationTally {
  readonly #sight: Sight
  readonly #values = {
    recency: [] as number[],
    frequency: [] as number[],
    monetary: [] as number[],
  }
  readonly #histories = new Map<string, [number, number, number, number]>()
  readonly #spendings: (readonly [number, number])[] = []
  readonly #births = new Map<number, number>()
  readonly #repeats = new Map<number, number>()
  readonly #faults = none()
  #orders = 0
  #revenue = 0

  constructor(sight: Sight) {
    this.#sight = sight
  }

  add(entries: readonly Entry[]): void {
    const { at, horizon } = this.#sight
    const said = ordersAt(entries, at)
    for (const fault of AMOUNT_FAULTS) this.#faults[fault] += said.faults[fault] ?? 0
    const values = rfmValues(countedOrders(said, at, this.#sight), at)
    if (values !== undefined) {
      this.#values.recency.push(values.recency)
      this.#values.frequency.push(values.frequency)
      this.#values.monetary.push(values.monetary)
      this.#orders += values.frequency
      this.#revenue += scaled(values.monetary)
    }
    this.#addBuyer(countedOrders(said, at, { window: NEVER, horizon }), entries)
  }

  #addBuyer(counted: readonly Order[], entries: readonly Entry[]): void {
    const { at, now } = this.#sight
    const buyer = buyerOf(counted, at)
    const [first] = counted
    if (buyer === undefined || first === undefined) return
    const { repeats, lastAt, observed, spending } = buyer
    const key = `${repeats} ${lastAt} ${observed}`
    const alike = this.#histories.get(key)
    if (alike === undefined) this.#histories.set(key, [repeats, lastAt, observed, 1])
    else alike[3]++
    if (spending !== undefined) this.#spendings.push([spending.repeats, spending.mean])
    increase(this.#births, Math.floor(first.at / DAY))
    const days = new Set<number>()
    for (const order of ordersAt(entries, now).orders) {
      const day = daysBetween(first.at, order.at)
      if (day <= 0 || days.has(day)) continue
      days.add(day)
      increase(this.#repeats, Math.floor(first.at / DAY) + day)
    }
  }

  get statistics(): OrderStatistics {
    const { recency, frequency, monetary } = this.#values
    return {
      customers: recency.length,
      orders: this.#orders,
      revenue: this.#revenue / SCALE,
      faults: this.#faults,
      recency: sketchOf(recency),
      frequency: sketchOf(frequency),
      monetary: sketchOf(monetary),
      histories: [...this.#histories.values()],
      spendings: this.#spendings,
      births: [...this.#births],
      repeats: [...this.#repeats],
    }
  }
}

function increase(counts: Map<number, number>, day: number, by = 1): void {
  counts.set(day, (counts.get(day) ?? 0) + by)
}

/** The statistics of several parts of the population together. */
export function joinStatistics(parts: readonly PopulationStatistics[]): PopulationStatistics {
  const faults = none()
  for (const part of parts) {
    for (const fault of AMOUNT_FAULTS) faults[fault] += part.faults[fault]
  }
  const sum = (read: (part: PopulationStatistics) => number) =>
    parts.reduce((all, part) => all + read(part), 0)
  return {
    customers: sum(({ customers }) => customers),
    orders: sum(({ orders }) => orders),
    revenue: sum(({ revenue }) => scaled(revenue)) / SCALE,
    faults,
    recency: joinSketches(parts.map(({ recency }) => recency)),
    frequency: joinSketches(parts.map(({ frequency }) => frequency)),
    monetary: joinSketches(parts.map(({ monetary }) => monetary)),
    histories: parts.flatMap(({ histories }) => histories),
    spendings: parts.flatMap(({ spendings }) => spendings),
    births: joinDays(parts.map(({ births }) => births)),
    repeats: joinDays(parts.map(({ repeats }) => repeats)),
    appetence: joinAppetence(parts.map(({ appetence }) => appetence)),
  }
}

function joinDays(parts: readonly ByDay[]): ByDay {
  const all = new Map<number, number>()
  for (const part of parts) for (const [day, count] of part) increase(all, day, count)
  return [...all].sort(([a], [b]) => a - b)
}
