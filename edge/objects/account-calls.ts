import { accountShardsOf } from '../domain/account.ts'
import { identityShardOf } from '../domain/id.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import type { AccountIntent } from '../storage/known-account-store.ts'
import { learn } from './accounts.ts'
import { accountShard } from './address.ts'
import type { Shard } from './shard.ts'
import { withTimeLimit } from './time-limit.ts'

/** Intents that leave together. */
const BATCH = 50
const CALL_LIMIT: Millis = 10 * SECOND
/** An intent that was not answered by then is told again; it may have been heard, which changes nothing. */
const RETRY: Millis = 15 * SECOND

/** The account shard of an account. */
export const accountShardOf = (account: string, shards: number): number =>
  identityShardOf('groupId', account, accountShardsOf(shards))

/**
 * Tells account shards what is due, un-awaited: whatever breaks off is still recorded, and the alarm tells it again.
 */
export function tellAccounts(shard: Shard): void {
  const now = shard.now()
  const due = shard.ctx.storage.transactionSync(() => {
    const intents = shard.accounts.dueIntents(now, BATCH)
    for (const { account } of intents) shard.accounts.postpone(account, now + RETRY)
    if (intents.length > 0) shard.arm()
    return intents
  })
  const { shards } = shard.compiled.catalog
  const groups = new Map<number, AccountIntent[]>()
  for (const intent of due) {
    const number = accountShardOf(intent.account, shards)
    const group = groups.get(number)
    if (group === undefined) groups.set(number, [intent])
    else group.push(intent)
  }
  for (const [number, intents] of groups) tell(shard, number, intents).catch(() => undefined)
}

async function tell(
  shard: Shard,
  number: number,
  intents: readonly AccountIntent[],
): Promise<void> {
  const { workspace, address, env } = shard
  const facts = intents.map(({ account, traits }) => ({ account, traits }))
  const stub = accountShard(env, workspace, number)
  const states = await withTimeLimit(stub.tell({ workspace, shard: address, facts }), CALL_LIMIT)
  await shard.commit.run(() => {
    for (const intent of intents) shard.accounts.close(intent)
    for (const state of states) learn(shard, state)
    shard.arm()
  })
}
