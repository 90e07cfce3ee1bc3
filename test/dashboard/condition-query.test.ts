import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  defaultLeaf,
  fromQuery,
  LEAF_FIELDS,
  toQuery,
  type ConditionGroup,
} from '../../dashboard/parts/condition-query.ts'
import { parseCondition } from '../../edge/parse/condition.ts'
import type { Condition } from '../../edge/protocol/condition.ts'

const viewed: Condition = {
  type: 'performed',
  event: 'Product Viewed',
  where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
  operator: 'gte',
  value: 3,
  window: { last: 'P7D' },
}
const gold: Condition = { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' }
const big: Condition = { type: 'account', trait: 'employees', operator: 'gte', value: 100 }
const abroad: Condition = {
  type: 'context',
  field: 'country',
  scope: 'ever',
  operator: 'not_in',
  value: ['FR', 'BE'],
}

const sum: Condition = {
  type: 'performed',
  event: ['Order Completed', 'Order Paid'],
  measure: 'sum',
  property: 'revenue',
  operator: 'between',
  value: [100, 250.5],
  window: { between: ['P1D', 'P2W'] },
}
const ordered: Condition = {
  type: 'sequence',
  steps: [{ event: 'A' }, { event: 'B', within: 'PT90M', immediately: false }],
  total: 'P1DT12H',
}
const open: Condition = {
  type: 'notFollowedBy',
  event: 'A',
  then: { event: 'B', same: 'cart_id' },
  within: 'PT2H',
}
const pressed: Condition = {
  type: 'pressure',
  channel: 'email',
  window: { last: 'P7D' },
  operator: 'gte',
  value: 3,
}
const budgeted: Condition = { type: 'budget', cap: 'cap_a', operator: 'between', value: [1, 2] }
const scored: Condition = {
  type: 'score',
  score: 'rfm.cell',
  operator: 'in',
  value: ['champions', 'loyal'],
}
const habit: Condition = { type: 'lifecycle', event: 'A', is: 'regular', period: 'P1W' }

/** Small alphabets, so that groups of one, empty groups and negations of negations are common. */
const conditions = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom(
      viewed,
      gold,
      big,
      abroad,
      sum,
      ordered,
      open,
      habit,
      scored,
      pressed,
      budgeted,
    ),
    fc.record({
      type: fc.constantFrom('all' as const, 'any' as const),
      conditions: fc.array(tie('node'), { maxLength: 3 }),
    }),
    fc.record({ type: fc.constant('not' as const), condition: tie('node') }),
  ),
})).node

test('a condition survives the editor unchanged, whatever its shape', () => {
  fc.assert(
    fc.property(conditions, (condition) => {
      expect(fromQuery(toQuery(condition))).toEqual(condition)
    }),
    { numRuns: 2_000 },
  )
})

test('the editor always gets a group at the root', () => {
  fc.assert(fc.property(conditions, (condition) => 'rules' in toQuery(condition)))
})

describe('what people do in the editor', () => {
  const group = (changed: Partial<ConditionGroup>): ConditionGroup => ({
    ...toQuery({ type: 'all', conditions: [viewed, gold] }),
    ...changed,
  })

  test.each<[string, ConditionGroup, Condition]>([
    ['"any" turns the group over', group({ combinator: 'or' }), any(viewed, gold)],
    ['"exclude" negates the whole group', group({ not: true }), not(all(viewed, gold))],
    [
      '"exclude" with "any" means none of them',
      group({ combinator: 'or', not: true }),
      not(any(viewed, gold)),
    ],
    ['the last line may be removed', group({ rules: [] }), all()],
    [
      'a second line makes a group of what was a single leaf',
      { ...toQuery(viewed), rules: [...toQuery(viewed).rules, ...toQuery(gold).rules] },
      all(viewed, gold),
    ],
    [
      '"any" of what was a single leaf stays an "any"',
      { ...toQuery(viewed), combinator: 'or' },
      any(viewed),
    ],
  ])('%s', (_, query, expected) => {
    expect(fromQuery(query)).toEqual(expected)
  })

  test('a line whose field was just changed starts from that field, not from the old value', () => {
    const query = toQuery(all(viewed))
    const rules = query.rules.map((rule) => ({ ...rule, field: 'context.city' }))
    expect(fromQuery({ ...query, rules } as ConditionGroup)).toEqual(
      all({ type: 'context', field: 'city', operator: 'equals', value: '' }),
    )
  })
})

test('every new line but one that still needs a name is a condition the edge accepts', () => {
  const refused = LEAF_FIELDS.filter((field) => !parseCondition(defaultLeaf(field)).ok)
  expect(refused).toEqual(['trait', 'budget', 'account', 'segment'])
})

function all(...items: readonly Condition[]): Condition {
  return { type: 'all', conditions: items }
}
function any(...items: readonly Condition[]): Condition {
  return { type: 'any', conditions: items }
}
function not(condition: Condition): Condition {
  return { type: 'not', condition }
}
