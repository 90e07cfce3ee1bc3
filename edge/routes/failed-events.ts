import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { JsonObject } from '../protocol/json.ts'
import { access, type AccessEnv } from './access.ts'
import { askShards, decodePlaces, MAX_CURSOR, mergePages, placeName } from './all-shards.ts'
import { refuseInvalid } from './problem.ts'
import { instant, json, pageOf, pageQuery, problems } from './shapes.ts'

const failedEvent = z
  .object({
    id: z.string(),
    source: z.string(),
    receivedAt: instant,
    verdict: z.object({
      messageId: z.string(),
      status: z.enum(['accepted', 'duplicate', 'rejected', 'failed']),
      reason: z.string().optional(),
      path: z.string().optional(),
    }),
    raw: z
      .custom<JsonObject | null>((value) => value !== undefined)
      .openapi({
        type: ['object', 'null'],
        description: 'As sent, without addresses; null: may not be kept',
      }),
  })
  .openapi('FailedEvent')

const list = createRoute({
  method: 'get',
  path: '/api/failed-events',
  summary: 'Events that were refused, newest first, with the reason',
  middleware: access,
  request: { query: pageQuery.extend({ cursor: z.string().max(MAX_CURSOR).optional() }) },
  responses: { 200: json(pageOf(failedEvent), 'A page'), ...problems(400, 401) },
})

export const failedEvents = new OpenAPIHono<AccessEnv>({ defaultHook: refuseInvalid }).openapi(
  list,
  async (c) => {
    const { workspace } = c.get('access')
    const { cursor, limit } = c.req.valid('query')
    const places = decodePlaces(cursor)
    const answers = await askShards(c.env, workspace, async (shard, address) => {
      const before = places.get(placeName(address))
      return shard.failedEvents({
        workspace,
        limit: limit + 1,
        ...(before !== undefined && { before }),
      })
    })
    return c.json(
      mergePages(answers, places, limit, ({ receivedAt }) => receivedAt),
      200,
    )
  },
)
