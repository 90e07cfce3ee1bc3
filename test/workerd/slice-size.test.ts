import { expect, test } from 'vitest'
import { SliceSize } from '../../edge/objects/slice-size.ts'

test.each([
  ['nobody did what is new', { concerned: 0, whole: 0, characters: 0 }, 400, 400],
  ['something is new of all', { concerned: 100, whole: 0, characters: 700_000 }, 150, 300],
  ['all are brought to the present', { concerned: 100, whole: 100, characters: 700_000 }, 60, 100],
  ['histories are very long', { concerned: 100, whole: 0, characters: 90_000_000 }, 20, 20],
])('a slice is as large as what it asks for allows: %s', (_, slice, least, most) => {
  const size = new SliceSize()
  expect(size.next).toBe(100)
  size.learn({ people: 100, ...slice })
  expect(size.next).toBeGreaterThanOrEqual(least)
  expect(size.next).toBeLessThanOrEqual(most)
  const before = size.next
  size.learn({ people: 0, concerned: 0, whole: 0, characters: 0 })
  expect(size.next).toBe(before)
})
