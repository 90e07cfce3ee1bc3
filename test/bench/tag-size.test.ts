import { expect, test } from 'vitest'
import { TAG_BUDGET, tagSizes } from './tag-size.ts'

test('everything a page loads at start fits into the budget', async () => {
  const sizes = await tagSizes(() => undefined)
  const eager = sizes.filter(({ isEager }) => isEager)
  expect(eager.length).toBeGreaterThan(0)
  expect(eager.every(({ raw }) => raw > 500)).toBe(true)
  expect(eager.reduce((sum, { brotli }) => sum + brotli, 0)).toBeLessThanOrEqual(TAG_BUDGET)
})
