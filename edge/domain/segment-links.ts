import { CONDITION_LIMITS, type Condition } from '../protocol/condition.ts'
import type { SegmentId } from '../protocol/id.ts'
import type { FieldError, Result } from '../protocol/problem.ts'

/** A segment as others may be made of it. */
export interface LinkedSegment {
  readonly id: SegmentId
  readonly key: string
  readonly condition: Condition
}

/** The segments that a condition names, as often as it does. */
function linksOf(condition: Condition): readonly string[] {
  switch (condition.type) {
    case 'all':
    case 'any':
      return condition.conditions.flatMap(linksOf)
    case 'not':
      return linksOf(condition.condition)
    default:
      return condition.type === 'segment' ? [condition.segment] : []
  }
}

/** Whether a condition asks for members of other segments. */
export const hasLinks = (condition: Condition): boolean => linksOf(condition).length > 0

/** Whether a condition names a segment. */
export const names = (condition: Condition, segment: SegmentId): boolean =>
  linksOf(condition).includes(segment)

/**
 * The condition that a segment is to have, with the ids of the segments it names by id or key: keys may change. Refused
 * where one is missing, where a segment would be made of itself, and where too much hangs together. `own`: undefined
 * for a condition that is no segment's yet.
 */
export function linkSegments(
  condition: Condition,
  own: { readonly id: SegmentId; readonly key: string } | undefined,
  known: readonly LinkedSegment[],
): Result<Condition> {
  const byName = new Map(
    known.flatMap((one) => [[one.id as string, one] as const, [one.key, one] as const]),
  )
  const errors: FieldError[] = []
  const link = (part: Condition, path: string): Condition => {
    switch (part.type) {
      case 'all':
      case 'any':
        return {
          ...part,
          conditions: part.conditions.map((one, place) => link(one, `${path}.conditions.${place}`)),
        }
      case 'not':
        return { ...part, condition: link(part.condition, `${path}.condition`) }
      case 'segment': {
        const found = byName.get(part.segment)
        const fault = faultOf(found)
        if (fault !== undefined) errors.push({ path: `${path}.segment`, reason: fault })
        return found === undefined ? part : { ...part, segment: found.id }
      }
      default:
        return part
    }
  }
  const faultOf = (found: LinkedSegment | undefined): string | undefined => {
    if (found === undefined) return 'There is no such segment'
    const circle = own && circleFrom(found, own, byName)
    if (circle !== undefined) return `A segment cannot be made of itself: ${circle}`
    return depthOf(found, byName) >= CONDITION_LIMITS.chain
      ? `Segments are made of segments at most ${CONDITION_LIMITS.chain} deep`
      : undefined
  }
  const linked = link(condition, 'condition')
  if (errors.length === 0 && partsOf(linked, byName) > CONDITION_LIMITS.parts) {
    const reason = `With all segments it is made of, a condition has at most ${CONDITION_LIMITS.parts} parts`
    errors.push({ path: 'condition', reason })
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value: linked }
}

type ByName = ReadonlyMap<string, LinkedSegment>

/** The keys on the way from a segment back to itself; undefined: there is none. */
function circleFrom(
  first: LinkedSegment,
  own: { readonly id: SegmentId; readonly key: string },
  byName: ByName,
): string | undefined {
  const seen = new Set<string>()
  const visit = (one: LinkedSegment, way: readonly string[]): string | undefined => {
    const keys = [...way, one.id === own.id ? own.key : one.key]
    if (one.id === own.id) return keys.join(' → ')
    if (seen.has(one.id)) return undefined
    seen.add(one.id)
    for (const name of linksOf(one.condition)) {
      const next = byName.get(name)
      const found = next && visit(next, keys)
      if (found !== undefined) return found
    }
    return undefined
  }
  return visit(first, [own.key])
}

/** How many segments one is made of, one within the other, itself counted. */
function depthOf(segment: LinkedSegment, byName: ByName, within: readonly string[] = []): number {
  if (within.includes(segment.id) || within.length > CONDITION_LIMITS.chain) return 0
  const deeper = linksOf(segment.condition).map((name) => {
    const next = byName.get(name)
    return next === undefined ? 0 : depthOf(next, byName, [...within, segment.id])
  })
  return 1 + Math.max(0, ...deeper)
}

/** Parts of a condition and of all it is made of, each as often as it is asked; no further than is allowed. */
function partsOf(condition: Condition, byName: ByName, within: readonly string[] = []): number {
  switch (condition.type) {
    case 'all':
    case 'any': {
      let sum = 1
      for (const one of condition.conditions) {
        sum += partsOf(one, byName, within)
        if (sum > CONDITION_LIMITS.parts) return sum
      }
      return sum
    }
    case 'not':
      return 1 + partsOf(condition.condition, byName, within)
    case 'segment': {
      const found = byName.get(condition.segment)
      if (found === undefined || within.includes(found.id)) return 1
      return 1 + partsOf(found.condition, byName, [...within, found.id])
    }
    default:
      return 1
  }
}
