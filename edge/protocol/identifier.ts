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
}

export const DEFAULT_KINDS: readonly IdentifierKind[] = [
  { kind: 'userId', level: 'person', unique: true },
  { kind: 'crmId', level: 'person', unique: true },
  { kind: 'loyaltyId', level: 'person' },
  { kind: 'email', level: 'person' },
  { kind: 'phone', level: 'person' },
  { kind: 'anonymousId', level: 'cookie', limit: 50 },
]
