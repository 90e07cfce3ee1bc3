import type { WorkspaceId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'
import { databaseOf } from './database.ts'
import type { Schema } from './schema.ts'

/** Tables whose rows belong to a workspace and are listed by age. */
export type Owned =
  | 'source'
  | 'key'
  | 'segment'
  | 'experience'
  | 'destination'
  | 'activation'
  | 'computedTrait'
  | 'cap'
  | 'audit'
  | 'import'
  | 'importMapping'

/** The last row seen. */
export interface Position {
  readonly createdAt: Millis
  readonly id: string
}

/** A row of this workspace; the row of another is not found, the same as one that does not exist. */
export async function findRow<Table extends Owned>(
  db: D1Database,
  table: Table,
  workspace: WorkspaceId,
  id: string,
): Promise<Schema[Table] | undefined> {
  const row = await databaseOf(db)
    .selectFrom(table as Owned)
    .selectAll()
    .where('workspace', '=', workspace)
    .where('id', '=', id as never)
    .executeTakeFirst()
  return row as Schema[Table] | undefined
}

/** At most `limit` rows after a position, oldest or newest first. */
export async function listRows<Table extends Owned>(
  db: D1Database,
  table: Table,
  workspace: WorkspaceId,
  {
    after,
    limit,
    order = 'asc',
  }: {
    readonly after?: Position | undefined
    readonly limit: number
    readonly order?: 'asc' | 'desc'
  },
): Promise<readonly Schema[Table][]> {
  let query = databaseOf(db)
    .selectFrom(table as Owned)
    .selectAll()
    .where('workspace', '=', workspace)
  if (after !== undefined) {
    const { createdAt, id } = after
    query = query.where((eb) =>
      eb(
        eb.refTuple('createdAt', 'id'),
        order === 'asc' ? '>' : '<',
        eb.tuple(createdAt, id as never),
      ),
    )
  }
  const rows = await query.orderBy('createdAt', order).orderBy('id', order).limit(limit).execute()
  return rows as unknown as readonly Schema[Table][]
}

export async function countRows(
  db: D1Database,
  table: Owned,
  workspace: WorkspaceId,
): Promise<number> {
  const { count } = await databaseOf(db)
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('workspace', '=', workspace)
    .executeTakeFirstOrThrow()
  return count
}

/** The keys that rows of a table have in a workspace. */
export async function keysOf(
  db: D1Database,
  table: 'segment' | 'experience' | 'computedTrait' | 'cap',
  workspace: WorkspaceId,
): Promise<ReadonlySet<string>> {
  const rows = await databaseOf(db)
    .selectFrom(table)
    .select('key')
    .where('workspace', '=', workspace)
    .execute()
  return new Set(rows.map(({ key }) => key))
}

/** Of `ids`, those that name no row of this workspace. */
export async function missingRows(
  db: D1Database,
  table: 'segment' | 'destination',
  workspace: WorkspaceId,
  ids: readonly string[],
): Promise<readonly string[]> {
  if (ids.length === 0) return []
  const rows = await databaseOf(db)
    .selectFrom(table)
    .select('id')
    .where('workspace', '=', workspace)
    .execute()
  const known = new Set<string>(rows.map(({ id }) => id))
  return ids.filter((id) => !known.has(id))
}
