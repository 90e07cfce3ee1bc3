import type { DeviceId, ProfileId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'
import { open, seal } from './seal.ts'
import type { WorkspaceKeys } from './workspace-keys.ts'

/** What the first-party cookie says about a browser. */
export interface DeviceCookie {
  readonly device: DeviceId
  /** The profile the device had when the cookie was made: where to ask first, no more. */
  readonly profile?: ProfileId
  readonly issuedAt: Millis
}

/** About 130 characters of base64url. */
export const sealDeviceCookie = (keys: WorkspaceKeys, cookie: DeviceCookie): Promise<string> =>
  seal(keys, 'cookie', `${cookie.device} ${cookie.profile ?? ''} ${cookie.issuedAt.toString(36)}`)

/** Undefined for a cookie this workspace did not seal: its bearer is a new visitor. */
export async function openDeviceCookie(
  keys: WorkspaceKeys,
  sealed: string,
): Promise<DeviceCookie | undefined> {
  const text = await open(keys, 'cookie', sealed)
  // What opens was written by `sealDeviceCookie`: the cipher vouches for its form.
  const [device, profile, issuedAt] = text?.split(' ') ?? []
  if (device === undefined || profile === undefined || issuedAt === undefined) return undefined
  return {
    device: device as DeviceId,
    ...(profile !== '' && { profile: profile as ProfileId }),
    issuedAt: Number.parseInt(issuedAt, 36),
  }
}
