import { keyHash } from '../../crypto/key-hash.ts'
import type { Env } from '../../objects/env.ts'
import type { KeyGrant } from '../../protocol/catalog.ts'
import type { Json } from '../../protocol/json.ts'
import { SECOND } from '../../protocol/time.ts'
import { findKey } from '../../storage/key-store.ts'
import { BoundedCache } from './bounded-cache.ts'

/** A withdrawn key works on for at most this long in an isolate that knew it. */
const KNOWN_FOR = 30 * SECOND
/** A key made just now works after at most this long where it was tried too early. */
const UNKNOWN_FOR = 10 * SECOND
const CACHE_SIZE = 5_000
/** Longer texts are no keys: they are not even hashed. */
const MAX_KEY_LENGTH = 200

const grants = new BoundedCache<KeyGrant | null>(CACHE_SIZE)

/**
 * The key in a request's headers: Basic user name, Bearer, or `X-Write-Key`. The header wins over `writeKey` of the
 * body, which some clients mask. Jitsu's clients insist on `id:key`.
 */
export function keyOfHeaders(headers: Headers): string | undefined {
  const [scheme = '', credentials = ''] = (headers.get('authorization') ?? '').trim().split(/\s+/)
  if (scheme.toLowerCase() === 'bearer') return credentials
  if (scheme.toLowerCase() === 'basic') {
    try {
      return atob(credentials).split(':')[0]
    } catch {
      // Not base64: no key anyone has.
      return ''
    }
  }
  return headers.get('x-write-key')?.split(':').at(-1)?.trim()
}

export function keyOfBody(body: Json): string | undefined {
  const key = typeof body === 'object' && body !== null && 'writeKey' in body && body.writeKey
  return typeof key === 'string' ? key : undefined
}

/** What a key opens, or null. Isolate cache, then KV, then D1: of these only D1 must answer. */
export async function lookUpKey(env: Env, key: string, now: number): Promise<KeyGrant | null> {
  if (key === '' || key.length > MAX_KEY_LENGTH) return null
  const hash = await keyHash(key)
  const known = grants.get(hash, now)
  if (known !== undefined) return known
  const grant = (await cachedGrant(env, hash)) ?? (await findKey(env.DB, hash))
  grants.set(hash, grant, now + (grant === null ? UNKNOWN_FOR : KNOWN_FOR))
  return grant
}

async function cachedGrant(env: Env, hash: string): Promise<KeyGrant | null> {
  try {
    return await env.CACHE.get<KeyGrant>(`key:${hash}`, 'json')
  } catch {
    // The read cache's absence stops nothing.
    return null
  }
}
