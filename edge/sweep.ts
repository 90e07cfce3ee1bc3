import { profileShard, workspaceObject } from './objects/address.ts'
import type { Env } from './objects/env.ts'
import type { WorkspaceId } from './protocol/id.ts'
import { MINUTE, type Millis } from './protocol/time.ts'
import { sweep as publishUnsettled } from './routes/changing.ts'
import { listWorkspaces } from './storage/account-store.ts'

/** Shards woken in one minute at most; larger deployments are gone round in several. */
const SHARDS = 100
const WORKSPACES = 100

/**
 * Once a minute: publishes what is not published everywhere, and wakes shards, because the platform gives up an
 * alarm for ever after six failures. Each shard is woken once in as many minutes as it takes to go round them all.
 */
export async function sweep(env: Env, at: Millis): Promise<void> {
  await publishUnsettled(env)
  const minute = Math.floor(at / MINUTE)
  let after: WorkspaceId | undefined
  for (;;) {
    const page = await listWorkspaces(env.DB, {
      limit: WORKSPACES,
      ...(after !== undefined && { after }),
    })
    await Promise.allSettled(page.map((workspace) => wakeShards(env, workspace, minute)))
    after = page.at(-1)
    if (page.length < WORKSPACES) return
  }
}

async function wakeShards(env: Env, workspace: WorkspaceId, minute: number): Promise<void> {
  const shards = await workspaceObject(env, workspace).shards()
  const rounds = Math.ceil(shards.length / SHARDS)
  const turn = shards.filter((_, index) => index % rounds === minute % rounds)
  await Promise.allSettled(
    turn.map((address) => profileShard(env, workspace, address).wake({ workspace })),
  )
}
