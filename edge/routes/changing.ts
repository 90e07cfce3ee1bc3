import type { Context } from 'hono'
import { workspaceObject } from '../objects/address.ts'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import type { SegmentId, WorkspaceId } from '../protocol/id.ts'
import type { WorkspaceCalls } from '../protocol/objects.ts'
import { SECOND } from '../protocol/time.ts'
import { unsettledWorkspaces } from '../storage/account-store.ts'
import type { Change, Conflict } from '../storage/change.ts'
import { countRows, missingRows, type Owned } from '../storage/rows.ts'
import type { AccessEnv } from './access.ts'
import { notePublished } from './intake/source.ts'
import { Refusal, notFoundHere, refuseField } from './problem.ts'

/** How many of each one workspace may have: the catalog must stay small enough to be handed to every shard. */
const LIMITS = {
  source: 200,
  key: 400,
  segment: 1_000,
  experience: 500,
  destination: 100,
  activation: 500,
  computedTrait: 100,
  cap: 50,
  importMapping: 200,
} as const satisfies { readonly [table in Owned]?: number }

/** `?wait=live` gives up after that and answers with the state as it is. */
const LIVE_WAIT = 30 * SECOND
const LIVE_POLL = 100

/** Workspaces the sweeper publishes at once. */
const SWEEP = 100

export const changeOf = (c: Context<AccessEnv>, action: string, subject: string): Change => {
  const { workspace, actor } = c.get('access')
  return { workspace, actor, action, subject, at: Date.now() }
}

export async function requireRoom(
  c: Context<AccessEnv>,
  table: keyof typeof LIMITS,
): Promise<void> {
  const limit = LIMITS[table]
  if ((await countRows(c.env.DB, table, c.get('access').workspace)) >= limit) {
    throw new Refusal(
      409,
      `A workspace has at most ${limit} of these: delete one that is not used.`,
    )
  }
}

/** What became of a change: published, or refused with its reason. */
export async function accept(
  c: Context<AccessEnv>,
  what: string,
  result: boolean | Conflict,
): Promise<void> {
  if (result === false) throw notFoundHere(what)
  if (result === 'taken') throw refuseField('key', `another ${what} has this key`, 409)
  if (result === 'used') throw new Refusal(409, `This ${what} was changed meanwhile: try again.`)
  await publish(c.env, c.get('access').workspace)
}

/**
 * Has the Workspace object publish what D1 holds. The change is stored already, so that a Workspace that cannot be
 * reached does not turn it into an error: the sweeper publishes it within a minute.
 */
export async function publish(env: Env, workspace: WorkspaceId): Promise<void> {
  try {
    const version = await workspaceObject(env, workspace).publish({ workspace })
    notePublished(workspace, version, clock.now())
  } catch {
    // `workspace.revision` stays ahead of `settled`, which is what the sweeper looks for.
  }
}

/**
 * Waits until every shard works by this version of a segment, or until it has waited long enough; not while back-fills
 * are paused.
 */
export async function waitUntilLive(
  env: Env,
  workspace: WorkspaceId,
  segment: SegmentId,
  version: number,
): Promise<void> {
  for (let waited = 0; waited < LIVE_WAIT; waited += LIVE_POLL) {
    const status = await workspaceObject(env, workspace).status({ workspace })
    if (isLive(status, segment, version)) return
    if (!isCarried(status, segment, version)) await publish(env, workspace)
    else if (status.paused) return
    await new Promise((resolve) => setTimeout(resolve, LIVE_POLL))
  }
}

export type PublicationStatus = Awaited<ReturnType<WorkspaceCalls['status']>>

/** Whether the published catalog holds this version of a segment. */
const isCarried = ({ segments }: PublicationStatus, segment: SegmentId, version: number): boolean =>
  (segments[segment]?.version ?? 0) >= version

/** Whether every shard works by this version of a segment. */
export const isLive = (status: PublicationStatus, segment: SegmentId, version: number): boolean =>
  isCarried(status, segment, version) &&
  (status.segments[segment]?.since ?? Infinity) <= status.liveVersion

/** For the cron trigger: publishes again whatever some shard does not work by yet. Answers how many were behind. */
export async function sweep(env: Env): Promise<number> {
  const behind = await unsettledWorkspaces(env.DB, SWEEP)
  await Promise.all(behind.map((workspace) => publish(env, workspace)))
  return behind.length
}

/** For bodies that name rows of another table: refuses those this workspace does not have. */
export async function requireRows(
  c: Context<AccessEnv>,
  table: 'segment' | 'destination',
  named: readonly { readonly path: string; readonly id: string }[],
): Promise<void> {
  const ids = named.map(({ id }) => id)
  const missing = await missingRows(c.env.DB, table, c.get('access').workspace, ids)
  const first = named.find(({ id }) => missing.includes(id))
  if (first !== undefined) throw refuseField(first.path, `is not a ${table} of this workspace`)
}
