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
   * Paths of the clauses whose turn decided it, such as `condition.conditions[1]`. Absent: none turned, as when the
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
  /** Only events count that were consented to for all of these, and only while they are granted. Absent: none. */
  readonly purposes?: readonly string[]
}
