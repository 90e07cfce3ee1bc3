import { createRoute, z } from '@hono/zod-openapi'
import { addressOf, isProfileId } from '../domain/id.ts'
import { profileShard, workspaceObject } from '../objects/address.ts'
import type { Env } from '../objects/env.ts'
import type { ProfileId, SegmentId, ShardAddress, WorkspaceId } from '../protocol/id.ts'
import { findRow } from '../storage/rows.ts'
import { notFoundHere, refuseField } from './problem.ts'
import { resource } from './resource.ts'
import { idParam, instant, iso, json, pageOf, pageQuery, problems } from './shapes.ts'

const membersRoute = createRoute({
  method: 'get',
  path: '/api/segments/{id}/members',
  request: { params: idParam, query: pageQuery },
  responses: {
    200: json(
      pageOf(z.object({ profile: z.string(), enteredAt: instant }).openapi('Member')),
      'Members, in the order of their ids',
    ),
    ...problems(400, 401, 404),
  },
})

const position = ({ region, shard }: ShardAddress): number => region * 65_536 + shard

/** Shard after shard; the cursor is the last profile, which names its shard. */
async function members(
  env: Env,
  workspace: WorkspaceId,
  segment: SegmentId,
  after: ProfileId | undefined,
  limit: number,
) {
  const shards = [...(await workspaceObject(env, workspace).shards())]
  shards.sort((a, b) => position(a) - position(b))
  const last = after && addressOf(after)
  const items: { profile: ProfileId; enteredAt: number }[] = []
  for (const address of shards) {
    if (last !== undefined && position(address) < position(last)) continue
    const isSame = last !== undefined && position(address) === position(last)
    const page = await profileShard(env, workspace, address).members({
      workspace,
      segment,
      ...(isSame && after !== undefined && { after }),
      limit: limit + 1 - items.length,
    })
    items.push(...page)
    if (items.length > limit) break
  }
  return items
}

export const audience = resource().openapi(membersRoute, async (c) => {
  const { workspace } = c.get('access')
  const id = c.req.valid('param').id as SegmentId
  const { cursor, limit } = c.req.valid('query')
  if (cursor !== undefined && !isProfileId(cursor)) {
    throw refuseField('cursor', 'is not a cursor of this list')
  }
  if ((await findRow(c.env.DB, 'segment', workspace, id)) === undefined) {
    throw notFoundHere('segment')
  }
  const found = await members(c.env, workspace, id, cursor, limit)
  const items = found
    .slice(0, limit)
    .map(({ profile, enteredAt }) => ({ profile, enteredAt: iso(enteredAt) }))
  const last = items.at(-1)
  return c.json(
    { items, ...(found.length > limit && last !== undefined && { cursor: last.profile }) },
    200,
  )
})
