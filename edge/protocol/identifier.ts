import type { Millis } from './time.ts'

/**
 * A value that points at a person or device. For `email` and `phone` the value is the workspace's keyed hash
 * (base64url) of the normalised address, never the address.
 */
export interface Identifier {
  readonly kind: string
  readonly value: string
}

/** An identifier as a message brought it. `proven`: by a secret key or a verified user token. */
export interface ClaimedIdentifier extends Identifier {
  readonly proven: boolean
  /** The readable address, sealed with the workspace's key; only for `email` and `phone`. */
  readonly sealed?: string
}

export type IdentifierLevel = 'person' | 'device' | 'cookie'

/** One row of the workspace's identity settings; kinds are listed most trusted first. */
export interface IdentifierKind {
  readonly kind: string
  readonly level: IdentifierLevel
  /** At most one value per profile. */
  readonly unique?: boolean
  /** At most so many values per profile (oldest dropped first). */
  readonly limit?: number
  /** The limit counts values first seen within so long; absent: all. */
  readonly period?: Millis
}

/**
 * Whose the anonymous events of a device are that several people signed in on: of the sign-in before each of them
 * (else of the first after it), or nobody's.
 */
export type SharedDevice = 'last-login-owns' | 'nobody-owns'

/** How the values that several identifiers brought for one trait become one. */
export type TraitPolicy = 'most-recent' | 'oldest' | 'sum' | 'union' | 'max'

/** A value that identifies no one, of a kind or of any; addresses normalised, still readable. */
export interface BlockedValue {
  readonly kind?: string
  readonly value: string
}

/** What a workspace says of who is one person. */
export interface IdentitySettings {
  /** Most trusted first. */
  readonly kinds: readonly IdentifierKind[]
  readonly sharedDevice: SharedDevice
  /** Beside the built-in ones. */
  readonly blocked: readonly BlockedValue[]
  /** Traits whose policy is not `most-recent`. */
  readonly traits: { readonly [trait: string]: TraitPolicy }
}

export const DEFAULT_KINDS: readonly IdentifierKind[] = [
  { kind: 'userId', level: 'person', unique: true },
  { kind: 'crmId', level: 'person', unique: true },
  { kind: 'loyaltyId', level: 'person' },
  { kind: 'email', level: 'person' },
  { kind: 'phone', level: 'person' },
  { kind: 'anonymousId', level: 'cookie', limit: 50 },
]

export const DEFAULT_IDENTITY: IdentitySettings = {
  kinds: DEFAULT_KINDS,
  sharedDevice: 'last-login-owns',
  blocked: [],
  traits: {},
}
