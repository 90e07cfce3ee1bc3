import type { WorkspaceId } from '../protocol/id.ts'
import { databaseOf } from './database.ts'

/** Workspaces with changes that not every shard works by yet. */
export async function unsettledWorkspaces(
  db: D1Database,
  limit: number,
): Promise<readonly WorkspaceId[]> {
  const rows = await databaseOf(db)
    .selectFrom('workspace')
    .select('id')
    .whereRef('settled', '<', 'revision')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** A page of all workspaces, in the order of ids. */
export async function listWorkspaces(
  db: D1Database,
  { after = '', limit }: { readonly after?: string; readonly limit: number },
): Promise<readonly WorkspaceId[]> {
  const rows = await databaseOf(db)
    .selectFrom('workspace')
    .select('id')
    .where('id', '>', after as WorkspaceId)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** Every shard works by `revision`. A late word about an older one changes nothing. */
export async function settle(
  db: D1Database,
  workspace: WorkspaceId,
  revision: number,
): Promise<void> {
  await databaseOf(db)
    .updateTable('workspace')
    .set({ settled: revision })
    .where('id', '=', workspace)
    .where('settled', '<', revision)
    .execute()
}
