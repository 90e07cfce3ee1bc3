import { expect, test } from 'vitest'
import { SliceSize } from '../../edge/objects/slice-size.ts'

test.each([
  ['nobody did what is new', { concerned: 0, whole: 0, characters: 0 }, 400, 400],
  ['something is new of all', { concerned: 100, whole: 0, characters: 700_000 }, 150, 300],
  ['all are brought to the present', { concerned: 100, whole: 100, characters: 700_000 }, 60, 100],
  ['histories are very long', { concerned: 100, whole: 0, characters: 90_000_000 }, 20, 20],
])('a slice is as large as what it asks for allows: %s', (_, slice, least, most) => {
  const size = new SliceSize()
  expect(size.next(false)).toBe(100)
  size.learn({ people: 100, ...slice })
  expect(size.next(false)).toBeGreaterThanOrEqual(least)
  expect(size.next(false)).toBeLessThanOrEqual(most)
  const before = size.next(false)
  size.learn({ people: 0, concerned: 0, whole: 0, characters: 0 })
  expect(size.next(false)).toBe(before)
})

test('where somebody waits, a slice is a small part of that, and somebody is looked at', () => {
  const size = new SliceSize()
  expect(size.next(true)).toBe(5)
  size.learn({ people: 100, concerned: 0, whole: 0, characters: 0 })
  expect(size.next(true)).toBe(20)
  size.learn({ people: 20, concerned: 20, whole: 20, characters: 90_000_000 })
  expect(size.next(true)).toBe(1)
})
