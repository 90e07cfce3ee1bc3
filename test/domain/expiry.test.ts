import { describe, expect, test } from 'vitest'
import { withEntry, type Entry } from '../../edge/domain/entry.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import { DAY } from '../../edge/protocol/time.ts'
import { track } from './build.ts'
import { Engine } from './engine.ts'

const NOW = 1_000 * DAY
const RETENTION = 100 * DAY
const imported = (at: number, receivedAt: number) =>
  track('A', at, {}, { receivedAt, imported: true })
const ever = (value: number): Condition => ({
  type: 'performed',
  event: 'A',
  operator: 'gte',
  value,
})

describe('an imported event older than the retention', () => {
  test('counts until the retention after its import is over, and is told to end then', () => {
    const engine = new Engine([ever(1)], { retention: RETENTION })
    engine.take(imported(NOW - 500 * DAY, NOW))
    engine.pass(NOW + RETENTION - 1)
    expect(engine.is()).toBe(true)
    engine.pass(NOW + 2 * RETENTION)
    expect(engine.log.at(-1)).toMatchObject({ type: 'exited', at: NOW + RETENTION })
  })

  test('is in no window that it happened before', () => {
    const engine = new Engine([{ ...ever(1), window: { last: 'P50D' } } as Condition])
    engine.take(imported(NOW - 500 * DAY, NOW))
    expect(engine.is()).toBe(false)
  })

  test('outlasts what happened after it and was not imported', () => {
    const engine = new Engine([ever(1), ever(2)], { retention: RETENTION })
    const [first, second] = [NOW - 60 * DAY, NOW - 50 * DAY]
    for (const at of [first, second]) engine.take(track('A', at))
    engine.take(imported(NOW - 500 * DAY, NOW))
    engine.pass(NOW + 300 * DAY)
    expect(engine.log.map(({ type, segment, at }) => [type, segment, at])).toEqual([
      ['entered', 'seg_0', first],
      ['entered', 'seg_1', second],
      ['exited', 'seg_1', second + RETENTION],
      ['exited', 'seg_0', NOW + RETENTION],
    ])
  })
})

test('of a period of the past all of which has expired nothing counts, and no less than nothing', () => {
  const none: Condition = {
    type: 'performed',
    event: 'A',
    operator: 'equals',
    value: 0,
    window: { calendar: 'week', offset: -1 },
  }
  const sunday = Date.parse('2026-03-29T09:00:00Z')
  const engine = new Engine([none], { born: sunday - 2 * DAY, retention: 1.5 * DAY })
  engine.take(track('A', sunday - 1.5 * DAY))
  engine.take(track('A', sunday))
  engine.pass(sunday + 7 * DAY)
  expect(engine.log.map(({ type, at }) => [type, new Date(at).toISOString()])).toEqual([
    ['entered', '2026-03-27T09:00:00.000Z'],
    ['exited', '2026-03-30T00:00:00.000Z'],
    ['entered', '2026-03-30T21:00:00.000Z'],
  ])
})

describe('of what is kept of events', () => {
  const kept = (entries: readonly Entry[], keep: number) =>
    entries.reduce<readonly Entry[]>((known, entry) => withEntry(known, entry, keep), [])

  test('only the latest remain where nothing outlasts them', () => {
    expect(kept([1, 2, 3, 4], 2)).toEqual([3, 4])
    expect(kept([[1, null, 9], 2, [3, null, 9], [4, null, 9]], 2)).toEqual([
      [3, null, 9],
      [4, null, 9],
    ])
  })

  test('those remain that are among the latest once others have expired', () => {
    expect(kept([[1, null, 8], [2, null, 7], 3, 4, 5], 1)).toEqual([[1, null, 8], [2, null, 7], 5])
  })

  test('there is an end to them, whichever way files are sorted', () => {
    const newestFirst = Array.from({ length: 3_000 }, (_, n): Entry => [5_000 - n, null, 6_000 + n])
    expect(kept(newestFirst, 2)).toHaveLength(1_002)
  })
})
