import type { Condition } from '../protocol/condition.ts'
import type { ExamplePerson } from '../protocol/example.ts'
import type { SegmentId, WorkspaceId } from '../protocol/id.ts'
import type { SegmentDefinition } from '../protocol/membership.ts'
import { commit, type Change, type Conflict } from './change.ts'
import { databaseOf } from './database.ts'
import { keepExamples } from './example-store.ts'
import type { SegmentRow } from './schema.ts'

export const readSegment = (row: SegmentRow): SegmentDefinition & { readonly version: number } => ({
  id: row.id,
  key: row.key,
  name: row.name,
  condition: JSON.parse(row.condition) as Condition,
  public: row.public === 1,
  purposes: JSON.parse(row.purposes) as readonly string[],
  version: row.version,
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
  examples: readonly ExamplePerson[] = [],
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
    ...(examples.length > 0
      ? [keepExamples(database, change.workspace, segment.id, examples)]
      : []),
  ])

/** `examples` undefined: those it has stay. */
export const replaceSegment = (
  db: D1Database,
  change: Change,
  segment: SegmentDefinition,
  examples?: readonly ExamplePerson[],
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    ...(examples === undefined
      ? []
      : [keepExamples(database, change.workspace, segment.id, examples)]),
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

/** `used`: something points at it, see `usersOfSegment`. */
export const deleteSegment = (
  db: D1Database,
  change: Change,
  id: SegmentId,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database.deleteFrom('segment').where('workspace', '=', change.workspace).where('id', '=', id),
  ])

/** The activations and experiences that name a segment. */
export async function usersOfSegment(
  db: D1Database,
  workspace: WorkspaceId,
  id: SegmentId,
): Promise<readonly { readonly type: 'activation' | 'experience'; readonly name: string }[]> {
  const database = databaseOf(db)
  const [experiences, activations] = await Promise.all([
    database
      .selectFrom('experience')
      .select('name')
      .where('workspace', '=', workspace)
      .where('segment', '=', id)
      .execute(),
    database
      .selectFrom('activation')
      .select(['name', 'segment', 'exclude'])
      .where('workspace', '=', workspace)
      .execute(),
  ])
  return [
    ...experiences.map(({ name }) => ({ type: 'experience' as const, name })),
    ...activations
      .filter(
        ({ segment, exclude }) =>
          segment === id || (JSON.parse(exclude) as readonly SegmentId[]).includes(id),
      )
      .map(({ name }) => ({ type: 'activation' as const, name })),
  ]
}
