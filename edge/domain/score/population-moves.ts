import type { CellMove, RfmLook } from '../../protocol/population.ts'
import type { RfmCell } from '../../protocol/score.ts'
import type { Entry } from '../entry.ts'
import { SCALE, scaled } from '../measure.ts'
import { countedOrders, ordersAt, rfmValues, type Counting } from './order-history.ts'
import { cellOf, rfmScores } from './rfm.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Counts which customers were in which cell at one instant and are in which at a later one. */
export class MoveTally {
  readonly #looks: readonly [RfmLook, RfmLook]
  readonly #cells: readonly RfmCell[]
  readonly #counting: Counting
  readonly #moves = new Map<string, Mutable<CellMove>>()

  constructor(
    looks: readonly [from: RfmLook, to: RfmLook],
    cells: readonly RfmCell[],
    counting: Counting,
  ) {
    this.#looks = looks
    this.#cells = cells
    this.#counting = counting
  }

  add(entries: readonly Entry[]): void {
    const [from, to] = this.#looks.map(({ at, cutPoints }) => {
      const values = rfmValues(countedOrders(ordersAt(entries, at), at, this.#counting), at)
      return values && { cell: cellOf(rfmScores(values, cutPoints), this.#cells), values }
    })
    if (from === undefined && to === undefined) return
    addTo(this.#moves, {
      from: from?.cell ?? null,
      to: to?.cell ?? null,
      customers: 1,
      before: from?.values.monetary ?? 0,
      after: to?.values.monetary ?? 0,
    })
  }

  get moves(): readonly CellMove[] {
    return [...this.#moves.values()]
  }
}

function addTo(moves: Map<string, Mutable<CellMove>>, move: CellMove): void {
  const key = JSON.stringify([move.from, move.to])
  const known = moves.get(key)
  if (known === undefined) {
    moves.set(key, { ...move })
    return
  }
  known.customers += move.customers
  known.before = (scaled(known.before) + scaled(move.before)) / SCALE
  known.after = (scaled(known.after) + scaled(move.after)) / SCALE
}

/** The moves of several parts of the population together. */
export function joinMoves(parts: readonly (readonly CellMove[])[]): readonly CellMove[] {
  const moves = new Map<string, Mutable<CellMove>>()
  for (const part of parts) for (const move of part) addTo(moves, move)
  return [...moves.values()]
}
