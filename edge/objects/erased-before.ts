import { tombstoneOf } from '../crypto/tombstone.ts'
import { workspaceKeys } from '../crypto/workspace-keys.ts'
import { deviceKeyOf } from '../domain/graph.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Subject } from '../protocol/shard.ts'
import type { Granted } from './admit.ts'
import type { Shard } from './shard.ts'

/**
 * Learns whether somebody who is about to be born was erased before: of a device from the tombstone its home keeps, of
 * an identifier from the caller, who has asked its owner. Nobody who is known is ever asked for.
 *
 * @returns false: the profile was erased after the caller was told of it; they must ask again who bears the identifier.
 */
export async function learnErasure(
  shard: Shard,
  subject: Subject,
  id: ProfileId,
  granted: Granted,
): Promise<boolean> {
  const { tombstones, env, workspace } = shard
  if (tombstones.isEmpty) return true
  const keys = await workspaceKeys(env.PRISME_SECRET, workspace)
  if (subject.type === 'device') {
    const key = deviceKeyOf(subject.device)
    const grave = tombstones.find(await tombstoneOf(keys, key))
    if (grave !== undefined) granted.erased.set(key, grave.at)
    return true
  }
  return tombstones.find(await tombstoneOf(keys, id)) === undefined
}
