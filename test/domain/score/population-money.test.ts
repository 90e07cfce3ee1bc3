import { expect, test } from 'vitest'
import { clvOf } from '../../../edge/domain/score/value.ts'
import { inCurrency } from '../../../edge/domain/score/population-money.ts'
import { isShort, type PopulationFacts } from '../../../edge/protocol/population.ts'

const FACTS = {
  version: 3,
  at: 0,
  customers: 100,
  currency: 'EUR',
  cutPoints: { recency: [1, 2, 3, 4], frequency: [1, 2, 3, 4], monetary: [10, 20, 30, 40] },
  value: { buying: { r: 0.3, alpha: 5, a: 0.7, b: 2.4 }, spending: { p: 6, q: 4, v: 15 } },
  clv: [1, 2],
  churn: [0.1, 0.2],
} as const satisfies PopulationFacts

const buyer = {
  repeats: 2,
  lastAt: 200,
  observed: 300,
  spending: { mean: 40, repeats: 2 },
}

test('what was found in the money that is counted in stays, and so does what names none', () => {
  const { currency: _, ...unnamed } = FACTS
  expect(inCurrency(FACTS, { currency: 'EUR', rates: { EUR: 2 } })).toBe(FACTS)
  expect(inCurrency(unnamed, { currency: 'JPY', rates: { EUR: 160 } })).toBe(unnamed)
})

test('another currency changes all amounts by its rate, and nothing else', () => {
  const changed = inCurrency(FACTS, { currency: 'JPY', rates: { EUR: 160 } })
  expect(changed).toEqual({
    ...FACTS,
    currency: 'JPY',
    cutPoints: { ...FACTS.cutPoints, monetary: [1_600, 3_200, 4_800, 6_400] },
    value: { ...FACTS.value, spending: { p: 6, q: 4, v: 2_400 } },
    clv: [160, 320],
  })
})

test('what a customer is expected to spend is the same in either currency', () => {
  const { value } = inCurrency(FACTS, { currency: 'JPY', rates: { EUR: 160 } })
  const yen = { ...buyer, spending: { mean: 40 * 160, repeats: 2 } }
  const [ours, theirs] = [clvOf(FACTS.value, buyer), isShort(value) ? undefined : clvOf(value, yen)]
  expect(theirs).toBeCloseTo((ours ?? Number.NaN) * 160, 6)
})

test('without a rate no amount is known; how often and how lately people buy still is', () => {
  const { cutPoints, value, clv, churn } = inCurrency(FACTS, { currency: 'JPY', rates: {} })
  expect(cutPoints).toEqual({ known: 0, needed: 100 })
  expect(value).toEqual({ buying: FACTS.value.buying, spending: { known: 0, needed: 100 } })
  expect([clv, churn]).toEqual([undefined, FACTS.churn])
})
