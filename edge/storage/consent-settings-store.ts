import { GRANT_LIFETIME, type ConsentSettings } from '../protocol/consent.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import { commit, type Change, type Conflict } from './change.ts'
import { databaseOf } from './database.ts'

export const readConsent = (text: string | null): ConsentSettings =>
  text === null ? { grantLifetime: GRANT_LIFETIME } : (JSON.parse(text) as ConsentSettings)

export async function findConsent(
  db: D1Database,
  workspace: WorkspaceId,
): Promise<ConsentSettings> {
  const row = await databaseOf(db)
    .selectFrom('workspace')
    .select('consent')
    .where('id', '=', workspace)
    .executeTakeFirst()
  return readConsent(row?.consent ?? null)
}

export const replaceConsent = (
  db: D1Database,
  change: Change,
  settings: ConsentSettings,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .updateTable('workspace')
      .set({ consent: JSON.stringify(settings) })
      .where('id', '=', change.workspace),
  ])
