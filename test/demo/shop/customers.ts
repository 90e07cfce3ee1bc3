import { createHash } from 'node:crypto'
import { SignJWT } from 'jose'
import type { JsonObject } from '../../../edge/protocol/json.ts'

/** Said on the sign-in page: there is nothing to protect. */
export const DEMO_PASSWORD = 'rivage-demo'

/** Suggestions for the sign-in page; any other address of the domain reserved for examples works too. */
export const DEMO_EMAILS = [
  'demo-shopper@example.com',
  'loyal-customer@example.com',
  'gift-buyer@example.com',
] as const

export interface Customer {
  readonly id: string
  readonly email: string
  readonly tier: 'welcome' | 'silver' | 'gold'
}

/** The customer who signs in, or undefined. The same e-mail is always the same customer. */
export function signIn(email: string, password: string): Customer | undefined {
  const address = email.trim().toLowerCase()
  if (password !== DEMO_PASSWORD || !/^[\w.+-]{1,64}@example\.com$/.test(address)) return undefined
  const digest = createHash('sha256').update(address).digest('hex')
  const tiers = ['welcome', 'silver', 'gold'] as const
  const known = DEMO_EMAILS.findIndex((each) => each === address)
  return { id: `customer-${digest.slice(0, 10)}`, email: address, tier: tiers[known] ?? 'welcome' }
}

export function traitsOf({ email, tier }: Customer, language: string): JsonObject {
  return { email, loyaltyTier: tier, language }
}

const TOKEN_LIFE_SECONDS = 60 * 60

export interface TokenOptions {
  /** Shared with the shop's source in Prisme; at least 32 bytes. */
  readonly tokenKey: string
  /** `ws_…`: whom the token is for. */
  readonly workspace: string
}

/** What proves to Prisme that this browser is this customer: made by the server, never by the page. */
export function userToken(
  { id, email }: Customer,
  { tokenKey, workspace }: TokenOptions,
): Promise<string> {
  return new SignJWT({ email })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(id)
    .setAudience(workspace)
    .setIssuedAt()
    .setExpirationTime(`${TOKEN_LIFE_SECONDS}s`)
    .sign(new TextEncoder().encode(tokenKey))
}

/** A page after this long brings a fresh token. */
export const TOKEN_RENEWAL = (TOKEN_LIFE_SECONDS / 2) * 1_000
