import { COMPUTED_MEASURES, type ComputedTrait } from '../protocol/computed-trait.ts'
import { CONDITION_LIMITS, type PerformedCondition } from '../protocol/condition.ts'
import type { FieldError, Result } from '../protocol/problem.ts'
import { parseCondition } from './condition.ts'

/** By what a trait is computed: which events, and what is measured of them. */
export type ComputedBy = Pick<ComputedTrait, 'event' | 'where' | 'measure' | 'property' | 'window'>

/** Whatever has the fields of a definition; others are not looked at. */
interface Told {
  readonly event?: unknown
  readonly where?: unknown
  readonly measure?: unknown
  readonly property?: unknown
  readonly window?: unknown
}

/** Reads by what a trait is computed. Its events and its window are those of a condition of type `performed`. */
export function parseComputedBy(told: Told): Result<ComputedBy> {
  const { event, where, measure, property, window } = told
  const errors: FieldError[] = []
  const counted = parseCondition(
    { type: 'performed', event, where, window, operator: 'gte', value: 0 },
    '',
  )
  if (!counted.ok) {
    errors.push(...counted.errors.map(({ path, reason }) => ({ path: path.slice(1), reason })))
  }
  const known = COMPUTED_MEASURES.find((one) => one === measure)
  if (known === undefined) {
    errors.push({ path: 'measure', reason: `Must be one of ${COMPUTED_MEASURES.join(', ')}` })
  }
  const fault = known && faultOfProperty(known, property)
  if (fault !== undefined) errors.push({ path: 'property', reason: fault })
  if (!counted.ok || known === undefined || errors.length > 0) return { ok: false, errors }
  const by = counted.value as PerformedCondition
  return {
    ok: true,
    value: {
      event: by.event,
      ...(by.where !== undefined && { where: by.where }),
      measure: known,
      ...(typeof property === 'string' && { property }),
      ...(by.window !== undefined && { window: by.window }),
    },
  }
}

function faultOfProperty(measure: string, property: unknown): string | undefined {
  if (measure === 'count') return property === undefined ? undefined : 'count takes none'
  if (property === undefined) return `${measure} needs one`
  if (typeof property !== 'string' || property === '') return 'Must be a text that is not empty'
  return property.length > CONDITION_LIMITS.text
    ? `Has at most ${CONDITION_LIMITS.text} characters`
    : undefined
}
