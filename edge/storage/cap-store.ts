import type { CapId, SegmentId, WorkspaceId } from '../protocol/id.ts'
import type { CapDefinition, CapThreshold } from '../protocol/touch.ts'
import { commit, type Change, type Conflict } from './change.ts'
import { databaseOf } from './database.ts'
import type { CapRow } from './schema.ts'

export const readCap = (row: CapRow): CapDefinition => ({
  id: row.id,
  key: row.key,
  name: row.name,
  ...(row.channel !== null && { channel: row.channel }),
  ...(row.tag !== null && { tag: row.tag }),
  window: row.window,
  most: row.most,
  thresholds: JSON.parse(row.thresholds) as readonly CapThreshold[],
  onSite: row.onSite === 1,
  enabled: row.enabled === 1,
})

const columns = (cap: CapDefinition) => ({
  key: cap.key,
  name: cap.name,
  channel: cap.channel ?? null,
  tag: cap.tag ?? null,
  window: cap.window,
  most: cap.most,
  thresholds: JSON.stringify(cap.thresholds),
  onSite: cap.onSite ? 1 : 0,
  enabled: cap.enabled ? 1 : 0,
})

export const createCap = (
  db: D1Database,
  change: Change,
  cap: CapDefinition,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database.insertInto('cap').values({
      id: cap.id,
      workspace: change.workspace,
      ...columns(cap),
      createdAt: change.at,
      updatedAt: change.at,
    }),
  ])

export const replaceCap = (
  db: D1Database,
  change: Change,
  cap: CapDefinition,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .updateTable('cap')
      .set({ ...columns(cap), updatedAt: change.at })
      .where('workspace', '=', change.workspace)
      .where('id', '=', cap.id),
  ])

export const deleteCap = (db: D1Database, change: Change, id: CapId): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database.deleteFrom('cap').where('workspace', '=', change.workspace).where('id', '=', id),
  ])

/** All of a workspace. */
export async function capsOfWorkspace(
  db: D1Database,
  workspace: WorkspaceId,
): Promise<readonly CapDefinition[]> {
  const rows = await databaseOf(db)
    .selectFrom('cap')
    .selectAll()
    .where('workspace', '=', workspace)
    .orderBy('id')
    .execute()
  return rows.map(readCap)
}

/** The caps that have a threshold for a segment. */
export async function capsFor(
  db: D1Database,
  workspace: WorkspaceId,
  segment: SegmentId,
): Promise<readonly Pick<CapRow, 'id' | 'name'>[]> {
  const rows = await databaseOf(db)
    .selectFrom('cap')
    .select(['id', 'name', 'thresholds'])
    .where('workspace', '=', workspace)
    .execute()
  return rows.filter(({ thresholds }) =>
    (JSON.parse(thresholds) as readonly CapThreshold[]).some((one) => one.segment === segment),
  )
}
