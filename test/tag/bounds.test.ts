import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Entry,
  MAX_ENTRIES,
  MAX_QUEUE_LENGTH,
  MAX_REQUEST_BYTES,
  byteLength,
  excess,
  nextBatch,
} from '../../tag/bounds.ts'

const entry = (key: number, json = '{}', device = 'a'): Entry => ({ key: `${key}`, device, json })
const many = (count: number, json?: string) =>
  Array.from({ length: count }, (_, i) => entry(i, json))

test('a queue within its bounds loses nothing', () => {
  expect(excess([])).toBe(0)
  expect(excess(many(MAX_ENTRIES))).toBe(0)
})

test('the oldest go when there are too many', () => {
  expect(excess(many(MAX_ENTRIES + 3))).toBe(3)
})

test('the oldest go when they are too long together, even if that is all of them', () => {
  expect(excess(many(4, 'x'.repeat(MAX_QUEUE_LENGTH / 3)))).toBe(1)
  expect(excess([entry(1, 'x'.repeat(MAX_QUEUE_LENGTH + 1))])).toBe(1)
})

test('a batch is of one device', () => {
  const queue = [entry(1), entry(2), entry(3, '{}', 'b'), entry(4)]
  expect(nextBatch(queue)).toEqual(queue.slice(0, 2))
})

test('one event that is larger than a request goes alone', () => {
  const queue = [entry(1, 'x'.repeat(MAX_REQUEST_BYTES * 2)), entry(2)]
  expect(nextBatch(queue)).toEqual(queue.slice(0, 1))
})

test('batches in turn are the queue, none empty, none of several events over the limit', () => {
  const texts = fc.constantFrom('{}', 'é'.repeat(20_000), 'x'.repeat(30_000), 'x'.repeat(70_000))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(texts, fc.constantFrom('a', 'b')), { maxLength: 12 }),
      (drawn) => {
        const queue = drawn.map(([json, device], i) => entry(i, json, device))
        const sent: Entry[] = []
        while (sent.length < queue.length) {
          const batch = nextBatch(queue.slice(sent.length))
          expect(batch.length).toBeGreaterThan(0)
          expect(new Set(batch.map(({ device }) => device)).size).toBe(1)
          if (batch.length > 1) {
            const bytes = batch.reduce((sum, { json }) => sum + byteLength(json), 0)
            expect(bytes).toBeLessThanOrEqual(MAX_REQUEST_BYTES)
          }
          sent.push(...batch)
        }
        expect(sent).toEqual(queue)
      },
    ),
  )
})
