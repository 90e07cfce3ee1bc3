import type { DeliveryId, ProfileId, SegmentId, SourceId } from './id.ts'
import type { Transition } from './membership.ts'
import type { Millis } from './time.ts'
import type { Verdict } from './verdict.ts'
import type { AttemptOutcome } from './delivery.ts'

/** One event of a source as the live debugger shows it. */
export interface LiveEvent {
  readonly source: SourceId
  readonly profile?: ProfileId
  readonly type: string
  readonly name: string
  readonly receivedAt: Millis
  readonly verdict: Verdict
  /** What became of it before, if it was replayed. */
  readonly replayOf?: 'rejected' | 'failed'
  /** Short JSON of the properties, at most 2,000 characters. */
  readonly preview: string
}

export interface LiveTransition extends Pick<
  Transition,
  'type' | 'at' | 'decidedAt' | 'cause' | 'clauses'
> {
  readonly segment: SegmentId
  readonly profile: ProfileId
}

export interface LiveDelivery {
  readonly id: DeliveryId
  readonly destination: string
  /** Absent: the destination was told that somebody was erased. */
  readonly segment?: SegmentId
  readonly type: 'entered' | 'exited' | 'erased'
  readonly attempt: number
  readonly at: Millis
  readonly outcome: AttemptOutcome
}

/** Received are the first four together: each event once, by what became of it last. */
export interface SourceCounts {
  readonly accepted: number
  readonly duplicate: number
  readonly rejected: number
  readonly failed: number
  /** Those among the accepted and duplicates that were refused first, and replayed. */
  readonly replayed: number
}

/** How many profiles entered and exited a segment. */
export interface Crossings {
  readonly entered: number
  readonly exited: number
}

/** Messages of the WebSocket `/api/live`, server to dashboard. The first is always `state`. */
export type LiveMessage =
  | {
      readonly type: 'state'
      readonly population: number
      readonly sizes: { readonly [segment: string]: number }
      readonly sources: { readonly [source: string]: SourceCounts }
    }
  | {
      readonly type: 'sizes'
      readonly population: number
      readonly sizes: { readonly [segment: string]: number }
    }
  | { readonly type: 'events'; readonly items: readonly LiveEvent[] }
  | { readonly type: 'transitions'; readonly items: readonly LiveTransition[] }
  | { readonly type: 'deliveries'; readonly items: readonly LiveDelivery[] }

/** What a shard tells the LiveMonitor after commits. All figures are absolute, so a lost report is repaired by the next. */
export interface ShardReport {
  readonly shard: number
  /** Grows with each report of this shard; an older one is ignored. */
  readonly sequence: number
  readonly population: number
  readonly sizes: { readonly [segment: string]: number }
  /** Totals since the shard was born, per source. */
  readonly sources: { readonly [source: string]: SourceCounts }
  /** Totals since the shard was born, per segment. */
  readonly crossings: { readonly [segment: string]: Crossings }
  /** Of what happened since the previous report, as much as keeps this one small. */
  readonly events: readonly LiveEvent[]
  readonly transitions: readonly LiveTransition[]
  readonly deliveries: readonly LiveDelivery[]
}
