import type { Switch } from '../domain/candidate.ts'
import type { Catalog } from '../protocol/catalog.ts'
import type { ProfileId, SegmentId } from '../protocol/id.ts'
import type { Shard } from './shard.ts'

/** Members of one segment that are not in another; all its members if no other is named. */
export interface Difference {
  readonly of: SegmentId
  readonly without?: SegmentId
}

/** Where a back-fill stands; absent when every profile is of the catalog's version. */
export interface BackFill {
  readonly version: number
  /** Of the features that are counted. Absent: it began when whoever was looked at was written whatever came of it. */
  readonly fingerprint?: string
  /** The last profile done, of all in the order of ids. */
  readonly cursor: string
  /** Who comes before all others. Absent: nobody, or they are done. */
  readonly first?: readonly Difference[]
  /** The last profile done of the first difference. Absent: none. */
  readonly firstCursor?: string
}

/** Whom a newer catalog moves for certain: who joins or leaves by a switch, and the members of what was deleted. */
export function movedFirst(
  before: Catalog | undefined,
  after: Catalog,
  switches: readonly Switch[],
): readonly Difference[] {
  const present = new Set(after.segments.map(({ id }) => id))
  const deleted = before?.segments.filter(({ id }) => !present.has(id)) ?? []
  return [
    ...switches.flatMap(({ segment, candidate }) => [
      { of: candidate, without: segment },
      { of: segment, without: candidate },
    ]),
    ...deleted.map(({ id }) => ({ of: id })),
  ]
}

/**
 * Whom the next slice looks at, and where the back-fill stands after it; null: that was the last. Those who
 * are moved for certain come first, so that destinations hear of them at once; then everybody. Each in the order of ids.
 */
export function nextSlice(
  shard: Shard,
  state: BackFill,
  limit: number,
): { readonly ids: readonly ProfileId[]; readonly next: BackFill | null } {
  const { first = [], firstCursor = '', ...rest } = state
  const [difference, ...later] = first
  if (difference !== undefined) {
    const found = shard.memberships.difference(difference, firstCursor, limit)
    const ids = found.map(({ profile }) => profile)
    const last = ids.at(-1)
    return last !== undefined && ids.length === limit
      ? { ids, next: { ...state, firstCursor: last } }
      : { ids, next: { ...rest, ...(later.length > 0 && { first: later }) } }
  }
  const ids = shard.profiles.ids(rest.cursor, limit)
  const last = ids.at(-1)
  return {
    ids,
    next: last !== undefined && ids.length === limit ? { ...rest, cursor: last } : null,
  }
}
