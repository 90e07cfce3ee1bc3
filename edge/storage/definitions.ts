import type { Definitions } from '../domain/publication.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import { databaseOf, statement } from './database.ts'
import { readActivation } from './activation-store.ts'
import { readDestination } from './destination-store.ts'
import { readCandidate } from './candidate-store.ts'
import { readExperience } from './experience-store.ts'
import { readConsent } from './consent-settings-store.ts'
import { readIdentity } from './identity-settings-store.ts'
import { readSegment } from './segment-store.ts'
import { readSource } from './source-store.ts'
import type {
  ActivationRow,
  DestinationRow,
  ExperienceRow,
  KeyRow,
  SegmentRow,
  SourceRow,
  WorkspaceRow,
} from './schema.ts'

const TABLES = ['source', 'segment', 'experience', 'activation', 'destination', 'key'] as const

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
  ])
  const rows = <Row>(at: number) => (results[at]?.results ?? []) as unknown as readonly Row[]
  const [settings] = rows<WorkspaceRow>(0)
  if (settings === undefined) return null
  return {
    workspace,
    revision: settings.revision,
    shards: settings.shards,
    retention: settings.retention,
    timezone: settings.timezone,
    identity: readIdentity(settings.identity),
    consent: readConsent(settings.consent),
    sources: rows<SourceRow>(1).map(readSource),
    segments: rows<SegmentRow>(2).map(readSegment),
    candidates: rows<SegmentRow>(2).flatMap((row) => readCandidate(row) ?? []),
    experiences: rows<ExperienceRow>(3).map(readExperience),
    activations: rows<ActivationRow>(4).map(readActivation),
    destinations: rows<DestinationRow>(5).map(readDestination),
    keys: rows<KeyRow>(6).map(({ hash, kind, source }) => ({
      hash,
      grant: { kind, workspace, source },
    })),
  }
}
