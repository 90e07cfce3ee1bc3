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

/**
 * The workspace a person acts in: the one asked for, if they are a member of it, else the first they joined.
 * Null: they are a member of none.
 */
export async function memberOf(
  db: D1Database,
  user: string,
  wanted: string | null,
): Promise<WorkspaceId | null> {
  const rows = await databaseOf(db)
    .selectFrom('member')
    .innerJoin('workspace', 'workspace.id', 'member.organizationId')
    .select('workspace.id')
    .where('member.userId', '=', user)
    .orderBy('member.createdAt')
    .orderBy('member.id')
    .execute()
  const ids = rows.map(({ id }) => id)
  return ids.find((id) => id === wanted) ?? ids[0] ?? null
}

export async function workspaceName(db: D1Database, workspace: WorkspaceId): Promise<string> {
  const { name } = await databaseOf(db)
    .selectFrom('organization')
    .select('name')
    .where('id', '=', workspace)
    .executeTakeFirstOrThrow()
  return name
}

export async function anyUser(db: D1Database): Promise<boolean> {
  const row = await databaseOf(db).selectFrom('user').select('id').limit(1).executeTakeFirst()
  return row !== undefined
}
