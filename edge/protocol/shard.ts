import type { Decision } from './decision.ts'
import type { DeviceId, ProfileId, SourceId, WorkspaceId } from './id.ts'
import type { Identifier } from './identifier.ts'
import type { ConsentMode } from './consent.ts'
import type { EventRecord } from './event.ts'
import type { Millis } from './time.ts'
import type { CapBudget } from './touch.ts'
import type { RefusedEvent, Verdict } from './verdict.ts'

/** Whose events these are: a browser of ours, or a person found through an identifier. */
export type Subject =
  | {
      readonly type: 'device'
      readonly device: DeviceId
      /** Where the caller was told, by a sealed cookie or by `moved`, that the device belongs. */
      readonly profile?: ProfileId
    }
  | {
      readonly type: 'identifier'
      readonly identifier: Identifier
      readonly profile: ProfileId
      /** Whoever bore it before was erased then. */
      readonly erasedAt?: Millis
    }

/** One subject's part of a batch, on its way to the profile's shard. */
/** Identifiers that were claimed for a graph just before. */
export interface Claims {
  readonly root: ProfileId
  /** Each as `identifierKey`. */
  readonly keys: readonly string[]
}

export interface IngestRequest {
  readonly workspace: WorkspaceId
  /** Newest version the caller knows: a shard behind it pulls first. */
  readonly catalogVersion: number
  readonly source: SourceId
  readonly consentMode: ConsentMode
  readonly subject: Subject
  readonly events: readonly EventRecord[]
  /** Held for the events already, beside what the subject is found by. */
  readonly claims?: Claims
  readonly refused: readonly RefusedEvent[]
  /** Nobody reads more of the answer than its verdicts: of messages that were seen before no profile is looked at. */
  readonly verdictsOnly?: true
  /** Placements to decide for; absent: no decision wanted, empty: all. */
  readonly decide?: readonly string[]
  /** With the decisions is told what may still be sent. Absent: it is not. */
  readonly pressure?: true
  readonly receivedAt: Millis
  /** Imported: the message ids are remembered for ever, so that a file sent again next year changes nothing. */
  readonly isHistory?: true
  /** What became of it the first time, if it is replayed: the shard that keeps it has counted its reception. */
  readonly replayOf?: 'rejected' | 'failed'
}

export type IngestResult =
  /** The hint was wrong: nothing was done; ask the device's home shard, without a hint. */
  | { readonly type: 'unknown' }
  /**
   * The subject lives in another shard by now, that of `profile`: ask there with the events that `verdicts`, in
   * order, does not cover yet.
   */
  | { readonly type: 'moved'; readonly profile: ProfileId; readonly verdicts: readonly Verdict[] }
  | {
      readonly type: 'done'
      readonly profile: ProfileId
      /** The id by whose shard the profile is found without a detour; often its own. */
      readonly root: ProfileId
      /** One per event of the request, in its order. */
      readonly verdicts: readonly Verdict[]
      /** Keys of public segments. */
      readonly segments: readonly string[]
      readonly decisions: readonly Decision[]
      /** What may still be sent. Absent: nobody asked, or it is not for them. */
      readonly pressure?: readonly CapBudget[]
      /** Instant until which the answer stands if nothing happens; Infinity if time alone never changes it. */
      readonly until: Millis
    }
