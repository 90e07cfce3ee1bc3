import { fromBase64url, toBase64url } from './base64url.ts'
import type { WorkspaceKeys } from './workspace-keys.ts'

/** What a sealed text is for. A text sealed for one use does not open for another. */
export type SealUse = 'contact' | 'token-key' | 'destination' | 'cookie' | 'import-row'

/** First byte of every sealed text, so that the algorithm can change. */
const VERSION = 1
const IV_BYTES = 12

/**
 * Encrypts and authenticates a text with the workspace's key: base64url of version, IV and AES-256-GCM ciphertext.
 * The IV is random, so the same text never seals to the same result twice.
 */
export async function seal(keys: WorkspaceKeys, use: SealUse, text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const cipher = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(use) },
    keys.seal,
    new TextEncoder().encode(text),
  )
  const sealed = new Uint8Array(1 + IV_BYTES + cipher.byteLength)
  sealed[0] = VERSION
  sealed.set(iv, 1)
  sealed.set(new Uint8Array(cipher), 1 + IV_BYTES)
  return toBase64url(sealed)
}

/** The text, or undefined if it was forged, damaged, or sealed for another workspace or use. */
export async function open(
  keys: WorkspaceKeys,
  use: SealUse,
  sealed: string,
): Promise<string | undefined> {
  const bytes = fromBase64url(sealed)
  if (bytes === undefined || bytes[0] !== VERSION) return undefined
  const iv = bytes.subarray(1, 1 + IV_BYTES)
  try {
    const text = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(use) },
      keys.seal,
      bytes.subarray(1 + IV_BYTES),
    )
    return new TextDecoder().decode(text)
  } catch {
    // WebCrypto tells no more than that it does not open, and compares in constant time.
    return undefined
  }
}
