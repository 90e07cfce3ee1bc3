import type { Condition } from './condition.ts'
import type { Cause } from './membership.ts'
import type { Millis } from './time.ts'

/** A clause that decided an exit: its path in the condition that the segment had then, and what it asked. */
export interface ReportedClause {
  readonly path: string
  readonly condition: Condition
}

/** Exits for one cause that the same clauses decided together. */
export interface ExitCount {
  readonly cause: Cause['type']
  /** Empty: no clause turned, or this cause has more combinations of clauses than are told apart. */
  readonly clauses: readonly ReportedClause[]
  readonly count: number
}

/** An hour (from `hour`, UTC) in which a segment changed. */
export interface SegmentHour {
  readonly hour: Millis
  /** Members at its end, or now if it is not over. */
  readonly size: number
  readonly entered: number
  readonly exited: number
}

/** What became of a segment in a range of time, in one shard. */
export interface ShardSegmentReport {
  /** Members at the beginning of the range. */
  readonly opening: number
  /** Oldest first. */
  readonly hours: readonly SegmentHour[]
  readonly exits: readonly (ExitCount & { readonly hour: Millis })[]
}

/** A period of a report, from `at`. */
export interface SegmentPeriod {
  readonly at: Millis
  /** Members at its end, or now if it is not over. */
  readonly size: number
  readonly entered: number
  readonly exited: number
  /** The exits by their cause. */
  readonly causes: { readonly [cause: string]: number }
}

/** What became of a segment, summed over all shards. */
export interface SegmentReport {
  /** Oldest first, without gaps. */
  readonly periods: readonly SegmentPeriod[]
  /** Of all periods together, the most frequent first. */
  readonly exits: readonly ExitCount[]
}
