import type { ProfileView } from './profile-view.ts'
import type { AccountMembers, AccountState } from './account.ts'
import type { BackFillStatus, Hold } from './back-fill.ts'
import type { Comparison, Side } from './candidate.ts'
import type { Catalog, KeyGrant } from './catalog.ts'
import type { ComputedTrait } from './computed-trait.ts'
import type { Condition } from './condition.ts'
import type { ConsentMode } from './consent.ts'
import type { CountedPart, CountSlice } from './count.ts'
import type { DestinationTarget, DeliveryState, Receipt } from './delivery.ts'
import type { ApiDelivery, ApiFailedEvent } from './api.ts'
import type { EventRecord } from './event.ts'
import type { FailedEventFilter, FailedEventTotals, KeptEvent } from './failed-event.ts'
import type {
  DeliveryId,
  DestinationId,
  ProfileId,
  SegmentId,
  ShardAddress,
  WorkspaceId,
} from './id.ts'
import type { PreviewMember, ShardComputed, ShardPreview } from './preview.ts'
import type { Identifier } from './identifier.ts'
import type { SourceCounts, ShardReport } from './live.ts'
import type { IngestRequest, IngestResult, Subject } from './shard.ts'
import type { ShardSegmentReport } from './segment-report.ts'
import type { Millis } from './time.ts'
import type { TimelineAnswer, TimelineFilter } from './timeline.ts'
import type { WhyAnswer } from './why.ts'
import type { PersonTouches, ShardPressure, TouchAnswer, TouchAsk } from './touch.ts'
import type { Verdict } from './verdict.ts'
import type { ShardVitals } from './vitals.ts'

/**
 * What the Durable Objects answer to calls (RPC). Each takes the workspace, because an object that was never used
 * knows nothing yet, not even its own name.
 */
