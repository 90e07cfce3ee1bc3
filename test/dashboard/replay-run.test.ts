import { expect, test } from 'vitest'
import { NO_REPLAY, runReplay, turnsOf } from '../../dashboard/parts/replay-run.ts'
import type { ApiReplayedPart } from '../../edge/protocol/api.ts'

const part = (changes: Partial<ApiReplayedPart>): ApiReplayedPart => ({
  ...NO_REPLAY,
  busy: false,
  ...changes,
})

const parts: { readonly [cursor: string]: ApiReplayedPart } = {
  '': part({ accepted: 2, duplicate: 1, cursor: 'a' }),
  a: part({ accepted: 1, busy: true, cursor: 'b' }),
  b: part({ rejected: 1, failed: 1, skipped: 1, cursor: 'c' }),
  c: part({}),
}

test('part follows part until all had their turn, with a pause where the edge is busy', async () => {
  const turns: number[] = []
  const pauses: number[] = []
  const tally = await runReplay(
    async (cursor) => parts[cursor ?? ''] ?? part({}),
    (now) => turns.push(turnsOf(now)),
    () => false,
    async (length) => void pauses.push(length),
  )
  expect(tally).toEqual({ accepted: 3, duplicate: 1, rejected: 1, failed: 1, skipped: 1 })
  expect(turns).toEqual([3, 4, 7, 7])
  expect(pauses).toEqual([1_000])
})

test('it stops after the part under way', async () => {
  let isStopped = false
  const tally = await runReplay(
    async (cursor) => parts[cursor ?? ''] ?? part({}),
    () => (isStopped = true),
    () => isStopped,
  )
  expect(turnsOf(tally)).toBe(3)
})
