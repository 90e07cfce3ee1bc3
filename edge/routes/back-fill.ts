import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { workspaceObject } from '../objects/address.ts'
import type { BackFillStatus } from '../protocol/back-fill.ts'
import { discardCandidate, readCandidate } from '../storage/candidate-store.ts'
import { record } from '../storage/change.ts'
import { findRow } from '../storage/rows.ts'
import type { AccessEnv } from './access.ts'
import { accept, changeOf, isLive } from './changing.ts'
import { notFoundHere, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { removeSegment, takeBack } from './segments.ts'
import { idParam, instant, iso, json, problems } from './shapes.ts'

const shown = z
  .object({
    state: z.enum(['idle', 'running', 'paused']),
    version: z.number().openapi({ description: 'Of the catalog: grows with each change' }),
    publishedAt: instant,
    done: z.number().openapi({ description: 'Profiles looked at' }),
    total: z.number(),
    progress: z.number().openapi({ description: '0 to 1' }),
    rate: z.number().optional().openapi({ description: 'Profiles a second of late' }),
    counting: z
      .array(z.string())
      .readonly()
      .openapi({ description: 'Ids of segments and candidates that not everybody was asked yet' }),
  })
  .openapi('BackFill')

const path = '/api/back-fill'
const getRoute = createRoute({
  method: 'get',
  path,
  summary: 'How far the count over the whole history is',
  responses: { 200: json(shown, 'Over all shards'), ...problems(401) },
})
const pauseRoute = createRoute({
  method: 'post',
  path: `${path}/pause`,
  summary: 'Has the count wait',
  description:
    'It waits until it is told to go on, however many changes and restarts come meanwhile. Who does something is judged by the version in force all the same.',
  responses: { 200: json(shown, 'It waits'), ...problems(401, 503) },
})
const resumeRoute = createRoute({
  method: 'post',
  path: `${path}/resume`,
  summary: 'Has the count go on',
  responses: { 200: json(shown, 'It goes on'), ...problems(401, 503) },
})
const cancelRoute = createRoute({
  method: 'post',
  path: '/api/segments/{id}/cancel',
  summary: 'Cancels what is being counted for a segment',
  description:
    'A candidate is discarded; nobody notices. A direct change that has not been counted to the end yet is taken back: what it took the place of is in force again, and whoever entered or left meanwhile leaves or enters. A new segment is deleted, and whoever entered it meanwhile exits.',
  request: { params: idParam },
  responses: {
    200: json(
      z.object({
        cancelled: z
          .enum(['candidate', 'change', 'segment'])
          .openapi({ description: 'What is no more' }),
      }),
      'Cancelled',
    ),
    ...problems(401, 404, 409),
  },
})

const show = (status: BackFillStatus) => ({ ...status, publishedAt: iso(status.publishedAt) })

async function hold(c: Context<AccessEnv>, paused: boolean) {
  const { workspace } = c.get('access')
  const action = paused ? 'back-fill.paused' : 'back-fill.resumed'
  try {
    const status = await workspaceObject(c.env, workspace).hold({ workspace, paused })
    await record(c.env.DB, changeOf(c, action, workspace))
    return show(status)
  } catch {
    throw new Refusal(503, 'The workspace does not answer now: try again.')
  }
}

export const backFill = resource()
  .openapi(getRoute, async (c) => {
    const { workspace } = c.get('access')
    return c.json(show(await workspaceObject(c.env, workspace).backFill({ workspace })), 200)
  })
  .openapi(pauseRoute, async (c) => c.json(await hold(c, true), 200))
  .openapi(resumeRoute, async (c) => c.json(await hold(c, false), 200))
  .openapi(cancelRoute, async (c) => {
    const { workspace } = c.get('access')
    const row = await findRow(c.env.DB, 'segment', workspace, c.req.valid('param').id)
    if (row === undefined) throw notFoundHere('segment')
    const candidate = readCandidate(row)
    if (candidate !== undefined) {
      const change = changeOf(c, 'segment.candidate-discarded', row.id)
      await accept(c, 'candidate', await discardCandidate(c.env.DB, change, candidate))
      return c.json({ cancelled: 'candidate' as const }, 200)
    }
    const status = await workspaceObject(c.env, workspace).status({ workspace })
    if (isLive(status, row.id, row.version)) {
      throw new Refusal(409, 'Nothing is being counted for this segment: delete it instead.')
    }
    if (await takeBack(c, row)) return c.json({ cancelled: 'change' as const }, 200)
    await removeSegment(c, row.id, false)
    return c.json({ cancelled: 'segment' as const }, 200)
  })
