import type { SourceDefinition, TokenKey } from '../protocol/catalog.ts'
import type { EventPurpose } from '../protocol/consent.ts'
import type { SourceId, WorkspaceId } from '../protocol/id.ts'
import { commit, type Change, type Conflict } from './change.ts'
import { databaseOf } from './database.ts'
import type { NewKey } from './key-store.ts'
import type { SourceRow } from './schema.ts'

export const readSource = (row: SourceRow): SourceDefinition => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  consent: row.consent,
  purposes: JSON.parse(row.purposes) as readonly EventPurpose[],
  ...(row.pressure === 1 && { pressure: true as const }),
  tokenKeys: JSON.parse(row.tokenKeys) as readonly TokenKey[],
})

const columns = ({
  name,
  kind,
  consent,
  purposes = [],
  pressure,
  tokenKeys,
}: SourceDefinition) => ({
  name,
  kind,
  consent,
  purposes: JSON.stringify(purposes),
  pressure: pressure === true ? 1 : 0,
  tokenKeys: JSON.stringify(tokenKeys),
})

/** A source with its write key. */
export const createSource = (
  db: D1Database,
  change: Change,
  source: SourceDefinition,
  key: NewKey,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database.insertInto('source').values({
      id: source.id,
      workspace: change.workspace,
      ...columns(source),
      own: 0,
      createdAt: change.at,
      updatedAt: change.at,
    }),
    database
      .insertInto('key')
      .values({ ...key, workspace: change.workspace, source: source.id, createdAt: change.at }),
  ])

export const replaceSource = (
  db: D1Database,
  change: Change,
  source: SourceDefinition,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .updateTable('source')
      .set({ ...columns(source), updatedAt: change.at })
      .where('workspace', '=', change.workspace)
      .where('id', '=', source.id),
  ])

/** With its keys. The workspace's own source is never deleted: secret keys write to it. */
export const deleteSource = (
  db: D1Database,
  change: Change,
  id: SourceId,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .deleteFrom('source')
      .where('workspace', '=', change.workspace)
      .where('id', '=', id)
      .where('own', '=', 0),
  ])

/** The write keys of a workspace's sources. */
export async function writeKeys(
  db: D1Database,
  workspace: WorkspaceId,
): Promise<ReadonlyMap<SourceId, string>> {
  const rows = await databaseOf(db)
    .selectFrom('key')
    .select(['source', 'text'])
    .where('workspace', '=', workspace)
    .where('kind', '=', 'write')
    .where('text', 'is not', null)
    .execute()
  return new Map(rows.map(({ source, text }) => [source, text ?? '']))
}

/** The source that secret keys write to. */
export async function ownSource(db: D1Database, workspace: WorkspaceId): Promise<SourceId> {
  const { id } = await databaseOf(db)
    .selectFrom('source')
    .select('id')
    .where('workspace', '=', workspace)
    .where('own', '=', 1)
    .executeTakeFirstOrThrow()
  return id
}
