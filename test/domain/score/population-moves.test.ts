import { expect, test } from 'vitest'
import { joinMoves, MoveTally } from '../../../edge/domain/score/population-moves.ts'
import { SpreadTally } from '../../../edge/domain/score/population-spread.ts'
import { cellOf } from '../../../edge/domain/score/rfm.ts'
import type { Entry } from '../../../edge/domain/entry.ts'
import type { CellMove } from '../../../edge/protocol/population.ts'
import { RFM_CELLS, type RfmCutPoints } from '../../../edge/protocol/score.ts'
import { DAY, NEVER } from '../../../edge/protocol/time.ts'

const NOW = Date.parse('2027-01-01T00:00:00Z')
const cuts = (days: number): RfmCutPoints => ({
  recency: [days, 2 * days, 4 * days, 8 * days],
  frequency: [2, 3, 4, 5],
  monetary: [20, 40, 60.5, 90],
})
const FROM = { at: NOW - 60 * DAY, cutPoints: cuts(10) }
const TO = { at: NOW, cutPoints: cuts(12) }

/** Orders of somebody, so many days ago, of so much each. */
const bought = (place: number): readonly Entry[] =>
  Array.from({ length: 1 + ((place * 7) % 6) }, (_, order): Entry => {
    const ago = ((place * 13) % 200) + order * ((place % 9) + 1)
    const amount = 5.25 + ((place * 11) % 30)
    return [NOW - ago * DAY, ['completed', `${place}-${order}`, amount]]
  }).reverse()

const customers = Array.from({ length: 300 }, (_, place) => bought(place))

test.each([
  ['ever', NEVER],
  ['for a while', 45 * DAY],
])('of orders that count %s, the moves add up to both reports, cell by cell', (_, window) => {
  const counting = { window, horizon: NEVER }
  const parts = [0, 1, 2].map((part) => {
    const tally = new MoveTally([FROM, TO], RFM_CELLS, counting)
    for (const entries of customers.filter((_, place) => place % 3 === part)) tally.add(entries)
    return tally.moves
  })
  const moves = joinMoves(parts)
  const added = (side: 'from' | 'to', revenue: 'before' | 'after') => {
    const sums = new Map<string, readonly [number, number]>()
    for (const move of moves) {
      const cell = move[side]
      if (cell === null) continue
      const [count, sum] = sums.get(cell) ?? [0, 0]
      sums.set(cell, [count + move.customers, sum + move[revenue]])
    }
    return shown(sums)
  }
  const reported = ({ at, cutPoints }: typeof FROM) => {
    const tally = new SpreadTally(
      { at, ...counting },
      { cutPoints, value: { known: 0, needed: 1 } },
    )
    for (const entries of customers) tally.add(entries)
    const sums = new Map<string, readonly [number, number]>()
    for (const place of tally.spread.places) {
      const cell = cellOf(place, RFM_CELLS)
      const [count, sum] = sums.get(cell) ?? [0, 0]
      sums.set(cell, [count + place.customers, sum + place.revenue])
    }
    return shown(sums)
  }
  expect(added('from', 'before')).toEqual(reported(FROM))
  expect(added('to', 'after')).toEqual(reported(TO))
  const count = (is: (move: CellMove) => boolean) =>
    moves.filter(is).reduce((sum, move) => sum + move.customers, 0)
  expect(count(({ from }) => from === null)).toBeGreaterThan(0)
  expect(count(({ to }) => to === null) > 0).toBe(window < NEVER)
  expect(count(({ from, to }) => from === to)).toBeGreaterThan(0)
})

const shown = (sums: ReadonlyMap<string, readonly [number, number]>) =>
  [...sums].map(([cell, [count, sum]]) => [cell, count, Number(sum.toFixed(6))]).sort()
