import {
  CONDITION_LIMITS,
  type Measure,
  type NumberOperator,
  type Operator,
  type PerformedCondition,
  type Window,
} from '../../edge/protocol/condition.ts'
import { parseDuration } from '../../edge/protocol/duration.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { isList, typed, withOperator } from './test-value.ts'

/** What a measure is compared with: any value, a number, a whole one, or how long it is ago. */
export type Compared = 'any' | 'number' | 'whole' | 'span'

export function comparedOf(measure: Measure): Compared {
  switch (measure) {
    case 'first':
    case 'last':
      return 'any'
    case 'count':
    case 'distinct':
      return 'whole'
    case 'recency':
      return 'span'
    default:
      return 'number'
  }
}

export const needsProperty = (measure: Measure): boolean =>
  measure !== 'count' && measure !== 'recency'

export const measureOf = ({ measure = 'count' }: PerformedCondition): Measure => measure

/** How a number, or how long something is ago, may be compared; the commonest first. */
export function comparisonsOf(measure: Measure): readonly NumberOperator[] {
  return comparedOf(measure) === 'span'
    ? ['lte', 'lt', 'gte', 'gt', 'between']
    : ['gte', 'gt', 'equals', 'not_equals', 'lte', 'lt', 'between']
}

/** The one value compared with, or the two of `between`. */
export function boundsOf(value: Json | undefined): readonly [Json | undefined, Json | undefined] {
  return isList(value) ? [value[0], value[1] ?? value[0]] : [value, value]
}

/** The line by another measure; value, operator and window are carried over as far as it can use them. */
export function withMeasure(leaf: PerformedCondition, measure: Measure): PerformedCondition {
  const { measure: _, property = '', window, ...rest } = leaf
  const next: PerformedCondition = {
    ...rest,
    ...(measure !== 'count' && { measure }),
    ...(needsProperty(measure) && { property }),
    ...(window !== undefined && !(measure === 'recency' && isLate(window)) && { window }),
  }
  if (comparedOf(measure) === 'any') return withOperator(next, next.operator)
  const [first = 'gte'] = comparisonsOf(measure)
  const known: readonly Operator[] = comparisonsOf(measure)
  return withComparison(
    next,
    known.includes(next.operator) ? (next.operator as NumberOperator) : first,
  )
}

/** The line with a number, or a time ago, compared by another operator. */
export function withComparison(
  leaf: PerformedCondition,
  operator: NumberOperator,
): PerformedCondition {
  const compared = comparedOf(measureOf(leaf))
  const [low, high] = boundsOf(leaf.value).map((bound) => fitted(bound, compared)) as [Json, Json]
  const isTurned = sizeOf(low) > sizeOf(high)
  const pair = isTurned ? [high, low] : [low, high]
  return { ...leaf, operator, value: operator === 'between' ? pair : low }
}

const sizeOf = (value: Json): number =>
  typeof value === 'string' ? (parseDuration(value) ?? 0) : Number(value)

function fitted(value: Json | undefined, compared: Compared): Json {
  if (compared === 'span') {
    return typeof value === 'string' && parseDuration(value) !== undefined ? value : 'P7D'
  }
  const number = typed(value ?? 1, 'number') as number
  if (compared !== 'whole') return number
  return Math.min(CONDITION_LIMITS.count, Math.max(0, Math.round(number)))
}

/** Whether events begin to count only some time after they happened. */
const isLate = (window: Window): boolean =>
  'between' in window || ('calendar' in window && (window.offset ?? 0) < 0)
