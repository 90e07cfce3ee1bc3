import { deviceDigest } from '../../crypto/device-digest.ts'
import { openDeviceCookie, sealDeviceCookie } from '../../crypto/device-cookie.ts'
import type { WorkspaceKeys } from '../../crypto/workspace-keys.ts'
import { addressOf, deviceIdOf, isDeviceId } from '../../domain/id.ts'
import type { DeviceId, ProfileId } from '../../protocol/id.ts'
import { DAY, type Millis } from '../../protocol/time.ts'
import { readCookie, writeCookie } from './cookie.ts'

/** A cookie that still says the truth is renewed once a day, so that it lives on while its visitor comes back. */
const RENEW_AFTER = DAY

/** Which browser is asking, and what its cookie said. */
export interface Browser {
  readonly device: DeviceId
  /** The profile the cookie remembers. */
  readonly profile?: ProfileId
  /** When the cookie was made; absent: it has none of ours. */
  readonly issuedAt?: Millis
}

/**
 * The sealed cookie wins over the body's device key. A cookie that was forged, or made by another workspace, is no
 * cookie; after a reset it is of the device before. Undefined: the browser shows neither.
 */
export async function browserOf(
  request: Request,
  deviceKey: string | undefined,
  keys: WorkspaceKeys,
  shards: number,
  isReset = false,
): Promise<Browser | undefined> {
  const sealed = isReset ? undefined : readCookie(request.headers)
  const cookie = sealed === undefined ? undefined : await openDeviceCookie(keys, sealed)
  if (cookie !== undefined) return cookie
  if (deviceKey === undefined) return undefined
  return { device: deviceIdOf(await deviceDigest(keys, deviceKey), shards) }
}

/** A browser that showed nothing and may be remembered: its id is made here. */
export const newBrowser = (shards: number): Browser => ({
  device: deviceIdOf(crypto.getRandomValues(new Uint8Array(32)), shards),
})

/** The `Set-Cookie` that a browser needs after an answer; undefined if the one it has still says the truth. */
export async function renewedCookie(
  { device, profile: known, issuedAt }: Browser,
  profile: ProfileId,
  request: Request,
  keys: WorkspaceKeys,
  now: Millis,
): Promise<string | undefined> {
  const fresh = issuedAt !== undefined && issuedAt <= now && now - issuedAt < RENEW_AFTER
  if (fresh && known === profile) return undefined
  return writeCookie(await sealDeviceCookie(keys, { device, profile, issuedAt: now }), request)
}

/** An id as a client may show it: one of ours, of a shard that can exist. Others are foreign ids. */
export function isOwnDevice(text: string, shards: number): text is DeviceId {
  const address = isDeviceId(text) ? addressOf(text) : undefined
  return address !== undefined && address.region === 0 && address.shard < shards
}
