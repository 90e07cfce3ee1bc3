import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextAttemptAt } from '../../edge/domain/attempt-schedule.ts'

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000]
const SCHEDULE = [5 * SECOND, 5 * MINUTE, HOUR / 2, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR]

const attempts = fc.integer({ min: 1, max: SCHEDULE.length })
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const waits = fc.integer({ min: 0, max: 12 * HOUR })

test('attempts are at 0, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h', () => {
  expect(SCHEDULE.map((_, at) => nextAttemptAt(at + 1, 0, 0))).toEqual(SCHEDULE)
})

test('after the eighth there is none', () => {
  expect(nextAttemptAt(8, 0, 0)).toBeUndefined()
  expect(nextAttemptAt(8, 0, 0, HOUR)).toBeUndefined()
})

test('jitter lengthens a wait by less than a tenth, and to whole milliseconds', () => {
  fc.assert(
    fc.property(attempts, chances, (attempt, chance) => {
      const at = nextAttemptAt(attempt, 1_000, chance) ?? 0
      const delay = SCHEDULE[attempt - 1] ?? 0
      expect(at - 1_000).toBeGreaterThanOrEqual(delay)
      expect(at - 1_000).toBeLessThanOrEqual(delay * 1.1 + 1)
      expect(Number.isInteger(at)).toBe(true)
    }),
  )
})

test('Retry-After only lengthens', () => {
  fc.assert(
    fc.property(attempts, chances, waits, (attempt, chance, wait) => {
      const asked = nextAttemptAt(attempt, 0, chance, wait) ?? 0
      expect(asked).toBeGreaterThanOrEqual(wait)
      expect(asked).toBeGreaterThanOrEqual(nextAttemptAt(attempt, 0, chance) ?? 0)
    }),
  )
})
