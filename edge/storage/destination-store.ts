import type { DestinationTarget } from '../protocol/delivery.ts'
import type { DestinationId, WorkspaceId } from '../protocol/id.ts'
import { commit, type Change, type Conflict } from './change.ts'
import { databaseOf } from './database.ts'
import type { DestinationRow } from './schema.ts'

export const readDestination = (row: DestinationRow): DestinationTarget => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  url: row.url,
  purposes: JSON.parse(row.purposes) as readonly string[],
  ...(row.channel !== null && { channel: row.channel }),
  secrets: JSON.parse(row.secrets) as readonly string[],
  enabled: row.enabled === 1,
})

const columns = (target: Omit<DestinationTarget, 'secrets'>) => ({
  name: target.name,
  kind: target.kind,
  url: target.url,
  purposes: JSON.stringify(target.purposes),
  channel: target.channel ?? null,
  enabled: target.enabled ? 1 : 0,
})

/** `target.secrets` must be sealed already. */
export const createDestination = (
  db: D1Database,
  change: Change,
  target: DestinationTarget,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database.insertInto('destination').values({
      id: target.id,
      workspace: change.workspace,
      ...columns(target),
      secrets: JSON.stringify(target.secrets),
      createdAt: change.at,
      updatedAt: change.at,
    }),
  ])

/** Its secrets stay. */
export const replaceDestination = (
  db: D1Database,
  change: Change,
  target: Omit<DestinationTarget, 'secrets'>,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .updateTable('destination')
      .set({ ...columns(target), updatedAt: change.at })
      .where('workspace', '=', change.workspace)
      .where('id', '=', target.id),
  ])

/** False: it is gone or switched off already. */
export const disableDestination = (
  db: D1Database,
  change: Change,
  id: DestinationId,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .updateTable('destination')
      .set({ enabled: 0, updatedAt: change.at })
      .where('workspace', '=', change.workspace)
      .where('id', '=', id)
      .where('enabled', '=', 1),
  ])

export const deleteDestination = (
  db: D1Database,
  change: Change,
  id: DestinationId,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .deleteFrom('destination')
      .where('workspace', '=', change.workspace)
      .where('id', '=', id),
  ])

/** Names of the activations that send to a destination. */
export async function usersOfDestination(
  db: D1Database,
  workspace: WorkspaceId,
  id: DestinationId,
): Promise<readonly string[]> {
  const rows = await databaseOf(db)
    .selectFrom('activation')
    .select(['name', 'destinations'])
    .where('workspace', '=', workspace)
    .execute()
  return rows
    .filter(({ destinations }) => (JSON.parse(destinations) as readonly string[]).includes(id))
    .map(({ name }) => name)
}
