import type { ComputedTraitDefinition, ComputedValue } from './computed-trait.ts'
import type { ConsentChange } from './consent.ts'
import type { ApiEvent } from './api.ts'
import type { ProfileId } from './id.ts'
import type { ClaimedIdentifier } from './identifier.ts'
import type { Json } from './json.ts'
import type { Membership } from './membership.ts'
import type { ProfileScores } from './profile-scores.ts'
import type { Millis } from './time.ts'

/** A profile as its shard tells it; addresses are still sealed. */
export interface ProfileView {
  readonly type: 'profile'
  readonly id: ProfileId
  readonly createdAt: Millis
  readonly lastSeenAt: Millis
  readonly identifiers: readonly (ClaimedIdentifier & {
    readonly firstSeen: Millis
    readonly lastSeen: Millis
    readonly source: string
  })[]
  readonly traits: { readonly [trait: string]: Json }
  readonly provenance: {
    readonly [trait: string]: {
      readonly source: string
      readonly at: Millis
      /** `identifierKey` of the identifier or device that brought it. */
      readonly by: string
    }
  }
  /** What follows from what they did. */
  readonly computedTraits: readonly (ComputedValue & {
    readonly definition: ComputedTraitDefinition
  })[]
  /** The accounts it belongs to, with what is known of each. */
  readonly groups: readonly {
    readonly id: string
    readonly traits: { readonly [trait: string]: Json }
    readonly sealed: { readonly [trait: string]: string }
    readonly firstSeen: Millis
    readonly lastSeen: Millis
    readonly source: string
  }[]
  readonly consent: {
    readonly [purpose: string]: {
      readonly granted: boolean
      readonly at: Millis | null
      /** When a grant ends by itself. */
      readonly until?: Millis
    }
  }
  /** Changed answers, newest first; the latest of them only. */
  readonly consentHistory: readonly ConsentChange[]
  /** Absent: nobody is scored. */
  readonly scores?: ProfileScores
  readonly memberships: readonly Membership[]
  readonly devices: readonly {
    readonly id: string
    readonly firstSeen: Millis
    readonly lastSeen: Millis
    readonly device?: string
    readonly os?: string
    readonly browser?: string
    readonly country?: string
    readonly city?: string
  }[]
  readonly events: readonly ApiEvent[]
  readonly eventsCursor?: string
  readonly merges: readonly {
    readonly id: string
    readonly other: ProfileId
    readonly at: Millis
    readonly through: string
  }[]
  readonly graph: GraphView
}

/** Identifiers that were seen together, directly or through others: of this person, and of others they touch. */
export interface GraphView {
  readonly nodes: readonly (ClaimedIdentifier & {
    readonly firstSeen: Millis
    readonly lastSeen: Millis
    readonly source: string
    /** Whose it is. */
    readonly profile: ProfileId
    /** Too many bear it: it joins no one. */
    readonly blocked: boolean
  })[]
  /** `from` and `to` are places in `nodes`. */
  readonly links: readonly {
    readonly from: number
    readonly to: number
    readonly at: Millis
    readonly proven: boolean
    /** False: cut, because it would give a person two values of a unique kind. */
    readonly stands: boolean
  }[]
  readonly separations: readonly {
    readonly id: string
    readonly at: Millis
    readonly from: number
    readonly to: number
  }[]
}
