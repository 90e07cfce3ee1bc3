import { identifierHash } from '../crypto/identifier-hash.ts'
import { workspaceKeys } from '../crypto/workspace-keys.ts'
import { addressOf, identityShardOf, isDeviceId, isProfileId } from '../domain/id.ts'
import { identityShard, profileShard, workspaceObject } from '../objects/address.ts'
import type { Env } from '../objects/env.ts'
import { normaliseEmail, normalisePhone } from '../parse/address.ts'
import type { ProfileId, WorkspaceId } from '../protocol/id.ts'
import type { ProfileView } from '../protocol/objects.ts'
import { refuseField } from './problem.ts'

/** Forwards followed at most: one for each merge whose loser was asked for. */
const MAX_FORWARDS = 16

/** The profile an identifier points at, as people write identifiers: addresses readable, ids with their prefix. */
export async function profileOf(
  env: Env,
  workspace: WorkspaceId,
  kind: string,
  value: string,
): Promise<ProfileId | null> {
  if (kind === 'id' || isProfileId(value)) return isProfileId(value) ? value : null
  if (isDeviceId(value)) {
    const address = addressOf(value)
    if (address === undefined) return null
    const subject = { type: 'device', device: value } as const
    return profileShard(env, workspace, address).locate({ workspace, subject })
  }
  const catalog = await workspaceObject(env, workspace).catalog({ workspace })
  if (catalog === null) return null
  const named = { kind, value: await indexed(env, workspace, kind, value) }
  const shard = identityShardOf(named.kind, named.value, catalog.shards)
  return identityShard(env, workspace, shard).lookup(named)
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

/** A profile where it lives by now; null if there is none. */
export async function viewProfile(
  env: Env,
  workspace: WorkspaceId,
  id: ProfileId,
  page: { readonly before?: string; readonly limit: number },
): Promise<ProfileView | null> {
  let profile = id
  for (let hop = 0; hop < MAX_FORWARDS; hop++) {
    const address = addressOf(profile)
    if (address === undefined) return null
    const found = await profileShard(env, workspace, address).view({ workspace, profile, ...page })
    if (found === null || found.type === 'profile') return found
    profile = found.profile
  }
  return null
}
