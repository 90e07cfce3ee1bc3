import { expect, test } from 'vitest'
import { isCandidate, switchesBetween } from '../../edge/domain/candidate.ts'
import { retire } from '../../edge/domain/retired.ts'
import type { Catalog } from '../../edge/protocol/catalog.ts'
import type { ActivationId, SegmentId } from '../../edge/protocol/id.ts'
import { DAY } from '../../edge/protocol/time.ts'
import { catalogOf } from './build.ts'

const segment = 'seg_0' as SegmentId
const candidate = 'cnd_0' as SegmentId
const everybody = { type: 'all', conditions: [] } as const

const plain = catalogOf(everybody)
const beside: Catalog = {
  ...plain,
  candidates: plain.segments.map((one) => ({ ...one, id: candidate, of: segment })),
}
const switched: Catalog = {
  ...plain,
  segments: plain.segments.map((one) => ({ ...one, origin: candidate })),
}

test('a candidate is told by its id alone', () => {
  expect([segment, candidate].map(isCandidate)).toEqual([false, true])
})

test('a switch is seen by who knew the candidate, once', () => {
  expect(switchesBetween(beside, switched)).toEqual([{ segment, candidate }])
  expect(switchesBetween(switched, switched)).toEqual([])
  expect(switchesBetween(plain, switched)).toEqual([])
  expect(switchesBetween(undefined, switched)).toEqual([])
  expect(switchesBetween(beside, plain)).toEqual([])
})

test('of a deleted segment the activations that told of exits are kept, for thirty days', () => {
  const activation = (name: string, changes: Partial<Catalog['activations'][number]> = {}) => ({
    id: `act_${name}` as ActivationId,
    name,
    segment,
    exclude: [],
    destinations: [],
    on: ['entered', 'exited'] as const,
    frequency: 'every-time' as const,
    enabled: true,
    ...changes,
  })
  const told = activation('told')
  const telling: Catalog = {
    ...plain,
    activations: [
      told,
      activation('entries', { on: ['entered'] }),
      activation('off', { enabled: false }),
      activation('other', { segment: 'seg_1' as SegmentId }),
    ],
  }
  const gone: Catalog = { ...telling, segments: [], activations: [], publishedAt: DAY }
  const retired = retire([], telling, gone)
  expect(retired).toMatchObject([{ id: segment, key: 's0', activations: [told], at: DAY }])
  expect(retire(retired, gone, { ...gone, publishedAt: 30 * DAY })).toEqual(retired)
  expect(retire(retired, gone, { ...gone, publishedAt: 32 * DAY })).toEqual([])
  expect(retire([], plain, gone)).toEqual([])
})
