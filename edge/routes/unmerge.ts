import { createRoute, z } from '@hono/zod-openapi'
import { addressOf, isProfileId } from '../domain/id.ts'
import { profileShard } from '../objects/address.ts'
import type { Env } from '../objects/env.ts'
import type { ProfileId, WorkspaceId } from '../protocol/id.ts'
import type { Whereabouts } from '../protocol/objects.ts'
import { record } from '../storage/change.ts'
import { changeOf } from './changing.ts'
import { notFoundHere } from './problem.ts'
import { resource } from './resource.ts'
import { body, idParam, json, problems, text } from './shapes.ts'

const MAX_FORWARDS = 16

const unmergeRoute = createRoute({
  method: 'post',
  path: '/api/profiles/{id}/unmerge',
  description:
    'Takes a merge back: both profiles are what their own events make them, exits and entries are sent, and they stay two.',
  request: {
    params: idParam,
    body: body(z.strictObject({ merge: text(100) }).openapi('UnmergeInput')),
  },
  responses: {
    200: json(
      z.object({ profile: z.string() }).openapi('Unmerged'),
      'The profile that is one of its own again',
    ),
    ...problems(400, 401, 404),
  },
})
const rejoinRoute = createRoute({
  method: 'delete',
  path: '/api/profiles/{id}/separations/{separation}',
  description: 'Lets two be one person again that an undo has separated.',
  request: {
    params: idParam.extend({
      separation: z
        .string()
        .max(100)
        .openapi({ param: { name: 'separation', in: 'path' } }),
    }),
  },
  responses: { 204: { description: 'Allowed' }, ...problems(401, 404) },
})

type Ask = (at: ProfileId) => Promise<Whereabouts | null>

/** Asks where a profile's people live by now. Null: there is no such thing. */
async function follow(first: ProfileId, ask: Ask): Promise<ProfileId | null> {
  let at = first
  for (let hop = 0; hop < MAX_FORWARDS; hop++) {
    const found = await ask(at)
    if (found === null || 'profile' in found) return found?.profile ?? null
    at = found.moved
  }
  return null
}

const shardAt = (env: Env, workspace: WorkspaceId, at: ProfileId) => {
  const address = addressOf(at)
  if (address === undefined) throw notFoundHere('profile')
  return profileShard(env, workspace, address)
}

export const unmerging = resource()
  .openapi(unmergeRoute, async (c) => {
    const { workspace } = c.get('access')
    const { id } = c.req.valid('param')
    const { merge } = c.req.valid('json')
    if (!isProfileId(id)) throw notFoundHere('profile')
    const profile = await follow(id, (at) =>
      shardAt(c.env, workspace, at).unmerge({ workspace, profile: id, merge }),
    )
    if (profile === null) throw notFoundHere('merge')
    await record(c.env.DB, changeOf(c, 'profile.unmerged', id))
    return c.json({ profile }, 200)
  })
  .openapi(rejoinRoute, async (c) => {
    const { workspace } = c.get('access')
    const { id, separation } = c.req.valid('param')
    if (!isProfileId(id)) throw notFoundHere('profile')
    const profile = await follow(id, (at) =>
      shardAt(c.env, workspace, at).rejoin({ workspace, profile: id, separation }),
    )
    if (profile === null) throw notFoundHere('separation')
    await record(c.env.DB, changeOf(c, 'profile.rejoined', id))
    return c.body(null, 204)
  })
