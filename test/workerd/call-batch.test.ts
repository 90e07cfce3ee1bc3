import { expect, test } from 'vitest'
import { CallBatch } from '../../edge/objects/call-batch.ts'

test('calls made at the same time travel together, and each gets its own answer', async () => {
  const sent: number[][] = []
  const batch = new CallBatch(async (requests: readonly number[]) => {
    sent.push([...requests])
    return requests.map((n) => n * 2)
  })
  expect(await Promise.all([batch.call(1), batch.call(2), batch.call(3)])).toEqual([2, 4, 6])
  expect(await batch.call(4)).toBe(8)
  expect(sent).toEqual([[1, 2, 3], [4]])
})

test('more calls than one may carry are sent in several, none twice', async () => {
  const sizes: number[] = []
  const batch = new CallBatch(async (requests: readonly number[]) => {
    sizes.push(requests.length)
    return requests
  })
  const all = Array.from({ length: 2_201 }, (_, n) => n)
  expect(await Promise.all(all.map((n) => batch.call(n)))).toEqual(all)
  expect(sizes).toEqual([1_000, 1_000, 201])
})

test('a call that breaks off fails for all that travelled in it, and for nobody else', async () => {
  let calls = 0
  const batch = new CallBatch(async (requests: readonly number[]) => {
    if (calls++ === 0) throw new Error('gone')
    return requests
  })
  const first = await Promise.allSettled([batch.call(1), batch.call(2)])
  expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await batch.call(3)).toBe(3)
})

test('an answer that is missing is an error, not undefined', async () => {
  const batch = new CallBatch(async () => [1])
  const answers = await Promise.allSettled([batch.call(1), batch.call(2)])
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
})
