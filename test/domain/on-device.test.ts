import { expect, test } from 'vitest'
import { onDeviceFaults, onDeviceUsers } from '../../edge/domain/on-device.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { SegmentId } from '../../edge/protocol/id.ts'
import type { SegmentDefinition } from '../../edge/protocol/membership.ts'

const viewed: Condition = { type: 'performed', event: 'Product Viewed', operator: 'gte', value: 3 }
const linked = (segment: string): Condition => ({ type: 'segment', segment })
const all = (...conditions: Condition[]): Condition => ({ type: 'all', conditions })
const segment = (
  name: string,
  condition: Condition,
  more: Partial<SegmentDefinition> = {},
): SegmentDefinition => ({
  id: `seg_${name}` as SegmentId,
  key: name,
  name,
  condition,
  public: true,
  ...more,
})
const known = [
  segment('here', viewed, { onDevice: true }),
  segment('elsewhere', viewed),
  segment('made', all(linked('seg_here')), { onDevice: true }),
]

test.each<[string, Condition]>([
  ['what was done', all(viewed, { type: 'not', condition: viewed })],
  [
    'an order of events',
    { type: 'sequence', steps: [{ event: 'A' }, { event: 'B', within: 'PT5M' }] },
  ],
  [
    'what did not follow',
    { type: 'notFollowedBy', event: 'A', then: { event: 'B' }, within: 'PT5M' },
  ],
  ['a habit', { type: 'lifecycle', event: 'A', is: 'first-time', period: 'P1D' }],
  ['a campaign', { type: 'context', field: 'campaign', operator: 'equals', value: 'spring' }],
  ['a segment that is judged there', linked('seg_here')],
])('a browser judges %s by itself', (_, condition) => {
  expect(onDeviceFaults(segment('own', condition), known)).toEqual([])
})

test.each<[string, Partial<SegmentDefinition>, string, RegExp]>([
  [
    'a trait',
    { condition: all(viewed, { type: 'trait', trait: 'plan', operator: 'exists' }) },
    'condition.conditions.1',
    /others say/,
  ],
  [
    'an account',
    { condition: { type: 'account', trait: 'plan', operator: 'exists' } },
    'condition',
    /account/,
  ],
  [
    'a reaction',
    { condition: { type: 'reaction', kind: 'opened', operator: 'gte', value: 1 } },
    'condition',
    /messages/,
  ],
  ['consent', { condition: { type: 'consent', purpose: 'email' } }, 'condition', /answer/],
  [
    'the time of day',
    { condition: { type: 'not', condition: { type: 'now', from: '09:00' } } },
    'condition.condition',
    /time zone/,
  ],
  [
    'a place',
    { condition: { type: 'context', near: { lat: 1, lon: 1, km: 1 } } },
    'condition',
    /where/,
  ],
  [
    'a country',
    { condition: { type: 'context', field: 'country', operator: 'exists' } },
    'condition.field',
    /language, source/,
  ],
  [
    'a segment that is judged elsewhere',
    { condition: all(linked('seg_elsewhere')) },
    'condition.conditions.0.segment',
    /not judged/,
  ],
  ['one that is not public', { public: false }, 'onDevice', /public/],
  ['one that needs consent', { purposes: ['email'] }, 'purposes', /granted/],
  ['a minimum stay', { minimumStay: 'P1D' }, 'minimumStay', /before this page/],
])('%s is refused with its path and the reason', (_, more, path, reason) => {
  const faults = onDeviceFaults(segment('own', viewed, more), known)
  expect(faults).toEqual([{ path, reason: expect.stringMatching(reason) }])
})

test('a segment is needed by those on the device that are made of it', () => {
  expect(onDeviceUsers('seg_here' as SegmentId, known).map(({ key }) => key)).toEqual(['made'])
  expect(onDeviceUsers('seg_made' as SegmentId, known)).toEqual([])
})
