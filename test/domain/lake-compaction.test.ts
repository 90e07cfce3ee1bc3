import { expect, test } from 'vitest'
import { planCompaction, type StoredPart } from '../../edge/domain/lake-compaction.ts'
import { dayOf, lakeKey, lakePartOf } from '../../edge/domain/lake-part.ts'
import type { WorkspaceId } from '../../edge/protocol/id.ts'

const workspace = 'ws_test' as WorkspaceId
const DAY = '2026-03-01'

const part = (shard: number, from: number, to: number, size = 10): StoredPart => {
  const named = { workspace, day: DAY, address: { region: 0, shard }, from, to }
  return { ...named, key: lakeKey(named), size }
}

const rangesOf = (parts: readonly StoredPart[]) =>
  parts.map(({ address, from, to }) => `${address.shard}:${from}-${to}`)

const plan = (parts: readonly StoredPart[], maxBytes = 1_000) => {
  const { superseded, runs } = planCompaction(parts, maxBytes)
  return { superseded: rangesOf(superseded), runs: runs.map(rangesOf) }
}

test('the name of a part says what it holds, and sorts by its rows', () => {
  const named = part(12, 9, 10)
  expect(named.key).toBe(
    `events/workspace=ws_test/day=${DAY}/0-12-000000000009-000000000010.parquet`,
  )
  expect(lakePartOf(workspace, DAY, named.key)).toEqual({
    workspace,
    day: DAY,
    address: { region: 0, shard: 12 },
    from: 9,
    to: 10,
  })
  expect(lakePartOf(workspace, DAY, `events/workspace=ws_test/day=${DAY}/notes.txt`)).toBe(
    undefined,
  )
  expect(lakePartOf(workspace, '2026-03-02', named.key)).toBe(undefined)
})

test('days are those of UTC', () => {
  expect(dayOf(Date.UTC(2026, 1, 28, 23, 59, 59, 999))).toBe('2026-02-28')
  expect(dayOf(Date.UTC(2026, 2, 1))).toBe('2026-03-01')
})

test('each shard joins its own parts, in the order of their rows', () => {
  const parts = [part(2, 1, 4), part(10, 1, 1), part(2, 9, 9), part(2, 5, 8), part(10, 2, 3)]
  expect(plan(parts)).toEqual({
    superseded: [],
    runs: [
      ['2:1-4', '2:5-8', '2:9-9'],
      ['10:1-1', '10:2-3'],
    ],
  })
})

test('a part alone is left as it is', () => {
  expect(plan([part(1, 1, 5), part(2, 1, 5)])).toEqual({ superseded: [], runs: [] })
})

test('joined files stay below the limit; what is large already is not read again', () => {
  const parts = [part(1, 1, 1, 600), part(1, 2, 2, 600), part(1, 3, 3, 300), part(1, 4, 4, 1_200)]
  expect(plan(parts).runs).toEqual([['1:2-2', '1:3-3']])
})

test('parts within a wider one are superseded, those behind it are joined to it', () => {
  const parts = [part(1, 1, 3), part(1, 1, 9), part(1, 4, 6), part(1, 7, 9), part(1, 10, 12)]
  expect(plan(parts)).toEqual({
    superseded: ['1:1-3', '1:4-6', '1:7-9'],
    runs: [['1:1-9', '1:10-12']],
  })
})

test('a range of one shard supersedes nothing of another', () => {
  expect(plan([part(1, 1, 9), part(2, 4, 6)])).toEqual({ superseded: [], runs: [] })
})
