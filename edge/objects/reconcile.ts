import {
  attach,
  briefOf,
  byTrust,
  canHoldMore,
  contradiction,
  decideLink,
  isRefused,
  refuse,
  unsettled,
  type ProfileBrief,
} from '../domain/identity.ts'
import { addressOf, identityShardOf, profileIdOf } from '../domain/id.ts'
import type { Profile } from '../domain/profile.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { DeviceId, ProfileId } from '../protocol/id.ts'
import type { ClaimedIdentifier, Identifier, IdentifierKind } from '../protocol/identifier.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import type { Subject } from '../protocol/shard.ts'
import { identityShard, profileShard } from './address.ts'
import type { MergeSagas } from './merge-saga.ts'
import { randomBytes, type Shard } from './shard.ts'
import { withTimeLimit } from './time-limit.ts'

/** Forwards a look at another profile follows at most: chains are as long as the merges of one person. */
const MAX_FORWARDS = 16
/** A caller that hangs because another object does would be left open for ever; it may try again. */
const CALL_LIMIT: Millis = 10 * SECOND
/** A merge copies a whole history before it answers. If it is not done by then its saga goes on by itself. */
const MERGE_LIMIT: Millis = 25 * SECOND

const ownersOf = (shard: Shard, { kind, value }: Identifier) =>
  identityShard(
    shard.env,
    shard.workspace,
    identityShardOf(kind, value, shard.compiled.catalog.shards),
  )

/**
 * Settles one identifier of an event that the profile does not own yet: takes it, joins the profile that owns it,
 * hands the device over to somebody else, or turns the claim down. Nothing of the event is stored before: whoever
 * sent it tries again if this breaks off, and every step may be repeated. Answers whose event it is: by its name an
 * event that came by an identifier can turn out to be somebody else's.
 */
export async function reconcile(
  shard: Shard,
  sagas: MergeSagas,
  profile: Profile,
  event: EventRecord,
  subject: Subject,
): Promise<Subject> {
  const { kinds } = shard.compiled.catalog
  const claims = byTrust(event.identifiers, kinds).filter((claim) => !isRefused(profile, claim))
  const stranger = contradiction(profile, claims, kinds)
  if (stranger !== undefined) {
    const name = nameOf(claims, kinds)
    // Named as somebody else; or by the right name, and a lesser one of somebody else's.
    if (name === undefined || names(profile, name)) {
      await turnDown(shard, profile.id, stranger)
      return subject
    }
    const person = await bearerOf(shard, name)
    if (subject.type === 'identifier') return { ...subject, profile: person }
    await switchDevice(shard, subject.device, person)
    return subject
  }
  const claim = unsettled(profile, event, kinds)
  if (claim !== undefined) await settle(shard, sagas, profile, event, claim, subject)
  return subject
}

async function settle(
  shard: Shard,
  sagas: MergeSagas,
  profile: Profile,
  event: EventRecord,
  claim: ClaimedIdentifier,
  subject: Subject,
): Promise<void> {
  const { kinds } = shard.compiled.catalog
  if (!canHoldMore(profile, claim) || isAnother(profile, claim, kinds)) {
    return turnDown(shard, profile.id, claim)
  }
  const { owner } = await resolve(shard, claim, profile.id)
  if (owner === profile.id) return take(shard, profile.id, claim, event)
  const other = await briefAt(shard, owner)
  if (other === undefined || other.id === profile.id || isAnother(other, claim, kinds)) {
    // A forward of ours, or somebody who was to be called that and never was.
    const answer = await move(shard, claim, owner, profile.id)
    if (answer.owner === profile.id) await take(shard, profile.id, claim, event)
    return
  }
  const link = decideLink(briefOf(profile, kinds), other, claim.proven, kinds)
  if (link.type === 'refuse') {
    const isSignIn = subject.type === 'device' && claim.proven && isUnique(claim, kinds)
    return isSignIn
      ? switchDevice(shard, subject.device, other.id)
      : turnDown(shard, profile.id, claim)
  }
  const { loser, survivor } = link
  const saga = { loser, survivor, through: claim.kind, proven: claim.proven }
  if (shard.isHome(link.loser)) return sagas.merge(saga)
  const address = addressOf(link.loser)
  if (address === undefined) throw new Error('A profile id that names no shard')
  const { workspace, env } = shard
  const stub = profileShard(env, workspace, address)
  await withTimeLimit(stub.merge({ workspace, ...saga }), MERGE_LIMIT)
}

const resolve = (shard: Shard, claim: ClaimedIdentifier, birth: ProfileId) =>
  withTimeLimit(shard.owners.resolve(claim, birth, claim.proven), CALL_LIMIT)

const move = (shard: Shard, claim: Identifier, from: ProfileId, to: ProfileId) =>
  withTimeLimit(ownersOf(shard, claim).move(claim, from, to), CALL_LIMIT)

/** What the message calls the person: its most trusted identifier of a unique kind. */
const nameOf = (
  claims: readonly ClaimedIdentifier[],
  kinds: readonly IdentifierKind[],
): ClaimedIdentifier | undefined => claims.find((claim) => isUnique(claim, kinds))

const isUnique = (claim: Identifier, kinds: readonly IdentifierKind[]): boolean =>
  kinds.some(({ kind, unique }) => kind === claim.kind && unique === true)

const names = (profile: Profile, { kind, value }: Identifier): boolean =>
  profile.identifiers.some((known) => known.kind === kind && known.value === value)

/** The owner of a name is called otherwise: whoever claimed it broke off before it was theirs. */
const isAnother = (
  { identifiers }: Pick<ProfileBrief, 'identifiers'>,
  claim: Identifier,
  kinds: readonly IdentifierKind[],
): boolean => contradiction({ identifiers }, [claim], kinds) !== undefined

/** Who is called that; somebody who is yet to be born here if nobody is. */
async function bearerOf(shard: Shard, name: ClaimedIdentifier): Promise<ProfileId> {
  const birth = profileIdOf(shard.address, randomBytes())
  const { owner } = await resolve(shard, name, birth)
  const other = await briefAt(shard, owner)
  if (other === undefined || !isAnother(other, name, shard.compiled.catalog.kinds)) {
    return other?.id ?? owner
  }
  return (await move(shard, name, owner, birth)).owner
}

/** Notes what the profile owns now. If that is no longer right the next turn sees it, and goes another way. */
async function take(
  shard: Shard,
  id: ProfileId,
  claim: ClaimedIdentifier,
  event: EventRecord,
): Promise<void> {
  await shard.commit.run(() => {
    const found = shard.locate(id)
    if (found === undefined || 'elsewhere' in found) return
    // Somebody else may have been signed in on another device meanwhile.
    if (isAnother(found.profile, claim, shard.compiled.catalog.kinds)) return
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
async function switchDevice(shard: Shard, device: DeviceId, target: ProfileId): Promise<void> {
  if (!shard.isHome(target)) {
    const address = addressOf(target)
    if (address === undefined) throw new Error('A profile id that names no shard')
    const { workspace, env } = shard
    const stub = profileShard(env, workspace, address)
    const seen = shard.seen.of([device])
    await withTimeLimit(stub.adopt({ workspace, device, profile: target, seen }), CALL_LIMIT)
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
    const stub = profileShard(env, workspace, address)
    const answer = await withTimeLimit(stub.brief({ workspace, profile: next }), CALL_LIMIT)
    if (answer === null) return undefined
    if ('createdAt' in answer) return answer
    next = answer.moved
  }
  throw new Error('Too many forwards')
}
