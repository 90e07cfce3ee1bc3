import { GRANT_LIFETIME } from '../../edge/protocol/consent.ts'
import { DEFAULT_IDENTITY } from '../../edge/protocol/identifier.ts'
import { SCORE_SETTINGS } from '../../edge/protocol/score.ts'
import { expect, test } from 'vitest'
import { carry, catalogBody, keyChanges, type Definitions } from '../../edge/domain/publication.ts'
import type {
  ActivationId,
  DestinationId,
  ExperienceId,
  SegmentId,
  SourceId,
  WorkspaceId,
} from '../../edge/protocol/id.ts'

const workspace = 'ws_a' as WorkspaceId
const gold = 'seg_gold' as SegmentId
const gone = 'seg_gone' as SegmentId
const hook = 'dst_hook' as DestinationId

const segment = (id: SegmentId, version: number) => ({
  id,
  key: id.slice(4),
  name: id,
  condition: { type: 'all', conditions: [] } as const,
  public: false,
  version,
})

const experience = (key: string, placedFor?: SegmentId) => ({
  id: `exp_${key}` as ExperienceId,
  key,
  name: key,
  placement: 'hero',
  ...(placedFor !== undefined && { segment: placedFor }),
  variations: [],
  control: 0,
  priority: 0,
  enabled: true,
})

const activation = (id: string, of: SegmentId, exclude: readonly SegmentId[]) => ({
  id: id as ActivationId,
  name: id,
  segment: of,
  exclude,
  destinations: [hook, 'dst_gone' as DestinationId],
  on: ['entered'] as const,
  frequency: 'every-time' as const,
  enabled: true,
})

const definitions: Definitions = {
  workspace,
  revision: 7,
  shards: 8,
  retention: 1_000,
  timezone: 'UTC',
  identity: DEFAULT_IDENTITY,
  consent: { grantLifetime: GRANT_LIFETIME },
  scores: SCORE_SETTINGS,
  sources: [],
  candidates: [],
  computedTraits: [],
  segments: [segment(gold, 3)],
  experiences: [experience('all'), experience('gold', gold), experience('gone', gone)],
  caps: [],
  activations: [activation('act_a', gold, [gone]), activation('act_b', gone, [])],
  destinations: [
    {
      id: hook,
      name: 'Hook',
      kind: 'webhook',
      url: 'https://example.com/path',
      purposes: ['analytics'],
      enabled: true,
      secrets: ['sealed'],
    },
  ],
  keys: [],
}

test('a catalog holds no address and no secret of a destination', () => {
  const text = JSON.stringify(catalogBody(definitions))
  expect(text).toContain(hook)
  expect(text).not.toMatch(/example\.com|sealed/)
})

test('a catalog holds only references that lead somewhere', () => {
  const { experiences, activations } = catalogBody(definitions)
  expect(experiences.map(({ key }) => key)).toEqual(['all', 'gold'])
  expect(activations).toMatchObject([{ id: 'act_a', exclude: [], destinations: [hook] }])
})

test('a change of something else leaves a segment with the version that brought it', () => {
  const first = carry([], [segment(gold, 1)], 4)
  expect(first).toEqual([{ id: gold, version: 1, since: 4 }])
  expect(carry(first, [segment(gold, 1)], 5)).toEqual(first)
  expect(carry(first, [segment(gold, 2)], 6)).toEqual([{ id: gold, version: 2, since: 6 }])
  expect(carry(first, [], 7)).toEqual([])
})

test('a cache of keys is told of what is new and what is gone', () => {
  const grant = { kind: 'secret', workspace, source: 'src_a' as SourceId } as const
  const key = (hash: string) => ({ hash, grant })
  expect(keyChanges(['a', 'b'], [key('b'), key('c')])).toEqual({
    added: [key('c')],
    removed: ['a'],
  })
})
