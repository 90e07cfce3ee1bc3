import type { RuleGroupType, RuleType } from 'react-querybuilder'
import type { Condition } from '../../edge/protocol/condition.ts'
import { COMPARED_FIELDS, type ComparedField } from '../../edge/protocol/event.ts'
import { startOf } from './score-edit.ts'

/** A condition that holds no other: one line of the editor. */
export type Leaf = Exclude<Condition, { readonly type: 'all' | 'any' | 'not' }>

/** What a line is about: its type, or a field of the visit. */
export type LeafField = Exclude<Leaf['type'], 'context'> | 'near' | `context.${ComparedField}`

/** The rule's value is the whole leaf: its editor shows operator, value and window as one sentence. */
export type ConditionRule = RuleType<string, string, Leaf>
/** `bare` marks the group the editor needs around a root that is a single leaf. */
export type ConditionGroup = RuleGroupType<ConditionRule> & { readonly bare?: boolean }

const NO_OPERATOR = '='

export const LEAF_FIELDS: readonly LeafField[] = [
  'performed',
  'sequence',
  'followedBy',
  'notFollowedBy',
  'lifecycle',
  'trait',
  'score',
  'pressure',
  'budget',
  'consent',
  'account',
  'segment',
  'reaction',
  'now',
  'near',
  ...COMPARED_FIELDS.map((field): LeafField => `context.${field}`),
]

export function isLeafField(name: string): name is LeafField {
  return (LEAF_FIELDS as readonly string[]).includes(name)
}

/** New lines of what has several parts: an example to be changed. */
const EXAMPLES: {
  readonly [
    T in
      | 'sequence'
      | 'followedBy'
      | 'notFollowedBy'
      | 'lifecycle'
      | 'reaction'
      | 'pressure'
      | 'now'
      | 'near'
  ]: Leaf
} = {
  sequence: {
    type: 'sequence',
    steps: [
      { event: 'Product Viewed' },
      { event: 'Product Added', within: 'PT30M' },
      { event: 'Order Completed', within: 'P1D' },
    ],
    window: { last: 'P30D' },
  },
  followedBy: {
    type: 'followedBy',
    event: 'Product Viewed',
    then: { event: 'Order Completed' },
    within: 'P1D',
  },
  notFollowedBy: {
    type: 'notFollowedBy',
    event: 'Product Added',
    then: { event: 'Order Completed' },
    within: 'PT2H',
    since: 'last',
  },
  lifecycle: {
    type: 'lifecycle',
    event: 'Order Completed',
    is: 'stopped',
    period: 'P30D',
    of: 3,
  },
  reaction: {
    type: 'reaction',
    kind: 'opened',
    channel: 'email',
    operator: 'gte',
    value: 1,
    window: { last: 'P30D' },
  },
  pressure: { type: 'pressure', window: { last: 'P7D' }, operator: 'gte', value: 3 },
  now: { type: 'now', weekdays: ['saturday', 'sunday'], from: '09:00', to: '18:00' },
  near: { type: 'context', near: { lat: 48.86, lon: 2.35, km: 25 } },
}

/** What a new line says before anybody edits it. */
export function defaultLeaf(field: LeafField): Leaf {
  if (field === 'performed') {
    return {
      type: 'performed',
      event: 'Product Viewed',
      operator: 'gte',
      value: 1,
      window: { last: 'P7D' },
    }
  }
  const example = EXAMPLES[field as keyof typeof EXAMPLES]
  if (example !== undefined) return example
  if (field === 'consent') return { type: 'consent', purpose: 'advertising' }
  if (field === 'trait' || field === 'account') {
    return { type: field, trait: '', operator: 'equals', value: '' }
  }
  if (field === 'score') return startOf('rfm.cell')
  if (field === 'segment') return { type: 'segment', segment: '' }
  if (field === 'budget') return { type: 'budget', cap: '', operator: 'gte', value: 1 }
  const name = field.slice('context.'.length) as ComparedField
  return { type: 'context', field: name, operator: 'equals', value: '' }
}

export function fieldOf(leaf: Leaf): LeafField {
  if (leaf.type !== 'context') return leaf.type
  return 'near' in leaf ? 'near' : `context.${leaf.field}`
}

/** The editor's form of a condition. `fromQuery` gives back the very same condition. */
export function toQuery(condition: Condition): ConditionGroup {
  const node = toNode(condition)
  return isGroup(node) ? node : { combinator: 'and', not: false, rules: [node], bare: true }
}

function toNode(condition: Condition): ConditionGroup | ConditionRule {
  switch (condition.type) {
    case 'all':
    case 'any':
      return {
        combinator: condition.type === 'all' ? 'and' : 'or',
        not: false,
        rules: condition.conditions.map(toNode),
      }
    case 'not': {
      const inner = toNode(condition.condition)
      // "None of these" is one group. A group of one that is not an `any` stays a group in the group, because
      // a negated group with one line stands for the negation of that line alone.
      if (isGroup(inner) && !inner.not && (inner.rules.length !== 1 || inner.combinator === 'or')) {
        return { ...inner, not: true }
      }
      return { combinator: 'and', not: true, rules: [inner] }
    }
    case 'trait':
    case 'consent':
    case 'account':
    case 'performed':
    case 'sequence':
    case 'followedBy':
    case 'notFollowedBy':
    case 'lifecycle':
    case 'score':
    case 'pressure':
    case 'budget':
    case 'segment':
    case 'reaction':
    case 'now':
    case 'context':
      return { field: fieldOf(condition), operator: NO_OPERATOR, value: condition }
  }
}

/** The condition an edited query stands for. */
export function fromQuery(query: ConditionGroup): Condition {
  const [only] = query.rules
  if (query.bare === true && query.not !== true && only !== undefined && query.rules.length === 1) {
    if (query.combinator === 'and') return fromNode(only)
  }
  return fromNode(query)
}

function fromNode(node: ConditionGroup | ConditionRule): Condition {
  if (!isGroup(node)) {
    // The field was just changed and the value not yet: the new field decides.
    return isLeafField(node.field) && fieldOf(node.value) !== node.field
      ? defaultLeaf(node.field)
      : node.value
  }
  const [only] = node.rules
  if (node.not === true && node.combinator === 'and' && node.rules.length === 1 && only) {
    return { type: 'not', condition: fromNode(only) }
  }
  const group: Condition = {
    type: node.combinator === 'or' ? 'any' : 'all',
    conditions: node.rules.map(fromNode),
  }
  return node.not === true ? { type: 'not', condition: group } : group
}

function isGroup(node: ConditionGroup | ConditionRule): node is ConditionGroup {
  return 'rules' in node
}
