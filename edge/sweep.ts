import { MAX_ACCOUNT_SHARDS } from './domain/account.ts'
import {
  accountShard,
  erasuresOf,
  populationOf,
  profileShard,
  workspaceObject,
} from './objects/address.ts'
import type { Env } from './objects/env.ts'
import { compactLake } from './objects/lake-compaction.ts'
import type { WorkspaceId } from './protocol/id.ts'
import { MINUTE, type Millis } from './protocol/time.ts'
import { sweep as publishUnsettled } from './routes/changing.ts'
import { listWorkspaces } from './storage/account-store.ts'

/** Shards woken in one minute at most; larger deployments are gone round in several. */
const SHARDS = 100
const WORKSPACES = 100
/** The lake of a workspace is tidied once in so many minutes. */
const LAKE_MINUTES = 10
/** Effort spent on lakes in one minute: with all else a sweep does, within a Worker's calls and time. */
const LAKE_EFFORT = 300

/**
 * Once a minute: publishes what is not published everywhere, and wakes shards, because the platform gives up an
 * alarm for ever after six failures. Each shard is woken once in as many minutes as it takes to go round them all.
 * Then it joins small files of the lake, of one workspace after the other.
 */
export async function sweep(env: Env, at: Millis): Promise<void> {
  await publishUnsettled(env)
  const minute = Math.floor(at / MINUTE)
  const tidied: WorkspaceId[] = []
  let position = 0
  let after: WorkspaceId | undefined
  for (;;) {
    const page = await listWorkspaces(env.DB, {
      limit: WORKSPACES,
      ...(after !== undefined && { after }),
    })
    await Promise.allSettled(page.map((workspace) => wakeShards(env, workspace, minute)))
    tidied.push(...page.filter(() => position++ % LAKE_MINUTES === minute % LAKE_MINUTES))
    after = page.at(-1)
    if (page.length < WORKSPACES) break
  }
  await tidyLakes(env, tidied, at)
}

async function tidyLakes(env: Env, workspaces: readonly WorkspaceId[], at: Millis): Promise<void> {
  let left = LAKE_EFFORT
  for (const workspace of workspaces) {
    if (left <= 0) return
    // What breaks off is found again the next time.
    const erasures = erasuresOf(env, workspace)
    if (!(await erasures.mayJoinLake().catch(() => false))) continue
    left -= await compactLake(env.LAKE, workspace, at, left).catch(() => 0)
    // A stub whose call failed stays broken; should this one fail, the lease ends by itself.
    await erasuresOf(env, workspace)
      .lakeJoined()
      .catch(() => undefined)
  }
}

async function wakeShards(env: Env, workspace: WorkspaceId, minute: number): Promise<void> {
  const shards = await workspaceObject(env, workspace).shards()
  const rounds = Math.ceil(shards.length / SHARDS)
  const turn = shards.filter((_, index) => index % rounds === minute % rounds)
  await Promise.allSettled([
    ...turn.map((address) => profileShard(env, workspace, address).wake({ workspace })),
    accountShard(env, workspace, minute % MAX_ACCOUNT_SHARDS).wake(),
    erasuresOf(env, workspace).wake(),
    populationOf(env, workspace).wake({ workspace }),
  ])
}
