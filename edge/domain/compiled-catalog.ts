import type { Catalog } from '../protocol/catalog.ts'
import type { DestinationDefinition } from '../protocol/delivery.ts'
import type { DestinationId, SegmentId } from '../protocol/id.ts'
import { parseDuration } from '../protocol/duration.ts'
import type { SegmentDefinition } from '../protocol/membership.ts'
import type { Millis } from '../protocol/time.ts'
import type { AccountLookup } from './account.ts'
import type { EdgeOnly } from './edge-only.ts'
import { candidatesOf } from './candidate.ts'
import { compileMembership, type CompiledCondition, type ComputedLookup } from './condition.ts'
import { FeatureSet, type Feature } from './feature.ts'
import { LeafIndex } from './leaf-index.ts'
import { LeafSet, type Leaf } from './leaf.ts'
import type { RetiredSegment } from './retired.ts'

/** Its condition holds only while all purposes of the definition are granted. */
export interface CompiledSegment extends CompiledCondition {
  readonly definition: SegmentDefinition
  /** In the catalog. */
  readonly position: number
  /** Of a segment that is not left at once: how long, and the leaf that says whether it is so long yet. */
  readonly stay: { readonly span: Millis; readonly leaf: Leaf } | undefined
}

/** A catalog ready to decide with: conditions compiled, features shared between them. */
export interface CompiledCatalog {
  readonly catalog: Catalog
  readonly features: FeatureSet
  /** Profiles whose features were kept for another fingerprint are rebuilt from their history. */
  readonly fingerprint: string
  /** What is said of orders, whether or not a condition asks. Undefined: nobody is scored. */
  readonly orders: Feature | undefined
  /** What conditions ask that name computed traits. */
  readonly computed: ComputedLookup | undefined
  /** Segments, and candidates beside them. */
  readonly segments: ReadonlyMap<SegmentId, CompiledSegment>
  readonly leaves: LeafIndex
  readonly destinations: ReadonlyMap<DestinationId, DestinationDefinition>
  /** What is known, where the catalog is used, of the accounts that its conditions ask about. */
  readonly accounts: AccountLookup
  /** What else it was compiled with. */
  readonly edge: EdgeOnly | undefined
  /** Deleted segments whose members are still told of their exits. */
  readonly retired: readonly RetiredSegment[]
}

/** `computed`: how conditions are compiled that name computed traits; see `compileWhole`. */
export function compileCatalog(
  catalog: Catalog,
  accounts: AccountLookup = () => undefined,
  retired: readonly RetiredSegment[] = [],
  computed?: ComputedLookup,
  edge?: EdgeOnly,
): CompiledCatalog {
  const features = new FeatureSet(catalog.timezone)
  const leaves = new LeafSet()
  const byId = new Map(catalog.segments.map((definition) => [definition.id, definition]))
  const place = {
    features,
    leaves,
    horizon: catalog.retention,
    zone: catalog.timezone,
    scoring: catalog.scoring,
    computed,
    edge,
    segments: (id: SegmentId) => byId.get(id),
  }
  // Before what conditions ask for: the same is kept whatever they do.
  const orders = edge?.keep(place)
  const segments = new Map<SegmentId, CompiledSegment>()
  const definitions = [...catalog.segments, ...candidatesOf(catalog)]
  for (const [position, definition] of definitions.entries()) {
    const compiled = compileMembership(definition, place)
    segments.set(definition.id, {
      definition,
      position,
      stay: stayOf(definition, compiled),
      ...compiled,
    })
  }
  return {
    catalog,
    features,
    fingerprint: features.fingerprint,
    orders,
    computed,
    segments,
    leaves: new LeafIndex(segments.values()),
    accounts,
    edge,
    retired,
    destinations: new Map(catalog.destinations.map((destination) => [destination.id, destination])),
  }
}

function stayOf(
  { id, minimumStay }: SegmentDefinition,
  { leaves }: CompiledCondition,
): CompiledSegment['stay'] {
  const span = minimumStay === undefined ? undefined : parseDuration(minimumStay)
  const leaf = [...leaves].find(({ stay }) => stay === id)
  return span === undefined || leaf === undefined ? undefined : { span, leaf }
}
