import {
  isShort,
  type GridPlace,
  type PopulationFacts,
  type PopulationSpread,
} from '../../protocol/population.ts'
import type { RfmCutPoints } from '../../protocol/score.ts'
import { NEVER } from '../../protocol/time.ts'
import type { Entry } from '../entry.ts'
import { SCALE, scaled } from '../measure.ts'
import { buyerOf, countedOrders, ordersAt, rfmValues } from './order-history.ts'
import { joinAppetenceSpreads } from './appetence-spread.ts'
import type { Sight } from './population-tally.ts'
import { joinSketches, sketchOf } from './quantile-sketch.ts'
import { rfmScores } from './rfm.ts'
import { churnOf, clvOf } from './value.ts'

type Known = Pick<PopulationFacts, 'cutPoints' | 'value'>
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Counts how customers are spread over what was found of all. */
export class SpreadTally {
  readonly #sight: Pick<Sight, 'at' | 'window' | 'horizon'>
  readonly #cutPoints: RfmCutPoints | undefined
  readonly #model
  readonly #places = new Map<string, Mutable<GridPlace>>()
  readonly #clv: number[] = []
  readonly #churn: number[] = []

  constructor(sight: Pick<Sight, 'at' | 'window' | 'horizon'>, { cutPoints, value }: Known) {
    this.#sight = sight
    this.#cutPoints = isShort(cutPoints) ? undefined : cutPoints
    this.#model = isShort(value) ? undefined : value
  }

  add(entries: readonly Entry[]): void {
    const { at, horizon } = this.#sight
    const said = ordersAt(entries, at)
    const values = rfmValues(countedOrders(said, at, this.#sight), at)
    if (values !== undefined && this.#cutPoints !== undefined) {
      const scores = rfmScores(values, this.#cutPoints)
      addTo(this.#places, {
        ...scores,
        customers: 1,
        orders: values.frequency,
        revenue: values.monetary,
      })
    }
    if (this.#model === undefined) return
    const buyer = buyerOf(countedOrders(said, at, { window: NEVER, horizon }), at)
    if (buyer === undefined) return
    this.#churn.push(churnOf(this.#model, buyer))
    const clv = clvOf(this.#model, buyer)
    if (clv !== undefined) this.#clv.push(clv)
  }

  get spread(): Omit<PopulationSpread, 'appetence'> {
    return {
      places: [...this.#places.values()],
      clv: sketchOf(this.#clv),
      churn: sketchOf(this.#churn),
    }
  }
}

function addTo(places: Map<string, Mutable<GridPlace>>, place: GridPlace): void {
  const key = `${place.recency} ${place.frequency} ${place.monetary}`
  const known = places.get(key)
  if (known === undefined) {
    places.set(key, { ...place })
    return
  }
  known.customers += place.customers
  known.orders += place.orders
  known.revenue = (scaled(known.revenue) + scaled(place.revenue)) / SCALE
}

/** The spread of several parts of the population together. */
export function joinSpreads(parts: readonly PopulationSpread[]): PopulationSpread {
  const places = new Map<string, Mutable<GridPlace>>()
  for (const part of parts) for (const place of part.places) addTo(places, place)
  return {
    places: [...places.values()],
    clv: joinSketches(parts.map(({ clv }) => clv)),
    churn: joinSketches(parts.map(({ churn }) => churn)),
    appetence: joinAppetenceSpreads(parts.map(({ appetence }) => appetence)),
  }
}