export interface ProfileShardCalls {
  /** Durable when it returns. */
  ingest(request: IngestRequest): Promise<IngestResult>
  /** Several at once, each for itself: one that fails costs the others nothing. Answers in the order of requests. */
  /** `requests`: JSON of a list of `IngestRequest`, which takes half as long as copying its objects. */
  ingestMany(requests: string): Promise<readonly IngestOutcome[]>
  /** The decisions of `ingest` without an event. Creates nothing: an unknown device gets the answer for a stranger. */
  decide(request: {
    readonly workspace: WorkspaceId
    readonly subject: Subject
    readonly consentMode: ConsentMode
    readonly placements: readonly string[]
    readonly pressure?: true
  }): Promise<IngestResult>
  view(request: {
    readonly workspace: WorkspaceId
    readonly profile: ProfileId
    /** Cursor of the oldest event already seen. */
    readonly before?: string
    readonly limit: number
  }): Promise<ProfileView | { readonly type: 'moved'; readonly profile: ProfileId } | null>
  /** What a person did. */
  timeline(request: {
    readonly workspace: WorkspaceId
    readonly profile: ProfileId
    readonly filter: TimelineFilter
    /** Cursor of the oldest event already seen. */
    readonly before?: string
    readonly limit: number
  }): Promise<TimelineAnswer>
  /** Why a person is in a segment, or is not. */
  why(request: {
    readonly workspace: WorkspaceId
    readonly profile: ProfileId
    readonly segment: SegmentId
  }): Promise<WhyAnswer>
  /** A page of a person's events as they are kept, newest first; null: the person is not here. */
  keptHistory(request: {
    readonly workspace: WorkspaceId
    readonly profile: ProfileId
    readonly before?: string
    readonly limit: number
  }): Promise<{ readonly events: readonly EventRecord[]; readonly cursor?: string } | null>
  /** What this shard has sent or is to send about people. */
  deliveriesOf(request: {
    readonly workspace: WorkspaceId
    readonly profiles: readonly ProfileId[]
  }): Promise<readonly ApiDelivery[]>
  /** The profile a device or identifier belongs to. */
  locate(request: {
    readonly workspace: WorkspaceId
    readonly subject: Subject
  }): Promise<Whereabouts | null>
  /** Makes of a merged profile two again, which stay two. Null: no such profile or merge. */
  unmerge(request: {
    readonly workspace: WorkspaceId
    readonly profile: ProfileId
    readonly merge: string
  }): Promise<Whereabouts | null>
  /** Lets two be joined again that were separated. Null: no such profile or separation. */
  rejoin(request: {
    readonly workspace: WorkspaceId
    readonly profile: ProfileId
    readonly separation: string
  }): Promise<Whereabouts | null>
  /** Judges some profiles, drawn at random, by a condition that is not saved. */
  preview(request: {
    readonly workspace: WorkspaceId
    readonly condition: Condition
    /** As of a segment. */
    readonly purposes?: readonly string[]
    /** At most so many profiles. */
    readonly sample: number
    /** No further profile once so many characters of history were decoded. */
    readonly characters: number
  }): Promise<ShardPreview>
  /** What a computed trait that is not saved is of up to `sample` people, drawn at random. */
  computedPreview(request: {
    readonly workspace: WorkspaceId
    readonly trait: ComputedTrait
    readonly sample: number
  }): Promise<ShardComputed>
  /** Because of what a condition that is not saved holds for some who live here; others are left out. */
  reasons(request: {
    readonly workspace: WorkspaceId
    readonly condition: Condition
    readonly purposes?: readonly string[]
    readonly profiles: readonly ProfileId[]
  }): Promise<readonly PreviewMember[]>
  /** Looks at the next slice of a count: the first, if the shard knows nothing of it, or not any more. */
  count(request: {
    readonly workspace: WorkspaceId
    readonly id: string
    readonly condition: Condition
    readonly purposes: readonly string[]
  }): Promise<CountSlice>
  /** What a count came to at an instant. Null: the shard knows nothing of it, or not any more. */
  closeCount(request: {
    readonly workspace: WorkspaceId
    readonly id: string
    readonly at: Millis
  }): Promise<CountedPart | null>
  /** Forgets a count. */
  endCount(request: { readonly workspace: WorkspaceId; readonly id: string }): Promise<void>
  members(request: {
    readonly workspace: WorkspaceId
    readonly segment: SegmentId
    readonly after?: ProfileId
    readonly limit: number
  }): Promise<
    readonly { readonly profile: ProfileId; readonly enteredAt: Millis; readonly until?: Millis }[]
  >
  /** What became of a segment here in the hours of [from, to). */
  segmentReport(request: {
    readonly workspace: WorkspaceId
    readonly segment: SegmentId
    readonly from: Millis
    readonly to: Millis
  }): Promise<ShardSegmentReport>
  /** How a candidate differs from its segment here, as far as people were looked at. */
  compare(request: {
    readonly workspace: WorkspaceId
    readonly segment: SegmentId
    readonly candidate: SegmentId
  }): Promise<Comparison>
  /** Some of those whom a switch would move, in the order of ids. `enteredAt`: of the version that holds them. */
  sideOf(request: {
    readonly workspace: WorkspaceId
    readonly segment: SegmentId
    readonly candidate: SegmentId
    readonly side: Side
    readonly after?: ProfileId
    readonly limit: number
  }): Promise<readonly { readonly profile: ProfileId; readonly enteredAt: Millis }[]>
  deliveries(request: {
    readonly workspace: WorkspaceId
    readonly state?: DeliveryState
    readonly before?: string
    readonly limit: number
  }): Promise<{
    readonly items: readonly ApiDelivery[]
    readonly counts: { readonly [S in DeliveryState]: number }
  }>
  /**
   * Makes a parked or refused delivery due at once, its attempts starting anew. False: no such delivery. `asks`: it
   * reaches its person, so it takes its place first, where that person lives; then it is asked for with `isAllowed`.
   */
  replay(request: {
    readonly workspace: WorkspaceId
    readonly delivery: DeliveryId
    readonly isAllowed?: boolean
  }): Promise<boolean | { readonly asks: TouchAsk; readonly profile: ProfileId }>
  /** Takes the place of a message, if no cap speaks against it. Null: no such person. */
  touch(request: {
    readonly workspace: WorkspaceId
    readonly profile: ProfileId
    readonly ask: TouchAsk
    /** As an ingest's: caps of that version hold. Absent: of whatever version is known. */
    readonly catalogVersion?: number
  }): Promise<TouchAnswer | MovedPerson | null>
  /** Gives the place of a planned message back. */
  cancelTouch(request: {
    readonly workspace: WorkspaceId
    readonly profile: ProfileId
    readonly messageId: string
  }): Promise<{ readonly type: 'released' | 'sent' | 'unknown' } | MovedPerson | null>
  /** How full caps are for some people, drawn at random, and what caps did in the days from `since` on. */
  pressureReport(request: {
    readonly workspace: WorkspaceId
    readonly sample: number
    readonly since: Millis
  }): Promise<ShardPressure>
  /** The messages that take or hold a place, newest first, and how each cap stands. */
  touches(request: {
    readonly workspace: WorkspaceId
    readonly profile: ProfileId
    readonly limit: number
  }): Promise<(PersonTouches & { readonly type: 'touches' }) | MovedPerson | null>
  /** What an account's shard knows of accounts that have members here. What is known already changes nothing. */
  learn(request: {
    readonly workspace: WorkspaceId
    readonly accounts: readonly AccountState[]
  }): Promise<void>
  accountMembers(request: {
    readonly workspace: WorkspaceId
    readonly account: string
    readonly after?: ProfileId
    readonly limit: number
  }): Promise<AccountMembers>
  /** Newest first. */
  failedEvents(request: {
    readonly workspace: WorkspaceId
    readonly filter: FailedEventFilter
    readonly before?: string
    readonly limit: number
  }): Promise<readonly ApiFailedEvent[]>
  failedEventTotals(request: {
    readonly workspace: WorkspaceId
  }): Promise<{ readonly [source: string]: FailedEventTotals }>
  /** To be replayed: oldest first, numbers after `after` and up to `until`, by default the newest of now. */
  keptEvents(request: {
    readonly workspace: WorkspaceId
    readonly filter: FailedEventFilter
    readonly after: number
    readonly until?: number
    readonly limit: number
  }): Promise<{ readonly items: readonly KeptEvent[]; readonly until: number }>
  settleReplays(request: {
    readonly workspace: WorkspaceId
    readonly outcomes: readonly ReplayOutcome[]
  }): Promise<void>
  /** Whether each is stored, and durable, in their order: one that cannot be costs the others nothing. */
  receipts(request: {
    readonly workspace: WorkspaceId
    readonly receipts: readonly Receipt[]
  }): Promise<readonly boolean[]>
  /** Takes a newer catalog and starts the back-fill; an older one changes nothing. */
  publish(request: {
    readonly workspace: WorkspaceId
    readonly catalog: Catalog
  }): Promise<ShardStatus>
  /** Has the back-fill wait or go on; an older word changes nothing. */
  hold(request: { readonly workspace: WorkspaceId; readonly hold: Hold }): Promise<ShardStatus>
  /** How the shard fares. Changes nothing. */
  vitals(request: { readonly workspace: WorkspaceId }): Promise<ShardVitals>
  /** The sweeper's call: does whatever is due and sets the alarm anew. */
  wake(request: { readonly workspace: WorkspaceId }): Promise<ShardStatus>
}

