import type { Millis } from './time.ts'

/** How far a shard is with a count. */
export interface CountSlice {
  readonly done: number
  readonly total: number
  /** All were looked at, and few changed since. */
  readonly isCounted: boolean
}

/** What a shard's part of a count came to. */
export interface CountedPart {
  readonly matched: number
  readonly population: number
}

export type CountState = 'running' | 'done' | 'cancelled' | 'failed'

/** An exact size on its way. */
export interface CountStatus {
  readonly id: string
  readonly state: CountState
  /** `unwatched`: nobody asked for it any more. `unreachable`: a part of the workspace did not answer for long. */
  readonly reason?: 'unwatched' | 'unreachable'
  /** Profiles looked at, of so many. */
  readonly done: number
  readonly total: number
  /** Of one that is done. */
  readonly result?: CountResult
}

export interface CountResult {
  readonly size: number
  readonly population: number
  /** The instant it is of. */
  readonly at: Millis
}

/** As the API tells it. */
export interface ApiCount extends Omit<CountStatus, 'result'> {
  readonly result?: Omit<CountResult, 'at'> & { readonly at: string }
}
