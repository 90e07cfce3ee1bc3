import { expect, test } from 'vitest'
import { Pace } from '../../edge/domain/pace.ts'
import { SECOND } from '../../edge/protocol/time.ts'

const paceOf = (...samples: readonly (readonly [second: number, done: number])[]) => {
  const pace = new Pace()
  for (const [second, done] of samples) pace.note(second * SECOND, done)
  return pace.rate
}

test('a rate is known after a second, and is that of the last half minute', () => {
  expect(paceOf()).toBeUndefined()
  expect(paceOf([0, 10], [0.5, 20])).toBeUndefined()
  expect(paceOf([0, 10], [2, 50])).toBe(20)
  expect(paceOf([0, 0], [100, 1_000_000], [120, 1_000_200])).toBe(10)
})

test('a number that became less is counted anew', () => {
  expect(paceOf([0, 100], [10, 200], [11, 0], [13, 60])).toBe(30)
})
