import type { Condition } from './condition.ts'
import type { ConsentAnswers } from './consent.ts'
import type { EventContext, EventType } from './event.ts'
import type { ProfileId } from './id.ts'
import type { JsonObject } from './json.ts'
import type { Millis } from './time.ts'

/** An event that counts for a clause. */
export interface Evidence {
  readonly id: string
  readonly event: string
  readonly at: Millis
}

/** A part of a condition, and how it stands. */
export interface Clause {
  /** In the condition, as mistakes are told: `condition.conditions.0`. */
  readonly path: string
  /** Without the parts it is made of: they are `clauses`. */
  readonly condition: Condition
  readonly holds: boolean
  /** When that changes by itself; absent: not before something happens. */
  readonly until?: Millis
  /** The latest events that count, newest first. */
  readonly evidence: readonly Evidence[]
  /** How many older ones count beside those. */
  readonly more: number
  readonly clauses?: readonly Clause[]
}

/** A part of a condition because of which the whole holds. */
export type Reason = Pick<Clause, 'path' | 'condition' | 'until' | 'evidence' | 'more'>

/** One thing that would have to be said of a person. */
export interface Saying {
  readonly type: EventType
  readonly event: string
  /** How long before the instant at which all is said. */
  readonly ago: Millis
  readonly properties?: JsonObject
  readonly traits?: JsonObject
  readonly context?: EventContext
  readonly consent?: ConsentAnswers
}

/** The least that would turn a verdict: what would be said now, and how long nothing more would happen after it. */
export interface Flip {
  readonly sayings: readonly Saying[]
  readonly wait: Millis
}

/** Why somebody is in a segment, or is not. */
export interface Why {
  readonly holds: boolean
  /** When that changes by itself. */
  readonly until?: Millis
  /** The conditions of membership: consent that is needed, and the segment's own condition. */
  readonly clauses: readonly Clause[]
  /** Absent: nothing that could be added was found to turn it, within what is tried. */
  readonly flip?: Flip
}

/** `why` is null for a segment that the person's shard does not know. */
export type WhyAnswer =
  | { readonly type: 'why'; readonly why: Why | null }
  | { readonly type: 'moved'; readonly profile: ProfileId }
  | null

/** As the API tells it: instants as ISO 8601, the wait as an ISO 8601 duration. */
export interface ApiClause extends Omit<Clause, 'until' | 'evidence' | 'clauses'> {
  readonly until?: string
  readonly evidence: readonly { readonly id: string; readonly event: string; readonly at: string }[]
  readonly clauses?: readonly ApiClause[]
}

export type ApiReason = Pick<ApiClause, 'path' | 'condition' | 'until' | 'evidence' | 'more'>

export interface ApiWhy {
  readonly segment: string
  readonly holds: boolean
  readonly until?: string
  readonly clauses: readonly ApiClause[]
  readonly flip?: {
    readonly sayings: readonly (Omit<Saying, 'ago'> & { readonly ago?: string })[]
    /** How long nothing more must happen then. */
    readonly wait?: string
  }
}
