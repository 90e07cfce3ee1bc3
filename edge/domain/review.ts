import { DEFAULT_PURPOSE, type Purpose } from '../protocol/consent.ts'
import type { Cause, Transition } from '../protocol/membership.ts'
import { DAY, NEVER, type Millis } from '../protocol/time.ts'
import type { Changes } from './apply-event.ts'
import type { CompiledCatalog, CompiledSegment } from './compiled-catalog.ts'
import { decisiveClauses } from './decisive-clauses.ts'
import { expiryOf, grantLifetime } from './consent.ts'
import { judgeAt, type Judge } from './judge.ts'
import type { Leaf } from './leaf.ts'
import type { Profile } from './profile.ts'
import { deadlinesOf, stand, standingOf } from './standing.ts'
import type { Verdict } from './verdict.ts'

/** Steps one call of `advance` takes at most; what remains due is taken by the next. */
const MAX_STEPS = 1_000

const TIME: Cause = { type: 'time' }
const UNSTAYED: Verdict = { holds: false, until: NEVER }
const NO_PURPOSES: ReadonlySet<Purpose> = new Set()
const NONE: readonly never[] = []

/**
 * Purposes whose grants are others by now. One that is merely told again with every event stands a little longer: a day
 * more is not worth asking every segment, because a verdict that lapses too early is only asked once more.
 */
