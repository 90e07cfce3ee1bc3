import { changedAt, factsOfEvent, join, NO_TRAITS } from '../domain/account.ts'
import { noChanges } from '../domain/apply-event.ts'
import type { Profile } from '../domain/profile.ts'
import { review } from '../domain/review.ts'
import type { AccountFacts, AccountMembers, AccountState } from '../protocol/account.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Cause } from '../protocol/membership.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import { decodeTraits, type AccountReview } from '../storage/known-account-store.ts'
import { refresh } from './refresh.ts'
import type { Shard } from './shard.ts'

/** Members looked at in one transaction: sliced by count, because production clocks stand still without I/O. */
const SLICE = 100
const HELD_RETRY: Millis = SECOND

/**
 * Takes in what admitted events tell of accounts: known here at once, told to the account's shard by the intent that
 * is written with it. Call it inside the transaction that keeps the events, before they are evaluated.
 */
export function hearAccounts(shard: Shard, events: readonly EventRecord[]): void {
  for (const event of events) {
    const facts = factsOfEvent(event)
    if (facts === undefined) continue
    // What adds nothing to what is known here was told before, or is about to be.
    if (learn(shard, { ...facts, version: 0 })) intend(shard, facts)
  }
}

/**
 * Joins what is told of an account to what is known here; its members are looked at again if that changes anything.
 * Call it inside a transaction. False: nothing new.
 */
export function learn(shard: Shard, { account, version, traits }: AccountState): boolean {
  const { accounts } = shard
  const known = accounts.find(account)
  const before = known?.traits ?? NO_TRAITS
  const joined = join(before, traits)
  const state = {
    account,
    version: Math.max(known?.version ?? 0, version),
    traits: joined ?? before,
  }
  if (known === undefined || joined !== undefined || known.version < version) accounts.put(state)
  if (joined === undefined) return false
  accounts.review(account, changedAt(before, joined), shard.now())
  const { changes } = shard.profiles
  if (changes.isHeard) {
    for (const id of accounts.members(account, '', Number.MAX_SAFE_INTEGER)) changes.tell(id)
  }
  return true
}

/** What another shard knew of an account; its own shard is asked when its member is saved. */
export function learnFromMove(
  shard: Shard,
  { id, traits }: { readonly id: string; readonly traits: string },
): void {
  learn(shard, { account: id, version: 0, traits: decodeTraits(traits) })
}

/** Adds to what the account's shard is to be told; of nothing, that this shard wants to be told. */
function intend(shard: Shard, { account, traits }: AccountFacts): void {
  const open = shard.accounts.intent(account)
  const joined = join(open?.traits ?? NO_TRAITS, traits)
  const seq = (open?.seq ?? 0) + 1
  shard.accounts.intend({ account, traits: joined ?? open?.traits ?? NO_TRAITS, seq }, shard.now())
}

/**
 * Notes which accounts a profile that is saved belongs to. One that this shard was never told of is asked for: also
 * when a person moved here from another shard.
 */
export function keepMember(shard: Shard, { id, groups }: Profile): void {
  const { accounts } = shard
  const present = new Set(accounts.accountsOf(id))
  for (const account of groups.keys()) {
    if (present.delete(account)) continue
    accounts.enter(id, account)
    if ((accounts.find(account)?.version ?? 0) > 0 || accounts.intent(account)) continue
    intend(shard, { account, traits: NO_TRAITS })
  }
  for (const account of present) accounts.leave(id, account)
}

/** The profile lives elsewhere by now, or is no more. */
export function dropMember(shard: Shard, id: ProfileId): void {
  for (const account of shard.accounts.accountsOf(id)) shard.accounts.leave(id, account)
}

/** A page of an account's members here, in the order of their ids. */
export function membersOf(
  shard: Shard,
  account: string,
  after: ProfileId | '',
  limit: number,
): AccountMembers {
  const ids = limit > 0 ? shard.accounts.members(account, after, limit) : []
  const items = ids.flatMap((profile) => {
    const found = shard.profiles.find(profile)
    const group =
      found !== undefined && 'profile' in found ? found.profile.groups.get(account) : undefined
    return group === undefined
      ? []
      : [{ profile, firstSeen: group.firstSeen, lastSeen: group.lastSeen }]
  })
  return { count: shard.accounts.memberCount(account), items }
}

/** Looks at a slice of the members of an account that changed. Call it in a transaction. True if there may be more. */
export function reviewMembers(shard: Shard): boolean {
  const { accounts } = shard
  const open = accounts.dueReview(shard.now())
  if (open === undefined) return false
  const ids = accounts.members(open.account, open.cursor, SLICE)
  let { held } = open
  for (const id of ids) {
    shard.alone(() => {
      if (!reviewMember(shard, id, open)) held = true
    })
  }
  const last = ids.at(-1)
  if (last !== undefined && ids.length === SLICE) accounts.reviewed({ ...open, cursor: last, held })
  else if (held) accounts.review(open.account, open.at, shard.now() + HELD_RETRY)
  else accounts.endReview(open.account)
  return true
}

/** False: it is held for a move. If that comes to nothing, it stays here without having been looked at. */
function reviewMember(shard: Shard, id: ProfileId, { account, at }: AccountReview): boolean {
  const found = shard.profiles.find(id)
  if (found === undefined || 'forward' in found) return true
  if (found.saga !== null) return false
  const { profile } = found
  const now = shard.now()
  const passed = refresh(shard, profile, noChanges(), now)
  const changes = { ...noChanges(), accounts: true }
  const cause: Cause = { type: 'account', account }
  // Who joined after the account changed could not be a member of anything by that before.
  const since = Math.max(at, profile.groups.get(account)?.firstSeen ?? now)
  const instant = Math.min(since, now)
  const moment = { now, at: instant, decidedAt: now, cause }
  shard.save(profile, [...passed, ...review(profile, shard.compiled, changes, moment)])
  return true
}