/** Somebody lives elsewhere by now: the id by whose shard they are found. */
export interface MovedPerson {
  readonly type: 'moved'
  readonly profile: ProfileId
}

/** What became of a failed event that was replayed. */
export interface ReplayOutcome {
  readonly seq: number
  readonly verdict: Verdict
  /** Not the event that is kept was tried, but another in its place. */
  readonly isCorrected: boolean
}

/** A profile, and the id by whose shard it is found; or by whose shard to ask on. */
export type Whereabouts =
  | { readonly profile: ProfileId; readonly root: ProfileId }
  | { readonly moved: ProfileId }

export type IngestOutcome =
  | { readonly ok: true; readonly result: IngestResult }
  | { readonly ok: false; readonly overloaded: boolean }

export interface ResolveRequest {
  readonly identifier: Identifier
  /** Who becomes the owner if there is none; who claims it again if that is the owner. */
  readonly birth: ProfileId
  readonly proven: boolean
  /** When the latest of what names it happened. */
  readonly at: Millis
}

export interface MoveRequest {
  readonly identifier: Identifier
  /** One of them must be the owner. */
  readonly from: readonly ProfileId[]
  readonly to: ProfileId
  /** Nothing is done if the claim is of another version by now. */
  readonly version?: number
}

export interface ShardStatus {
  readonly shard: number
  readonly population: number
  /** Catalog version the shard works by. */
  readonly version: number
  /** Back-fill of that version: profiles done and to do. Equal: every membership is of that version. */
  readonly done: number
  readonly total: number
  /** Order of the latest word on whether back-fills wait. Absent: none was ever heard. */
  readonly hold?: number
  readonly oldestOutbox: Millis | null
  readonly oldestTimer: Millis | null
}

