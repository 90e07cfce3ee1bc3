import type { Catalog, KeyGrant, SourceDefinition } from '../protocol/catalog.ts'
import type { ComputedTraitDefinition } from '../protocol/computed-trait.ts'
import type { ConsentSettings } from '../protocol/consent.ts'
import type { ExperienceDefinition } from '../protocol/decision.ts'
import type { ActivationDefinition, DestinationTarget } from '../protocol/delivery.ts'
import type { SegmentId, WorkspaceId } from '../protocol/id.ts'
import type { IdentitySettings } from '../protocol/identifier.ts'
import type { CandidateDefinition, SegmentDefinition } from '../protocol/membership.ts'
import type { PopulationFacts } from '../protocol/population.ts'
import type { ScoreSettings } from '../protocol/score.ts'
import type { Millis } from '../protocol/time.ts'
import { inCurrency } from './score/population-money.ts'
import type { CapDefinition } from '../protocol/touch.ts'

/** One consistent reading of everything a workspace's people have defined. */
export interface Definitions {
  readonly workspace: WorkspaceId
  /** Grows with each change; see `workspace.revision`. */
  readonly revision: number
  readonly shards: number
  readonly retention: Millis
  readonly timezone: string
  readonly identity: IdentitySettings
  readonly consent: ConsentSettings
  readonly scores: ScoreSettings
  /** The newest. Absent: nobody has looked yet. */
  readonly population?: PopulationFacts
  readonly sources: readonly SourceDefinition[]
  readonly segments: readonly (SegmentDefinition & { readonly version: number })[]
  readonly candidates: readonly CandidateDefinition[]
  readonly experiences: readonly ExperienceDefinition[]
  readonly activations: readonly ActivationDefinition[]
  readonly destinations: readonly DestinationTarget[]
  readonly computedTraits: readonly ComputedTraitDefinition[]
  readonly caps: readonly CapDefinition[]
  readonly keys: readonly PublishedKey[]
}

export interface PublishedKey {
  readonly hash: string
  readonly grant: KeyGrant
}

/** A catalog before it has a version. */
export type CatalogBody = Omit<Catalog, 'version' | 'publishedAt' | 'hold'>

/** What shards may know: no address and no secret of a destination, and only references that lead somewhere. */
export function catalogBody(definitions: Definitions): CatalogBody {
  const segments = new Set(definitions.segments.map(({ id }) => id))
  const destinations = new Set(definitions.destinations.map(({ id }) => id))
  return {
    workspace: definitions.workspace,
    sources: definitions.sources,
    segments: definitions.segments.map(published),
    ...(definitions.candidates.length > 0 && {
      candidates: definitions.candidates.map((candidate) => ({
        ...published(candidate),
        of: candidate.of,
      })),
    }),
    experiences: definitions.experiences.filter(
      ({ segment }) => segment === undefined || segments.has(segment),
    ),
    activations: definitions.activations
      .filter(({ segment }) => segments.has(segment))
      .map((activation) => ({
        ...activation,
        exclude: activation.exclude.filter((id) => segments.has(id)),
        destinations: activation.destinations.filter((id) => destinations.has(id)),
      })),
    ...(definitions.computedTraits.length > 0 && { computedTraits: definitions.computedTraits }),
    destinations: definitions.destinations.map(
      ({ id, name, kind, purposes, channel, enabled }) => ({
        id,
        name,
        kind,
        purposes,
        ...(channel !== undefined && { channel }),
        enabled,
      }),
    ),
    ...(definitions.caps.length > 0 && {
      caps: definitions.caps.map((cap) => ({
        ...cap,
        thresholds: cap.thresholds.filter(({ segment }) => segments.has(segment)),
      })),
    }),
    consent: definitions.consent,
    scoring: {
      settings: definitions.scores,
      ...(definitions.population !== undefined && {
        population: inCurrency(definitions.population, definitions.scores.orders),
      }),
    },
    kinds: definitions.identity.kinds,
    sharedDevice: definitions.identity.sharedDevice,
    blocked: definitions.identity.blocked,
    traitPolicies: definitions.identity.traits,
    shards: definitions.shards,
    retention: definitions.retention,
    timezone: definitions.timezone,
  }
}

/** What shards need to know of a segment: absent rather than empty, so that the same text means the same. */
const published = ({
  id,
  key,
  name,
  condition,
  public: open,
  onDevice,
  purposes,
  origin,
  minimumStay,
}: SegmentDefinition): SegmentDefinition => ({
  id,
  key,
  name,
  condition,
  public: open,
  ...(onDevice === true && { onDevice }),
  ...(purposes !== undefined && purposes.length > 0 && { purposes }),
  ...(origin !== undefined && { origin }),
  ...(minimumStay !== undefined && { minimumStay }),
})

/** The catalog version that first carried the present version of a segment. */
export interface CarriedSegment {
  readonly id: SegmentId
  readonly version: number
  readonly since: number
}

/** A segment that did not change keeps the catalog version that brought it. */
export function carry(
  previous: readonly CarriedSegment[],
  segments: readonly Pick<CarriedSegment, 'id' | 'version'>[],
  version: number,
): readonly CarriedSegment[] {
  const known = new Map(previous.map((segment) => [segment.id, segment]))
  return segments.map(({ id, version: own }) => {
    const before = known.get(id)
    return before?.version === own ? before : { id, version: own, since: version }
  })
}

/** What has to change in a cache of keys. A grant never changes: a key is made and deleted. */
export function keyChanges(
  cached: readonly string[],
  keys: readonly PublishedKey[],
): { readonly added: readonly PublishedKey[]; readonly removed: readonly string[] } {
  const before = new Set(cached)
  const now = new Set(keys.map(({ hash }) => hash))
  return {
    added: keys.filter(({ hash }) => !before.has(hash)),
    removed: cached.filter((hash) => !now.has(hash)),
  }
}
