import type { Condition } from './condition.ts'
import type { SegmentId } from './id.ts'
import type { Millis } from './time.ts'

/**
 * Why a membership changed: the events, the passing of time, a changed definition, a merge, or what others told of an
 * account the person belongs to.
 */
export type Cause =
  | { readonly type: 'event'; readonly messageIds: readonly string[] }
  | { readonly type: 'time' }
  | { readonly type: 'definition'; readonly version: number }
  | { readonly type: 'merge' }
  /** Consent to these purposes was withdrawn, or has expired. */
  | { readonly type: 'consent'; readonly purposes: readonly string[] }
  | { readonly type: 'account'; readonly account: string }
  /** Two people that had been taken for one are two again. */
  | { readonly type: 'split' }

export interface Membership {
  readonly segment: SegmentId
  /** The instant at which the condition began to hold. */
  readonly enteredAt: Millis
  /** When Prisme noticed. */
  readonly decidedAt: Millis
  /** It does not end before by what the condition says. Absent: it may. */
  readonly staysUntil?: Millis
  /** When it will end by the passing of time alone; absent if time alone does not end it. */
  readonly until?: Millis
}

/** Entered or exited, at the due instant `at`, noticed at `decidedAt`. */
export interface Transition {
  readonly type: 'entered' | 'exited'
  readonly segment: SegmentId
  readonly at: Millis
  readonly decidedAt: Millis
  readonly cause: Cause
  /**
   * Paths of the clauses whose turn decided it, such as `condition.conditions.1`. Absent: none turned, as when the
   * definition changed around them.
   */
  readonly clauses?: readonly string[]
}

export interface SegmentDefinition {
  readonly id: SegmentId
  readonly key: string
  readonly name: string
  readonly condition: Condition
  /** May be named to a browser. Default: false. */
  readonly public: boolean
  /** Pages may judge it by themselves, before consent to send anything. Absent: no. */
  readonly onDevice?: boolean | undefined
  /** Only events count that were consented to for all of these, and only while they are granted. Absent: none. */
  readonly purposes?: readonly string[]
  /**
   * Who enters stays for so long, an ISO 8601 duration, whatever the condition says, unless consent is withdrawn. Absent:
   * no longer than it holds.
   */
  readonly minimumStay?: string | undefined
  /** The candidate it was before it was switched to. Absent: it was saved directly. */
  readonly origin?: SegmentId
}

/** A new version of a segment, judged beside the one in force under an id of its own; nobody is told of it. */
export interface CandidateDefinition extends SegmentDefinition {
  /** The segment that it may become. */
  readonly of: SegmentId
}
