import type { ShardAddress, WorkspaceId } from '../protocol/id.ts'
import type { AccountShard } from './account-shard.ts'
import type { Counts } from './counts.ts'
import type { Env } from './env.ts'
import type { Erasures } from './erasures.ts'
import type { IdentityShard } from './identity-shard.ts'
import type { ImportJobObject } from './import-job.ts'
import type { LiveMonitor } from './live-monitor.ts'
import type { Population } from './population.ts'
import type { ProfileShard } from './profile-shard.ts'
import type { Rehearsal } from './rehearsal.ts'
import type { Workspace } from './workspace.ts'

/**
 * What an object answers to calls from outside. The runtime's own type for this walks every argument and answer, and
 * gives up on recursive ones such as conditions and JSON; all of ours are plain data, which crosses unchanged.
 */
export type Remote<T> = {
  readonly [K in keyof T as T[K] extends (...args: never[]) => Promise<unknown> ? K : never]: T[K]
}

/**
 * Names of objects. Workspace ids hold no `/`, so two different (workspace, shard) pairs never share a name.
 */
export const profileShardName = (workspace: WorkspaceId, { region, shard }: ShardAddress): string =>
  `${workspace}/profile/${region}/${shard}`

export const identityShardName = (workspace: WorkspaceId, shard: number): string =>
  `${workspace}/identity/${shard}`

export const accountShardName = (workspace: WorkspaceId, shard: number): string =>
  `${workspace}/account/${shard}`

/** A stub whose call failed stays broken: make one for each attempt. */
export const profileShard = (env: Env, workspace: WorkspaceId, address: ShardAddress) =>
  env.PROFILE.getByName(profileShardName(workspace, address)) as unknown as Remote<ProfileShard>

export const identityShard = (env: Env, workspace: WorkspaceId, shard: number) =>
  env.IDENTITY.getByName(identityShardName(workspace, shard)) as unknown as Remote<IdentityShard>

export const accountShard = (env: Env, workspace: WorkspaceId, shard: number) =>
  env.ACCOUNT.getByName(accountShardName(workspace, shard)) as unknown as Remote<AccountShard>

export const workspaceObject = (env: Env, workspace: WorkspaceId) =>
  env.WORKSPACE.getByName(workspace) as unknown as Remote<Workspace>

export const liveMonitor = (env: Env, workspace: WorkspaceId) =>
  env.MONITOR.getByName(workspace) as unknown as Remote<LiveMonitor>

export const rehearsalObject = (env: Env, workspace: WorkspaceId, id: string) =>
  env.REHEARSAL.getByName(`${workspace}/rehearsal/${id}`) as unknown as Remote<Rehearsal>

export const importJob = (env: Env, workspace: WorkspaceId, id: string) =>
  env.IMPORT.getByName(`${workspace}/import/${id}`) as unknown as Remote<ImportJobObject>

export const populationOf = (env: Env, workspace: WorkspaceId) =>
  env.POPULATION.getByName(workspace) as unknown as Remote<Population>

export const erasuresOf = (env: Env, workspace: WorkspaceId) =>
  env.ERASURES.getByName(workspace) as unknown as Remote<Erasures>

export const countsOf = (env: Env, workspace: WorkspaceId) =>
  env.COUNTS.getByName(workspace) as unknown as Remote<Counts>
