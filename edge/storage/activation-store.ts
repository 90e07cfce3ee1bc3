import type { ActivationDefinition } from '../protocol/delivery.ts'
import type { ActivationId, DestinationId, SegmentId } from '../protocol/id.ts'
import type { TouchDetails } from '../protocol/touch.ts'
import { commit, type Change, type Conflict } from './change.ts'
import type { ActivationRow } from './schema.ts'

export const readActivation = (row: ActivationRow): ActivationDefinition => ({
  id: row.id,
  name: row.name,
  segment: row.segment,
  exclude: JSON.parse(row.exclude) as readonly SegmentId[],
  destinations: JSON.parse(row.destinations) as readonly DestinationId[],
  on: JSON.parse(row.on) as ActivationDefinition['on'],
  frequency: row.frequency,
  ...(row.touch !== null && { touch: JSON.parse(row.touch) as TouchDetails }),
  ...(row.channel !== null && { channel: row.channel }),
  enabled: row.enabled === 1,
})

const columns = (activation: ActivationDefinition) => ({
  name: activation.name,
  segment: activation.segment,
  exclude: JSON.stringify(activation.exclude),
  destinations: JSON.stringify(activation.destinations),
  on: JSON.stringify(activation.on),
  frequency: activation.frequency,
  touch: activation.touch === undefined ? null : JSON.stringify(activation.touch),
  channel: activation.channel ?? null,
  enabled: activation.enabled ? 1 : 0,
})

export const createActivation = (
  db: D1Database,
  change: Change,
  activation: ActivationDefinition,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database.insertInto('activation').values({
      id: activation.id,
      workspace: change.workspace,
      ...columns(activation),
      createdAt: change.at,
      updatedAt: change.at,
    }),
  ])

export const replaceActivation = (
  db: D1Database,
  change: Change,
  activation: ActivationDefinition,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .updateTable('activation')
      .set({ ...columns(activation), updatedAt: change.at })
      .where('workspace', '=', change.workspace)
      .where('id', '=', activation.id),
  ])

export const deleteActivation = (
  db: D1Database,
  change: Change,
  id: ActivationId,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .deleteFrom('activation')
      .where('workspace', '=', change.workspace)
      .where('id', '=', id),
  ])
