import type { Kysely } from 'kysely'
import type { WorkspaceId } from '../protocol/id.ts'
import type { PopulationFacts, PopulationReport } from '../protocol/population.ts'
import { commit, type Change, type Conflict } from './change.ts'
import { databaseOf, transaction } from './database.ts'
import type { PopulationRow, Schema } from './schema.ts'

/** Versions that are kept: more than a year of one a day. */
const MAX_VERSIONS = 400

export const readPopulation = ({ facts }: Pick<PopulationRow, 'facts'>): PopulationFacts =>
  JSON.parse(facts) as PopulationFacts

export const newestPopulation = (database: Kysely<Schema>, workspace: WorkspaceId) =>
  database
    .selectFrom('population')
    .selectAll()
    .where('workspace', '=', workspace)
    .orderBy('version', 'desc')
    .limit(1)

/** The newest version. Undefined: nobody has looked yet. */
export async function findPopulation(
  db: D1Database,
  workspace: WorkspaceId,
): Promise<{ readonly facts: PopulationFacts; readonly report: PopulationReport } | undefined> {
  const row = await newestPopulation(databaseOf(db), workspace).executeTakeFirst()
  return row && { facts: readPopulation(row), report: JSON.parse(row.report) as PopulationReport }
}

/** Reports of the latest versions, oldest first. */
export async function populationHistory(
  db: D1Database,
  workspace: WorkspaceId,
  limit: number,
): Promise<readonly { readonly version: number; readonly report: PopulationReport }[]> {
  const rows = await databaseOf(db)
    .selectFrom('population')
    .select(['version', 'report'])
    .where('workspace', '=', workspace)
    .orderBy('version', 'desc')
    .limit(limit)
    .execute()
  return rows
    .map(({ version, report }) => ({ version, report: JSON.parse(report) as PopulationReport }))
    .reverse()
}

/** A new version, to be published; the oldest beyond those that are kept goes. */
export const addPopulation = (
  db: D1Database,
  change: Change,
  facts: PopulationFacts,
  report: PopulationReport,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .deleteFrom('population')
      .where('workspace', '=', change.workspace)
      .where('version', '<=', facts.version - MAX_VERSIONS),
    database.insertInto('population').values({
      workspace: change.workspace,
      version: facts.version,
      at: facts.at,
      facts: JSON.stringify(facts),
      report: JSON.stringify(report),
    }),
  ])

/** What was found again is as it was: the version in force stands, its report is of now. */
export async function renewPopulation(
  db: D1Database,
  workspace: WorkspaceId,
  version: number,
  report: PopulationReport,
): Promise<void> {
  await transaction(db, [
    databaseOf(db)
      .updateTable('population')
      .set({ report: JSON.stringify(report) })
      .where('workspace', '=', workspace)
      .where('version', '=', version),
  ])
}
