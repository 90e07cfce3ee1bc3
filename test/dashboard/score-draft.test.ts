import { expect, test } from 'vitest'
import {
  coveredCells,
  draftOf,
  inputOf,
  moved,
  newCell,
} from '../../dashboard/parts/score-draft.ts'
import type { ApiScoreSettings } from '../../edge/protocol/api-score.ts'
import { APPETENCE_SETTINGS } from '../../edge/protocol/appetence.ts'
import { SCORE_SETTINGS } from '../../edge/protocol/score.ts'

const { orders, rfm } = SCORE_SETTINGS
const DEFAULT: ApiScoreSettings = {
  orders,
  rfm: { ...rfm, window: null, cutPoints: null },
  engagement: { weights: SCORE_SETTINGS.engagement.weights, halfLife: 'P30D' },
  appetence: { ...APPETENCE_SETTINGS, halfLife: 'P90D' },
}
const OWN: ApiScoreSettings = {
  orders: { ...orders, currency: 'USD', rates: { EUR: 1.08, GBP: 1.3 } },
  rfm: {
    window: 'P365D',
    bins: 3,
    cutPoints: { recency: [30, 90.5], frequency: [2, 4], monetary: [50, 200] },
    cells: [
      {
        key: 'good',
        name: 'Good',
        meaning: 'Fine people.',
        recency: [2, 3],
        frequency: [1, 3],
        monetary: [1, 3],
      },
    ],
  },
  engagement: { weights: { 'Signed = Up': 3 }, halfLife: 'P7D' },
  appetence: {
    ...APPETENCE_SETTINGS,
    halfLife: null,
    reactions: ['clicked'],
    exploration: 0.125,
    prior: 'none',
  },
}

test.each([DEFAULT, OWN])('settings survive the form unchanged', (settings) => {
  expect(inputOf(draftOf(settings))).toEqual(settings)
})

test('what is no number is sent as it was typed, to be refused where it stands', () => {
  const sent = inputOf({
    ...draftOf(OWN),
    rates: 'EUR = 1,08\nCHF = much\nGBP',
    cutPoints: { recency: '30 soon', frequency: '2;4', monetary: '' },
  })
  expect(sent.orders?.rates).toEqual({ EUR: 1.08, CHF: ' much', GBP: '' })
  expect(sent.rfm?.cutPoints).toEqual({ recency: [30, 'soon'], frequency: [2, 4], monetary: [] })
})

test('a text that is emptied is the built-in one again', () => {
  const [cell] = OWN.rfm.cells
  const cells = cell === undefined ? [] : [{ ...cell, name: ' ' }]
  expect(inputOf({ ...draftOf(OWN), cells }).rfm?.cells?.[0]).not.toHaveProperty('name')
})

test('cells that those above them cover are told, and none once they are moved up', () => {
  const covered = coveredCells(rfm.cells, rfm.bins)
  expect([...covered]).toEqual(['new', 'promising', 'cannot-lose'])
  const narrowFirst = [
    ...rfm.cells.filter(({ key }) => covered.has(key)),
    ...rfm.cells.filter(({ key }) => !covered.has(key)),
  ]
  expect([...coveredCells(narrowFirst, rfm.bins)]).toEqual([])
})

test('cells are moved and added, each under a key of its own', () => {
  const { cells } = rfm
  const keys = moved(cells, 1, -1).map(({ key }) => key)
  expect(keys.slice(0, 2)).toEqual(['loyal', 'champions'])
  expect(moved(cells, 0, -1)).toBe(cells)
  const one = newCell(cells, 5)
  expect(newCell([...cells, one], 5).key).not.toBe(one.key)
})
