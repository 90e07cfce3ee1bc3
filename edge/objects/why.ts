import { explain } from '../domain/why/explain.ts'
import type { SegmentId } from '../protocol/id.ts'
import type { WhyAnswer } from '../protocol/why.ts'
import type { StoredProfile } from '../storage/profile-store.ts'
import type { Shard } from './shard.ts'

/** Why a person who lives here is in a segment, or is not. */
export function whyOf(
  shard: Shard,
  { profile }: StoredProfile,
  segment: SegmentId,
): Extract<WhyAnswer, { readonly type: 'why' }> {
  const { catalog, accounts } = shard.compiled
  const history = [...shard.history.all(profile.id)]
  const why = explain(segment, catalog, profile, history, shard.now(), accounts)
  return { type: 'why', why: why ?? null }
}