export interface IdentityShardCalls {
  /** The owner of an identifier, or null. */
  lookup(identifier: Identifier): Promise<ProfileId | null>
  /** The owners, in the order of the identifiers. */
  lookupMany(identifiers: readonly Identifier[]): Promise<readonly (ProfileId | null)[]>
  /** The owners; `birth` becomes that of an identifier that has none. In one transaction, in the order of requests. */
  resolveMany(requests: readonly ResolveRequest[]): Promise<readonly IdentityAnswer[]>
  /** Compare-and-set, in one transaction. Answers the owners after the call. */
  moveMany(requests: readonly MoveRequest[]): Promise<readonly ProfileId[]>
  /** Those who bore them as one of `from` are erased: what happened until `at` claims nothing any more. */
  bury(request: {
    readonly identifiers: readonly Identifier[]
    readonly from: readonly ProfileId[]
    readonly at: Millis
  }): Promise<void>
}
export interface IdentityAnswer {
  /** Root of a graph, at some time: it may have joined an older one since. */
  readonly owner: ProfileId
  /** Whether the owner's claim is proven. */
  readonly proven: boolean
  /** Of the claim; grows with each. */
  readonly version: number
  /** True if the call made `owner` the owner. */
  readonly born: boolean
  /** Whoever bore it before was erased then. What is not later claims nothing: nobody is the owner by it. */
  readonly erasedAt?: Millis
}

export interface WorkspaceCalls {
  /** Assembles the catalog from D1, publishes it if it differs, pushes it to every shard. The version in force. */
  publish(request: { readonly workspace: WorkspaceId }): Promise<number>
  /** The catalog in force, or null for a workspace that was never published. Registers the asking shard as born. */
  catalog(request: {
    readonly workspace: WorkspaceId
    readonly shard?: ShardAddress
  }): Promise<Catalog | null>
  /** Every profile shard ever born. */
  shards(): Promise<readonly ShardAddress[]>
  /** Progress of the publication over all shards. */
  status(request: { readonly workspace: WorkspaceId }): Promise<{
    readonly version: number
    readonly publishedAt: Millis
    /** True when every shard has acknowledged and back-filled `version`. */
    readonly live: boolean
    /** Back-fills wait until they are told to go on. */
    readonly paused: boolean
    /** Share of profiles back-filled, 0 to 1. */
    readonly progress: number
    /** Newest version that every shard has back-filled. */
    readonly liveVersion: number
    /** Of each segment: its own version, and the catalog version that first carried it. */
    readonly segments: {
      readonly [segment: string]: { readonly version: number; readonly since: number }
    }
  }>
  /** How far the back-fill of the version in force is. */
  backFill(request: { readonly workspace: WorkspaceId }): Promise<BackFillStatus>
  /** Has the back-fills of every shard wait, or go on, this one and later ones; durable when it returns. */
  hold(request: {
    readonly workspace: WorkspaceId
    readonly paused: boolean
  }): Promise<BackFillStatus>
  /** A shard's word that it has reached a version. */
  acknowledge(request: {
    readonly workspace: WorkspaceId
    readonly shard: ShardAddress
    readonly status: ShardStatus
  }): Promise<void>
  /** With its sealed secrets; null: deleted. */
  target(request: {
    readonly workspace: WorkspaceId
    readonly destination: DestinationId
  }): Promise<DestinationTarget | null>
  /** The receiver said 410 Gone: switches the destination off in D1 and publishes. */
  disable(request: {
    readonly workspace: WorkspaceId
    readonly destination: DestinationId
  }): Promise<void>
}

export interface LiveMonitorCalls {
  /** `watching`: somebody looks at the live page, so shards should send event previews too. */
  report(report: ShardReport): Promise<{ readonly watching: boolean }>
  overview(): Promise<{
    readonly population: number
    readonly sizes: { readonly [segment: string]: number }
    readonly sources: {
      readonly [source: string]: SourceCounts & {
        readonly firstAt: Millis | null
        readonly lastAt: Millis | null
      }
    }
    readonly history: readonly {
      readonly segment: SegmentId
      readonly minute: Millis
      readonly size: number
      readonly entered: number
      readonly exited: number
    }[]
  }>
}

/** Key hash (SHA-256, hex) → what it opens. */
export type KeyLookup = (hash: string) => Promise<KeyGrant | null>
