import type { ErasureReceipt } from './erasure.ts'
import type { ApiGraph } from './api-graph.ts'
import type { ConsentChange, ConsentMode, EventPurpose } from './consent.ts'
import type { SourceKind } from './catalog.ts'
import type { Variation } from './decision.ts'
import type { DeliveryState, DestinationKind, ChannelChoice } from './delivery.ts'
import type { EventContext } from './event.ts'
import type { FailedEventTotals } from './failed-event.ts'
import type { Json, JsonObject } from './json.ts'
import type { Cause } from './membership.ts'
import type { SourceCounts } from './live.ts'
import type { Scoring } from './population.ts'
import type { ApiTouchRefusal } from './api-touch.ts'
import type { Millis } from './time.ts'
import type { Channel } from './reaction.ts'
import type { Verdict } from './verdict.ts'
import type { ApiProfileTrait } from './api-computed-trait.ts'
import type { ApiProfileScores } from './profile-scores.ts'

/** Shapes of the administration API (`/api/*`). Instants are ISO 8601 text; ids are opaque text with a prefix. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly cursor?: string
}

export interface ExperienceInput {
  readonly name: string
  readonly key?: string
  readonly placement: string
  /** Segment id; absent or null: everybody. */
  readonly segment?: string | null
  readonly variations: readonly Variation[]
  readonly control?: number
  readonly priority?: number
  /** It presses on people: caps that count what pages show count it. Absent or null: they do not. */
  readonly touch?: {
    readonly weight?: number
    readonly tags?: readonly string[]
    /** Key of the variation that is shown once a cap is full. */
    readonly fallback?: string | null
  } | null
  readonly enabled?: boolean
}
export interface ApiExperience {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly placement: string
  readonly segment: string | null
  readonly variations: readonly Variation[]
  readonly control: number
  readonly priority: number
  readonly touch: {
    readonly weight: number
    readonly tags: readonly string[]
    readonly fallback: string | null
  } | null
  readonly enabled: boolean
  readonly createdAt: string
  readonly updatedAt: string
}

export interface DestinationInput {
  readonly name: string
  readonly kind: DestinationKind
  readonly url: string
  readonly purposes: readonly string[]
  /** Null or absent: what is sent reaches nobody by itself. */
  readonly channel?: Channel | null
  readonly enabled?: boolean
}
export interface ApiDestination {
  readonly id: string
  readonly name: string
  readonly kind: DestinationKind
  readonly url: string
  readonly purposes: readonly string[]
  readonly channel: Channel | null
  readonly enabled: boolean
  /** Only in the answer to POST: shown once. `whsec_…` */
  readonly secret?: string
  readonly createdAt: string
  readonly updatedAt: string
}
/** Answer of `POST /api/destinations/{id}/test`: one real, signed attempt. */
export interface ApiDestinationTest {
  readonly ok: boolean
  readonly status?: number
  readonly reason?: string
  readonly duration: number
}

export interface ActivationInput {
  readonly name: string
  readonly segment: string
  readonly exclude?: readonly string[]
  readonly destinations: readonly string[]
  readonly on: readonly ('entered' | 'exited')[]
  readonly frequency?: 'every-time' | 'once'
  /** How much what it sends presses, as caps count it. Absent: 1. */
  readonly weight?: number
  readonly tags?: readonly string[]
  /** Ignores caps, and does not count for them. */
  readonly transactional?: boolean
  /** `best`: people are told on the channel they are likeliest to react on. Null or absent: on all. */
  readonly channel?: 'best' | null
  readonly enabled?: boolean
}
export interface ApiActivation extends Required<ActivationInput> {
  readonly id: string
  readonly createdAt: string
  readonly updatedAt: string
}

