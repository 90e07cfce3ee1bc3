import type { ApiRfmMovement } from '../../edge/protocol/api-score.ts'
import type { CellMove } from '../../edge/protocol/population.ts'

/** What is shown of each move. */
export type MovementFigure = 'customers' | 'revenue'

type Cell = string | null

export interface MovementTable {
  /** Cells that somebody was in, in their order, with how many; null, who was no customer, last. */
  readonly rows: readonly { readonly cell: Cell; readonly customers: number }[]
  /** Cells that somebody is in; null, who is none any more, last. */
  readonly columns: readonly Cell[]
  readonly at: (from: Cell, to: Cell) => CellMove | undefined
}

export function movementTable({ cells, moves }: ApiRfmMovement): MovementTable {
  const all: readonly Cell[] = [...cells, null]
  return {
    rows: all
      .map((cell) => ({
        cell,
        customers: moves
          .filter(({ from }) => from === cell)
          .reduce((sum, { customers }) => sum + customers, 0),
      }))
      .filter(({ customers }) => customers > 0),
    columns: all.filter((cell) => moves.some(({ to }) => to === cell)),
    at: (from, to) => moves.find((move) => move.from === from && move.to === to),
  }
}
