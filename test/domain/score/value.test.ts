import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  aliveProbability,
  expectedOfAnyone,
  expectedOrders,
  fitBgNbd,
  likelihood,
  type GroupedHistory,
} from '../../../edge/domain/score/bg-nbd.ts'
import {
  expectedAmount,
  fitGammaGamma,
  spendingLikelihood,
} from '../../../edge/domain/score/gamma-gamma.ts'
import { betaBelow, betaQuantile } from '../../../edge/domain/score/beta.ts'
import { digamma, lnGamma } from '../../../edge/domain/score/gamma.ts'
import { hypergeometric } from '../../../edge/domain/score/hypergeometric.ts'
import { modelOf } from '../../../edge/domain/score/population.ts'
import { joinStatistics } from '../../../edge/domain/score/population-tally.ts'
import { fitValue } from '../../../edge/domain/score/value-fit.ts'
import type { PopulationStatistics } from '../../../edge/protocol/population.ts'
import { DAY } from '../../../edge/protocol/time.ts'
import { dataFile } from '../../data.ts'

const path = dataFile('cdnow/summary.csv')

/** CDNOW's customers as published: repeat orders, weeks of the last one, weeks observed, mean amount. */
const customers = (path === null ? '' : readFileSync(path, 'utf8'))
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',').map(Number))
  .map(([, repeats = 0, lastAt = 0, observed = 0, mean = 0]) => {
    return { repeats, lastAt, observed, mean, customers: 1 }
  })
const repeaters = customers.filter(({ repeats }) => repeats > 0)

const PUBLISHED = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }

describe.skipIf(path === null)('BG/NBD on CDNOW (Fader, Hardie and Lee 2005)', () => {
  const fit = fitBgNbd(customers)

  test.each(Object.entries(PUBLISHED))('%s is fitted as published: %d', (name, value) => {
    expect(fit.converged).toBe(true)
    expect(Math.abs(fit.model[name as keyof typeof PUBLISHED] / value - 1)).toBeLessThan(0.01)
  })

  test('the log-likelihood is the published one', () => {
    expect(fit.value).toBeCloseTo(-9582.4, 1)
  })

  test('the published case: two repeat orders, the last in week 30.43 of 38.86', () => {
    const history = { repeats: 2, lastAt: 30.43, observed: 38.86 }
    expect(expectedOrders(fit.model, history, 39)).toBeCloseTo(1.226, 3)
    expect(aliveProbability(fit.model, history)).toBeCloseTo(0.727, 2)
  })

  test.each([
    [0.1429, 0.0078],
    [1, 0.0532],
    [3, 0.1506],
    [31.8571, 1.0405],
    [32, 1.0437],
    [78, 1.8576],
  ])('of anyone in %d weeks %d orders are expected', (weeks, orders) => {
    expect(expectedOfAnyone(fit.model, weeks)).toBeCloseTo(orders, 3)
  })

  test('standard errors are those of samples drawn anew', () => {
    for (const error of Object.values(fit.errors)) expect(error).toBeGreaterThan(0)
    expect(fit.errors.r).toBeLessThan(0.05)
    expect(fit.errors.alpha).toBeLessThan(1)
  })

  test('days in the place of weeks change the unit alone', () => {
    const days = customers.map((customer) => ({
      ...customer,
      lastAt: customer.lastAt * 7,
      observed: customer.observed * 7,
    }))
    const { model } = fitBgNbd(days)
    expect(model.r).toBeCloseTo(fit.model.r, 4)
    expect(model.alpha / 7).toBeCloseTo(fit.model.alpha, 3)
    expect(model.b).toBeCloseTo(fit.model.b, 3)
  })

  test('customers counted in groups give the same as one by one', () => {
    const groups = new Map<string, GroupedHistory>()
    for (const one of customers) {
      const key = `${one.repeats} ${one.lastAt} ${one.observed}`
      groups.set(key, { ...one, customers: (groups.get(key)?.customers ?? 0) + 1 })
    }
    expect(groups.size).toBeLessThan(customers.length)
    expect(fitBgNbd([...groups.values()]).model.r).toBeCloseTo(fit.model.r, 6)
  })
})

describe.skipIf(path === null)('Gamma-Gamma on CDNOW (Fader and Hardie 2013)', () => {
  const fit = fitGammaGamma(repeaters)

  test.each([
    ['p', 6.25],
    ['q', 3.74],
    ['v', 15.44],
  ] as const)('%s is fitted as published: %d', (name, value) => {
    expect(repeaters).toHaveLength(946)
    expect(fit.converged).toBe(true)
    expect(Math.abs(fit.model[name] / value - 1)).toBeLessThan(0.01)
  })

  test('the first ten customers are expected to spend what is published', () => {
    const published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    const expected = customers.slice(0, 10).map((one) => expectedAmount(fit.model, one))
    for (const [place, amount] of published.entries())
      expect(expected[place]).toBeCloseTo(amount, 1)
  })
})

