import { CONDITION_LIMITS } from '../protocol/condition.ts'
import type { FieldError } from '../protocol/problem.ts'

/** Where parts of a condition hold others. */
const NESTED = ['condition', 'conditions'] as const
const LISTED = ['where', 'steps'] as const

const isObject = (json: unknown): json is { readonly [key: string]: unknown } =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

/**
 * What a condition would cost at every event, before anything else of it is looked at: how many parts it has and how
 * deep they nest. Undefined: within bounds.
 */
export function costOf(json: unknown, path: string): FieldError | undefined {
  let parts = 0
  let fault: FieldError | undefined
  const visit = (node: unknown, at: string, depth: number): void => {
    if (fault !== undefined) return
    if (++parts > CONDITION_LIMITS.nodes) {
      fault = { path: at, reason: `A condition has at most ${CONDITION_LIMITS.nodes} parts` }
      return
    }
    if (depth > CONDITION_LIMITS.depth) {
      fault = { path: at, reason: `Conditions nest at most ${CONDITION_LIMITS.depth} deep` }
      return
    }
    if (!isObject(node)) return
    for (const key of NESTED) {
      const inner = node[key]
      if (Array.isArray(inner)) {
        for (const [place, one] of inner.entries()) visit(one, `${at}.${key}.${place}`, depth + 1)
      } else if (inner !== undefined) visit(inner, `${at}.${key}`, depth + 1)
    }
    for (const key of LISTED) {
      const list = node[key]
      if (!Array.isArray(list)) continue
      for (const [place, one] of list.entries()) visit(one, `${at}.${key}.${place}`, depth)
    }
  }
  visit(json, path, 1)
  return fault
}
