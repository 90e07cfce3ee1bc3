import { profileIdOf } from '../domain/id.ts'
import { contradiction } from '../domain/identity.ts'
import { newProfile, type Profile } from '../domain/profile.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type { Subject } from '../protocol/shard.ts'
import { randomBytes, type Shard } from './shard.ts'

/** A profile of this shard, which may not be stored yet; where else it is; undefined: not known here. */
export type Place =
  | { readonly profile: Profile; readonly isStored: boolean }
  | { readonly elsewhere: ProfileId }
  | undefined

/** Where the subject is; a profile that nobody stored yet if it is to be born here. */
export function placeOf(shard: Shard, subject: Subject): Place {
  if (subject.type === 'identifier') {
    const found = shard.locate(subject.profile)
    if (found !== undefined) return 'profile' in found ? { ...found, isStored: true } : found
    const profile = newProfile(subject.profile, subject.profile, shard.now())
    return { profile, isStored: false }
  }
  const owner = shard.profiles.deviceOwner(subject.device)
  const found = owner === undefined ? undefined : shard.locate(owner)
  if (found !== undefined) {
    if ('elsewhere' in found) return found
    if (found.profile.id !== owner) shard.profiles.setDevice(subject.device, found.profile.id)
    return { ...found, isStored: true }
  }
  if (owner === undefined && !shard.isHome(subject.device)) return hinted(shard, subject.profile)
  const id = owner ?? profileIdOf(shard.address, randomBytes())
  return { profile: newProfile(id, subject.device, shard.now()), isStored: false }
}

/**
 * A device that is not known here, and whom the caller was told it belongs to. Rows of devices are never deleted, so
 * a hint can only be newer than what this shard knows.
 */
function hinted(shard: Shard, profile: ProfileId | undefined): Place {
  const found = profile === undefined ? undefined : shard.locate(profile)
  if (found === undefined) return undefined
  return 'profile' in found ? { ...found, isStored: true } : found
}

/**
 * The identifier by which the caller found the profile: its owner was asked just before, so that it need not be asked
 * again. Not after a forward: then the identifier still points at the profile that was merged. Nor if the profile is
 * called otherwise by now: then whoever claimed the identifier for it broke off.
 */
export function grantedBy(
  shard: Shard,
  subject: Subject,
  profile: Profile,
): Identifier | undefined {
  if (subject.type !== 'identifier' || subject.profile !== profile.id) return undefined
  const { identifier } = subject
  const { kinds } = shard.compiled.catalog
  return contradiction(profile, [identifier], kinds) === undefined ? identifier : undefined
}

/** Stores a newborn before its identifiers are claimed. False: somebody else was faster, look again. */
export async function birth(
  shard: Shard,
  subject: Subject,
  place: { readonly profile: Profile; readonly isStored: boolean },
): Promise<boolean> {
  if (place.isStored) return true
  const { profile } = place
  return shard.commit.run(() => {
    if (shard.profiles.find(profile.id) !== undefined) return false
    if (subject.type === 'device') {
      const owner = shard.profiles.deviceOwner(subject.device)
      if (owner !== undefined && owner !== profile.id) return false
      shard.profiles.setDevice(subject.device, profile.id)
      const at = shard.now()
      profile.devices.push({ id: subject.device, firstSeen: at, lastSeen: at, proven: false })
    }
    shard.profiles.save(profile)
    return true
  })
}
