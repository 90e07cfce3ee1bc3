import type { Compilable, Kysely } from 'kysely'
import type { ExamplePerson } from '../protocol/example.ts'
import type { SegmentId, WorkspaceId } from '../protocol/id.ts'
import type { Scoring } from '../protocol/population.ts'
import type { Millis } from '../protocol/time.ts'
import { databaseOf } from './database.ts'
import { findPopulation } from './population-store.ts'
import type { Schema } from './schema.ts'
import { readScores } from './score-settings-store.ts'

/** The example people of a segment; none if it never had any. */
export async function readExamples(
  db: D1Database,
  workspace: WorkspaceId,
  segment: SegmentId,
): Promise<readonly ExamplePerson[]> {
  const row = await databaseOf(db)
    .selectFrom('segmentExamples')
    .select('people')
    .where('workspace', '=', workspace)
    .where('segment', '=', segment)
    .executeTakeFirst()
  return row === undefined ? [] : (JSON.parse(row.people) as readonly ExamplePerson[])
}

/** The statement that keeps them in the transaction of a change of their segment. */
export function keepExamples(
  database: Kysely<Schema>,
  workspace: WorkspaceId,
  segment: SegmentId,
  examples: readonly ExamplePerson[],
): Compilable {
  const people = JSON.stringify(examples)
  return database
    .insertInto('segmentExamples')
    .values({ segment, workspace, people })
    .onConflict((conflict) => conflict.column('segment').doUpdateSet({ people }))
}

/** Where a workspace's conditions are asked. */
export async function whereOf(
  db: D1Database,
  workspace: WorkspaceId,
): Promise<{
  readonly timezone: string
  readonly retention: Millis
  readonly scoring: Scoring
}> {
  const [row, population] = await Promise.all([
    databaseOf(db)
      .selectFrom('workspace')
      .select(['timezone', 'retention', 'scores'])
      .where('id', '=', workspace)
      .executeTakeFirstOrThrow(),
    findPopulation(db, workspace),
  ])
  const { timezone, retention, scores } = row
  const settings = readScores(scores)
  return {
    timezone,
    retention,
    scoring: { settings, ...(population !== undefined && { population: population.facts }) },
  }
}
