import type { Hold } from './back-fill.ts'
import type { ComputedTraitDefinition } from './computed-trait.ts'
import type { ConsentMode, ConsentSettings, EventPurpose } from './consent.ts'
import type { ExperienceDefinition } from './decision.ts'
import type { ActivationDefinition, DestinationDefinition } from './delivery.ts'
import type { SourceId, WorkspaceId } from './id.ts'
import type { BlockedValue, IdentifierKind, SharedDevice, TraitPolicy } from './identifier.ts'
import type { CandidateDefinition, SegmentDefinition } from './membership.ts'
import type { Scoring } from './population.ts'
import type { Millis } from './time.ts'
import type { CapDefinition } from './touch.ts'

export type SourceKind = 'browser' | 'server'

export interface SourceDefinition {
  readonly id: SourceId
  readonly name: string
  readonly kind: SourceKind
  readonly consent: ConsentMode
  /** Events that are collected for another purpose than analytics. Absent: none. */
  readonly purposes?: readonly EventPurpose[]
  /** What people may still be sent is told to it. Absent: it is not. */
  readonly pressure?: true
  /** Public keys that verify this source's user tokens: a JWK set, or an HS256 secret sealed with the workspace's key. */
  readonly tokenKeys: readonly TokenKey[]
}

export type TokenKey =
  | { readonly algorithm: 'HS256'; readonly sealedSecret: string }
  | { readonly algorithm: 'ES256' | 'RS256'; readonly publicJwk: string }

/**
 * Everything the hot path needs to know of a workspace. Assembled from D1 by the Workspace object, versioned, pushed
 * to every shard. Holds no readable secret.
 */
export interface Catalog {
  readonly workspace: WorkspaceId
  /** Grows by one with each publication; a shard never goes back. */
  readonly version: number
  readonly publishedAt: Millis
  /** Told along, and no part of the version: whether back-fills wait. Absent: nobody ever had them wait. */
  readonly hold?: Hold
  readonly sources: readonly SourceDefinition[]
  readonly segments: readonly SegmentDefinition[]
  /** New versions of segments, judged beside them. Absent: none. */
  readonly candidates?: readonly CandidateDefinition[]
  readonly experiences: readonly ExperienceDefinition[]
  readonly activations: readonly ActivationDefinition[]
  readonly destinations: readonly DestinationDefinition[]
  /** How often people may be reached. Absent: as often as anybody likes. */
  readonly caps?: readonly CapDefinition[]
  readonly kinds: readonly IdentifierKind[]
  /** Absent: `last-login-owns`. */
  readonly sharedDevice?: SharedDevice
  /** Values that identify no one, beside the built-in ones. */
  readonly blocked?: readonly BlockedValue[]
  /** Traits whose policy is not `most-recent`. */
  readonly traitPolicies?: { readonly [trait: string]: TraitPolicy }
  /** Absent: grants stand for `GRANT_LIFETIME`, and TC strings need name no vendor. */
  readonly consent?: ConsentSettings
  /** Traits that follow from what people do. Absent: none. */
  readonly computedTraits?: readonly ComputedTraitDefinition[]
  /** Absent: nobody is scored, and no orders are kept. */
  readonly scoring?: Scoring
  /** Number of profile and identity shards new subjects are spread over. Fixed at the workspace's birth. */
  readonly shards: number
  /** How long history is kept. */
  readonly retention: Millis
  /** IANA zone in which days begin. */
  readonly timezone: string
}

/** What a key opens. Found by the key's SHA-256 (hex): keys themselves are never stored. */
export interface KeyGrant {
  readonly kind: 'write' | 'secret'
  readonly workspace: WorkspaceId
  /** For a secret key: the workspace's server source. */
  readonly source: SourceId
}
