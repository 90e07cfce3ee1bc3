import type { Switch } from '../domain/candidate.ts'
import type { ProfileId, SegmentId } from '../protocol/id.ts'
import type { BackFill, Shard } from './shard.ts'

/** Members of one segment that are not in another. */
export interface Difference {
  readonly of: SegmentId
  readonly without: SegmentId
}

/** Whom a switch moves: those who join and those who leave. */
export const movedBy = (switches: readonly Switch[]): readonly Difference[] =>
  switches.flatMap(({ segment, candidate }) => [
    { of: candidate, without: segment },
    { of: segment, without: candidate },
  ])

/**
 * Whom the next slice looks at, and where the back-fill stands after it; null: that was the last. Those whom a switch
 * moves come first, so that destinations hear of them at once; then everybody. Each in the order of ids.
 */
export function nextSlice(
  shard: Shard,
  state: BackFill,
  limit: number,
): { readonly ids: readonly ProfileId[]; readonly next: BackFill | null } {
  const { version, cursor, first = [], firstCursor = '' } = state
  const [difference, ...later] = first
  if (difference !== undefined) {
    const found = shard.memberships.difference(difference, firstCursor, limit)
    const ids = found.map(({ profile }) => profile)
    const last = ids.at(-1)
    return last !== undefined && ids.length === limit
      ? { ids, next: { ...state, firstCursor: last } }
      : { ids, next: { version, cursor, ...(later.length > 0 && { first: later }) } }
  }
  const ids = shard.profiles.ids(cursor, limit)
  const last = ids.at(-1)
  return {
    ids,
    next: last !== undefined && ids.length === limit ? { version, cursor: last } : null,
  }
}
