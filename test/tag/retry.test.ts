import { expect, test } from 'vitest'
import { outcomeOf, waitBeforeRetry } from '../../tag/retry.ts'

test.each([
  [200, 'sent'],
  [204, 'sent'],
  [0, 'retry'],
  [408, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [503, 'retry'],
  [400, 'refused'],
  [401, 'refused'],
  [413, 'refused'],
])('a status of %i means: %s', (status, outcome) => {
  expect(outcomeOf(status)).toBe(outcome)
})

test('waits double from a second to five minutes, and a random half of each is waited', () => {
  expect([1, 2, 3, 20].map((failures) => waitBeforeRetry(failures, null, 1))).toEqual([
    1_000, 2_000, 4_000, 300_000,
  ])
  expect(waitBeforeRetry(1, null, 0)).toBe(500)
})

test.each([
  ['asked for seconds are waited, and a little more', '7', 7_000],
  ['more than an hour is taken for an hour', '999999', 3_600_000],
  ['a date is no number: the usual wait', 'Wed, 21 Oct 2026 07:28:00 GMT', 500],
  ['zero is the usual wait', '0', 500],
])('Retry-After: %s', (_, header, wait) => {
  expect(waitBeforeRetry(1, header, 0)).toBe(wait)
})
