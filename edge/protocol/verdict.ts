import type { Origin } from './failed-event.ts'
import type { JsonObject } from './json.ts'

/** What became of one event, in batch order. */
export type Verdict =
  | { readonly messageId: string; readonly status: 'accepted' | 'duplicate' }
  | {
      readonly messageId: string
      readonly status: 'rejected' | 'failed'
      readonly reason: RefusalReason
      /** Where in the event, e.g. `properties.a.b`. */
      readonly path?: string
    }

/** Malformed (`rejected`), or well-formed but not keepable (`failed`). The dashboard translates these. */
export type RefusalReason =
  | 'not-an-object'
  | 'unknown-type'
  | 'missing-event'
  | 'missing-identity'
  | 'missing-group'
  | 'missing-previous'
  | 'wrong-type'
  | 'unknown-key'
  | 'too-long'
  | 'too-large'
  | 'too-deep'
  | 'too-many-properties'
  | 'too-many-events'
  | 'ill-formed-text'
  | 'invalid-timestamp'
  | 'too-old'
  | 'no-consent'
  | 'alias-conflict'
  | 'busy'
  /** It happened before its person was erased. */
  | 'erased'

/** An event that was refused before it reached a profile, with what may be shown of it. */
export interface RefusedEvent {
  /** Position in the batch. */
  readonly index: number
  readonly messageId: string
  readonly status: 'rejected' | 'failed'
  readonly reason: RefusalReason
  readonly path?: string
  /** The event as sent, without addresses; absent when it may not be kept (no consent) or is too large. */
  readonly raw?: JsonObject
  /** Without consent: nothing more of it may be kept. */
  readonly isWithheld?: true
  /** For a replay; absent while the parser alone has looked at it. */
  readonly origin?: Origin
}
