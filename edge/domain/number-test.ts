import type { Test } from '../protocol/condition.ts'
import type { Json } from '../protocol/json.ts'
import { compileTest, type Accepts } from './operator.ts'

/**
 * Compiles a comparison of what is a number or absent, as measures are: it is asked at each place of a list, so it must
 * be no more than that comparison. What is absent passes none. `zone`: as `compileTest` has it.
 */
export function compileNumberTest(test: Test, zone: string): Accepts {
  const { operator, value } = test
  const [low, high] = (Array.isArray(value) ? value : [value, value]) as (Json | undefined)[]
  if (typeof low !== 'number' || typeof high !== 'number') return compileTest(test, zone)
  switch (operator) {
    case 'gt':
      return (actual) => typeof actual === 'number' && actual > low
    case 'gte':
      return (actual) => typeof actual === 'number' && actual >= low
    case 'lt':
      return (actual) => typeof actual === 'number' && actual < low
    case 'lte':
      return (actual) => typeof actual === 'number' && actual <= low
    case 'between':
      return (actual) => typeof actual === 'number' && actual >= low && actual <= high
    default:
      return compileTest(test, zone)
  }
}
