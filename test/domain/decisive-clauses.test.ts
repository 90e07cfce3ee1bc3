import { expect, test } from 'vitest'
import type { Condition } from '../../edge/protocol/condition.ts'
import { DAY, HOUR } from '../../edge/protocol/time.ts'
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
