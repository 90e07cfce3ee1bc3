import type { DeviceId, SourceId } from './id.ts'
import type { Millis } from './time.ts'

/** Built-in purposes; a workspace may add its own names. */
export type Purpose =
  | 'necessary'
  | 'analytics'
  | 'personalization'
  | 'advertising'
  | 'email'
  | 'sms'
  | (string & {})

export const PURPOSES = [
  'necessary',
  'analytics',
  'personalization',
  'advertising',
  'email',
  'sms',
] as const

/** An explicit answer per purpose. A purpose that is absent was not asked. */
export type ConsentAnswers = { readonly [purpose: string]: boolean }

/**
 * What a source assumes for purposes nobody answered yet.
 * `opt-in`: everything but `necessary` is denied, and the tag stores and sends nothing.
 * `implied`: analytics and personalization are granted, the rest denied.
 */
export type ConsentMode = 'opt-in' | 'implied'

/** What a source without a banner takes for granted. */
export const IMPLIED: readonly Purpose[] = ['necessary', 'analytics', 'personalization']

/** What an answer was read from; where several say the same, the first of this order is named. */
export const CONSENT_SIGNALS = ['gpc', 'tcf', 'gpp', 'gcm', 'preferences'] as const
export type ConsentSignal = (typeof CONSENT_SIGNALS)[number]

/** States of Google's consent mode v2, by its own names. */
export const GCM_STATES = [
  'ad_storage',
  'analytics_storage',
  'ad_user_data',
  'ad_personalization',
  'personalization_storage',
  'functionality_storage',
  'security_storage',
] as const
export type GcmState = (typeof GCM_STATES)[number]

/** `context.consent` of an event: all a client may say of consent. Unknown keys are refused. */
export type ConsentContext = {
  /** Answers by our purposes, as Segment's consent management sends them. */
  readonly categoryPreferences?: ConsentAnswers
  /** TC string of IAB Europe's framework, v2.3. */
  readonly tcf?: string
  /** String of IAB's Global Privacy Platform. */
  readonly gpp?: string
  /** Which of its sections apply; absent: all it has. */
  readonly gppSid?: readonly number[]
  readonly gcm?: { readonly [S in GcmState]?: 'granted' | 'denied' }
  /** Global Privacy Control of a browser whose header does not reach us. */
  readonly gpc?: boolean
}

export const CONSENT_KEYS = [
  'categoryPreferences',
  'tcf',
  'gpp',
  'gppSid',
  'gcm',
  'gpc',
] as const satisfies readonly (keyof ConsentContext)[]

/** An answer that differed from the one before it. */
export interface ConsentChange {
  readonly purpose: string
  readonly granted: boolean
  readonly at: Millis
  /** Which source it came by, and from which browser if it was one of ours. */
  readonly source: SourceId
  readonly device?: DeviceId
  /** Kinds of the identifiers it came with. */
  readonly identifiers: readonly string[]
  readonly signal: ConsentSignal
  readonly messageId: string
}

/** An event of this name is collected for another purpose than analytics. */
export interface EventPurpose {
  readonly event: string
  readonly purpose: Purpose
}

/** A workspace's rules of consent. */
export interface ConsentSettings {
  /** How long a grant stands after it was last given. A denial does not expire. */
  readonly grantLifetime: Millis
  /** The workspace's id in IAB's Global Vendor List: TC strings must then disclose and allow that vendor. */
  readonly tcfVendor?: number
}

/** 13 months: CNIL's recommendation for renewing choices. */
export const GRANT_LIFETIME: Millis = 395 * 86_400_000

/** Purpose of an event whose source says no other. */
export const DEFAULT_PURPOSE = 'analytics' satisfies Purpose

/** The name Segment's consent management gives to a changed answer. */
export const CONSENT_EVENT = 'Segment Consent Preference Updated'
