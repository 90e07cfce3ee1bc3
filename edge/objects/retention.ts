import { noChanges } from '../domain/apply-event.ts'
import { forgetExpired } from '../domain/spent.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'
import type { HistoryPlace } from '../storage/history-store.ts'
import { refresh } from './refresh.ts'
import type { Shard } from './shard.ts'

/** Rows of history that one transaction looks at. */
const SLICE = 200

/** A pass over all histories that lets go of what has expired by its beginning. */
export interface ExpiryPass {
  /** What is kept from then on, or from before, has expired. */
  readonly cutoff: Millis
  readonly place: HistoryPlace
}

/** Begins a pass, if none is under way. */
export function beginExpiry(shard: Shard, now: Millis): void {
  if (shard.expiry !== undefined) return
  const cutoff = now - shard.compiled.catalog.retention
  shard.setExpiry({ cutoff, place: { table: 'chunk', after: 0 } })
}

/** One slice of the pass that is under way. Call it in a transaction. True if there is more to do. */
export function expireSlice(shard: Shard): boolean {
  const pass = shard.expiry
  if (pass === undefined) return false
  const { cutoff, place } = pass
  const { profiles, next } = shard.history.expire(place, cutoff, SLICE)
  for (const id of profiles) shard.alone(() => forget(shard, id, cutoff))
  shard.setExpiry(next === undefined ? undefined : { cutoff, place: next })
  return next !== undefined
}

function forget(shard: Shard, id: ProfileId, cutoff: Millis): void {
  const found = shard.profiles.find(id)
  if (found === undefined || 'forward' in found || found.saga !== null) return
  const { profile } = found
  const transitions = refresh(shard, profile, noChanges(), shard.now())
  forgetExpired(profile, cutoff)
  shard.save(profile, transitions)
}