function answeredAnew(
  { consent, kept }: Profile,
  changes: Changes,
  lifetime: Millis,
  now: Millis,
): ReadonlySet<Purpose> {
  if (changes.consent.size === 0) return NO_PURPOSES
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

/**
 * Asks the leaves that read something that changed, and enters or leaves the segments whose leaves turned. `at` is the
 * instant that the transitions carry, `now` the one at which conditions are asked.
 */
export function review(
  profile: Profile,
  compiled: CompiledCatalog,
  changes: Changes,
  { now, at, decidedAt, cause }: { now: Millis; at: Millis; decidedAt: Millis; cause: Cause },
): readonly Transition[] {
  const { leaves } = compiled
  const { everything } = changes
  const lifetime = grantLifetime(compiled.catalog)
  const judge = judgeAt(profile, lifetime, now, compiled.accounts)
  const answered = answeredAnew(profile, changes, lifetime, now)
  if (everything) forgetUnread(profile, compiled)
  const asked =
    everything || answered.has(DEFAULT_PURPOSE)
      ? leaves.concerned(profile)
      : leaves.touched(changes, answered)
  const { withdrawn } = changes
  const turned = releaseStays(profile, compiled, withdrawn)
  for (const leaf of asked) if (stand(profile, leaf, judge(leaf))) turned.push(leaf)
  const segments = everything ? concerned(profile, compiled) : readersOf(compiled, turned)
  if (segments.length === 0 && !everything) return NONE
  const isHeld = everything ? asStanding(profile) : asKnown(profile, compiled, judge)
  const transitions: Transition[] = []
  const moment = { at, decidedAt, cause, withdrawn, turned }
  enterAndLeave(profile, compiled, segments, isHeld, moment, transitions)
  if (everything) leaveDeleted(profile, compiled, transitions, at, decidedAt, cause)
  return transitions
}

type IsHeld = (leaf: Leaf) => boolean

const asStanding =
  (profile: Profile): IsHeld =>
  (leaf) =>
    standingOf(profile, leaf).holds

/** By what leaves stand at, if that was asked under this catalog: else there may be some that were never asked. */
function asKnown(profile: Profile, { catalog }: CompiledCatalog, judge: Judge): IsHeld {
  if (profile.version === catalog.version) return asStanding(profile)
  const known = new Map<Leaf, boolean>()
  return (leaf) => {
    const holds = known.get(leaf) ?? judge(leaf).holds
    known.set(leaf, holds)
    return holds
  }
}

/** Segments that read one of some leaves, in the order of the catalog. */
function readersOf(
  { leaves }: CompiledCatalog,
  turned: readonly Leaf[],
): readonly CompiledSegment[] {
  const first = turned[0]
  if (first === undefined) return NONE
  if (turned.length === 1) return leaves.readersOf(first)
  const found = new Set<CompiledSegment>()
  for (const leaf of turned) for (const segment of leaves.readersOf(leaf)) found.add(segment)
  return [...found].sort((a, b) => a.position - b.position)
}

/** Segments that may hold, or did: of all others it is known that they do not. */
function concerned(
  { standing, memberships }: Profile,
  { leaves, segments }: CompiledCatalog,
): CompiledSegment[] {
  const found = new Set(leaves.ofBlank)
  for (const key of standing.keys()) {
    const leaf = leaves.find(key)
    if (leaf !== undefined) for (const segment of leaves.readersOf(leaf)) found.add(segment)
  }
  for (const id of memberships.keys()) {
    const segment = segments.get(id)
    if (segment !== undefined) found.add(segment)
  }
  return [...found].sort((a, b) => a.position - b.position)
}

interface Moment {
  readonly at: Millis
  readonly decidedAt: Millis
  readonly cause: Cause
  /** Exits from segments that depend on them are because of that. */
  readonly withdrawn: readonly Purpose[]
  readonly turned: readonly Leaf[]
}

/** The purposes of some that a segment depends on, as the reason of an exit. */
function consentCause(
  { kept }: Profile,
  { reads }: CompiledSegment,
  purposes: readonly Purpose[],
): Cause | undefined {
  const lost = purposes.filter(
    (purpose) => purpose === DEFAULT_PURPOSE || kept.has(purpose) || reads.purposes.has(purpose),
  )
  return lost.length === 0 ? undefined : { type: 'consent', purposes: lost }
}

/** Combines segments anew, and adds what follows to the transitions. */
function enterAndLeave(
  profile: Profile,
  compiled: CompiledCatalog,
  segments: readonly CompiledSegment[],
  isHeld: IsHeld,
  { at, decidedAt, cause, withdrawn, turned }: Moment,
  transitions: Transition[],
): void {
  const { memberships } = profile
  for (const segment of segments) {
    const { id } = segment.definition
    const holds = segment.holds(isHeld)
    if (holds === memberships.has(id)) continue
    const clauses = decisiveClauses(segment, compiled, turned, isHeld)
    transitions.push({
      type: holds ? 'entered' : 'exited',
      segment: id,
      at,
      decidedAt,
      cause: (holds ? undefined : consentCause(profile, segment, withdrawn)) ?? cause,
      ...(clauses.length > 0 && { clauses }),
    })
    if (holds) enter(profile, segment, at, decidedAt)
    else memberships.delete(id)
  }
}

function enter(
  profile: Profile,
  { definition: { id }, stay }: CompiledSegment,
  at: Millis,
  decidedAt: Millis,
): void {
  const membership = { segment: id, enteredAt: at, decidedAt }
  if (stay === undefined) {
    profile.memberships.set(id, membership)
    return
  }
  const staysUntil = at + stay.span
  profile.memberships.set(id, { ...membership, staysUntil })
  stand(profile, stay.leaf, { holds: true, until: staysUntil })
}

/** Nobody is kept in a segment without the consent it rests on. Answers the leaves that turned by that. */
function releaseStays(
  profile: Profile,
  { segments }: CompiledCatalog,
  purposes: readonly Purpose[],
): Leaf[] {
  const turned: Leaf[] = []
  if (purposes.length === 0) return turned
  for (const { staysUntil, ...membership } of profile.memberships.values()) {
    const segment = segments.get(membership.segment)
    if (staysUntil === undefined || segment?.stay === undefined) continue
    if (consentCause(profile, segment, purposes) === undefined) continue
    profile.memberships.set(membership.segment, membership)
    if (stand(profile, segment.stay.leaf, UNSTAYED)) turned.push(segment.stay.leaf)
  }
  return turned
}

function forgetUnread(profile: Profile, { leaves }: CompiledCatalog): void {
  for (const key of profile.standing.keys()) {
    if (leaves.find(key) === undefined) profile.standing.delete(key)
  }
}

/** A segment that was deleted is left. */
function leaveDeleted(
  { memberships }: Profile,
  { segments }: CompiledCatalog,
  transitions: Transition[],
  at: Millis,
  decidedAt: Millis,
  cause: Cause,
): void {
  for (const id of memberships.keys()) {
    if (segments.has(id)) continue
    memberships.delete(id)
    transitions.push({ type: 'exited', segment: id, at, decidedAt, cause })
  }
}

/**
 * Lets time pass: each leaf that lapses by `now` is asked again *at its own instant*, so that exits and entries that
 * came late are told with the instant at which they were due.
 */
export function advance(
  profile: Profile,
  compiled: CompiledCatalog,
  now: Millis,
): readonly Transition[] {
  if (deadlinesOf(profile).next > now) return NONE
  const transitions: Transition[] = []
  const lifetime = grantLifetime(compiled.catalog)
  for (let step = 0; step < MAX_STEPS; step++) {
    const deadlines = deadlinesOf(profile)
    const due = deadlines.next
    if (due > now) break
    const judge = judgeAt(profile, lifetime, due, compiled.accounts)
    const turned: Leaf[] = []
    for (const key of deadlines.lapsing()) {
      const leaf = compiled.leaves.find(key)
      if (leaf === undefined) profile.standing.delete(key)
      else if (stand(profile, leaf, judge(leaf))) turned.push(leaf)
    }
    const expired = [...profile.consent.keys()].filter(
      (purpose) => expiryOf(profile.consent, purpose, lifetime) === due,
    )
    turned.push(...releaseStays(profile, compiled, expired))
    if (turned.length === 0) continue
    const isHeld = asKnown(profile, compiled, judge)
    const moment = { at: due, decidedAt: now, cause: TIME, withdrawn: expired, turned }
    enterAndLeave(profile, compiled, readersOf(compiled, turned), isHeld, moment, transitions)
  }
  return transitions
}
