import type { ApiPressure } from './api-touch.ts'
import type { ConsentContext, ConsentMode } from './consent.ts'
import type { Decision } from './decision.ts'
import type { Json, JsonObject } from './json.ts'
import type { Millis } from './time.ts'
import type { Verdict } from './verdict.ts'

/**
 * The wire between the tag and `POST /v1/collect`. Tags stay in browser caches for months: a change here must keep
 * reading what old tags send (`test/wire/`).
 */
export const WIRE_VERSION = 1

/** Body, sent as `text/plain` so that no preflight is needed. */
export interface CollectRequest {
  readonly v: typeof WIRE_VERSION
  readonly writeKey: string
  /** 128 random bits, base64url (22 characters), minted by the tag once per browser; absent before storage is allowed. */
  readonly deviceKey: string
  /** ISO 8601, the browser's clock at the moment of sending. */
  readonly sentAt: string
  readonly batch: readonly TagEvent[]
  /** Placements of the page to decide for; absent: none, empty: all. */
  readonly decide?: readonly string[]
  /**
   * The page called `reset` and the edge has not answered since: `deviceKey` is a new device, and its cookie replaces
   * the one that came along.
   */
  readonly reset?: true
}

/** One call as the tag queues it: a Segment message without what the edge knows better. */
export interface TagEvent {
  readonly type: 'track' | 'page' | 'identify' | 'group' | 'alias'
  readonly messageId: string
  readonly event?: string
  readonly name?: string
  readonly category?: string
  readonly userId?: string
  readonly previousId?: string
  readonly groupId?: string
  readonly properties?: JsonObject
  readonly traits?: JsonObject
  /** ISO 8601, the browser's clock. */
  readonly timestamp: string
  readonly context: TagContext
}

export interface TagContext {
  readonly page: {
    readonly url: string
    readonly path: string
    readonly referrer: string
    readonly search: string
    readonly title: string
  }
  readonly locale: string
  readonly timezone?: string
  readonly screen: { readonly width: number; readonly height: number }
  readonly library: { readonly name: 'prisme'; readonly version: string }
  readonly consent?: ConsentContext
  /** JWT the site's own server made at sign-in: proves the userId. */
  readonly userToken?: string
  readonly [key: string]: Json | undefined
}

export interface CollectResponse {
  readonly verdicts: readonly Verdict[]
  /** Keys of the public segments this browser may know of. */
  readonly segments: readonly string[]
  readonly decisions: readonly Decision[]
  /** What may still be sent, if the source is told it. */
  readonly pressure?: readonly ApiPressure[]
  /** This browser's public id, `dev_…`. */
  readonly anonymousId: string
}

export interface DecideRequest {
  readonly writeKey?: string
  readonly deviceKey?: string
  readonly anonymousId?: string
  readonly userToken?: string
  /** Absent: all. */
  readonly placements?: readonly string[]
}

export interface DecideResponse {
  readonly segments: readonly string[]
  readonly decisions: readonly Decision[]
  /** What may still be sent, if the source is told it. */
  readonly pressure?: readonly ApiPressure[]
  /** OpenRTB 2.6 `user.data` for Prebid: public segments only. */
  readonly ortb2: {
    readonly user: {
      readonly data: readonly {
        readonly name: string
        readonly segment: readonly { readonly id: string }[]
      }[]
    }
  }
  /** Seconds for which the answer stands if nothing happens. */
  readonly ttl: number
}

/** Settings of a source, written into its tag by the edge as the argument of the tag's function. */
export interface TagSettings {
  readonly writeKey: string
  readonly consent: ConsentMode
  /** How long a yes stands. */
  readonly lifetime: Millis
  /** Origin of the edge, e.g. `https://data.example.com`. */
  readonly origin: string
  /** Hashed file names of lazily loaded parts, below `/t/{writeKey}/`. */
  readonly parts: { readonly [name: string]: string }
}
