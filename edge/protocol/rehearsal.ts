import type {
  IdentifierKind,
  IdentifierLevel,
  IdentitySettings,
  SharedDevice,
  TraitPolicy,
} from './identifier.ts'
import type { ProfileId, SegmentId } from './id.ts'
import type { Millis } from './time.ts'

/** Identity settings as shards apply them to what they keep: blocked addresses by their keyed hash. */
export interface IdentityRules {
  readonly kinds: readonly IdentifierKind[]
  readonly sharedDevice: SharedDevice
  /** Without a kind: of any but `email` and `phone`, whose values are hashes. */
  readonly blocked: readonly { readonly kind?: string; readonly value: string }[]
  readonly traits: { readonly [trait: string]: TraitPolicy }
  /** Traits are joined by other policies than they were: every profile is made anew. */
  readonly remake: boolean
}

/** An identifier that some event of a graph names under the rules, and the graph does not hold. */
export interface MissingIdentifier {
  readonly kind: string
  readonly value: string
}

/** A graph of people as the rules would have it. */
export interface GraphSurvey {
  readonly root: ProfileId
  /** Birth of the root. */
  readonly since: Millis
  /** Identifiers in it, devices among them. */
  readonly size: number
  /** Somebody of it had traffic in the time that is looked at. */
  readonly isRecent: boolean
  readonly missing: readonly MissingIdentifier[]
}

/** People of a graph as they are and as they would be. Figures count those who are unless they say otherwise. */
export interface RegroupOutcome {
  readonly root: ProfileId
  readonly now: number
  /** How many people there would be. */
  readonly after: number
  readonly merged: number
  readonly split: number
  readonly unchanged: number
  readonly merges: readonly (readonly ProfileId[])[]
  readonly splits: readonly RehearsedSplit[]
  /** Members of each segment. */
  readonly sizesNow: { readonly [segment: string]: number }
  readonly sizesAfter: { readonly [segment: string]: number }
  readonly gluing: readonly GluingValue[]
}

/** People who would be one. */
export interface RehearsedMerge {
  readonly people: number
  /** Some of them if they are many. */
  readonly profiles: readonly ProfileId[]
}

export interface RehearsedSplit {
  readonly profile: ProfileId
  /** How many people it would be. */
  readonly people: number
  /** Some identifiers of each of them, if they are not too many; addresses by their keyed hash. */
  readonly parts: readonly (readonly MissingIdentifier[])[]
}

export interface GluingValue extends MissingIdentifier {
  /** How many people it is named with who would be one. */
  readonly people: number
  /** Too many for one person: it would join no one. */
  readonly ignored?: true
}

export type RehearsalState =
  | 'rehearsing'
  | 'rehearsed'
  | 'switching'
  | 'switched'
  | 'cancelled'
  | 'failed'

/** Of the people who had traffic in the last days, and of those they would be one with. */
export interface RehearsalResult {
  readonly people: { readonly now: number; readonly after: number }
  /** People who would become one with others, and how many groups of them there are. */
  readonly merged: { readonly people: number; readonly groups: number }
  readonly split: number
  readonly unchanged: number
  /** The largest first, at most a hundred. */
  readonly merges: readonly RehearsedMerge[]
  readonly splits: readonly RehearsedSplit[]
  readonly segments: readonly {
    readonly id: SegmentId
    readonly key: string
    readonly name: string
    readonly now: number
    readonly after: number
  }[]
  readonly gluing: readonly GluingValue[]
  /** Traits whose policy is another than now. */
  readonly traits: readonly string[]
}

export interface RehearsalStatus {
  readonly id: string
  readonly state: RehearsalState
  /** Of what is being done, 0 to 1. */
  readonly progress: number
  readonly days: number
  readonly settings: IdentitySettings
  readonly createdAt: Millis
  readonly result?: RehearsalResult
  /** Of the state `failed`. */
  readonly reason?: 'unreachable' | 'too-many-joins'
}

/** Identity settings as the API takes and shows them. */
export interface ApiIdentitySettings {
  readonly kinds: readonly ApiIdentifierKind[]
  readonly sharedDevice: SharedDevice
  readonly blocked: readonly (string | MissingIdentifier)[]
  readonly traits: { readonly [trait: string]: TraitPolicy }
}

export interface ApiIdentifierKind {
  readonly kind: string
  readonly level: IdentifierLevel
  readonly unique?: boolean
  readonly limit?: number
  /** ISO 8601. */
  readonly period?: string
}

export interface ApiRehearsal extends Omit<RehearsalStatus, 'settings' | 'createdAt'> {
  readonly settings: ApiIdentitySettings
  readonly createdAt: string
}
