import type { Millis } from './time.ts'

/** Whether back-fills wait. Of two words, the one of the higher order stands, whichever arrives last. */
export interface Hold {
  readonly order: number
  readonly paused: boolean
}

/** As the API tells it. */
export type ApiBackFill = Omit<BackFillStatus, 'publishedAt'> & { readonly publishedAt: string }

/** How far the shards are with the version in force. */
export interface BackFillStatus {
  /** `idle`: everybody is of that version, and nothing waits. */
  readonly state: 'idle' | 'running' | 'paused'
  readonly version: number
  readonly publishedAt: Millis
  /** Profiles; an empty shard counts as one. */
  readonly done: number
  readonly total: number
  /** 0 to 1. */
  readonly progress: number
  /** Profiles a second of late; absent while it is not known. */
  readonly rate?: number
  /** Segments and candidates whose version in force has not reached everybody. */
  readonly counting: readonly string[]
}
