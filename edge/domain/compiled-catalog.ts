import type { Catalog } from '../protocol/catalog.ts'
import type { DestinationDefinition } from '../protocol/delivery.ts'
import type { DestinationId, SegmentId } from '../protocol/id.ts'
import type { SegmentDefinition } from '../protocol/membership.ts'
import type { AccountLookup } from './account.ts'
import { candidatesOf } from './candidate.ts'
import { compile, type Evaluate, type Reads } from './condition.ts'
import { FeatureSet } from './feature.ts'
import type { RetiredSegment } from './retired.ts'

export interface CompiledSegment {
  readonly definition: SegmentDefinition
  readonly evaluate: Evaluate
  readonly reads: Reads
}

/** A catalog ready to decide with: conditions compiled, features shared between them. */
export interface CompiledCatalog {
  readonly catalog: Catalog
  readonly features: FeatureSet
  /** Profiles whose features were kept for another fingerprint are rebuilt from their history. */
  readonly fingerprint: string
  /** Segments, and candidates beside them. */
  readonly segments: ReadonlyMap<SegmentId, CompiledSegment>
  readonly destinations: ReadonlyMap<DestinationId, DestinationDefinition>
  /** What is known, where the catalog is used, of the accounts that its conditions ask about. */
  readonly accounts: AccountLookup
  /** Deleted segments whose members are still told of their exits. */
  readonly retired: readonly RetiredSegment[]
}

export function compileCatalog(
  catalog: Catalog,
  accounts: AccountLookup = () => undefined,
  retired: readonly RetiredSegment[] = [],
): CompiledCatalog {
  const features = new FeatureSet()
  const place = { features, horizon: catalog.retention, zone: catalog.timezone }
  const segments = new Map<SegmentId, CompiledSegment>()
  for (const definition of [...catalog.segments, ...candidatesOf(catalog)]) {
    const compiled = compile(definition.condition, place, definition.purposes)
    segments.set(definition.id, { definition, ...compiled })
  }
  return {
    catalog,
    features,
    fingerprint: features.fingerprint,
    segments,
    accounts,
    retired,
    destinations: new Map(catalog.destinations.map((destination) => [destination.id, destination])),
  }
}
