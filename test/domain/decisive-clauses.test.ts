import { expect, test } from 'vitest'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { ComputedTraitDefinition } from '../../edge/protocol/computed-trait.ts'
import type { CapId, ComputedTraitId, SegmentId } from '../../edge/protocol/id.ts'
import { DAY, HOUR } from '../../edge/protocol/time.ts'
import type { CapDefinition } from '../../edge/protocol/touch.ts'
import { track } from './build.ts'
import { Engine } from './engine.ts'

const did = (event: string, days: number): Condition => ({
  type: 'performed',
  event,
  operator: 'gte',
  value: 1,
  window: { last: `P${days}D` },
})

const clausesOf = (engine: Engine) => engine.log.map(({ type, clauses }) => [type, clauses])

test('a condition that is one clause is itself what decided', () => {
  const engine = new Engine([did('A', 1)])
  engine.take(track('A', HOUR))
  engine.pass(3 * DAY)
  expect(clausesOf(engine)).toEqual([
    ['entered', ['condition']],
    ['exited', ['condition']],
  ])
})

test('of several clauses those are named whose turn decided, inside a negation too', () => {
  const engine = new Engine([
    {
      type: 'all',
      conditions: [did('A', 5), did('B', 2), { type: 'not', condition: did('C', 1) }],
    },
  ])
  engine.take(track('A', HOUR))
  engine.take(track('B', 2 * HOUR))
  engine.take(track('C', 3 * HOUR))
  engine.pass(4 * DAY)
  expect(clausesOf(engine)).toEqual([
    ['entered', ['condition.conditions.1']],
    ['exited', ['condition.conditions.2.condition']],
    ['entered', ['condition.conditions.2.condition']],
    ['exited', ['condition.conditions.1']],
  ])
})

test('a clause that turned at the same instant without deciding anything is not named', () => {
  const engine = new Engine([
    {
      type: 'all',
      conditions: [did('A', 1), { type: 'any', conditions: [did('B', 1), did('C', 9)] }],
    },
  ])
  engine.take(track('C', 0))
  engine.take(track('A', HOUR))
  engine.take(track('B', HOUR))
  engine.pass(3 * DAY)
  expect(clausesOf(engine).at(-1)).toEqual(['exited', ['condition.conditions.0']])
})

test('clauses that only together decided are all named', () => {
  const engine = new Engine([{ type: 'any', conditions: [did('A', 1), did('B', 1)] }])
  engine.take(track('A', HOUR))
  engine.take(track('B', HOUR))
  engine.pass(3 * DAY)
  expect(clausesOf(engine).at(-1)).toEqual([
    'exited',
    ['condition.conditions.0', 'condition.conditions.1'],
  ])
})

test('what turned within another segment is named by the clause that asks for that segment', () => {
  const members: Condition = { type: 'segment', segment: 'seg_1' }
  const engine = new Engine([
    { type: 'all', conditions: [did('A', 9), { type: 'not', condition: members }] },
    { type: 'any', conditions: [did('B', 1), did('C', 2)] },
  ])
  engine.take(track('A', HOUR))
  engine.take(track('B', 2 * HOUR))
  engine.take(track('C', 3 * HOUR))
  engine.pass(4 * DAY)
  const ofFirst = engine.log.filter(({ segment }) => String(segment) === 'seg_0')
  expect(ofFirst.map(({ type, clauses }) => [type, clauses])).toEqual([
    ['entered', ['condition.conditions.0']],
    ['exited', ['condition.conditions.1.condition']],
    ['entered', ['condition.conditions.1.condition']],
  ])
})

test('what stands for a clause is named by it: of a computed trait, and of the budget of a cap by whichever limit', () => {
  const trait: ComputedTraitDefinition = {
    id: 'trt_0' as ComputedTraitId,
    key: 'acts',
    name: 'Acts',
    event: 'A',
    measure: 'count',
    window: { last: 'P1D' },
  }
  const cap: CapDefinition = {
    id: 'cap_0' as CapId,
    key: 'week',
    name: 'Week',
    window: 'P7D',
    most: 1,
    thresholds: [{ segment: 'seg_1' as SegmentId, most: 2 }],
    onSite: false,
    enabled: true,
  }
  const conditions: Condition[] = [
    { type: 'trait', trait: 'acts', operator: 'gte', value: 1 },
    { type: 'not', condition: { type: 'budget', cap: 'cap_0', operator: 'gte', value: 1 } },
  ]
  const engine = new Engine([{ type: 'all', conditions }, did('B', 2)], {
    computedTraits: [trait],
    caps: [cap],
  })
  engine.take(track('Email Sent', HOUR))
  engine.take(track('A', 2 * HOUR))
  engine.take(track('B', 3 * HOUR))
  engine.pass(2 * DAY)
  engine.take(track('A', 2 * DAY))
  engine.pass(9 * DAY)
  const own = engine.log.filter(({ segment }) => (segment as string) === 'seg_0')
  const [acts, left] = ['condition.conditions.0', 'condition.conditions.1.condition']
  expect(own.map(({ type, at, clauses }) => [type, at, clauses])).toEqual([
    ['entered', 2 * HOUR, [acts]],
    ['exited', 3 * HOUR, [left]],
    ['entered', 2 * DAY + 3 * HOUR, [left]],
    ['exited', 3 * DAY, [acts]],
  ])
})
