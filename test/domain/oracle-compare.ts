import type { PropertyTest } from '../../edge/protocol/condition.ts'
import type { Json } from '../../edge/protocol/json.ts'

/** A number against one or two others. */
export function compare({ operator, value }: PropertyTest, count: number): boolean {
  const [low = 0, high = 0] = ([] as number[]).concat(value as number)
  if (operator === 'equals') return count === low
  if (operator === 'not_equals') return count !== low
  if (operator === 'gt') return count > low
  if (operator === 'gte') return count >= low
  if (operator === 'lt') return count < low
  if (operator === 'lte') return count <= low
  return count >= low && count <= high
}

export function passes({ operator, value }: PropertyTest, actual: Json | undefined): boolean {
  if (actual === undefined || actual === null) return operator === 'not_exists'
  if (operator === 'exists' || operator === 'not_exists') return operator === 'exists'
  if (operator === 'equals') return actual === value
  if (operator === 'in') return (value as Json[]).includes(actual)
  if (operator === 'not_equals') return actual !== value
  return (
    typeof actual === 'number' && compare({ property: '', operator, value: value ?? null }, actual)
  )
}
