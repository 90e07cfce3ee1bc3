import { expect, test } from 'vitest'
import { applyLive, EMPTY_LIVE, KEPT } from '../../dashboard/parts/live-state.ts'
import { sizeSeries } from '../../dashboard/parts/size-series.ts'
import type { LiveEvent } from '../../edge/protocol/live.ts'
import type { SourceId } from '../../edge/protocol/id.ts'

const web = 'src_web' as SourceId
const event = (name: string, status: 'accepted' | 'duplicate' = 'accepted'): LiveEvent => ({
  source: web,
  type: 'track',
  name,
  receivedAt: 0,
  verdict: { messageId: name, status },
  preview: '{}',
})
const state = { type: 'state', population: 10, sizes: { seg_a: 3 }, sources: {} } as const

test('the newest event comes first, and two equal events are still two', () => {
  const first = applyLive(EMPTY_LIVE, { type: 'events', items: [event('A'), event('B')] }, 1)
  const { events } = applyLive(first, { type: 'events', items: [event('B')] }, 2)
  expect(events.map(({ item }) => item.name)).toEqual(['B', 'B', 'A'])
  expect(new Set(events.map(({ n }) => n)).size).toBe(3)
})

test('a long day does not grow the page', () => {
  const items = Array.from({ length: 200 }, (_, index) => event(`E${index}`))
  let live = EMPTY_LIVE
  for (let round = 0; round < 10; round++) live = applyLive(live, { type: 'events', items }, round)
  expect(live.events).toHaveLength(KEPT.events)
  expect(live.events[0]?.item.name).toBe('E199')
})

test('events are counted by verdict on top of what the edge said', () => {
  const before = { accepted: 5, duplicate: 0, rejected: 1, failed: 0, replayed: 0 }
  const told = applyLive(EMPTY_LIVE, { ...state, sources: { [web]: before } }, 0)
  const items = [event('A'), event('A', 'duplicate')]
  expect(applyLive(told, { type: 'events', items }, 1).sources[web]).toEqual({
    accepted: 6,
    duplicate: 1,
    rejected: 1,
    failed: 0,
    replayed: 0,
  })
})

test('an event that is replayed is counted once, by what became of it last', () => {
  const before = { accepted: 5, duplicate: 0, rejected: 1, failed: 2, replayed: 0 }
  const told = applyLive(EMPTY_LIVE, { ...state, sources: { [web]: before } }, 0)
  const items = [
    { ...event('A'), replayOf: 'rejected' as const },
    { ...event('B', 'duplicate'), replayOf: 'failed' as const },
  ]
  expect(applyLive(told, { type: 'events', items }, 1).sources[web]).toEqual({
    accepted: 6,
    duplicate: 1,
    rejected: 0,
    failed: 1,
    replayed: 2,
  })
})

test('a size that is not told again stands', () => {
  const told = applyLive(EMPTY_LIVE, { ...state, sizes: { seg_a: 3, seg_b: 7 } }, 0)
  const next = applyLive(told, { type: 'sizes', population: 11, sizes: { seg_a: 4 } }, 1)
  expect(next.sizes).toEqual({ seg_a: 4, seg_b: 7 })
})

test('a reconnection starts from what the edge says, not from what the page remembers', () => {
  const told = applyLive(EMPTY_LIVE, { ...state, sizes: { seg_a: 3, seg_gone: 7 } }, 0)
  expect(applyLive(told, state, 1).sizes).toEqual({ seg_a: 3 })
})

test('the chart joins history and live figures, each size standing until the next', () => {
  const history = [
    { id: 'seg_a', history: [{ at: '1970-01-01T00:00:01Z', size: 1 }] },
    { id: 'seg_b', history: [{ at: '1970-01-01T00:00:02Z', size: 9 }] },
  ]
  const live = [{ at: 3_000, sizes: { seg_a: 2, seg_other: 5 } }]
  expect(sizeSeries(history, live)).toEqual([
    { at: 1_000, seg_a: 1 },
    { at: 2_000, seg_a: 1, seg_b: 9 },
    { at: 3_000, seg_a: 2, seg_b: 9 },
  ])
})

test('a long history is thinned, its ends kept', () => {
  const history = Array.from({ length: 1_000 }, (_, at) => ({
    at: new Date(at).toISOString(),
    size: at,
  }))
  const rows = sizeSeries([{ id: 'seg_a', history }], [], 100)
  expect(rows).toHaveLength(100)
  expect([rows[0]?.at, rows.at(-1)?.at]).toEqual([0, 999])
})
