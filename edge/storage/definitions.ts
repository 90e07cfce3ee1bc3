import type { Definitions } from '../domain/publication.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import { databaseOf, statement } from './database.ts'
import { readActivation } from './activation-store.ts'
import { readCap } from './cap-store.ts'
import { readDestination } from './destination-store.ts'
import { readComputedTrait } from './computed-trait-store.ts'
import { readCandidate } from './candidate-store.ts'
import { readExperience } from './experience-store.ts'
import { readConsent } from './consent-settings-store.ts'
import { newestPopulation, readPopulation } from './population-store.ts'
import { readIdentity } from './identity-settings-store.ts'
import { readScores } from './score-settings-store.ts'
import { readSegment } from './segment-store.ts'
import { readSource } from './source-store.ts'
import type {
  ActivationRow,
  ComputedTraitRow,
  CapRow,
  DestinationRow,
  ExperienceRow,
  KeyRow,
  PopulationRow,
  SegmentRow,
  SourceRow,
  WorkspaceRow,
} from './schema.ts'

const TABLES = [
  'source',
  'segment',
  'experience',
  'activation',
  'destination',
  'key',
  'computedTrait',
  'cap',
] as const

/** Everything that is published, read in one transaction, in the order of ids. Null: no such workspace. */
export async function readDefinitions(
  db: D1Database,
  workspace: WorkspaceId,
): Promise<Definitions | null> {
  const database = databaseOf(db)
  const results = await db.batch([
    statement(db, database.selectFrom('workspace').selectAll().where('id', '=', workspace)),
    ...TABLES.map((table) =>
      statement(
        db,
        database.selectFrom(table).selectAll().where('workspace', '=', workspace).orderBy('id'),
      ),
    ),
    statement(db, newestPopulation(database, workspace)),
  ])
  const rows = <Row>(at: number) => (results[at]?.results ?? []) as unknown as readonly Row[]
  const [settings] = rows<WorkspaceRow>(0)
  if (settings === undefined) return null
  const [population] = rows<PopulationRow>(TABLES.length + 1)
  return {
    workspace,
    revision: settings.revision,
    shards: settings.shards,
    retention: settings.retention,
    timezone: settings.timezone,
    identity: readIdentity(settings.identity),
    consent: readConsent(settings.consent),
    scores: readScores(settings.scores),
    ...(population !== undefined && { population: readPopulation(population) }),
    sources: rows<SourceRow>(1).map(readSource),
    segments: rows<SegmentRow>(2).map(readSegment),
    candidates: rows<SegmentRow>(2).flatMap((row) => readCandidate(row) ?? []),
    experiences: rows<ExperienceRow>(3).map(readExperience),
    activations: rows<ActivationRow>(4).map(readActivation),
    destinations: rows<DestinationRow>(5).map(readDestination),
    computedTraits: rows<ComputedTraitRow>(7).map(readComputedTrait),
    caps: rows<CapRow>(8).map(readCap),
    keys: rows<KeyRow>(6).map(({ hash, kind, source }) => ({
      hash,
      grant: { kind, workspace, source },
    })),
  }
}
