import type { Condition } from '../protocol/condition.ts'
import type { ExamplePerson } from '../protocol/example.ts'
import type { SegmentId, WorkspaceId } from '../protocol/id.ts'
import type { CandidateDefinition, SegmentDefinition } from '../protocol/membership.ts'
import type { Millis } from '../protocol/time.ts'
import { sql } from 'kysely'
import { databaseOf } from './database.ts'
import { keepExamples } from './example-store.ts'
import { commit, type Change, type Conflict } from './change.ts'
import type { SegmentRow } from './schema.ts'

/** What a candidate says otherwise than its segment: all that decides who is a member. */
export type Judged = Pick<SegmentDefinition, 'condition' | 'purposes' | 'minimumStay'>

interface Kept {
  readonly id: SegmentId
  readonly condition: Condition
  readonly purposes: readonly string[]
  readonly minimumStay?: string
  readonly createdAt: Millis
}

/** The candidate beside a segment, if there is one. */
export function readCandidate(
  row: SegmentRow,
): (CandidateDefinition & { readonly createdAt: Millis }) | undefined {
  if (row.candidate === null) return undefined
  const kept = JSON.parse(row.candidate) as Kept
  // Its key names nobody's segment: it is its id.
  return { ...kept, key: kept.id, name: row.name, public: false, of: row.id }
}

/** How many segments of a workspace have a candidate beside them, one left out. */
export async function countCandidates(
  db: D1Database,
  workspace: WorkspaceId,
  besides: SegmentId,
): Promise<number> {
  const { count } = await databaseOf(db)
    .selectFrom('segment')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('workspace', '=', workspace)
    .where('id', '!=', besides)
    .where('candidate', 'is not', null)
    .executeTakeFirstOrThrow()
  return count
}

const ofSegment = sql<string>`json_extract("candidate", '$.id')`

/**
 * Puts a candidate beside a segment, in the place of the one that may be there. `examples`: the people about whom it is
 * right; undefined: those the segment has stay.
 */
export const saveCandidate = (
  db: D1Database,
  change: Change,
  segment: SegmentId,
  { id, condition, purposes = [], minimumStay }: Judged & { readonly id: SegmentId },
  examples?: readonly ExamplePerson[],
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    ...(examples === undefined
      ? []
      : [keepExamples(database, change.workspace, segment, examples)]),
    database
      .updateTable('segment')
      .set({
        candidate: JSON.stringify({
          id,
          condition,
          purposes,
          ...(minimumStay !== undefined && { minimumStay }),
          createdAt: change.at,
        } satisfies Kept),
      })
      .where('workspace', '=', change.workspace)
      .where('id', '=', segment),
  ])

/** False: it is not beside the segment any more. */
export const discardCandidate = (
  db: D1Database,
  change: Change,
  { id, of }: CandidateDefinition,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .updateTable('segment')
      .set({ candidate: null })
      .where('workspace', '=', change.workspace)
      .where('id', '=', of)
      .where(ofSegment, '=', id),
  ])

/** The candidate becomes the version in force. False: it is not beside the segment any more. */
export const switchToCandidate = (
  db: D1Database,
  change: Change,
  { id, of, condition, purposes = [], minimumStay }: CandidateDefinition,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .updateTable('segment')
      .set((eb) => ({
        condition: JSON.stringify(condition),
        purposes: JSON.stringify(purposes),
        minimumStay: minimumStay ?? null,
        candidate: null,
        origin: id,
        former: null,
        version: eb('version', '+', 1),
        updatedAt: change.at,
      }))
      .where('workspace', '=', change.workspace)
      .where('id', '=', of)
      .where(ofSegment, '=', id),
  ])
