import type {
  ActivationId,
  DeliveryId,
  DestinationId,
  ProfileId,
  SegmentId,
  ShardAddress,
  WorkspaceId,
} from './id.ts'
import type { Purpose } from './consent.ts'
import type { Cause } from './membership.ts'
import type { Channel } from './reaction.ts'
import type { TouchDetails } from './touch.ts'
import { HOUR, MINUTE, SECOND, type Millis } from './time.ts'

export type DestinationKind = 'webhook'

/** A destination as the shards know it: without its secrets. */
export interface DestinationDefinition {
  readonly id: DestinationId
  readonly name: string
  readonly kind: DestinationKind
  /** Consent needed before anything is sent. Empty: nothing is ever sent. */
  readonly purposes: readonly Purpose[]
  /** On which what is sent to it reaches people. Absent: it reaches nobody, as a list that is kept elsewhere. */
  readonly channel?: Channel
  readonly enabled: boolean
}

/** A destination as the delivery consumer needs it. Newest secret first; two while a secret rotates. */
export interface DestinationTarget extends DestinationDefinition {
  readonly url: string
  readonly secrets: readonly string[]
}

export interface ActivationDefinition {
  readonly id: ActivationId
  readonly name: string
  readonly segment: SegmentId
  readonly exclude: readonly SegmentId[]
  readonly destinations: readonly DestinationId[]
  readonly on: readonly ('entered' | 'exited')[]
  readonly frequency: 'every-time' | 'once'
  /** Of what it sends to people, as caps count it. Absent: of weight 1, without tags. */
  readonly touch?: TouchDetails
  /**
   * Of its destinations, which have channels then, only those of the channel that a person is likeliest to react on are
   * told of an entry; of an exit those that were told of the entry. Absent: all are told.
   */
  readonly channel?: 'best'
  readonly enabled: boolean
}

/** On which channel somebody is told, and why on that one. */
export interface ChannelChoice {
  readonly channel: string
  /**
   * `only`: no other is open; `likeliest`; `latest`: others are as likely, and it was reacted to last; `explored`: it was
   * tried least, so that it gets measured; `unknown`: of none is anything known.
   */
  readonly why: 'only' | 'likeliest' | 'latest' | 'explored' | 'unknown'
  /** Of a reaction, as it was foretold. Absent: nothing was known. */
  readonly probability?: number
}

/** Waits before each attempt: at once, then by this schedule (Standard Webhooks), jittered by up to a tenth. */
export const ATTEMPT_DELAYS: readonly Millis[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
]

/** A receiver that has not answered by then has failed. */
export const ATTEMPT_TIMEOUT: Millis = 15 * SECOND

/** One message in the deliveries queue: everything the consumer needs but the destination's address and secrets. */
export type DeliveryMessage = CrossingMessage | ErasureMessage

interface Told {
  readonly id: DeliveryId
  readonly workspace: WorkspaceId
  /** The shard whose outbox row the receipt closes. */
  readonly shard: ShardAddress
  readonly destination: DestinationId
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly profile: ProfileId
  readonly at: Millis
}

export interface CrossingMessage extends Told {
  readonly type: 'entered' | 'exited'
  readonly activation: ActivationId
  readonly segment: { readonly id: SegmentId; readonly key: string; readonly name: string }
  readonly decidedAt: Millis
  readonly cause: Cause
  /** As the transition's. */
  readonly clauses?: readonly string[]
  /** Absent: it was not chosen among several. */
  readonly choice?: ChannelChoice
}

/** The profile was erased: the receiver must erase what it has of it. */
export interface ErasureMessage extends Told {
  readonly type: 'erased'
}

export type AttemptOutcome =
  | { readonly type: 'delivered'; readonly status: number }
  /** Tried, and worth trying again; `retryAfter` is the receiver's wish, a duration. */
  | {
      readonly type: 'retry'
      readonly status?: number
      readonly reason: string
      readonly retryAfter?: Millis
      /** The receiver was waited for until the time limit. */
      readonly timedOut?: true
    }
  /** Not worth trying again. `disable`: the receiver said 410 Gone. */
  | {
      readonly type: 'refused'
      readonly status?: number
      readonly reason: string
      readonly disable?: boolean
    }

/** What the consumer tells the shard; only this closes an outbox row. */
export interface Receipt {
  readonly id: DeliveryId
  readonly attempt: number
  readonly startedAt: Millis
  readonly duration: Millis
  readonly outcome: AttemptOutcome
}

export type DeliveryState = 'pending' | 'delivered' | 'parked' | 'refused'

/** Body of a webhook: CloudEvents 1.0, structured mode. */
export interface SegmentCloudEvent {
  readonly specversion: '1.0'
  readonly id: DeliveryId
  readonly source: string
  readonly type: 'segment.entered' | 'segment.exited'
  readonly subject: ProfileId
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly data: {
    readonly profile: ProfileId
    readonly segment: { readonly id: SegmentId; readonly key: string; readonly name: string }
    /** ISO 8601, the due instant. */
    readonly at: string
    readonly decidedAt: string
    readonly cause: Cause
    /** Paths in the segment's condition of the clauses that decided it. Absent: none turned. */
    readonly clauses?: readonly string[]
    /** Of an activation that tells people on their best channel: which one that is, and why. */
    readonly choice?: ChannelChoice
  }
}

/** Tells a receiver to erase what it has of somebody: it says no more than the id it knows them by. */
export interface ErasureCloudEvent {
  readonly specversion: '1.0'
  readonly id: DeliveryId
  readonly source: string
  readonly type: 'profile.erased'
  readonly subject: ProfileId
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly data: { readonly profile: ProfileId }
}
