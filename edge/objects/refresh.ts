import type { Changes } from '../domain/apply-event.ts'
import type { Profile } from '../domain/profile.ts'
import { rebuildFeatures } from '../domain/rebuild.ts'
import { advance, review } from '../domain/review.ts'
import type { Cause, Transition } from '../protocol/membership.ts'
import type { Millis } from '../protocol/time.ts'
import type { Shard } from './shard.ts'

/** A profile's working copy, brought up to now: time has passed, and the catalog may be newer than it. */
export function refresh(
  shard: Shard,
  profile: Profile,
  changes: Changes,
  now: Millis,
): Transition[] {
  const { compiled } = shard
  // First of all: a condition that reads what is not counted yet would let go of its members.
  if (profile.fingerprint !== compiled.fingerprint) {
    rebuildFeatures(profile, shard.history.all(profile.id), compiled)
    changes.everything = true
  }
  const transitions = advance(profile, compiled, now)
  if (profile.version === compiled.catalog.version) return transitions
  changes.everything = true
  const { version } = compiled.catalog
  profile.version = version
  const cause: Cause = { type: 'definition', version }
  return [
    ...transitions,
    ...review(profile, compiled, changes, { now, at: now, decidedAt: now, cause }),
  ]
}
