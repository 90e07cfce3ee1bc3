import { expect, test } from 'vitest'
import { parseRetryAfter } from '../../edge/delivery/retry-after.ts'
import { NOON } from './build-message.ts'

const HALF_A_DAY = 12 * 3_600_000

test.each([
  ['0', undefined],
  ['1', 1_000],
  [' 120 ', 120_000],
  ['43200', HALF_A_DAY],
  ['43201', HALF_A_DAY],
  ['9'.repeat(400), HALF_A_DAY],
  ['-5', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['5 apples', undefined],
  ['2027', 2_027_000],
  ['', undefined],
  [null, undefined],
  ['soon', undefined],
  ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
  ['Monday, 23-Nov-26 12:00:30 GMT', 30_000],
  ['Mon Nov 23 12:00:30 2026 GMT', 30_000],
  ['Mon, 23 Nov 2026 12:00:00 GMT', undefined],
  ['Mon, 23 Nov 2026 11:59:00 GMT', undefined],
  ['Mon, 23 Nov 2037 12:00:00 GMT', HALF_A_DAY],
  ['Mon, 99 Nov 2026 12:00:00 GMT', undefined],
  ['2026-11-23T12:00:30Z', undefined],
])('Retry-After %j at noon is a wait of %s ms', (header, wait) => {
  expect(parseRetryAfter(header, NOON)).toBe(wait)
})
