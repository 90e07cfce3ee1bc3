import { z } from '@hono/zod-openapi'
import { importJWK } from 'jose'
import { seal } from '../crypto/seal.ts'
import { workspaceKeys } from '../crypto/workspace-keys.ts'
import type { Env } from '../objects/env.ts'
import type { TokenKey } from '../protocol/catalog.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import { refuseField } from './problem.ts'

/** RFC 7518 §3.2: an HS256 key has at least the size of the hash. */
const MIN_SECRET_BYTES = 32
/** RFC 7518 §3.3: RS256 needs 2048 bits, 342 characters of base64url. */
const MIN_MODULUS = 342

export const tokenKeyInput = z
  .strictObject({
    algorithm: z.enum(['HS256', 'ES256', 'RS256'], 'must be "HS256", "ES256" or "RS256"'),
    key: z
      .string('must be text')
      .max(4_096, 'must have at most 4096 characters')
      .openapi({ description: 'HS256: the shared secret, at least 32 bytes; else a public JWK' }),
  })
  .nullable()
  .openapi({ description: 'Verifies user tokens. null: none are accepted' })

const PUBLIC_JWK = z.union([
  z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() }),
  z.object({ kty: z.literal('RSA'), n: z.string().min(MIN_MODULUS), e: z.string() }),
])

/**
 * The key as the catalog carries it: a shared secret sealed, of a public key its public members alone.
 * @throws Refusal naming `tokenKey.key`.
 */
export async function readTokenKey(
  env: Env,
  workspace: WorkspaceId,
  { algorithm, key }: NonNullable<z.output<typeof tokenKeyInput>>,
): Promise<TokenKey> {
  if (algorithm === 'HS256') {
    if (new TextEncoder().encode(key).length < MIN_SECRET_BYTES) {
      throw refuseField('tokenKey.key', `must have at least ${MIN_SECRET_BYTES} bytes`)
    }
    const keys = await workspaceKeys(env.PRISME_SECRET, workspace)
    return { algorithm, sealedSecret: await seal(keys, 'token-key', key) }
  }
  const given = parseJson(key)
  if (typeof given === 'object' && given !== null && 'd' in given) {
    throw refuseField('tokenKey.key', 'is a private key: keep it, and give its public half')
  }
  const jwk = PUBLIC_JWK.safeParse(given)
  if (!jwk.success || (jwk.data.kty === 'EC') !== (algorithm === 'ES256')) {
    const wanted = algorithm === 'ES256' ? 'an EC key on P-256' : 'an RSA key of 2048 bits or more'
    throw refuseField('tokenKey.key', `must be the JSON text of a public JWK: ${wanted}`)
  }
  try {
    await importJWK(jwk.data, algorithm)
  } catch {
    // WebCrypto's own words are of no use to the person who pasted the key.
    throw refuseField('tokenKey.key', 'has the form of a public key, but is none')
  }
  return { algorithm, publicJwk: JSON.stringify(jwk.data) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Refused like any other text that is not a JWK.
    return undefined
  }
}
