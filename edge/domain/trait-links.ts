import type { Condition } from '../protocol/condition.ts'

/** Whether a condition asks for a trait, or for something below it. */
export function namesTrait(condition: Condition, key: string): boolean {
  switch (condition.type) {
    case 'all':
    case 'any':
      return condition.conditions.some((one) => namesTrait(one, key))
    case 'not':
      return namesTrait(condition.condition, key)
    case 'trait':
      return condition.trait === key || condition.trait.startsWith(`${key}.`)
    default:
      return false
  }
}
