import type { z } from 'zod'
import type { Condition } from '../protocol/condition.ts'
import type { FieldError, Result } from '../protocol/problem.ts'
import { costOf } from './condition-cost.ts'
import { conditionSchema, TYPES } from './condition-schema.ts'

/**
 * Reads a condition. Each mistake is told with its path below `path` and a reason that says what would be right;
 * unknown types and keys are refused, and what would cost too much at every event is refused when it is saved.
 */
export function parseCondition(json: unknown, path = 'condition'): Result<Condition> {
  const cost = costOf(json, path)
  if (cost !== undefined) return { ok: false, errors: [cost] }
  const parsed = conditionSchema.safeParse(json)
  if (parsed.success) return { ok: true, value: parsed.data }
  return { ok: false, errors: parsed.error.issues.flatMap((issue) => faultsOf(issue, path)) }
}

function faultsOf(issue: z.core.$ZodIssue, root: string): readonly FieldError[] {
  const path = [root, ...issue.path.map(String)].join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: `${path}.${key}`, reason: 'Unknown key' }))
  }
  if (issue.code === 'invalid_union') {
    if ('discriminator' in issue && issue.discriminator !== undefined) {
      return [{ path, reason: `Must be one of ${TYPES.join(', ')}` }]
    }
    const meant = issue.errors.filter((faults) => !faults.some(isOfAnotherForm))
    const [only, ...others] = meant
    if (only !== undefined && others.length === 0) {
      return only.flatMap((fault) => faultsOf(fault as z.core.$ZodIssue, path))
    }
    return [{ path, reason: issue.message }]
  }
  if (issue.code === 'invalid_type' && issue.expected === 'object') {
    return [{ path, reason: 'Must be an object' }]
  }
  return [{ path, reason: issue.message }]
}

/** A union has several forms: which was meant is known by its keys, or by what kind of thing it is. */
const isOfAnotherForm = ({ code, path }: z.core.$ZodIssue): boolean =>
  code === 'unrecognized_keys' || (code === 'invalid_type' && path.length === 0)
