import type { WorkspaceKeys } from './workspace-keys.ts'

/**
 * The 32 bytes from which `deviceIdOf` (`edge/domain/id.ts`) makes a device's id. Nobody without the deployment's
 * secret can tell the id that a device key will have.
 */
export async function deviceDigest(keys: WorkspaceKeys, deviceKey: string): Promise<Uint8Array> {
  const digest = await crypto.subtle.sign('HMAC', keys.devices, new TextEncoder().encode(deviceKey))
  return new Uint8Array(digest)
}
