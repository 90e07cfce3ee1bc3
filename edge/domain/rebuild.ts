import type { ConsentMode } from '../protocol/consent.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { SegmentId } from '../protocol/id.ts'
import type { Membership } from '../protocol/membership.ts'
import type { Millis } from '../protocol/time.ts'
import { applyEvent, countEvent, noChanges } from './apply-event.ts'
import type { CompiledCatalog } from './compiled-catalog.ts'
import { factsOf } from './review.ts'
import { newProfile, type Profile } from './profile.ts'

/** Counts the whole kept history anew, for features that were not kept before. */
export function rebuildFeatures(
  profile: Profile,
  history: Iterable<EventRecord>,
  { features, fingerprint }: CompiledCatalog,
): void {
  profile.occurrences.clear()
  const changes = noChanges()
  for (const event of history) countEvent(profile, event, features, changes)
  profile.fingerprint = fingerprint
}

/**
 * What a device earned by itself: the public segments as they would stand if the person were only what this device
 * told. A browser whose claim to be somebody is unproven learns no more than that.
 */
export function earnedBy(
  profile: Profile,
  own: Iterable<EventRecord>,
  compiled: CompiledCatalog,
  mode: ConsentMode,
  now: Millis,
): Profile {
  const alone = newProfile(profile.id, profile.bucket, profile.createdAt)
  const changes = noChanges()
  for (const event of own) {
    applyEvent(alone, event, mode, compiled.features, changes, compiled.catalog.traitPolicies)
  }
  const facts = factsOf(alone)
  const memberships = new Map<SegmentId, Membership>()
  for (const [id, { evaluate }] of compiled.segments) {
    if (evaluate(facts, now).holds)
      memberships.set(id, { segment: id, enteredAt: now, decidedAt: now })
  }
  return { ...alone, memberships }
}
