import type { EventContext } from './event.ts'
import type { DeviceId, SourceId } from './id.ts'
import type { JsonObject } from './json.ts'
import type { Millis } from './time.ts'
import type { RefusalReason } from './verdict.ts'

/** What the edge saw of whoever sent an event, before it looked at the event. */
export interface Sighting {
  readonly place: Pick<EventContext, 'country' | 'region' | 'city' | 'postalCode' | 'timezone'>
  readonly agent: {
    readonly userAgent?: string
    readonly mobile?: boolean
    readonly platform?: string
  }
  readonly language?: string
}

/** How a refused event came: what a replay must know to take it in as if it were sent again by the same sender. */
export interface Origin {
  /** Sent with a secret key: all it says is proven. */
  readonly isSecret?: true
  /** What the user token that came along proved. */
  readonly proof?: { readonly userId: string; readonly email?: string }
  /** The browser that sent it, where the request itself said so. */
  readonly device?: DeviceId
  /** Of a browser source. */
  readonly sighting?: Sighting
  /** The request said `Sec-GPC: 1`. */
  readonly gpc?: true
  /** Imported: dates older than the retention are welcome. */
  readonly isHistory?: true
  /** The hashes that stand for addresses in what is kept, each with what it stands for, sealed. */
  readonly addresses?: { readonly [hash: string]: string }
}

/** A refused event as its shard keeps it. */
export interface KeptEvent {
  /** Place in the shard's list: grows. */
  readonly seq: number
  readonly source: SourceId
  readonly receivedAt: Millis
  readonly messageId: string
  readonly status: 'rejected' | 'failed'
  readonly reason: RefusalReason
  readonly path?: string
  /** As sent, with what its batch said of all its events; addresses hashed. Absent: too large or no object at all. */
  readonly raw?: JsonObject
  readonly origin: Origin
}

/** Which failed events are meant; all without any. */
export interface FailedEventFilter {
  readonly source?: SourceId
  readonly reason?: RefusalReason
}

/** Failed events of one source. */
export interface FailedEventTotals {
  /** Those that are kept, by reason. */
  readonly reasons: { readonly [reason: string]: number }
  /** Older ones that had to make room: more than so many, or so many bytes, are not kept. */
  readonly dropped: number
}