export interface SourceInput {
  readonly name: string
  readonly kind: SourceKind
  readonly consent?: ConsentMode
  /** Events that are collected for another purpose than analytics, by the name conditions know them by. */
  readonly purposes?: readonly EventPurpose[]
  /** What people may still be sent is told to it. Absent: false. */
  readonly pressure?: boolean
  /** Verifies user tokens. `HS256`: the shared secret (at least 32 bytes); else a public JWK as JSON text. */
  readonly tokenKey?: {
    readonly algorithm: 'HS256' | 'ES256' | 'RS256'
    readonly key: string
  } | null
}
export interface ApiSource {
  readonly id: string
  readonly name: string
  readonly kind: SourceKind
  readonly consent: ConsentMode
  readonly purposes: readonly EventPurpose[]
  readonly pressure: boolean
  readonly tokenAlgorithms: readonly string[]
  /** Public by nature: it stands in every page. Absent for the workspace's server source. */
  readonly writeKey?: string
  readonly counts: SourceCounts
  /** When the first event was accepted; null: none yet. */
  readonly firstEventAt: string | null
  readonly lastEventAt: string | null
  readonly createdAt: string
}

export interface ConsentSettingsInput {
  /** ISO 8601 duration. Absent: P395D. */
  readonly grantLifetime?: string
  readonly tcfVendor?: number | null
}
export interface ApiConsentSettings {
  readonly grantLifetime: string
  readonly tcfVendor: number | null
}

export interface SecretKeyInput {
  readonly name: string
}
export interface ApiSecretKey {
  readonly id: string
  readonly name: string
  /** Last four characters. */
  readonly hint: string
  /** Only in the answer to POST: shown once. */
  readonly key?: string
  readonly createdAt: string
}

/** An account: what `group` calls told of it, by its id. */
export interface ApiAccount {
  readonly id: string
  readonly traits: { readonly [trait: string]: Json }
  readonly updatedAt: string | null
}

export interface ApiAccountDetail extends ApiAccount {
  readonly provenance: {
    readonly [trait: string]: {
      readonly source: string
      readonly at: string
      readonly proven: boolean
    }
  }
  readonly members: Page<{
    readonly profile: string
    readonly firstSeen: string
    readonly lastSeen: string
  }> & { readonly count: number }
}

export interface ApiProfile {
  readonly id: string
  readonly createdAt: string
  readonly lastSeenAt: string
  /** Email and phone are readable here, for people who may see them. */
  readonly identifiers: readonly {
    readonly kind: string
    readonly value: string
    readonly firstSeen: string
    readonly lastSeen: string
    readonly source: string
    readonly proven: boolean
  }[]
  readonly traits: { readonly [trait: string]: Json }
  /** Those of the traits that follow from what the person does, with those that have no value. */
  readonly computedTraits: readonly ApiProfileTrait[]
  /** Where each trait came from that was said, by the same names. */
  readonly provenance: {
    readonly [trait: string]: {
      readonly source: string
      readonly at: string
      /** Kind of the identifier that brought it; `device` for a browser nobody had signed in on. */
      readonly by: string
    }
  }
  /** The accounts the person belongs to, with what is known of each. */
  readonly groups: readonly {
    readonly id: string
    readonly traits: { readonly [trait: string]: Json }
    readonly firstSeen: string
    readonly lastSeen: string
    readonly source: string
  }[]
  readonly consent: {
    readonly [purpose: string]: {
      readonly granted: boolean
      readonly at: string | null
      /** When the grant ends by itself. */
      readonly until?: string
    }
  }
  /** Answers that differed from those before, newest first. */
  readonly consentHistory: readonly (Omit<ConsentChange, 'at'> & { readonly at: string })[]
  /** Absent: nobody is scored. */
  readonly scores?: ApiProfileScores | undefined
  readonly segments: readonly {
    readonly id: string
    readonly key: string
    readonly name: string
    readonly enteredAt: string
    readonly decidedAt: string
    readonly until?: string
  }[]
  readonly devices: readonly {
    readonly id: string
    readonly firstSeen: string
    readonly lastSeen: string
    readonly device?: string
    readonly os?: string
    readonly browser?: string
    readonly country?: string
    readonly city?: string
  }[]
  /** Newest first, at most 100; older by `?before=` this page's `eventsCursor`, all of them by `/events`. */
  readonly events: readonly ApiEvent[]
  readonly eventsCursor?: string
  readonly merges: readonly {
    readonly id: string
    readonly other: string
    readonly at: string
    readonly through: string
  }[]
  /** What was seen together with this person, directly or through others. */
  readonly graph: ApiGraph
}
/** What is told of an erasure. Nothing in it says who it was. */
export type ApiErasure = Omit<ErasureReceipt, 'requestedAt' | 'erasedAt' | 'doneAt'> & {
  readonly requestedAt: string
  readonly erasedAt?: string
  readonly doneAt?: string
}

