import type { ConsentAnswers, ConsentSignal, Purpose } from './consent.ts'
import type { DeviceId, SourceId } from './id.ts'
import type { ClaimedIdentifier } from './identifier.ts'
import type { JsonObject } from './json.ts'
import type { Millis } from './time.ts'

/** Calls of the Segment Tracking API. */
export type EventType = 'track' | 'page' | 'screen' | 'identify' | 'group' | 'alias'

export const EVENT_TYPES: readonly EventType[] = [
  'track',
  'page',
  'screen',
  'identify',
  'group',
  'alias',
]

/** The name by which conditions and reports know an event that is not a `track`. */
export const EVENT_NAMES: { readonly [T in Exclude<EventType, 'track'>]: string } = {
  page: 'Page Viewed',
  screen: 'Screen Viewed',
  identify: 'Identified',
  group: 'Grouped',
  alias: 'Aliased',
}

/** Limits of one request, in bytes as sent *and* inflated. Source: Segment's HTTP API, and our own depth limit. */
export const LIMITS = {
  eventBytes: 32 * 1024,
  batchBytes: 500 * 1024,
  batchEvents: 2_500,
  depth: 20,
  properties: 255,
  messageIdLength: 100,
  identifierLength: 256,
  eventNameLength: 200,
} as const

/**
 * Segment's `integrations`: destinations by name, case-sensitive, that an event may cause messages to or not. `All`
 * speaks for those that are not named; without it they are on.
 */
export interface Channels {
  readonly [name: string]: boolean
}

export type DeviceType = 'desktop' | 'mobile' | 'tablet' | 'tv' | 'wearable' | 'console' | 'bot'
export type ReferrerClass =
  | 'direct'
  | 'search'
  | 'social'
  | 'email'
  | 'ad'
  | 'ai'
  | 'internal'
  | 'referral'

/**
 * What the edge attaches to an event: the visitor's place, device and campaign. Every field is absent rather than
 * guessed. The IP address is used to fill it and never stored.
 */
export interface EventContext {
  readonly country?: string
  readonly region?: string
  readonly city?: string
  readonly postalCode?: string
  readonly timezone?: string
  /** `latitude,longitude` in degrees, to two decimals: about a kilometre. */
  readonly location?: string
  readonly device?: DeviceType
  readonly os?: string
  readonly browser?: string
  readonly language?: string
  /** The visit's campaign: `utm_*` of the page's URL or `context.campaign`. */
  readonly source?: string
  readonly medium?: string
  readonly campaign?: string
  readonly content?: string
  readonly term?: string
  /** Name of the click id parameter in the URL (gclid, fbclid, …). */
  readonly clickId?: string
  readonly referrerClass?: ReferrerClass
  readonly referrer?: string
  readonly url?: string
  readonly path?: string
  readonly title?: string
  readonly bot?: boolean
  readonly library?: string
  readonly integrations?: Channels
}

/** Fields of the event's context whose value a `context` condition can compare. */
export const COMPARED_FIELDS = [
  'country',
  'region',
  'city',
  'postalCode',
  'timezone',
  'device',
  'os',
  'browser',
  'language',
  'source',
  'medium',
  'campaign',
  'content',
  'term',
  'referrerClass',
] as const satisfies readonly (keyof EventContext)[]
export type ComparedField = (typeof COMPARED_FIELDS)[number]

/** Those that profiles remember. */
export const CONTEXT_FIELDS = [...COMPARED_FIELDS, 'location'] as const
export type ContextField = (typeof CONTEXT_FIELDS)[number]

/** An event as it is stored: parsed, time-corrected, enriched, addresses replaced by their keyed hash. */
export interface EventRecord {
  readonly messageId: string
  readonly type: EventType
  /** `event` of a track, else the entry of `EVENT_NAMES`. */
  readonly name: string
  /** When it happened, corrected by the sender's clock skew, never later than `receivedAt`. */
  readonly timestamp: Millis
  readonly receivedAt: Millis
  /** Place in its batch, which orders what happened and came at the same instant. Absent: the first. */
  readonly position?: number
  readonly source: SourceId
  /** The browser it came from, when it came from one of ours. */
  readonly device?: DeviceId
  readonly identifiers: readonly ClaimedIdentifier[]
  /**
   * What else it named: of kinds that its workspace did not know then, or values that it had blocked. They identify no
   * one, until other settings say that they do. Absent: none.
   */
  readonly dormant?: readonly ClaimedIdentifier[]
  readonly properties: JsonObject
  /** The account it is told of, unless its id means nobody's. */
  readonly group?: string
  /** Only of `identify` and `group`. */
  readonly traits?: JsonObject
  /** Only of `group`: the readable addresses among its traits, sealed. A person's stand with their identifiers. */
  readonly sealed?: { readonly [trait: string]: string }
  readonly context: EventContext
  /** Explicit consent answers that travelled with it. */
  readonly consent?: ConsentAnswers
  /** What said them, where it was not the page's own answers. */
  readonly consentSignals?: { readonly [purpose: string]: ConsentSignal }
  /** When the answers by `tcf` and `gpp` were given. Absent: when it happened. */
  readonly consentSince?: Millis
  /** Its source took `IMPLIED` purposes for granted of whom nobody had asked. */
  readonly implied?: true
  /** What it is kept for. Absent: analytics. */
  readonly purpose?: Purpose
  /** It tells of a message, and nothing proves that its sender may speak of this person: anybody has a public key. */
  readonly hearsay?: true
  /** All that may be kept of an event that was refused: the answers it carried along. */
  readonly carried?: true
  /** Told later on purpose, as history: it is kept for the retention from when it was received, not when it happened. */
  readonly imported?: true
}
