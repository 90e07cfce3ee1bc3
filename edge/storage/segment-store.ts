import type { Condition } from '../protocol/condition.ts'
import type { ActivationId, SegmentId, WorkspaceId } from '../protocol/id.ts'
import type { ExamplePerson } from '../protocol/example.ts'
import type { SegmentDefinition } from '../protocol/membership.ts'
import { sql } from 'kysely'
import { names } from '../domain/segment-links.ts'
import { capsFor } from './cap-store.ts'
import { commit, type Change, type Conflict } from './change.ts'
import { databaseOf } from './database.ts'
import { newId } from './new-id.ts'
import { keepExamples } from './example-store.ts'
import type { SegmentRow } from './schema.ts'

export const readSegment = (row: SegmentRow): SegmentDefinition & { readonly version: number } => ({
  id: row.id,
  key: row.key,
  name: row.name,
  condition: JSON.parse(row.condition) as Condition,
  public: row.public === 1,
  ...(row.onDevice === 1 && { onDevice: true }),
  purposes: JSON.parse(row.purposes) as readonly string[],
  version: row.version,
  ...(row.origin !== null && { origin: row.origin }),
  ...(row.minimumStay !== null && { minimumStay: row.minimumStay }),
})

/** What a change of a segment took the place of. */
export interface FormerSegment {
  readonly segment: SegmentDefinition
  readonly examples: readonly ExamplePerson[]
}

/** Null: it had never been counted to the end. Undefined: not known. */
export const readFormer = ({ former }: SegmentRow): FormerSegment | null | undefined =>
  former === null ? undefined : (JSON.parse(former) as FormerSegment | null)

const columns = ({
  key,
  name,
  condition,
  public: open,
  onDevice,
  purposes = [],
  minimumStay,
}: SegmentDefinition) => ({
  key,
  name,
  condition: JSON.stringify(condition),
  public: open ? 1 : 0,
  onDevice: onDevice === true ? 1 : 0,
  purposes: JSON.stringify(purposes),
  minimumStay: minimumStay ?? null,
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

/** `examples` undefined: those it has stay. `former`: what comes back if this is taken back; undefined: as before. */
export const replaceSegment = (
  db: D1Database,
  change: Change,
  segment: SegmentDefinition,
  examples?: readonly ExamplePerson[],
  former?: FormerSegment | null,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    ...(examples === undefined
      ? []
      : [keepExamples(database, change.workspace, segment.id, examples)]),
    database
      .updateTable('segment')
      .set((eb) => ({
        ...columns(segment),
        ...(former !== undefined && { former: JSON.stringify(former) }),
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

const mentions = (column: 'condition' | 'candidate', id: SegmentId) =>
  sql<boolean>`instr(${sql.ref(column)}, ${id}) > 0`

/** `text`: of a condition, or of what holds one. */
function isNamedIn(text: string, id: SegmentId): boolean {
  const json = JSON.parse(text) as Condition | { readonly condition: Condition }
  return names('type' in json ? json : json.condition, id)
}

/** What names a segment. `tells`: an activation of the segment itself, not one that only leaves its members out. */
export interface SegmentUser {
  readonly type: 'activation' | 'cap' | 'experience' | 'segment'
  readonly id: string
  readonly name: string
  readonly tells: boolean
}

/** All segments of a workspace, as others may be made of them. */
export async function linkableSegments(
  db: D1Database,
  workspace: WorkspaceId,
): Promise<readonly SegmentDefinition[]> {
  const rows = await databaseOf(db)
    .selectFrom('segment')
    .selectAll()
    .where('workspace', '=', workspace)
    .execute()
  return rows.map(readSegment)
}

/** The activations, experiences, caps and segments that name a segment. */
export async function usersOfSegment(
  db: D1Database,
  workspace: WorkspaceId,
  id: SegmentId,
): Promise<readonly SegmentUser[]> {
  const database = databaseOf(db)
  const [experiences, activations, segments, caps] = await Promise.all([
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
    database
      .selectFrom('segment')
      .select(['id', 'name', 'condition', 'candidate'])
      .where('workspace', '=', workspace)
      .where('id', '!=', id)
      .where((eb) => eb.or([mentions('condition', id), mentions('candidate', id)]))
      .execute(),
    capsFor(db, workspace, id),
  ])
  return [
    ...caps.map((one) => ({ id: one.id, name: one.name, type: 'cap' as const, tells: false })),
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
    ...segments
      .filter(({ condition, candidate }) =>
        [condition, candidate].some((text) => text !== null && isNamedIn(text, id)),
      )
      .map(({ id: segment, name }) => ({
        type: 'segment' as const,
        id: segment,
        name,
        tells: false,
      })),
  ]
}
