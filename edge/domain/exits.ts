import type { Condition } from '../protocol/condition.ts'
import type { SegmentId } from '../protocol/id.ts'
import type { Cause, Transition } from '../protocol/membership.ts'
import type { ReportedClause } from '../protocol/segment-report.ts'
import type { Millis } from '../protocol/time.ts'
import { isCandidate } from './candidate.ts'
import type { CompiledCatalog } from './compiled-catalog.ts'

/** The exits among transitions, as reports count them: with what the deciding clauses ask under this catalog. */
export function exitsOf(
  transitions: readonly Transition[],
  { segments }: Pick<CompiledCatalog, 'segments'>,
): {
  segment: SegmentId
  decidedAt: Millis
  cause: Cause['type']
  clauses: readonly ReportedClause[]
}[] {
  return transitions.flatMap(({ type, segment, decidedAt, cause, clauses: paths = [] }) => {
    if (type !== 'exited' || isCandidate(segment)) return []
    const whole = segments.get(segment)?.definition.condition
    const clauses = paths.flatMap((path) => {
      const condition = whole && partAt(whole, path)
      return condition === undefined ? [] : [{ path, condition }]
    })
    return [{ segment, decidedAt, cause: cause.type, clauses }]
  })
}

/** The part of a condition at a path such as `condition.conditions.1`. */
export function partAt(whole: Condition, path: string): Condition | undefined {
  let part: Condition | undefined = whole
  const steps = path.split('.').slice(1).values()
  for (const step of steps) {
    if (part?.type === 'not' && step === 'condition') part = part.condition
    else if ((part?.type === 'all' || part?.type === 'any') && step === 'conditions') {
      part = part.conditions[Number(steps.next().value)]
    } else return undefined
  }
  return part
}
