import type { DeviceId, DestinationId, ProfileId, WorkspaceId } from './id.ts'
import type { Identifier } from './identifier.ts'
import type { Millis } from './time.ts'

/** Everything by which a person who is erased may be found. Kept until the erasure is done, and no longer. */
export interface ErasedPerson {
  readonly profile: ProfileId
  /** The instant of erasure: what happened until then is refused, what happens later begins somebody new. */
  readonly at: Millis
  /** Birth of the profile. */
  readonly since: Millis
  /** All ids the person ever had. */
  readonly ids: readonly ProfileId[]
  /** All ids of the graph: a claim names one of them. */
  readonly graphIds: readonly ProfileId[]
  readonly devices: readonly DeviceId[]
  readonly identifiers: readonly Identifier[]
  /** Events of the person. */
  readonly events: number
}

/** Messages of one day, by day of receipt: hashes of 8 bytes, as pairs of 32 bits. */
export interface ErasedDay {
  /** `YYYY-MM-DD`, in UTC. */
  readonly day: string
  readonly hashes: ArrayBuffer
}

/** Null: there is nobody of that id. */
export type Seized =
  | { readonly type: 'seized'; readonly person: ErasedPerson }
  | { readonly type: 'moved'; readonly to: ProfileId }
  | null

/** Where a sweep of one shard has got to. */
export interface SweepPlace {
  /** Outbox rows looked at. */
  readonly outbox: number
  /** Failed events looked at. */
  readonly failed: number
}

/** What was removed, by where it stood. */
export interface SweptCounts {
  readonly deliveries: number
  readonly failedEvents: number
  readonly waitingEvents: number
}

export interface Swept {
  readonly counts: SweptCounts
  /** Destinations to which something of the person was on its way. */
  readonly destinations: readonly DestinationId[]
  /** Where to go on; absent: all was looked at. */
  readonly next?: SweepPlace
  /** Something of the person is under way here: look again, from `next` or the start. */
  readonly isBusy: boolean
}

type In<T> = T & { readonly workspace: WorkspaceId }

/** What a profile shard does for an erasure. Each may be repeated. `erasure` names it. */
export interface ShardErasureCalls {
  /** Holds the people of a graph, one of whom is to be erased, and says all by which that one may be found. */
  seizePerson(request: In<{ erasure: string; profile: ProfileId }>): Promise<Seized>
  /** The messages of a person who is held. */
  erasedMessages(request: In<{ erasure: string }>): Promise<readonly ErasedDay[]>
  /** Remembers tombstones of devices and ids that are at home here, and forgets whose the devices were. */
  buryHere(
    request: In<{
      devices: readonly DeviceId[]
      ids: readonly ProfileId[]
      hashes: readonly string[]
      at: Millis
    }>,
  ): Promise<void>
  /** Removes the person who is held; the others go on as they were. */
  removePerson(request: In<{ erasure: string }>): Promise<void>
  /** Removes a part of whatever else this shard has of a person. */
  sweepPerson(
    request: In<{
      person: ErasedPerson
      /** Days whose events may still wait for the lake. */
      days: readonly ErasedDay[]
      from: SweepPlace
    }>,
  ): Promise<Swept>
  /** Writes the notices to destinations. The number of those told. */
  tellErased(
    request: In<{ erasure: string; destinations: readonly DestinationId[] }>,
  ): Promise<number>
  /** Forgets that there was an erasure. */
  finishErasure(request: In<{ erasure: string }>): Promise<void>
}

/** Places in which a receipt counts what was removed. */
export const ERASURE_COUNTS = [
  'profiles',
  'events',
  'identifiers',
  'devices',
  'deliveries',
  'failedEvents',
  'waitingEvents',
  'importFiles',
  'lakeFiles',
  'lakeRows',
  'destinations',
] as const
export type ErasureCounts = { readonly [C in (typeof ERASURE_COUNTS)[number]]: number }

/** What an erasure does, in this order. */
export const ERASURE_STEPS = [
  'seize',
  'read',
  'bury',
  'remove',
  'sweep',
  'imports',
  'tell',
  'lake',
  'finish',
] as const
export type ErasureStep = (typeof ERASURE_STEPS)[number]

/** `failed`: given up for now, after hours; asked for again, it goes on. */
export type ErasureState = 'running' | 'done' | 'failed'

/** What is told of an erasure. Nothing in it says who it was. */
export interface ErasureReceipt {
  readonly id: string
  readonly profile: ProfileId
  readonly state: ErasureState
  readonly requestedAt: Millis
  readonly erasedAt?: Millis
  readonly doneAt?: Millis
  /** Of one that is not done: what it is at. */
  readonly step?: ErasureStep
  readonly counts: ErasureCounts
}
