import type { KeyGrant } from '../protocol/catalog.ts'
import type { SourceId, WorkspaceId } from '../protocol/id.ts'
import { commit, type Change, type Conflict } from './change.ts'
import { databaseOf } from './database.ts'
import type { KeyRow } from './schema.ts'

export type NewKey = Pick<KeyRow, 'id' | 'kind' | 'name' | 'hash' | 'hint' | 'text'>

/** What a key opens, found by its SHA-256 (hex); null: there is no such key. */
export async function findKey(db: D1Database, hash: string): Promise<KeyGrant | null> {
  const row = await databaseOf(db)
    .selectFrom('key')
    .select(['kind', 'workspace', 'source'])
    .where('hash', '=', hash)
    .executeTakeFirst()
  return row ?? null
}

/** A secret key's workspace and name; null: no such key, or a write key. */
export async function findSecretKey(
  db: D1Database,
  hash: string,
): Promise<{ readonly workspace: WorkspaceId; readonly name: string } | null> {
  const row = await databaseOf(db)
    .selectFrom('key')
    .select(['workspace', 'name'])
    .where('hash', '=', hash)
    .where('kind', '=', 'secret')
    .executeTakeFirst()
  return row ?? null
}

export const createKey = (
  db: D1Database,
  change: Change,
  source: SourceId,
  key: NewKey,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .insertInto('key')
      .values({ ...key, workspace: change.workspace, source, createdAt: change.at }),
  ])

export const deleteSecretKey = (
  db: D1Database,
  change: Change,
  id: string,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .deleteFrom('key')
      .where('workspace', '=', change.workspace)
      .where('kind', '=', 'secret')
      .where('id', '=', id),
  ])

/** Every secret key of a workspace, oldest first: few enough for one answer. */
export const secretKeys = (db: D1Database, workspace: WorkspaceId): Promise<readonly KeyRow[]> =>
  databaseOf(db)
    .selectFrom('key')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('kind', '=', 'secret')
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
