import { DEFAULT_PURPOSE, type Purpose } from '../protocol/consent.ts'
import type { SegmentId } from '../protocol/id.ts'
import type { Cause, Transition } from '../protocol/membership.ts'
import { DAY, NEVER, type Millis } from '../protocol/time.ts'
import type { Changes } from './apply-event.ts'
import type { CompiledCatalog, CompiledSegment } from './compiled-catalog.ts'
import { expiryOf, grantLifetime } from './consent.ts'
import { judgeAt, type Judge } from './judge.ts'
import type { Profile } from './profile.ts'

/** Steps one call of `advance` takes at most; what remains due is taken by the next. */
const MAX_STEPS = 1_000

const TIME: Cause = { type: 'time' }

/** The earliest instant at which a verdict of the profile lapses by itself. */
export function dueAt(profile: Profile): Millis {
  let due = NEVER
  for (const until of profile.untils.values()) due = Math.min(due, until)
  return due
}

/**
 * Purposes whose grants are others by now. One that is merely told again with every event stands a little longer: a day
 * more is not worth asking every segment, because a verdict that lapses too early is only asked once more.
 */
function answeredAnew(
  { consent, kept }: Profile,
  changes: Changes,
  lifetime: Millis,
  now: Millis,
): Set<Purpose> {
  const answered = new Set<Purpose>()
  for (const [purpose, before] of changes.consent) {
    const { granted, since } = consent.get(purpose)?.at(-1) ?? {}
    const isSame = before !== undefined && before.granted === granted
    const isLapsed = before !== undefined && before.since + lifetime <= now
    if (isSame && !isLapsed && Math.abs((since ?? 0) - before.since) < DAY) continue
    // Facts are kept under it: any segment may read some.
    answered.add(kept.has(purpose) ? DEFAULT_PURPOSE : purpose)
  }
  return answered
}

const touches = (
  { reads }: CompiledSegment,
  changes: Changes,
  answered: ReadonlySet<Purpose>,
): boolean => {
  if (changes.everything || answered.has(DEFAULT_PURPOSE)) return true
  for (const purpose of answered) if (reads.purposes.has(purpose)) return true
  if (reads.traits && changes.traits) return true
  if (reads.context && changes.context) return true
  if (reads.accounts && changes.accounts) return true
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
  const lifetime = grantLifetime(compiled.catalog)
  const judge = judgeAt(profile, lifetime, now, compiled.accounts)
  const answered = answeredAnew(profile, changes, lifetime, now)
  const transitions: Transition[] = []
  for (const segment of compiled.segments.values()) {
    if (!touches(segment, changes, answered)) continue
    const why = consentCause(profile, segment, changes.withdrawn) ?? cause
    const moment = { at, decidedAt, cause, exitCause: why }
    const transition = evaluateSegment(profile, segment, judge, moment)
    if (transition !== undefined) transitions.push(transition)
  }
  if (changes.everything) forgetDeleted(profile, compiled, transitions, at, decidedAt, cause)
  return transitions
}

interface Moment {
  readonly at: Millis
  readonly decidedAt: Millis
  readonly cause: Cause
  readonly exitCause: Cause
}

/** The purposes of some that a segment depends on, as the reason of an exit. */
function consentCause(
  { kept }: Profile,
  { reads }: CompiledSegment,
  purposes: Iterable<Purpose>,
): Cause | undefined {
  const lost = [...purposes].filter(
    (purpose) => purpose === DEFAULT_PURPOSE || kept.has(purpose) || reads.purposes.has(purpose),
  )
  return lost.length === 0 ? undefined : { type: 'consent', purposes: lost }
}

function evaluateSegment(
  profile: Profile,
  { definition: { id, purposes }, evaluate }: CompiledSegment,
  judge: Judge,
  { at, decidedAt, cause, exitCause }: Moment,
): Transition | undefined {
  const { holds, until } = judge({ evaluate, purposes })
  if (until < NEVER) profile.untils.set(id, until)
  else profile.untils.delete(id)
  const member = profile.memberships.get(id)
  if (!holds) {
    if (member === undefined) return undefined
    profile.memberships.delete(id)
    return { type: 'exited', segment: id, at, decidedAt, cause: exitCause }
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
  const lifetime = grantLifetime(compiled.catalog)
  for (let step = 0; step < MAX_STEPS; step++) {
    const due = dueAt(profile)
    if (due > now) break
    const judge = judgeAt(profile, lifetime, due, compiled.accounts)
    const expired = [...profile.consent.keys()].filter(
      (purpose) => expiryOf(profile.consent, purpose, lifetime) === due,
    )
    for (const [id, until] of profile.untils) {
      if (until > due) continue
      const segment = compiled.segments.get(id)
      if (segment === undefined) {
        profile.untils.delete(id)
        continue
      }
      const transition = evaluateSegment(profile, segment, judge, {
        at: due,
        decidedAt: now,
        cause: TIME,
        exitCause: consentCause(profile, segment, expired) ?? TIME,
      })
      if (transition !== undefined) transitions.push(transition)
    }
  }
  return transitions
}
