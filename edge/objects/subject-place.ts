import { noteErasure } from '../domain/graph.ts'
import { profileIdOf } from '../domain/id.ts'
import { newProfile } from '../domain/profile.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Subject } from '../protocol/shard.ts'
import type { Millis } from '../protocol/time.ts'
import type { StoredProfile } from '../storage/profile-store.ts'
import { componentAt, saveGraph } from './component.ts'
import { randomBytes } from './random-bytes.ts'
import type { Shard } from './shard.ts'

/** Somebody of this shard, not stored yet if `stored` is absent; where else they are; undefined: not known here. */
export type Place =
  | { readonly id: ProfileId; readonly stored?: StoredProfile }
  | { readonly elsewhere: ProfileId }
  | undefined

/** Where the subject is; the id of a profile that nobody stored yet if it is to be born here. */
export function placeOf(shard: Shard, subject: Subject): Place {
  if (subject.type === 'identifier') {
    const found = shard.locate(subject.profile)
    return found === undefined ? { id: subject.profile } : placed(found)
  }
  const owner = shard.profiles.deviceOwner(subject.device)
  const found = owner === undefined ? undefined : shard.locate(owner)
  if (found !== undefined) {
    if ('profile' in found && found.id !== owner) {
      shard.profiles.setDevice(subject.device, found.id)
    }
    return placed(found)
  }
  if (owner === undefined && !shard.isHome(subject.device)) return hinted(shard, subject.profile)
  return { id: owner ?? profileIdOf(shard.address, randomBytes()) }
}

const placed = (found: StoredProfile | { readonly elsewhere: ProfileId }): Place =>
  'elsewhere' in found ? found : { id: found.id, stored: found }

/**
 * A device that is not known here, and whom the caller was told it belongs to. Rows of devices go only when their person
 * is erased, so a hint can only be newer than what this shard knows, or lead to nobody; but the home shard alone may say
 * that a device is new.
 */
function hinted(shard: Shard, profile: ProfileId | undefined): Place {
  const found = profile === undefined ? undefined : shard.locate(profile)
  return found !== undefined && 'elsewhere' in found ? found : undefined
}

/** What a newborn is called by may have been somebody's who was erased. */
function noteRebirth(shard: Shard, id: ProfileId, erased: ReadonlyMap<string, Millis>): void {
  const located = componentAt(shard, id)
  if (located === undefined || 'elsewhere' in located) return
  const { component } = located
  for (const [key, node] of component.graph.nodes) {
    const at = erased.get(key)
    if (at === undefined) continue
    noteErasure(node, at)
    saveGraph(shard, component)
  }
}

/** Stores a newborn, of which no more is known than whose its events are. False: somebody else was faster. */
export function birth(
  shard: Shard,
  subject: Subject,
  id: ProfileId,
  { timestamp, source }: EventRecord,
  erased: ReadonlyMap<string, Millis>,
): Promise<boolean> {
  return shard.commit.run(() => {
    if (shard.profiles.find(id) !== undefined) return false
    const seen = { source, firstSeen: timestamp, lastSeen: timestamp }
    const bucket = subject.type === 'device' ? subject.device : id
    const profile = newProfile(id, bucket, shard.now())
    if (subject.type === 'device') {
      const owner = shard.profiles.deviceOwner(subject.device)
      if (owner !== undefined && owner !== id) return false
      shard.profiles.setDevice(subject.device, id)
      profile.devices.push({ ...seen, id: subject.device, proven: false })
    } else profile.identifiers.push({ ...seen, ...subject.identifier, proven: false })
    shard.profiles.save(profile)
    noteRebirth(shard, id, erased)
    return true
  })
}
