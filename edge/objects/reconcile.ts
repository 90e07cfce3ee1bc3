import {
  attach,
  briefOf,
  byTrust,
  contradiction,
  decideLink,
  refuse,
  unsettled,
  type ProfileBrief,
} from '../domain/identity.ts'
import { addressOf, identityShardOf, profileIdOf } from '../domain/id.ts'
import type { Profile } from '../domain/profile.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { DeviceId, ProfileId } from '../protocol/id.ts'
import type { ClaimedIdentifier, Identifier } from '../protocol/identifier.ts'
import type { Subject } from '../protocol/shard.ts'
import { identityShard, profileShard } from './address.ts'
import type { MergeSagas } from './merge-saga.ts'
import { randomBytes, type Shard } from './shard.ts'

/** Forwards a look at another profile follows at most: chains are as long as the merges of one person. */
const MAX_FORWARDS = 16

const ownersOf = (shard: Shard, { kind, value }: Identifier) =>
  identityShard(
    shard.env,
    shard.workspace,
    identityShardOf(kind, value, shard.compiled.catalog.shards),
  )

/**
 * Settles one identifier of an event that the profile does not own yet: takes it, joins the profile that owns it,
 * hands the device over to somebody else, or turns the claim down. Nothing of the event is stored before: whoever
 * sent it tries again if this breaks off, and every step may be repeated.
 */
export async function reconcile(
  shard: Shard,
  sagas: MergeSagas,
  profile: Profile,
  event: EventRecord,
  subject: Subject,
): Promise<void> {
  const { kinds } = shard.compiled.catalog
  const stranger = contradiction(profile, event.identifiers, kinds)
  if (stranger !== undefined) {
    const claim = byTrust(event.identifiers, kinds).find(({ kind }) => kind === stranger.kind)
    if (claim === undefined) return
    if (subject.type === 'device') return switchDevice(shard, subject.device, claim)
    return turnDown(shard, profile.id, claim)
  }
  const claim = unsettled(profile, event, kinds)
  if (claim === undefined) return
  const owners = ownersOf(shard, claim)
  const { owner } = await owners.resolve(claim, profile.id, claim.proven)
  if (owner === profile.id) return take(shard, profile.id, claim, event)
  const other = await briefAt(shard, owner)
  if (other === undefined || other.id === profile.id) {
    // A forward of ours, or a profile that was to be born and never was.
    const answer = await ownersOf(shard, claim).move(claim, owner, profile.id)
    if (answer.owner === profile.id) await take(shard, profile.id, claim, event)
    return
  }
  const link = decideLink(briefOf(profile, kinds), other, claim.proven, kinds)
  if (link.type === 'refuse') return turnDown(shard, profile.id, claim)
  const saga = { loser: link.loser, survivor: link.survivor, through: claim.kind }
  if (shard.isHome(link.loser)) return sagas.merge(saga)
  const address = addressOf(link.loser)
  if (address === undefined) throw new Error('A profile id that names no shard')
  const { workspace, env } = shard
  await profileShard(env, workspace, address).merge({ workspace, ...saga })
}

async function take(
  shard: Shard,
  id: ProfileId,
  claim: ClaimedIdentifier,
  event: EventRecord,
): Promise<void> {
  await shard.commit.run(() => {
    const found = shard.locate(id)
    if (found === undefined || 'elsewhere' in found) return
    attach(found.profile, claim, event)
    shard.save(found.profile, [])
    shard.arm()
  })
}

async function turnDown(shard: Shard, id: ProfileId, claim: ClaimedIdentifier): Promise<void> {
  await shard.commit.run(() => {
    const found = shard.locate(id)
    if (found === undefined || 'elsewhere' in found) return
    refuse(found.profile, claim)
    shard.profiles.save(found.profile)
  })
}

/**
 * Somebody else signed in on the device: from now on its events are theirs. What it did before stays with whom it
 * was done by: a switch is no merge.
 */
async function switchDevice(
  shard: Shard,
  device: DeviceId,
  claim: ClaimedIdentifier,
): Promise<void> {
  const birth = profileIdOf(shard.address, randomBytes())
  const { owner } = await ownersOf(shard, claim).resolve(claim, birth, claim.proven)
  const target = (await briefAt(shard, owner))?.id ?? owner
  if (!shard.isHome(target)) {
    const address = addressOf(target)
    if (address === undefined) throw new Error('A profile id that names no shard')
    const { workspace, env } = shard
    await profileShard(env, workspace, address).adopt({
      workspace,
      device,
      profile: target,
      seen: shard.seen.of([device]),
    })
  }
  await shard.commit.run(() => shard.profiles.setDevice(device, target))
}

/** Another profile in short, wherever it lives by now; undefined if it was never stored. */
export async function briefAt(shard: Shard, id: ProfileId): Promise<ProfileBrief | undefined> {
  let next = id
  for (let hop = 0; hop < MAX_FORWARDS; hop++) {
    const found = shard.locate(next)
    if (found === undefined) {
      if (shard.isHome(next)) return undefined
    } else if ('profile' in found) {
      return briefOf(found.profile, shard.compiled.catalog.kinds)
    } else {
      next = found.elsewhere
    }
    const address = addressOf(next)
    if (address === undefined) return undefined
    const { workspace, env } = shard
    const answer = await profileShard(env, workspace, address).brief({ workspace, profile: next })
    if (answer === null) return undefined
    if ('createdAt' in answer) return answer
    next = answer.moved
  }
  throw new Error('Too many forwards')
}
