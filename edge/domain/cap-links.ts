import type { Condition } from '../protocol/condition.ts'
import type { CapId } from '../protocol/id.ts'
import type { FieldError } from '../protocol/problem.ts'
import {
  byName,
  capsNamed,
  linkSegments,
  stepsOf,
  type Known,
  type LinkedCap,
  type LinkedSegment,
} from './segment-links.ts'

/** Whether a condition hangs on the budget of a cap, itself or by what it is made of. */
function hangsOn(condition: Condition, cap: CapId, known: Known): boolean {
  const seen = new Set<string>()
  const visit = (one: Condition): boolean =>
    capsNamed(one).includes(cap) ||
    stepsOf(one, known).some(({ segment }) => {
      if (seen.has(segment.id)) return false
      seen.add(segment.id)
      return visit(segment.condition)
    })
  return visit(condition)
}

/** A segment with a condition that it has, or is to have. */
export interface NamedSegment extends LinkedSegment {
  readonly name: string
}

/**
 * Why a cap cannot be as it is told, because of the segments that ask for its budget: a threshold must not be for one
 * of them, nor make too much hang together. `users`: all conditions of segments, also those that are not in force.
 */
export function capFaults(
  cap: LinkedCap,
  users: readonly NamedSegment[],
  segments: readonly LinkedSegment[],
  caps: readonly LinkedCap[],
): readonly FieldError[] {
  const others = caps.filter(({ id }) => id !== cap.id)
  const known: Known = { segments: byName(segments), caps: byName(caps) }
  const asking = users.filter(({ condition }) => hangsOn(condition, cap.id, known))
  for (const place of cap.thresholds.keys()) {
    const upTo = { ...cap, thresholds: cap.thresholds.slice(0, place + 1) }
    for (const user of asking) {
      const linked = linkSegments(user.condition, user, segments, [...others, upTo])
      if (linked.ok) continue
      const reasons = linked.errors.map(({ reason }) => reason).join('. ')
      const reason = `The segment “${user.name}” asks for what is left of this cap. ${reasons}`
      return [{ path: `thresholds.${place}.segment`, reason }]
    }
  }
  return []
}
