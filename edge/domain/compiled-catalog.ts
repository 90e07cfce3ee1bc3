import type { Catalog } from '../protocol/catalog.ts'
import type { Condition } from '../protocol/condition.ts'
import type { DestinationDefinition } from '../protocol/delivery.ts'
import type { DestinationId, SegmentId } from '../protocol/id.ts'
import type { SegmentDefinition } from '../protocol/membership.ts'
import type { AccountLookup } from './account.ts'
import { compile, type CompiledCondition } from './condition.ts'
import { FeatureSet } from './feature.ts'
import { LeafIndex } from './leaf-index.ts'
import { LeafSet } from './leaf.ts'

/** Its condition holds only while all purposes of the definition are granted. */
export interface CompiledSegment extends CompiledCondition {
  readonly definition: SegmentDefinition
  /** In the catalog. */
  readonly position: number
}

/** A catalog ready to decide with: conditions compiled, features shared between them. */
export interface CompiledCatalog {
  readonly catalog: Catalog
  readonly features: FeatureSet
  /** Profiles whose features were kept for another fingerprint are rebuilt from their history. */
  readonly fingerprint: string
  readonly segments: ReadonlyMap<SegmentId, CompiledSegment>
  readonly leaves: LeafIndex
  readonly destinations: ReadonlyMap<DestinationId, DestinationDefinition>
  /** What is known, where the catalog is used, of the accounts that its conditions ask about. */
  readonly accounts: AccountLookup
}

const gated = ({ condition, purposes = [] }: SegmentDefinition): Condition =>
  purposes.length === 0
    ? condition
    : {
        type: 'all',
        conditions: [
          ...purposes.map((purpose) => ({ type: 'consent', purpose }) as const),
          condition,
        ],
      }

export function compileCatalog(
  catalog: Catalog,
  accounts: AccountLookup = () => undefined,
): CompiledCatalog {
  const features = new FeatureSet()
  const leaves = new LeafSet()
  const place = { features, leaves, horizon: catalog.retention, zone: catalog.timezone }
  const segments = new Map<SegmentId, CompiledSegment>()
  for (const [position, definition] of catalog.segments.entries()) {
    const compiled = compile(gated(definition), place, definition.purposes)
    segments.set(definition.id, { definition, position, ...compiled })
  }
  return {
    catalog,
    features,
    fingerprint: features.fingerprint,
    segments,
    leaves: new LeafIndex(segments.values()),
    accounts,
    destinations: new Map(catalog.destinations.map((destination) => [destination.id, destination])),
  }
}
