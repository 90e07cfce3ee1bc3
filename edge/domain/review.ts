import type { SegmentId } from '../protocol/id.ts'
import type { Cause, Transition } from '../protocol/membership.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { Changes } from './apply-event.ts'
import type { CompiledCatalog, CompiledSegment } from './compiled-catalog.ts'
import type { Facts } from './condition.ts'
import type { Profile } from './profile.ts'

/** Steps one call of `advance` takes at most; what remains due is taken by the next. */
const MAX_STEPS = 1_000

const NOTHING: readonly never[] = []

export const factsOf = (profile: Profile): Facts => ({
  trait: (name) => profile.traits.get(name)?.value ?? undefined,
  occurrences: (feature) => profile.occurrences.get(feature.key) ?? NOTHING,
  context: profile.context,
  ever: (field) => profile.ever.get(field) ?? NOTHING,
})

/** The earliest instant at which a verdict of the profile lapses by itself. */
export function dueAt(profile: Profile): Millis {
  let due = NEVER
  for (const until of profile.untils.values()) due = Math.min(due, until)
  return due
}

const touches = ({ reads }: CompiledSegment, changes: Changes): boolean => {
  if (changes.everything) return true
  if (reads.traits && changes.traits) return true
  if (reads.context && changes.context) return true
  for (const feature of changes.features) if (reads.features.has(feature)) return true
  return false
}

/**
 * Evaluates the segments that read something that changed, and enters or leaves them. `at` is the instant that the
 * transitions carry, `now` the one at which conditions are asked.
 */
export function review(
  profile: Profile,
  compiled: CompiledCatalog,
  changes: Changes,
  { now, at, decidedAt, cause }: { now: Millis; at: Millis; decidedAt: Millis; cause: Cause },
): Transition[] {
  const facts = factsOf(profile)
  const transitions: Transition[] = []
  for (const segment of compiled.segments.values()) {
    if (!touches(segment, changes)) continue
    const transition = evaluateSegment(profile, segment, facts, now, at, decidedAt, cause)
    if (transition !== undefined) transitions.push(transition)
  }
  if (changes.everything) forgetDeleted(profile, compiled, transitions, at, decidedAt, cause)
  return transitions
}

function evaluateSegment(
  profile: Profile,
  { definition: { id }, evaluate }: CompiledSegment,
  facts: Facts,
  now: Millis,
  at: Millis,
  decidedAt: Millis,
  cause: Cause,
): Transition | undefined {
  const { holds, until } = evaluate(facts, now)
  if (until < NEVER) profile.untils.set(id, until)
  else profile.untils.delete(id)
  const member = profile.memberships.get(id)
  if (!holds) {
    if (member === undefined) return undefined
    profile.memberships.delete(id)
    return { type: 'exited', segment: id, at, decidedAt, cause }
  }
  const enteredAt = member?.enteredAt ?? at
  const decided = member?.decidedAt ?? decidedAt
  profile.memberships.set(id, {
    segment: id,
    enteredAt,
    decidedAt: decided,
    ...(until < NEVER && { until }),
  })
  return member === undefined ? { type: 'entered', segment: id, at, decidedAt, cause } : undefined
}

/** A segment that was deleted is left. */
function forgetDeleted(
  profile: Profile,
  compiled: CompiledCatalog,
  transitions: Transition[],
  at: Millis,
  decidedAt: Millis,
  cause: Cause,
): void {
  const gone = (id: SegmentId) => !compiled.segments.has(id)
  for (const id of [...profile.memberships.keys()].filter(gone)) {
    profile.memberships.delete(id)
    transitions.push({ type: 'exited', segment: id, at, decidedAt, cause })
  }
  for (const id of [...profile.untils.keys()].filter(gone)) profile.untils.delete(id)
}

/**
 * Lets time pass: each verdict that lapses by `now` is asked again *at its own instant*, so that exits and entries
 * that came late are told with the instant at which they were due.
 */
export function advance(profile: Profile, compiled: CompiledCatalog, now: Millis): Transition[] {
  const transitions: Transition[] = []
  const facts = factsOf(profile)
  for (let step = 0; step < MAX_STEPS; step++) {
    const due = dueAt(profile)
    if (due > now) break
    for (const [id, until] of profile.untils) {
      if (until > due) continue
      const segment = compiled.segments.get(id)
      if (segment === undefined) {
        profile.untils.delete(id)
        continue
      }
      const transition = evaluateSegment(profile, segment, facts, due, due, now, { type: 'time' })
      if (transition !== undefined) transitions.push(transition)
    }
  }
  return transitions
}
