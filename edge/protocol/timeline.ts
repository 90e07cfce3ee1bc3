import type { ApiEvent } from './api.ts'
import type { EventType } from './event.ts'
import type { ProfileId } from './id.ts'
import type { Millis } from './time.ts'

/** Which events of a person are meant: those that agree with every field given. */
export interface TimelineFilter {
  readonly type?: EventType
  /** The whole name, as in `EventRecord.name`. */
  readonly event?: string
  readonly source?: string
  /** Closed. */
  readonly from?: Millis
  /** Open. */
  readonly to?: Millis
}

/** A page of a person's events, newest first. */
export interface TimelinePage {
  readonly type: 'page'
  readonly events: readonly ApiEvent[]
  /** Of the oldest event shown; absent: there are no older ones. */
  readonly cursor?: string
  /** How many events the person has of each name and source, whatever the filter. */
  readonly counts: {
    readonly events: { readonly [name: string]: number }
    readonly sources: { readonly [source: string]: number }
  }
}

export type TimelineAnswer =
  | TimelinePage
  | { readonly type: 'moved'; readonly profile: ProfileId }
  | null
