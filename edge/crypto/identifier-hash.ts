import { toBase64url } from './base64url.ts'
import type { WorkspaceKeys } from './workspace-keys.ts'

/** 128 bits: no two addresses of a workspace will ever share one. */
const HASH_BYTES = 16

/**
 * The keyed hash that stands for an address: 22 characters of base64url. `value` must be normalised
 * (`edge/parse/address.ts`). The kind's length is part of the input, so different pairs never meet.
 */
export async function identifierHash(
  keys: WorkspaceKeys,
  kind: string,
  value: string,
): Promise<string> {
  const name = new TextEncoder().encode(`${kind.length}:${kind}:${value}`)
  const digest = await crypto.subtle.sign('HMAC', keys.identifiers, name)
  return toBase64url(new Uint8Array(digest, 0, HASH_BYTES))
}
