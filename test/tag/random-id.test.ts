import { expect, test } from 'vitest'
import { isRandomId, randomId, timeKey, timeOf } from '../../tag/random-id.ts'
import { pageAddress } from '../../tag/navigation.ts'

test('ids are 128 bits of base64url, each another', () => {
  const ids = Array.from({ length: 2_000 }, randomId)
  for (const id of ids) {
    expect(isRandomId(id)).toBe(true)
    expect(Buffer.from(id, 'base64url')).toHaveLength(16)
  }
  expect(new Set(ids).size).toBe(ids.length)
})

test.each([undefined, null, 7, {}, '', 'short', 'x'.repeat(23), '<script>alert(1)</scr'])(
  '%j is no id of ours',
  (value) => {
    expect(isRandomId(value)).toBe(false)
  },
)

test('keys sort as they were made, even when the clock is set back', () => {
  const now = Date.UTC(2026, 10, 23)
  const keys = [now, now, now + 5, now - 60_000, now + 6].map((at) => timeKey(at))
  expect(keys.toSorted()).toEqual(keys)
  expect(timeOf(keys[0] as string)).toBe(now)
})

test.each([
  ['https://a.test/p#reviews', 'https://a.test/p'],
  ['https://a.test/p#', 'https://a.test/p'],
  ['https://a.test/#/cart', 'https://a.test/#/cart'],
  ['https://a.test/#!cart', 'https://a.test/#!cart'],
  ['https://a.test/p?q=1', 'https://a.test/p?q=1'],
])('as a page, %s is %s', (url, address) => {
  expect(pageAddress(url)).toBe(address)
})
