import type { Changes } from '../domain/apply-event.ts'
import type { Profile } from '../domain/profile.ts'
import { addFeatures, rebuildFeatures } from '../domain/rebuild.ts'
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
): readonly Transition[] {
  const { compiled } = shard
  const isNews = standsByNews(shard, profile)
  // First of all: a condition that reads what is not counted yet would let go of its members.
  if (profile.fingerprint !== compiled.fingerprint) {
    recount(shard, profile, changes)
    if (!isNews) changes.everything = true
  }
  const transitions = advance(profile, compiled, now)
  if (profile.version === compiled.catalog.version) return transitions
  if (!isNews) changes.everything = true
  const { version } = compiled.catalog
  profile.version = version
  const cause: Cause = { type: 'definition', version }
  return [
    ...transitions,
    ...review(profile, compiled, changes, { now, at: now, decidedAt: now, cause }),
  ]
}

/** Whether all that may be otherwise of a profile by now is what events tell that were not counted before. */
function standsByNews(shard: Shard, { version, fingerprint }: Profile): boolean {
  // Asked of every event: nothing is looked up for whom there is no news.
  if (version === shard.compiled.catalog.version) return false
  const { news } = shard
  if (news?.isAll !== true) return false
  return version === news.since.catalog.version && fingerprint === news.since.fingerprint
}

/** Counts what the catalog asks for by now: no more than what is new, if it is known what was counted. */
function recount(shard: Shard, profile: Profile, changes: Changes): void {
  const { compiled, history, news } = shard
  if (news?.since.fingerprint !== profile.fingerprint) {
    rebuildFeatures(profile, history.all(profile.id), compiled)
    return
  }
  const { names, features } = news
  const events = history.chunksOf(profile.id).flatMap((chunk) => [...chunk.events(names)])
  addFeatures(profile, events, features, compiled, changes)
}
