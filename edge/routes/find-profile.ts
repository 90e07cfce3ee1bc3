import { identifierHash } from '../crypto/identifier-hash.ts'
import { workspaceKeys } from '../crypto/workspace-keys.ts'
import { addressOf, identityShardOf, isDeviceId, isProfileId } from '../domain/id.ts'
import { identityShard, profileShard, workspaceObject } from '../objects/address.ts'
import type { Env } from '../objects/env.ts'
import { normaliseEmail, normalisePhone } from '../parse/address.ts'
import type { DeviceId, ProfileId, WorkspaceId } from '../protocol/id.ts'
import type { ProfileView } from '../protocol/profile-view.ts'
import type { Subject } from '../protocol/shard.ts'
import { refuseField } from './problem.ts'

/** Forwards followed at most: one for each merge whose loser was asked for. */
const MAX_FORWARDS = 16

/** A profile's id, and one by whose shard it is found. */
export interface Found {
  readonly profile: ProfileId
  readonly at: ProfileId | DeviceId
}

/** The profile an identifier points at, as people write identifiers: addresses readable, ids with their prefix. */
export async function profileOf(
  env: Env,
  workspace: WorkspaceId,
  kind: string,
  value: string,
): Promise<Found | null> {
  if (kind === 'id' || isProfileId(value)) {
    return isProfileId(value) ? { profile: value, at: value } : null
  }
  if (isDeviceId(value)) {
    return bearerOf(env, workspace, { type: 'device', device: value }, value)
  }
  const catalog = await workspaceObject(env, workspace).catalog({ workspace })
  if (catalog === null) return null
  const identifier = { kind, value: await indexed(env, workspace, kind, value) }
  const shard = identityShardOf(identifier.kind, identifier.value, catalog.shards)
  const owner = await identityShard(env, workspace, shard).lookup(identifier)
  if (owner === null) return null
  return bearerOf(env, workspace, { type: 'identifier', identifier, profile: owner }, owner)
}

/** Whose a device or identifier is, asked where its people live by now. */
async function bearerOf(
  env: Env,
  workspace: WorkspaceId,
  subject: Subject,
  first: ProfileId | DeviceId,
): Promise<Found | null> {
  let at = first
  for (let hop = 0; hop < MAX_FORWARDS; hop++) {
    const address = addressOf(at)
    if (address === undefined) return null
    const found = await profileShard(env, workspace, address).locate({
      workspace,
      subject: hop === 0 ? subject : { ...subject, profile: at as ProfileId },
    })
    if (found === null) return null
    if ('profile' in found) return { profile: found.profile, at: found.root }
    at = found.moved
  }
  return null
}

/** Addresses are indexed by their keyed hash. */
async function indexed(
  env: Env,
  workspace: WorkspaceId,
  kind: string,
  value: string,
): Promise<string> {
  if (kind !== 'email' && kind !== 'phone') return value.trim()
  const normal = kind === 'email' ? normaliseEmail(value) : normalisePhone(value)
  if (normal === undefined) {
    throw refuseField(
      'value',
      kind === 'email'
        ? 'is not an e-mail address'
        : 'must begin with + and the country, such as +33612345678',
    )
  }
  return identifierHash(await workspaceKeys(env.PRISME_SECRET, workspace), kind, normal)
}

interface Moved {
  readonly type: 'moved'
  readonly profile: ProfileId
}

/** Asks the shard where a profile lives by now; null if there is none. */
export async function askWhere<Answer extends { readonly type: string }>(
  env: Env,
  workspace: WorkspaceId,
  first: Found['at'],
  ask: (shard: ReturnType<typeof profileShard>) => Promise<Answer | Moved | null>,
): Promise<Answer | null> {
  let at = first
  for (let hop = 0; hop < MAX_FORWARDS; hop++) {
    const address = addressOf(at)
    if (address === undefined) return null
    const found = await ask(profileShard(env, workspace, address))
    if (found === null || !isMoved(found)) return found
    at = found.profile
  }
  return null
}

const isMoved = <Answer extends { readonly type: string }>(found: Answer | Moved): found is Moved =>
  found.type === 'moved'

export const viewProfile = (
  env: Env,
  workspace: WorkspaceId,
  { profile, at }: Found,
  page: { readonly before?: string; readonly limit: number },
): Promise<ProfileView | null> =>
  askWhere<ProfileView>(env, workspace, at, (shard) => shard.view({ workspace, profile, ...page }))
