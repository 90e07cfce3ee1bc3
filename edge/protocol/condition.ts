import type { ContextField } from './event.ts'
import type { Json } from './json.ts'

export const OPERATORS = [
  'equals',
  'not_equals',
  'in',
  'not_in',
  'contains',
  'starts_with',
  'ends_with',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
  'exists',
  'not_exists',
] as const
export type Operator = (typeof OPERATORS)[number]

/** A comparison with a value. `exists` and `not_exists` take no value; `in`, `not_in`, `between` take a list. */
export interface Test {
  readonly operator: Operator
  readonly value?: Json
  /** Compare text without regard to case. Default: false. */
  readonly ignoreCase?: boolean
}

/** A test of one property of an event, by dotted path. */
export interface PropertyTest extends Test {
  readonly property: string
}

/** `last`: an ISO 8601 duration; an event at t counts while `t > now − last`. Absent: the whole history. */
export interface Window {
  readonly last: string
}

/** Closed list: an unknown `type` or key is refused with its path. */
export type Condition =
  | { readonly type: 'all' | 'any'; readonly conditions: readonly Condition[] }
  | { readonly type: 'not'; readonly condition: Condition }
  /** `account`: of any account the person belongs to; its id is the trait `id`. */
  | ({ readonly type: 'trait' | 'account'; readonly trait: string } & Test)
  | PerformedCondition
  /** Granted and unexpired. */
  | { readonly type: 'consent'; readonly purpose: string }
  | ({
      readonly type: 'context'
      readonly field: ContextField
      readonly scope?: 'now' | 'ever'
    } & Test)

export interface PerformedCondition {
  readonly type: 'performed'
  readonly event: string | readonly string[]
  readonly where?: readonly PropertyTest[]
  readonly measure?: 'count'
  readonly operator: 'equals' | 'not_equals' | 'gt' | 'gte' | 'lt' | 'lte' | 'between'
  readonly value: number | readonly [number, number]
  readonly window?: Window
}

/** What one condition may cost, checked when it is saved. */
export const CONDITION_LIMITS = {
  nodes: 200,
  depth: 12,
  list: 1_000,
  count: 1_000,
  text: 1_000,
} as const
