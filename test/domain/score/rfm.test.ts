import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  joinSketches,
  MAX_VALUES,
  populationOf,
  quantilesOf,
  sketchOf,
} from '../../../edge/domain/score/quantile-sketch.ts'
import { cellOf, cutPointsOf, nextFall, rfmScores } from '../../../edge/domain/score/rfm.ts'
import { RFM_CELLS, type RfmValues } from '../../../edge/protocol/score.ts'
import { dataFile } from '../../data.ts'

const path = dataFile('rfm/orders.csv.gz')
const DAY = 86_400_000
const ANALYSIS = Date.parse('2006-12-31')

/** Customers of the data set, by their id, at the analysis date. */
function customersOf(text: string): Map<string, RfmValues> {
  const customers = new Map<string, RfmValues>()
  for (const line of text.trim().split('\n').slice(1)) {
    const [id = '', date = '', revenue = ''] = line.split(',')
    const days = (ANALYSIS - Date.parse(date)) / DAY
    const known = customers.get(id) ?? { recency: days, frequency: 0, monetary: 0 }
    customers.set(id, {
      recency: Math.min(known.recency, days),
      frequency: known.frequency + 1,
      monetary: known.monetary + Number(revenue),
    })
  }
  return customers
}

const sketchesOf = (values: readonly RfmValues[]) => ({
  recency: sketchOf(values.map(({ recency }) => recency)),
  frequency: sketchOf(values.map(({ frequency }) => frequency)),
  monetary: sketchOf(values.map(({ monetary }) => monetary)),
})

describe.skipIf(path === null)('RFM on the data of the R package rfm', () => {
  const text = path === null ? '' : gunzipSync(readFileSync(path)).toString()
  const customers = [...customersOf(text).values()]
  const cutPoints = cutPointsOf(sketchesOf(customers))

  test.each([
    ['recency', [115, 181, 297.4, 482]],
    ['frequency', [4, 5, 6, 8]],
    ['monetary', [255.8, 382, 506.4, 666]],
  ] as const)('cut points of %s are the published ones', (axis, published) => {
    for (const [place, cut] of published.entries()) {
      expect(cutPoints[axis][place]).toBeCloseTo(cut, 9)
    }
  })

  test('so are the cells, and orders and revenue of the best one', () => {
    const counts: Record<string, number> = {}
    let [orders, revenue] = [0, 0]
    for (const customer of customers) {
      const cell = cellOf(rfmScores(customer, cutPoints), RFM_CELLS)
      counts[cell] = (counts[cell] ?? 0) + 1
      if (cell !== 'champions') continue
      orders += customer.frequency
      revenue += customer.monetary
    }
    expect(counts).toEqual({
      champions: 158,
      loyal: 278,
      'potential-loyalist': 229,
      lost: 111,
      'at-risk': 86,
      'about-to-sleep': 50,
      'need-attention': 35,
      others: 48,
    })
    expect([orders, revenue]).toEqual([1_234, 120_178])
  })

  test('parts of the population give the cut points of the whole', () => {
    const parts = [0, 1, 2].map((part) => customers.filter((_, place) => place % 3 === part))
    const sketches = parts.map(sketchesOf)
    const joined = {
      recency: joinSketches(sketches.map(({ recency }) => recency)),
      frequency: joinSketches(sketches.map(({ frequency }) => frequency)),
      monetary: joinSketches(sketches.map(({ monetary }) => monetary)),
    }
    expect(cutPointsOf(joined)).toEqual(cutPoints)
  })
})

describe('recency alone', () => {
  const cutPoints = { recency: [10, 20.4, 30, 40], frequency: [1, 2, 3, 4], monetary: [1, 2, 3, 4] }

  test.each([
    [0, 5, 10],
    [9, 5, 10],
    [10, 4, 21],
    [20, 4, 21],
    [21, 3, 30],
    [39, 2, 40],
    [40, 1, undefined],
  ])('%d days ago is a score of %d, that falls at day %s', (recency, score, falls) => {
    const scored = (days: number) =>
      rfmScores({ recency: days, frequency: 1, monetary: 1 }, cutPoints).recency
    expect(scored(recency)).toBe(score)
    expect(nextFall(recency, cutPoints)).toBe(falls)
    if (falls !== undefined) {
      expect(scored(falls - 1)).toBe(score)
      expect(scored(falls)).toBe(score - 1)
    }
  })
})

describe('quantile sketches', () => {
  const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 200 })
  const SHARES = [0, 0.1, 0.2, 0.5, 0.8, 0.99, 1]

  test('up to the stated number of values are exact', () => {
    fc.assert(
      fc.property(values, (some) => {
        const sorted = [...some].sort((a, b) => a - b)
        const plain = SHARES.map((share) => {
          const rank = share * (sorted.length - 1)
          const [low = 0, high = 0] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]]
          return low + (rank - Math.floor(rank)) * (high - low)
        })
        expect(quantilesOf(sketchOf(some), SHARES)).toEqual(plain)
      }),
    )
  })

  test('of parts joined are those of the whole, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), (parts) => {
        const whole = sketchOf(parts.flat())
        expect(joinSketches(parts.map((part) => sketchOf(part)))).toEqual(whole)
        expect(joinSketches(parts.toReversed().map((part) => sketchOf(part)))).toEqual(whole)
      }),
    )
  })

  test('of more values stay within their share of ranks, joined too', () => {
    let state = 7
    const draw = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
    const parts = [30_000, 90_000].map((size) =>
      Array.from({ length: size }, () => Math.round(Math.exp(6 * draw()) * 1_000) / 1_000),
    )
    const sketches = parts.map((part) => sketchOf(part))
    for (const sketch of sketches) expect(sketch.length).toBeLessThanOrEqual(MAX_VALUES)
    const all = parts.flat().sort((a, b) => a - b)
    const joined = joinSketches(sketches)
    expect(populationOf(joined)).toBe(all.length)
    for (const [place, value] of quantilesOf(joined, SHARES).entries()) {
      const share = SHARES[place] ?? 0
      const [from, to] = [share - 2 / MAX_VALUES, share + 2 / MAX_VALUES].map(
        (near) => all[Math.min(Math.max(Math.round(near * all.length), 0), all.length - 1)] ?? 0,
      )
      expect(value).toBeGreaterThanOrEqual(from ?? 0)
      expect(value).toBeLessThanOrEqual(to ?? 0)
    }
  })
})
