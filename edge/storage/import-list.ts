import type { Compilable, Kysely } from 'kysely'
import type { WorkspaceId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'
import type { Change } from './change.ts'
import { databaseOf, transaction } from './database.ts'
import { newId } from './new-id.ts'
import type { ImportMappingRow, ImportRow, Schema } from './schema.ts'

/**
 * Notes an act in the audit log, together with what it changes. Imports are no part of the catalog: nothing has to be
 * published after them.
 */
export async function noted(
  db: D1Database,
  { workspace, actor, action, subject, at }: Change,
  build: (database: Kysely<Schema>) => readonly Compilable[] = () => [],
): Promise<void> {
  const database = databaseOf(db)
  const audit = { id: newId('aud'), workspace, actor, action, subject, createdAt: at }
  await transaction(db, [...build(database), database.insertInto('audit').values(audit)])
}

export const addImport = (db: D1Database, change: Change, row: ImportRow): Promise<void> =>
  noted(db, change, (database) => [database.insertInto('import').values(row)])

/** An import that nobody will finish leaves the list by itself: no act of anybody's. */
export async function forgetImport(
  db: D1Database,
  workspace: WorkspaceId,
  id: string,
): Promise<void> {
  await databaseOf(db)
    .deleteFrom('import')
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .execute()
}

/** Imports since then: those whose files may still be kept. */
export async function importsSince(
  db: D1Database,
  workspace: WorkspaceId,
  since: Millis,
): Promise<readonly string[]> {
  const rows = await databaseOf(db)
    .selectFrom('import')
    .select('id')
    .where('workspace', '=', workspace)
    .where('createdAt', '>=', since)
    .execute()
  return rows.map(({ id }) => id)
}

/** The same name again replaces the mapping. */
export const saveMapping = (db: D1Database, change: Change, row: ImportMappingRow): Promise<void> =>
  noted(db, change, (database) => [
    database
      .insertInto('importMapping')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['workspace', 'name']).doUpdateSet({ mapping: row.mapping }),
      ),
  ])

export async function findMapping(
  db: D1Database,
  workspace: WorkspaceId,
  name: string,
): Promise<ImportMappingRow | undefined> {
  return databaseOf(db)
    .selectFrom('importMapping')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('name', '=', name)
    .executeTakeFirst()
}

/** False: there is no such mapping. */
export async function deleteMapping(
  db: D1Database,
  workspace: WorkspaceId,
  id: string,
): Promise<boolean> {
  const { numDeletedRows } = await databaseOf(db)
    .deleteFrom('importMapping')
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}
