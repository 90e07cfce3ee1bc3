import type { ConsentMode } from '../protocol/consent.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { Millis } from '../protocol/time.ts'
import { ToldAccounts } from './account.ts'
import { applyEvent, countEvent, noChanges, type Changes } from './apply-event.ts'
import type { CompiledCatalog } from './compiled-catalog.ts'
import type { CountedEvent } from './counted-event.ts'
import type { FeatureSet } from './feature.ts'
import { settle } from './fold.ts'
import { newProfile, type Profile } from './profile.ts'
import { review } from './review.ts'

/** Counts the whole kept history anew, for features that were not kept before. */
export function rebuildFeatures(
  profile: Profile,
  history: Iterable<CountedEvent>,
  { features, fingerprint }: Pick<CompiledCatalog, 'features' | 'fingerprint'>,
): void {
  profile.occurrences.clear()
  const changes = noChanges()
  for (const event of history) countEvent(profile, event, features, changes)
  profile.fingerprint = fingerprint
}

/**
 * Counts what no feature of before tells, and forgets what no feature of now does. `fresh`: features that were not kept
 * before, `events`: those that they may match.
 */
export function addFeatures(
  profile: Profile,
  events: Iterable<CountedEvent>,
  fresh: FeatureSet,
  { features, fingerprint }: CompiledCatalog,
  changes: Changes,
): void {
  const { occurrences } = profile
  for (const kept of occurrences.keys()) {
    // Behind the purpose that the events are kept for.
    const key = kept.slice(kept.indexOf('['))
    if (fresh.has(key) || !features.has(key)) occurrences.delete(kept)
  }
  for (const event of events) countEvent(profile, event, fresh, changes)
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
  // What others told of its account it has not earned either.
  const told = new ToldAccounts()
  const events = [...own]
  for (const event of events) {
    applyEvent(alone, event, mode, compiled.features, changes, compiled.catalog.traitPolicies)
    told.hear(event)
  }
  const settled = settle(alone, changes, () => events, compiled)
  const all = { ...noChanges(), everything: true }
  const moment = { now, at: now, decidedAt: now, cause: { type: 'time' } } as const
  review(settled, { ...compiled, accounts: told.lookup }, all, moment)
  return settled
}
