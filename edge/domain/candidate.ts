import type { CandidateDefinition } from '../protocol/membership.ts'
import type { Catalog } from '../protocol/catalog.ts'
import type { SegmentId } from '../protocol/id.ts'

/**
 * Whether an id is that of a candidate: a new version of a segment that is judged like any other, under an id of its
 * own, and of which nobody is told. Told by the id alone, because a candidate that was switched to or discarded is in
 * no catalog any more while people still leave it.
 */
export const isCandidate = (id: SegmentId): boolean => id.startsWith('cnd_')

/** A segment, and the candidate that it was until now. */
export interface Switch {
  readonly segment: SegmentId
  readonly candidate: SegmentId
}

/** What was switched to between two catalogs. */
export function switchesBetween(before: Catalog | undefined, after: Catalog): readonly Switch[] {
  const candidates = new Map(before?.candidates?.map((one) => [one.id, one]))
  return after.segments.flatMap(({ id, origin }) =>
    origin !== undefined && candidates.get(origin)?.of === id
      ? [{ segment: id, candidate: origin }]
      : [],
  )
}

/** The candidates of a catalog; most have none. */
export const candidatesOf = ({ candidates }: Catalog): readonly CandidateDefinition[] =>
  candidates ?? []
