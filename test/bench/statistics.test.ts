import { expect, test } from 'vitest'
import { median, percentile } from './statistics.ts'

test.each([
  ['an odd number of values', [3, 1, 2], 2],
  ['an even number of values', [4, 1, 3, 2], 2.5],
  ['one value', [7], 7],
])('the median of %s', (_, values, expected) => {
  expect(median(values)).toBe(expected)
})

test('a percentile is a value that was measured, by nearest rank', () => {
  const values = Array.from({ length: 200 }, (_, n) => 200 - n)
  expect(percentile(values, 0.5)).toBe(100)
  expect(percentile(values, 0.99)).toBe(198)
  expect(percentile([5], 0.99)).toBe(5)
})

test('nothing measured is not a number', () => {
  expect([median([]), percentile([], 0.5)]).toEqual([Number.NaN, Number.NaN])
})
