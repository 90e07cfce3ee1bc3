import type { Condition } from '../../protocol/condition.ts'
import type { Clause, Reason } from '../../protocol/why.ts'

/**
 * The parts of a condition that make it hold: all of what must hold together, of what may stand for each other the
 * first that does. Empty: it holds of everybody, or of nobody. `clause`: how the condition stands.
 */
export function reasonsFor(clause: Clause, condition: Condition): readonly Reason[] {
  const { path, holds, until, evidence, more, clauses = [] } = clause
  if (!holds) return []
  if (condition.type === 'all' || condition.type === 'any') {
    const parts = condition.conditions.flatMap((part, place) => {
      const inner = clauses[place]
      return inner?.holds === true ? [reasonsFor(inner, part)] : []
    })
    return condition.type === 'all' ? parts.flat() : (parts[0] ?? [])
  }
  return [{ path, condition, ...(until !== undefined && { until }), evidence, more }]
}
