/**
 * SHA-256 in hex: how API keys are stored and found. Keys are long random texts, so they need no slow hash.
 */
export async function keyHash(key: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