test('nobody is scored by a fit that went astray', () => {
  const modelFor = (histories: PopulationStatistics['histories']) =>
    modelOf({ value: fitValue({ ...joinStatistics([]), histories }, DAY, DAY) })
  const told = [
    [0, 0, 90, 300],
    [1, 1, 90, 200],
    [2, 46, 90, 100],
  ] as const
  expect(modelFor(told)).toHaveProperty('buying')
  // All of whom ordered yesterday and today.
  expect(modelFor([[1, 1, 1, 300]])).toEqual({ known: 0, needed: 100 })
})

test('what is expected of a customer is never less than nothing, whoever else spends how much', () => {
  // A hundred times as much is spent by a hundredth of them, and so on: their mean has no bound.
  const spendings = Array.from({ length: 200 }, (_, place) => ({
    repeats: 1 + (place % 3),
    mean: 20 * ((place + 0.5) / 200) ** -1.7,
  }))
  const { model } = fitGammaGamma(spendings)
  expect(model.q).toBeLessThan(1)
  expect(expectedAmount(model, { repeats: 0, mean: 0 })).toBeUndefined()
  expect(expectedAmount(model, { repeats: 2, mean: 30 })).toBeCloseTo(30, 0)
})

describe('gradients', () => {
  const at = { r: 0.6, alpha: 3, a: 0.7, b: 2 }
  const histories = [
    { repeats: 0, lastAt: 0, observed: 20, customers: 5 },
    { repeats: 1, lastAt: 4, observed: 30, customers: 2 },
    { repeats: 12, lastAt: 29, observed: 30, customers: 1 },
  ]

  test.each(['r', 'alpha', 'a', 'b'] as const)(
    'of BG/NBD by %s agrees with a difference',
    (name) => {
      const near = (step: number) => likelihood(histories, { ...at, [name]: at[name] + step }).value
      const place = Object.keys(at).indexOf(name)
      const slope = (near(1e-5) - near(-1e-5)) / 2e-5
      expect(likelihood(histories, at).gradient[place]).toBeCloseTo(slope, 5)
    },
  )

  const spendings = [
    { repeats: 1, mean: 20 },
    { repeats: 7, mean: 55.5 },
  ]
  const model = { p: 2, q: 3, v: 12 }
  test.each(['p', 'q', 'v'] as const)('of Gamma-Gamma by %s agrees with a difference', (name) => {
    const near = (step: number) =>
      spendingLikelihood(spendings, { ...model, [name]: model[name] + step }).value
    const place = Object.keys(model).indexOf(name)
    const slope = (near(1e-5) - near(-1e-5)) / 2e-5
    expect(spendingLikelihood(spendings, model).gradient[place]).toBeCloseTo(slope, 5)
  })
})

describe('special functions', () => {
  // Reference values: DLMF tables, and closed forms.
  test.each([
    [0.1, 2.252712651734206],
    [0.5, Math.log(Math.PI) / 2],
    [1, 0],
    [10, Math.log(362_880)],
    [171, 706.5730622457874],
  ])('lnGamma(%d) is %d', (x, value) => {
    expect(lnGamma(x)).toBeCloseTo(value, value > 100 ? 8 : 11)
  })

  test.each([
    [0.5, -1.9635100260214235],
    [1, -0.5772156649015329],
    [4, 1.2561176684318003],
    [25, 3.198742512],
  ])('digamma(%d) is %d', (x, value) => {
    expect(digamma(x)).toBeCloseTo(value, 8)
  })

  test.each([
    [0.3, 1, 1, 0.3],
    [0.3, 2, 1, 0.09],
    [0.3, 1, 3, 1 - 0.7 ** 3],
    [0.9, 2, 2, 3 * 0.9 ** 2 - 2 * 0.9 ** 3],
    [0.02, 2, 300, 1 - 0.98 ** 301 - 301 * 0.02 * 0.98 ** 300],
  ])('of Beta below %d (%d, %d) lies %d', (share, a, b, value) => {
    expect(betaBelow(share, a, b)).toBeCloseTo(value, 10)
    expect(betaQuantile(value, a, b)).toBeCloseTo(share, 8)
  })

  test.each([
    [1, 1, 2, 0.5, -Math.log(0.5) / 0.5],
    [2, 3, 3, 0.99, 0.01 ** -2],
    [0.5, 1, 1.5, 0.81, Math.atanh(0.9) / 0.9],
  ])('2F1(%d, %d; %d; %d) is %d', (a, b, c, z, value) => {
    expect(hypergeometric(a, b, c, z) / value).toBeCloseTo(1, 10)
  })
})