/** A page of what a person did, newest first. */
export interface ApiTimeline {
  readonly items: readonly ApiEvent[]
  readonly cursor?: string
  /** All events of the person by name and by source, whatever was asked for. */
  readonly counts: {
    readonly events: { readonly [name: string]: number }
    readonly sources: { readonly [source: string]: number }
  }
}
export interface ApiEvent {
  readonly id: string
  readonly type: string
  readonly event: string
  readonly timestamp: string
  readonly receivedAt: string
  readonly source: string
  readonly device?: string
  readonly properties: JsonObject
  readonly context: EventContext
}

export interface ApiDelivery {
  readonly id: string
  readonly state: DeliveryState
  readonly destination: string
  /** Null, as segment and cause: a notice that the profile was erased. */
  readonly activation: string | null
  readonly segment: string | null
  readonly type: 'entered' | 'exited' | 'erased'
  readonly profile: string
  readonly at: string
  readonly createdAt: string
  readonly nextAttemptAt: string | null
  readonly attempts: readonly {
    readonly at: string
    /** Milliseconds. */
    readonly duration: number
    readonly status?: number
    readonly reason?: string
  }[]
  readonly cause: Cause | null
  /** As the transition's. */
  readonly clauses?: readonly string[]
  /** Absent: its channel was not chosen among several. */
  readonly choice?: ChannelChoice
  /** The cap because of which it is refused. */
  readonly refusal?: ApiTouchRefusal
}

export interface ApiFailedEvent {
  readonly id: string
  readonly source: string
  readonly receivedAt: string
  readonly verdict: Verdict
  readonly raw: JsonObject | null
}

/** `GET /api/failed-events/totals`. */
export interface ApiFailedEventTotals {
  readonly sources: { readonly [source: string]: FailedEventTotals }
}

/** What became of a part of the failed events that were replayed. Ask again with `cursor` until there is none. */
export interface ApiReplayedPart {
  readonly accepted: number
  readonly duplicate: number
  readonly rejected: number
  readonly failed: number
  /** Nothing is kept of them that could be replayed. */
  readonly skipped: number
  /** Wait a moment before asking again. */
  readonly busy: boolean
  readonly cursor?: string
}

export interface ApiOverview {
  readonly population: number
  readonly segments: readonly {
    readonly id: string
    readonly key: string
    readonly name: string
    readonly size: number
    /** Oldest first, one point a minute in which something changed. */
    readonly history: readonly {
      readonly at: string
      readonly size: number
      readonly entered: number
      readonly exited: number
    }[]
  }[]
  readonly sources: { readonly [source: string]: SourceCounts }
  readonly deliveries: { readonly [state in DeliveryState]: number }
}

/** One row of `GET /api/segments/{id}/members`, a `Page` of these. */
export interface ApiMember {
  readonly profile: string
  readonly enteredAt: string
  readonly until?: string
}

export interface ApiSession {
  readonly user: { readonly email: string; readonly name: string }
  readonly workspace: {
    readonly id: string
    readonly name: string
    /** IANA name of the zone in which its days begin. */
    readonly timezone: string
    /** How long history is kept. */
    readonly retention: Millis
    /** How people are scored, and what was last found of the population. */
    readonly scoring: Scoring
  }
  /** Origin of the edge as browsers reach it: what the install page writes into the snippet. */
  readonly edgeOrigin?: string
}

/** `GET /api/setup`: whether a first owner may still be made with the set-up token. */
export interface ApiSetup {
  readonly open: boolean
}
/** `POST /api/setup` makes the first owner and workspace, once, and closes set-up. */
export interface SetupInput {
  readonly token: string
  readonly email: string
  readonly password: string
  /** Name of the workspace. */
  readonly workspace: string
}

export interface ApiAuditEntry {
  readonly id: string
  readonly at: string
  /** E-mail of the person, or the name of the secret key. */
  readonly actor: string
  /** e.g. `segment.created`. */
  readonly action: string
  readonly subject: string
}
