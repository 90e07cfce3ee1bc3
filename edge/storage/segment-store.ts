import type { Condition } from '../protocol/condition.ts'
import type { ActivationId, SegmentId, WorkspaceId } from '../protocol/id.ts'
import type { SegmentDefinition } from '../protocol/membership.ts'
import { commit, type Change, type Conflict } from './change.ts'
import { databaseOf } from './database.ts'
import { newId } from './new-id.ts'
import type { SegmentRow } from './schema.ts'

export const readSegment = (row: SegmentRow): SegmentDefinition & { readonly version: number } => ({
  id: row.id,
  key: row.key,
  name: row.name,
  condition: JSON.parse(row.condition) as Condition,
  public: row.public === 1,
  purposes: JSON.parse(row.purposes) as readonly string[],
  version: row.version,
  ...(row.origin !== null && { origin: row.origin }),
})

const columns = ({ key, name, condition, public: open, purposes = [] }: SegmentDefinition) => ({
  key,
  name,
  condition: JSON.stringify(condition),
  public: open ? 1 : 0,
  purposes: JSON.stringify(purposes),
})

export const createSegment = (
  db: D1Database,
  change: Change,
  segment: SegmentDefinition,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database.insertInto('segment').values({
      id: segment.id,
      workspace: change.workspace,
      ...columns(segment),
      version: 1,
      createdAt: change.at,
      updatedAt: change.at,
    }),
  ])

export const replaceSegment = (
  db: D1Database,
  change: Change,
  segment: SegmentDefinition,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .updateTable('segment')
      .set((eb) => ({
        ...columns(segment),
        version: eb('version', '+', 1),
        updatedAt: change.at,
      }))
      .where('workspace', '=', change.workspace)
      .where('id', '=', segment.id),
  ])

/**
 * Deletes a segment, and the activations that tell of it if they are named. `used`: something else points at it, see
 * `usersOfSegment`.
 */
export const deleteSegment = (
  db: D1Database,
  change: Change,
  id: SegmentId,
  activations: readonly ActivationId[] = [],
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    ...activations.flatMap((activation) => [
      database
        .deleteFrom('activation')
        .where('workspace', '=', change.workspace)
        .where('id', '=', activation),
      database.insertInto('audit').values({
        id: newId('aud'),
        workspace: change.workspace,
        actor: change.actor,
        action: 'activation.deleted',
        subject: activation,
        createdAt: change.at,
      }),
    ]),
    database.deleteFrom('segment').where('workspace', '=', change.workspace).where('id', '=', id),
  ])

/** What names a segment. `tells`: an activation of the segment itself, not one that only leaves its members out. */
export interface SegmentUser {
  readonly type: 'activation' | 'experience'
  readonly id: string
  readonly name: string
  readonly tells: boolean
}

/** The activations and experiences that name a segment. */
export async function usersOfSegment(
  db: D1Database,
  workspace: WorkspaceId,
  id: SegmentId,
): Promise<readonly SegmentUser[]> {
  const database = databaseOf(db)
  const [experiences, activations] = await Promise.all([
    database
      .selectFrom('experience')
      .select(['id', 'name'])
      .where('workspace', '=', workspace)
      .where('segment', '=', id)
      .execute(),
    database
      .selectFrom('activation')
      .select(['id', 'name', 'segment', 'exclude'])
      .where('workspace', '=', workspace)
      .execute(),
  ])
  return [
    ...experiences.map((one) => ({ ...one, type: 'experience' as const, tells: false })),
    ...activations
      .filter(
        ({ segment, exclude }) =>
          segment === id || (JSON.parse(exclude) as readonly SegmentId[]).includes(id),
      )
      .map(({ id: activation, name, segment }) => ({
        type: 'activation' as const,
        id: activation,
        name,
        tells: segment === id,
      })),
  ]
}
