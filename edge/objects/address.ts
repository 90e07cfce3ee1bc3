import type { ShardAddress, WorkspaceId } from '../protocol/id.ts'
import type { Env } from './env.ts'

/**
 * Names of objects. Workspace ids hold no `/`, so two different (workspace, shard) pairs never share a name.
 */
export const profileShardName = (workspace: WorkspaceId, { region, shard }: ShardAddress): string =>
  `${workspace}/profile/${region}/${shard}`

export const identityShardName = (workspace: WorkspaceId, shard: number): string =>
  `${workspace}/identity/${shard}`

/** A stub whose call failed stays broken: make one for each attempt. */
export const profileShard = (env: Env, workspace: WorkspaceId, address: ShardAddress) =>
  env.PROFILE.getByName(profileShardName(workspace, address))

export const identityShard = (env: Env, workspace: WorkspaceId, shard: number) =>
  env.IDENTITY.getByName(identityShardName(workspace, shard))

export const workspaceObject = (env: Env, workspace: WorkspaceId) => env.WORKSPACE.getByName(workspace)

export const liveMonitor = (env: Env, workspace: WorkspaceId) => env.MONITOR.getByName(workspace)
