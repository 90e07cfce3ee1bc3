import { expect, test } from 'vitest'
import { reasonsOf } from '../../edge/domain/why/explain.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import { DAY } from '../../edge/protocol/time.ts'
import { catalogOf, track } from './build.ts'
import { Engine } from './engine.ts'

const did = (event: string): Condition => ({ type: 'performed', event, operator: 'gte', value: 1 })
const all = (...conditions: Condition[]): Condition => ({ type: 'all', conditions })
const any = (...conditions: Condition[]): Condition => ({ type: 'any', conditions })
const not = (condition: Condition): Condition => ({ type: 'not', condition })

const history: readonly EventRecord[] = ['A', 'B'].map((name) =>
  track(name, DAY, {}, { messageId: name }),
)

function reasons(condition: Condition) {
  const engine = new Engine([condition])
  for (const event of history) engine.take(event)
  const { profile } = engine
  return reasonsOf({ condition }, catalogOf(), profile, history, 2 * DAY, () => undefined)
}

test.each([
  ['the whole, if it has no parts', did('A'), ['condition']],
  [
    'every part of all',
    all(did('A'), did('B')),
    ['condition.conditions.0', 'condition.conditions.1'],
  ],
  ['the first that holds of any', any(did('C'), did('B'), did('A')), ['condition.conditions.1']],
  ['what does not hold, as it is asked for', not(all(did('A'), did('C'))), ['condition']],
  [
    'parts of parts',
    all(any(did('C'), all(did('A'), not(did('C')))), did('B')),
    [
      'condition.conditions.0.conditions.1.conditions.0',
      'condition.conditions.0.conditions.1.conditions.1',
      'condition.conditions.1',
    ],
  ],
])('a member is told %s', (_, condition, paths) => {
  expect(reasons(condition).map(({ path }) => path)).toEqual(paths)
})

test('a reason is a whole condition, with the events that count for it', () => {
  expect(reasons(all(did('A'), not(did('C'))))).toEqual([
    {
      path: 'condition.conditions.0',
      condition: did('A'),
      evidence: [{ id: 'A', event: 'A', at: DAY }],
      more: 0,
      until: expect.any(Number),
    },
    { path: 'condition.conditions.1', condition: not(did('C')), evidence: [], more: 0 },
  ])
})
