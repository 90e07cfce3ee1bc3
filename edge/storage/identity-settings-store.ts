import { DEFAULT_IDENTITY, type IdentitySettings } from '../protocol/identifier.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import { commit, type Change, type Conflict } from './change.ts'
import { databaseOf } from './database.ts'

export const readIdentity = (text: string | null): IdentitySettings =>
  text === null ? DEFAULT_IDENTITY : (JSON.parse(text) as IdentitySettings)

export async function findIdentity(
  db: D1Database,
  workspace: WorkspaceId,
): Promise<IdentitySettings> {
  const row = await databaseOf(db)
    .selectFrom('workspace')
    .select('identity')
    .where('id', '=', workspace)
    .executeTakeFirst()
  return readIdentity(row?.identity ?? null)
}

export const replaceIdentity = (
  db: D1Database,
  change: Change,
  settings: IdentitySettings,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .updateTable('workspace')
      .set({ identity: JSON.stringify(settings) })
      .where('id', '=', change.workspace),
  ])
