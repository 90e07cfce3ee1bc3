import type { SegmentId } from '../protocol/id.ts'
import type { Comparison, Side } from '../protocol/candidate.ts'
import type { Shard } from './shard.ts'

/**
 * Up to whom members who are not of the candidate are known to leave: until somebody was looked at, nobody knows. All
 * of them if the candidate was counted before.
 */
const looked = (shard: Shard, candidate: SegmentId): string | undefined => {
  const state = shard.backFill()
  return state === undefined || shard.isCounted(candidate) ? undefined : state.cursor
}

/** How a candidate differs from its segment among the people of a shard, as far as they were looked at. */
export function compare(shard: Shard, segment: SegmentId, candidate: SegmentId): Comparison {
  const { memberships } = shard
  const until = looked(shard, candidate)
  const size = memberships.size(candidate)
  const joiners = memberships.countDifference({ of: candidate, without: segment })
  const leavers =
    until === undefined
      ? memberships.size(segment) - (size - joiners)
      : memberships.countDifference({ of: segment, without: candidate }, until)
  return { size, joiners, leavers }
}

/** Some of those who would join or leave, in the order of their ids. */
export function sideOf(
  shard: Shard,
  { segment, candidate, side }: { segment: SegmentId; candidate: SegmentId; side: Side },
  after: string,
  limit: number,
) {
  const { memberships } = shard
  if (side === 'joiners') {
    return memberships.difference({ of: candidate, without: segment }, after, limit)
  }
  const leavers = { of: segment, without: candidate }
  return memberships.difference(leavers, after, limit, looked(shard, candidate))
}
