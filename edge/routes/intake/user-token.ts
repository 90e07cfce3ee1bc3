import { decodeProtectedHeader, importJWK, jwtVerify, type CryptoKey, type JWK } from 'jose'
import { identifierHash } from '../../crypto/identifier-hash.ts'
import { open } from '../../crypto/seal.ts'
import type { WorkspaceKeys } from '../../crypto/workspace-keys.ts'
import { normaliseId } from '../../parse/identifiers.ts'
import type { SourceDefinition, TokenKey } from '../../protocol/catalog.ts'
import type { Millis } from '../../protocol/time.ts'

/** What a verified user token proves. */
export interface TokenClaims {
  readonly userId: string
  /** Keyed hash. */
  readonly email?: string
}

/** Longer than any token with these claims. */
const MAX_LENGTH = 4_096

/**
 * Verifies a JWT that the site's own server made at sign-in: claims `sub`, `exp`, `aud` = the workspace, `email?`. Each
 * key is used with its own algorithm alone, whatever the token's header says. Undefined: it proves nothing.
 */
export async function verifyUserToken(
  token: string,
  source: SourceDefinition,
  keys: WorkspaceKeys,
  now: Millis,
): Promise<TokenClaims | undefined> {
  if (token.length > MAX_LENGTH) return undefined
  for (const tokenKey of source.tokenKeys) {
    try {
      if (decodeProtectedHeader(token).alg !== tokenKey.algorithm) continue
      const key = await importKey(tokenKey, keys)
      if (key === undefined) continue
      const { payload } = await jwtVerify(token, key, {
        algorithms: [tokenKey.algorithm],
        audience: keys.workspace,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(now),
      })
      const userId = normaliseId('userId', payload.sub ?? '')
      if (userId === undefined) return undefined
      const claimed = payload['email']
      const email = typeof claimed === 'string' ? normaliseId('email', claimed) : undefined
      if (email === undefined) return { userId }
      return { userId, email: await identifierHash(keys, 'email', email) }
    } catch {
      // Forged, expired, or made for another workspace or with another key: the next key may fit.
    }
  }
  return undefined
}

async function importKey(
  key: TokenKey,
  keys: WorkspaceKeys,
): Promise<CryptoKey | Uint8Array | undefined> {
  if (key.algorithm !== 'HS256') return importJWK(JSON.parse(key.publicJwk) as JWK, key.algorithm)
  const secret = await open(keys, 'token-key', key.sealedSecret)
  return secret === undefined ? undefined : new TextEncoder().encode(secret)
}
