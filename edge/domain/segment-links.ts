import { CONDITION_LIMITS, type Condition } from '../protocol/condition.ts'
import type { CapId, SegmentId } from '../protocol/id.ts'
import type { FieldError, Result } from '../protocol/problem.ts'
import type { CapThreshold } from '../protocol/touch.ts'

/** A segment as others may be made of it. */
export interface LinkedSegment {
  readonly id: SegmentId
  readonly key: string
  readonly condition: Condition
}

/** A cap as segments may be made of its budget: by whom its thresholds are for. */
export interface LinkedCap {
  readonly id: CapId
  readonly key: string
  readonly thresholds: readonly Pick<CapThreshold, 'segment'>[]
}

/** The conditions of some kinds that one is made of, as often as it is. */
function partsOfType<T extends 'segment' | 'budget'>(
  condition: Condition,
  type: T,
): readonly Extract<Condition, { readonly type: T }>[] {
  switch (condition.type) {
    case 'all':
    case 'any':
      return condition.conditions.flatMap((one) => partsOfType(one, type))
    case 'not':
      return partsOfType(condition.condition, type)
    default:
      return condition.type === type ? [condition as Extract<Condition, { readonly type: T }>] : []
  }
}

/** The segments that a condition names, as often as it does. */
const linksOf = (condition: Condition): readonly string[] =>
  partsOfType(condition, 'segment').map(({ segment }) => segment)

/** The caps whose budgets a condition asks for, as often as it does. */
export const capsNamed = (condition: Condition): readonly string[] =>
  partsOfType(condition, 'budget').map(({ cap }) => cap)

/** Whether a condition asks for members of other segments. */
export const hasLinks = (condition: Condition): boolean => linksOf(condition).length > 0

/** Whether a condition names a segment. */
export const names = (condition: Condition, segment: SegmentId): boolean =>
  linksOf(condition).includes(segment)

/** By id and by key. */
export interface Known {
  readonly segments: ReadonlyMap<string, LinkedSegment>
  readonly caps: ReadonlyMap<string, LinkedCap>
}

export const byName = <T extends { readonly id: string; readonly key: string }>(
  list: readonly T[],
): ReadonlyMap<string, T> =>
  new Map(list.flatMap((one) => [[one.id, one] as const, [one.key, one] as const]))

/**
 * The condition that a segment is to have, with the ids of the segments and caps it names by id or key: keys may change.
 * Refused where one is missing, where a segment would be made of itself, also by the thresholds of a cap, and where too
 * much hangs together. `own`: undefined for a condition that is no segment's yet.
 */
export function linkSegments(
  condition: Condition,
  own: { readonly id: SegmentId; readonly key: string } | undefined,
  segments: readonly LinkedSegment[],
  caps: readonly LinkedCap[] = [],
): Result<Condition> {
  const known: Known = { segments: byName(segments), caps: byName(caps) }
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
        const found = known.segments.get(part.segment)
        const reason = found === undefined ? 'There is no such segment' : faultOf(part)
        if (reason !== undefined) errors.push({ path: `${path}.segment`, reason })
        return found === undefined ? part : { ...part, segment: found.id }
      }
      case 'budget': {
        const found = known.caps.get(part.cap)
        const reason = found === undefined ? 'There is no such cap' : faultOf(part)
        if (reason !== undefined) errors.push({ path: `${path}.cap`, reason })
        return found === undefined ? part : { ...part, cap: found.id }
      }
      default:
        return part
    }
  }
  const faultOf = (part: Condition): string | undefined => {
    const circle = own && circleFrom(part, own, known)
    if (circle !== undefined) return `A segment cannot be made of itself: ${circle}`
    return depthOf(part, known) >= CONDITION_LIMITS.chain
      ? `Segments are made of segments at most ${CONDITION_LIMITS.chain} deep`
      : undefined
  }
  const linked = link(condition, 'condition')
  if (errors.length === 0 && partsOf(linked, known) > CONDITION_LIMITS.parts) {
    const reason = `With all segments it is made of, a condition has at most ${CONDITION_LIMITS.parts} parts`
    errors.push({ path: 'condition', reason })
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value: linked }
}

/** A segment that a condition asks for the members of. `by`: the key of the cap that has a threshold for them. */
export interface Step {
  readonly segment: LinkedSegment
  readonly by?: string
}

export function stepsOf(condition: Condition, { segments, caps }: Known): readonly Step[] {
  const named = linksOf(condition).flatMap((name): readonly Step[] => {
    const segment = segments.get(name)
    return segment === undefined ? [] : [{ segment }]
  })
  const limited = capsNamed(condition).flatMap((name) => {
    const cap = caps.get(name)
    return (cap?.thresholds ?? []).flatMap((one): readonly Step[] => {
      const segment = segments.get(one.segment)
      return segment === undefined ? [] : [{ segment, by: cap?.key ?? name }]
    })
  })
  return [...named, ...limited]
}

/** The keys on the way from a segment back to itself; undefined: there is none. */
function circleFrom(
  part: Condition,
  own: { readonly id: SegmentId; readonly key: string },
  known: Known,
): string | undefined {
  const seen = new Set<string>()
  const visit = (condition: Condition, way: readonly string[]): string | undefined => {
    for (const { segment, by } of stepsOf(condition, known)) {
      const keys = [...way, ...(by === undefined ? [] : [`the cap ${by}`])]
      if (segment.id === own.id) return [...keys, own.key].join(' → ')
      if (seen.has(segment.id)) continue
      seen.add(segment.id)
      const found = visit(segment.condition, [...keys, segment.key])
      if (found !== undefined) return found
    }
    return undefined
  }
  return visit(part, [own.key])
}

/** How many segments a condition is made of, one within the other. */
function depthOf(condition: Condition, known: Known, within: readonly string[] = []): number {
  const deeper = stepsOf(condition, known).map(({ segment }) =>
    within.includes(segment.id) || within.length > CONDITION_LIMITS.chain
      ? 0
      : 1 + depthOf(segment.condition, known, [...within, segment.id]),
  )
  return Math.max(0, ...deeper)
}

/** Parts of a condition and of all it is made of, each as often as it is asked; no further than is allowed. */
function partsOf(condition: Condition, known: Known, within: readonly string[] = []): number {
  switch (condition.type) {
    case 'all':
    case 'any': {
      let sum = 1
      for (const one of condition.conditions) {
        sum += partsOf(one, known, within)
        if (sum > CONDITION_LIMITS.parts) return sum
      }
      return sum
    }
    case 'not':
      return 1 + partsOf(condition.condition, known, within)
    case 'segment': {
      const found = known.segments.get(condition.segment)
      if (found === undefined || within.includes(found.id)) return 1
      return 1 + partsOf(found.condition, known, [...within, found.id])
    }
    case 'budget': {
      let sum = 1
      // Of each threshold whether somebody is in its segment, and whether they are not.
      for (const { segment } of known.caps.get(condition.cap)?.thresholds ?? []) {
        sum += 2 * partsOf({ type: 'segment', segment }, known, within)
        if (sum > CONDITION_LIMITS.parts) return sum
      }
      return sum
    }
    default:
      return 1
  }
}
