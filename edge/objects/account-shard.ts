import { DurableObject } from 'cloudflare:workers'
import { join, NO_TRAITS } from '../domain/account.ts'
import type { AccountFacts, AccountShardCalls, AccountState } from '../protocol/account.ts'
import type { ShardAddress, WorkspaceId } from '../protocol/id.ts'
import { NEVER, SECOND, type Millis } from '../protocol/time.ts'
import { MetaStore } from '../storage/meta-store.ts'
import { SharedAccountStore, type Untold } from '../storage/shared-account-store.ts'
import { profileShard } from './address.ts'
import { clock } from './clock.ts'
import type { Env } from './env.ts'
import { withTimeLimit } from './time-limit.ts'

/** Shards that are told in one run of the alarm, and accounts in one call: each is a few hundred KB at most. */
const PUSHES = 200
const ACCOUNTS = 20
const PUSH_LIMIT: Millis = 10 * SECOND
/** A shard that has not answered by then is told again, whatever became of the call. */
const RETRY: Millis = 15 * SECOND
const MAX_LIST = 1_000

/**
 * The accounts whose ids' hash falls to it: what is known of each, for members who live in any profile shard. Shards
 * tell it what their events said, and are told what others' did. Knowledge is joined (`domain/account.ts`), so that
 * neither order nor repetition matters; versions only say what need not be told again.
 */
export class AccountShard extends DurableObject<Env> implements AccountShardCalls {
  readonly #accounts: SharedAccountStore
  readonly #meta: MetaStore

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#accounts = new SharedAccountStore(ctx.storage.sql)
    this.#meta = new MetaStore(ctx.storage.sql)
  }

  async tell({
    workspace,
    shard,
    facts,
  }: Parameters<AccountShardCalls['tell']>[0]): Promise<readonly AccountState[]> {
    return this.ctx.storage.transactionSync(() => {
      if (this.#meta.get('workspace') === undefined) this.#meta.set('workspace', workspace)
      const states = facts.map((one) => this.#hear(one, shard))
      this.#arm()
      return states
    })
  }

  #hear({ account, traits }: AccountFacts, shard: ShardAddress): AccountState {
    const known = this.#accounts.find(account)
    const joined = join(known?.traits ?? NO_TRAITS, traits)
    const state: AccountState =
      known !== undefined && joined === undefined
        ? known
        : { account, version: (known?.version ?? 0) + 1, traits: joined ?? NO_TRAITS }
    if (state !== known) this.#accounts.put(state)
    // The answer tells it; if that is lost, it asks again.
    this.#accounts.told(account, shard, state.version)
    if (state !== known) this.#accounts.owe(account, clock.now())
    return state
  }

  async find({ account }: { readonly account: string }) {
    const state = this.#accounts.find(account)
    return state === undefined ? null : { state, shards: this.#accounts.holders(account) }
  }

  async list({ after, limit }: { readonly after: string; readonly limit: number }) {
    return this.#accounts.list(after, Math.min(limit, MAX_LIST))
  }

  async wake(): Promise<void> {
    this.ctx.storage.transactionSync(() => this.#arm())
  }

  /** Never throws: an alarm that keeps throwing is given up by the platform for ever. */
  override async alarm(): Promise<void> {
    try {
      await Promise.allSettled(this.#due().map(([shard, accounts]) => this.#push(shard, accounts)))
      this.ctx.storage.transactionSync(() => this.#arm())
    } catch {
      // What is owed is still recorded.
      await this.ctx.storage.setAlarm(Date.now() + RETRY).catch(() => undefined)
    }
  }

  /** Postponed before they are sent: what breaks off comes again. */
  #due(): (readonly [ShardAddress, readonly string[]])[] {
    return this.ctx.storage.transactionSync(() => {
      const now = clock.now()
      const due = this.#accounts.due(now, PUSHES)
      for (const one of due) this.#accounts.postpone(one, now + RETRY)
      this.#arm()
      return batchesOf(due)
    })
  }

  async #push(shard: ShardAddress, accounts: readonly string[]): Promise<void> {
    const workspace = this.#meta.get<WorkspaceId>('workspace')
    if (workspace === undefined) return
    const states = accounts.flatMap((account) => this.#accounts.find(account) ?? [])
    const stub = profileShard(this.env, workspace, shard)
    await withTimeLimit(stub.learn({ workspace, accounts: states }), PUSH_LIMIT)
    this.ctx.storage.transactionSync(() => {
      for (const { account, version } of states) this.#accounts.told(account, shard, version)
    })
  }

  /** Call it inside the transaction that made something due. */
  #arm(): void {
    const due = this.#accounts.earliest()
    if (due !== NEVER) void this.ctx.storage.setAlarm(Math.max(clock.toWall(due), 1))
  }
}

/** What one call tells. */
function batchesOf(due: readonly Untold[]): (readonly [ShardAddress, string[]])[] {
  const batches: (readonly [ShardAddress, string[]])[] = []
  const open = new Map<string, string[]>()
  for (const { account, shard } of due) {
    const name = `${shard.region}/${shard.shard}`
    const batch = open.get(name)
    if (batch !== undefined && batch.length < ACCOUNTS) {
      batch.push(account)
      continue
    }
    const fresh = [account]
    open.set(name, fresh)
    batches.push([shard, fresh])
  }
  return batches
}
