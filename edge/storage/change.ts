import { sql, type Compilable, type Kysely } from 'kysely'
import type { WorkspaceId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'
import { databaseOf, transaction } from './database.ts'
import { newId } from './new-id.ts'
import type { Schema } from './schema.ts'

/** Who changes what, and when; becomes a row of the audit log. */
export interface Change {
  readonly workspace: WorkspaceId
  readonly actor: string
  /** e.g. `segment.created` */
  readonly action: string
  /** Id of what is changed. */
  readonly subject: string
  readonly at: Millis
}

/** Why a change could not be made: a key that another row has, or a row that something else points at. */
export type Conflict = 'taken' | 'used'

/**
 * Runs statements, their audit entry and the workspace's next revision as one transaction. False: the last statement
 * found no row, so nothing was audited either.
 */
export async function commit(
  db: D1Database,
  change: Change,
  build: (database: Kysely<Schema>) => readonly Compilable[],
): Promise<boolean | Conflict> {
  const database = databaseOf(db)
  const queries = build(database)
  const { at, workspace, actor, action, subject } = change
  // `changes()` counts the rows of the statement before, in the same transaction.
  const changed = sql<boolean>`changes() > 0`
  try {
    const results = await transaction(db, [
      ...queries,
      database
        .insertInto('audit')
        .columns(['id', 'workspace', 'actor', 'action', 'subject', 'createdAt'])
        .expression(
          database
            .selectNoFrom((eb) => [
              eb.val(newId('aud')).as('id'),
              eb.val(workspace).as('workspace'),
              eb.val(actor).as('actor'),
              eb.val(action).as('action'),
              eb.val(subject).as('subject'),
              eb.val(at).as('createdAt'),
            ])
            .where(changed),
        ),
      database
        .updateTable('workspace')
        .set((eb) => ({ revision: eb('revision', '+', 1) }))
        .where('id', '=', workspace)
        .where(changed),
    ])
    return (results[queries.length]?.meta.changes ?? 0) > 0
  } catch (error) {
    const text = error instanceof Error ? error.message : ''
    if (text.includes('UNIQUE constraint failed')) return 'taken'
    if (text.includes('FOREIGN KEY constraint failed')) return 'used'
    throw error
  }
}

/** An audit entry of what was done elsewhere than in this database. */
export async function record(
  db: D1Database,
  { at, workspace, actor, action, subject }: Change,
): Promise<void> {
  const entry = { id: newId('aud'), workspace, actor, action, subject, createdAt: at }
  await transaction(db, [databaseOf(db).insertInto('audit').values(entry)])
}
