import type { WorkspaceId } from '../protocol/id.ts'

/** Keys of one workspace. What one workspace sealed or hashed means nothing in another. */
export interface WorkspaceKeys {
  readonly workspace: WorkspaceId
  /** HMAC-SHA-256 over addresses (`edge/crypto/identifier-hash.ts`). */
  readonly identifiers: CryptoKey
  /** HMAC-SHA-256 over device keys (`edge/crypto/device-digest.ts`). */
  readonly devices: CryptoKey
  /** AES-256-GCM over texts kept at rest (`edge/crypto/seal.ts`). */
  readonly seal: CryptoKey
}

/** Shorter secrets can be guessed. */
const MIN_SECRET_LENGTH = 32

/** Far more workspaces than one isolate serves. */
const CACHE_SIZE = 500

/** Settled values only: a pending promise of another request must not be awaited in a Worker. */
const cache = new Map<string, WorkspaceKeys>()

/**
 * Derives a workspace's keys from the deployment's secret by HKDF-SHA-256 (RFC 5869); the workspace is the salt, the
 * use is the info. Cached in the isolate.
 * @throws RangeError if the secret has fewer than 32 characters: a fault of the deployment.
 */
export async function workspaceKeys(
  secret: string,
  workspace: WorkspaceId,
): Promise<WorkspaceKeys> {
  if (typeof secret !== 'string' || secret.length < MIN_SECRET_LENGTH) {
    throw new RangeError(`PRISME_SECRET must have at least ${MIN_SECRET_LENGTH} characters`)
  }
  const name = `${workspace}\n${secret}`
  const known = cache.get(name)
  if (known !== undefined) return known

  const text = new TextEncoder()
  const root = await crypto.subtle.importKey('raw', text.encode(secret), 'HKDF', false, [
    'deriveKey',
  ])
  const derive = (
    use: string,
    algorithm: { readonly name: string; readonly hash?: string; readonly length: number },
    usages: readonly ('sign' | 'encrypt' | 'decrypt')[],
  ): Promise<CryptoKey> =>
    crypto.subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt: text.encode(workspace), info: text.encode(use) },
      root,
      algorithm,
      false,
      [...usages],
    )
  const hmac = { name: 'HMAC', hash: 'SHA-256', length: 256 }
  const [identifiers, devices, seal] = await Promise.all([
    derive('prisme identifiers 1', hmac, ['sign']),
    derive('prisme devices 1', hmac, ['sign']),
    derive('prisme seal 1', { name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt']),
  ])
  const keys: WorkspaceKeys = { workspace, identifiers, devices, seal }
  const oldest = cache.keys().next()
  if (cache.size >= CACHE_SIZE && oldest.done !== true) cache.delete(oldest.value)
  cache.set(name, keys)
  return keys
}
