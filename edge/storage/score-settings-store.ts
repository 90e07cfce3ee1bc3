import type { WorkspaceId } from '../protocol/id.ts'
import { SCORE_SETTINGS, type ScoreSettings } from '../protocol/score.ts'
import { commit, type Change, type Conflict } from './change.ts'
import { databaseOf } from './database.ts'

export const readScores = (text: string | null): ScoreSettings =>
  text === null ? SCORE_SETTINGS : (JSON.parse(text) as ScoreSettings)

export async function findScores(db: D1Database, workspace: WorkspaceId): Promise<ScoreSettings> {
  const row = await databaseOf(db)
    .selectFrom('workspace')
    .select('scores')
    .where('id', '=', workspace)
    .executeTakeFirst()
  return readScores(row?.scores ?? null)
}

export const replaceScores = (
  db: D1Database,
  change: Change,
  settings: ScoreSettings,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .updateTable('workspace')
      .set({ scores: JSON.stringify(settings) })
      .where('id', '=', change.workspace),
  ])
