import type { SegmentId } from '../protocol/id.ts'
import type { CompiledCatalog } from './compiled-catalog.ts'
import type { FeatureSet } from './feature.ts'
import { LeafIndex } from './leaf-index.ts'
import { onlyAdds } from './only-adds.ts'

/** What one catalog has that another had not. */
export interface News {
  readonly of: CompiledCatalog
  readonly since: CompiledCatalog
  readonly features: FeatureSet
  /** Of the events that these may match; undefined: any. */
  readonly names: ReadonlySet<string> | undefined
  /** Ids of messages are asked for: the order of events decides. */
  readonly isOrdered: boolean
  /** What events told is asked for, beside their names. */
  readonly isOfProperties: boolean
  /** Whoever did nothing of that name stands as before. */
  readonly isAll: boolean
  /** The catalog as if it held nothing but the new segments. Undefined: what is new cannot be judged without all else. */
  readonly alone: CompiledCatalog | undefined
  /** Segments by whose entry something may be sent. */
  readonly sending: ReadonlySet<SegmentId>
}

export function newsBetween(since: CompiledCatalog, of: CompiledCatalog): News {
  const features = of.features.beyond(since.features)
  const isAll = onlyAdds(since, of, features)
  return {
    of,
    since,
    features,
    names: features.names,
    isOrdered: features.areOrdered,
    isOfProperties: features.ofProperties,
    isAll,
    alone: isAll ? aloneIn(since, of) : undefined,
    sending: new Set([
      ...of.catalog.activations.map(({ segment }) => segment),
      ...of.retired.map(({ id }) => id),
    ]),
  }
}

/** Where a former segment reads what is new, it asks for one that was not there: it is judged with all else. */
function aloneIn(since: CompiledCatalog, of: CompiledCatalog): CompiledCatalog | undefined {
  const segments = new Map([...of.segments].filter(([id]) => !since.segments.has(id)))
  for (const { leaves } of segments.values()) {
    for (const leaf of leaves) {
      const readers = of.leaves.readersOf(leaf)
      if (readers.some(({ definition }) => since.segments.has(definition.id))) return undefined
    }
  }
  return { ...of, segments, leaves: new LeafIndex(segments.values()) }
}
