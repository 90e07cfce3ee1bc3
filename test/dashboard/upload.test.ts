import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProblemError } from '../../dashboard/parts/problem.ts'
import { uploadInParts, type PartsWay } from '../../dashboard/parts/upload-in-parts.ts'
import { rateOf, remaining, withSample, type Sample } from '../../dashboard/parts/upload-rate.ts'
import type { ApiImport } from '../../edge/protocol/import.ts'

const problem = (status: number) =>
  new ProblemError({ type: 'about:blank', title: `HTTP ${status}`, status })
const DONE = { id: 'imp_1', state: 'uploaded' } as ApiImport
const file = (text: string) => new Blob([text])

/** A bucket that keeps what is put, after failing as often as `failures` says of each part. */
function bucket(failures: (part: number) => readonly ProblemError[] = () => []) {
  const kept = new Map<number, string>()
  const tries: number[] = []
  const waits: number[] = []
  const left = new Map<number, ProblemError[]>()
  let completed = 0
  const way: PartsWay = {
    put: async (part, bytes, onProgress) => {
      tries.push(part)
      const remainingFailures = left.get(part) ?? [...failures(part)]
      left.set(part, remainingFailures)
      const text = await bytes.text()
      onProgress(text.length)
      const failure = remainingFailures.shift()
      if (failure !== undefined) throw failure
      kept.set(part, text)
    },
    complete: async () => {
      completed++
      return DONE
    },
    wait: async (milliseconds) => void waits.push(milliseconds),
  }
  const text = () =>
    [...kept]
      .sort(([one], [other]) => one - other)
      .map(([, part]) => part)
      .join('')
  return { way, tries, waits, text, completed: () => completed }
}

const upload = (size: number, partSize: number, received: readonly number[] = []) => ({
  size,
  upload: { partSize, received, expiresAt: '' },
})
const nobody = new AbortController().signal

describe('an upload in parts', () => {
  test('sends every byte once, in parts of the size it was told, whatever had arrived', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 10 }),
        fc.infiniteStream(fc.boolean()),
        async (text, partSize, there) => {
          const parts = Array.from({ length: Math.ceil(text.length / partSize) }, (_, at) => at + 1)
          const received = parts.filter(() => there.next().value)
          const { way, text: arrived, tries } = bucket()
          const begun = upload(text.length, partSize, received)
          let last = 0
          const told = (sent: number) => (last = sent)
          expect(await uploadInParts(file(text), begun, way, told, nobody)).toBe(DONE)
          const missing = parts.filter((part) => !received.includes(part))
          expect([...tries].sort((a, b) => a - b)).toEqual(missing)
          const expected = missing.map((part) => text.slice((part - 1) * partSize, part * partSize))
          expect(arrived()).toBe(expected.join(''))
          if (missing.length > 0) expect(last).toBe(text.length)
        },
      ),
    )
  })

  test('tries again, after ever longer waits, what a break or a busy server cost', async () => {
    const failing = bucket((part) => (part === 2 ? [problem(0), problem(503), problem(429)] : []))
    const told: number[] = []
    await uploadInParts(
      file('abcdef'),
      upload(6, 2),
      failing.way,
      (sent) => told.push(sent),
      nobody,
    )
    expect(failing.text()).toBe('abcdef')
    expect(failing.waits).toEqual([1_000, 2_000, 4_000])
    expect(Math.max(...told)).toBe(6)
    expect(told.at(-1)).toBe(6)
  })

  test('gives up when it does not go better, and says why', async () => {
    const broken = bucket(() => Array.from({ length: 20 }, () => problem(0)))
    const sending = uploadInParts(file('ab'), upload(2, 2), broken.way, () => undefined, nobody)
    await expect(sending).rejects.toMatchObject({ problem: { status: 0 } })
    expect([broken.tries.length, broken.completed()]).toEqual([8, 0])
  })

  test('ends at once when a part is refused', async () => {
    const refused = bucket((part) => (part === 1 ? [problem(404)] : []))
    const parts = upload(100, 1)
    await expect(
      uploadInParts(file('x'.repeat(100)), parts, refused.way, () => undefined, nobody),
    ).rejects.toMatchObject({ problem: { status: 404 } })
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(refused.tries.length).toBeLessThan(10)
    expect(refused.completed()).toBe(0)
  })

  test('stops between two parts when it is paused', async () => {
    const { way, tries, completed } = bucket()
    const pause = new AbortController()
    const onProgress = () => pause.abort()
    const sending = uploadInParts(
      file('x'.repeat(100)),
      upload(100, 1),
      way,
      onProgress,
      pause.signal,
    )
    await expect(sending).rejects.toThrow()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(tries.length).toBeLessThanOrEqual(3)
    expect(completed()).toBe(0)
  })
})

describe('the rate of an upload', () => {
  const of = (...samples: readonly Sample[]) =>
    samples.reduce<readonly Sample[]>((known, sample) => withSample(known, sample), [])

  test.each<[string, readonly Sample[], number, number | undefined]>([
    ['nothing was sent yet', of([0, 0]), 0, undefined],
    ['even', of([0, 0], [1_000, 100], [2_000, 200]), 100, 8_000],
    ['of the last ten seconds alone', of([0, 0], [60_000, 500], [61_000, 600]), 100, 4_000],
    [
      'counted anew after a part was lost',
      of([0, 0], [1_000, 300], [2_000, 200], [3_000, 300]),
      100,
      7_000,
    ],
    ['standing still', of([0, 0], [60_000, 500], [61_000, 500]), 0, undefined],
  ])('%s', (_, samples, rate, left) => {
    expect([rateOf(samples), remaining(samples, 1_000)]).toEqual([rate, left])
  })
})
