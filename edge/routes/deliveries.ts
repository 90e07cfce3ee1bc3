import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { addressOf } from '../domain/id.ts'
import { refusalText } from '../domain/score/refusal-text.ts'
import { profileShard, workspaceObject } from '../objects/address.ts'
import type { DeliveryId } from '../protocol/id.ts'
import { access, type AccessEnv } from './access.ts'
import { askShards, decodePlaces, MAX_CURSOR, mergePages, placeName } from './all-shards.ts'
import { notFoundHere, Refusal, refuseInvalid } from './problem.ts'
import { idParam, instant, json, pageOf, pageQuery, problems } from './shapes.ts'
import { shownRefusal } from './touch-shapes.ts'
import { askFor } from './touches.ts'

/** Why somebody entered or left a segment. */
export const cause = z
  .union([
    z.object({ type: z.literal('event'), messageIds: z.array(z.string()).readonly() }),
    z.object({ type: z.literal('definition'), version: z.number() }),
    z.object({ type: z.literal('account'), account: z.string() }),
    z.object({ type: z.enum(['time', 'merge', 'split']) }),
    z.object({ type: z.literal('consent'), purposes: z.array(z.string()).readonly() }),
  ])
  .openapi('Cause')

const delivery = z
  .object({
    id: z.string(),
    state: z.enum(['pending', 'delivered', 'parked', 'refused']),
    destination: z.string(),
    activation: z.string().nullable(),
    segment: z.string().nullable(),
    type: z.enum(['entered', 'exited', 'erased']),
    profile: z.string(),
    at: instant,
    createdAt: instant,
    nextAttemptAt: instant.nullable(),
    attempts: z
      .array(
        z.object({
          at: instant,
          duration: z.number(),
          status: z.number().optional(),
          reason: z.string().optional(),
        }),
      )
      .readonly(),
    cause: cause.nullable(),
    clauses: z
      .array(z.string())
      .readonly()
      .optional()
      .openapi({ description: 'Paths of the clauses that decided, as in the webhook' }),
    choice: z
      .object({
        channel: z.string(),
        why: z.enum(['only', 'likeliest', 'latest', 'explored', 'unknown']),
        probability: z.number().optional(),
      })
      .optional()
      .openapi({
        description: 'The channel that was chosen among those of the activation, and why',
      }),
    refusal: shownRefusal.optional(),
  })
  .openapi('Delivery')

const list = createRoute({
  method: 'get',
  path: '/api/deliveries',
  summary: 'What was sent or is to be sent, newest first, with every attempt',
  middleware: access,
  request: {
    query: pageQuery.extend({
      cursor: z.string().max(MAX_CURSOR).optional(),
      state: z.enum(['pending', 'delivered', 'parked', 'refused']).optional(),
    }),
  },
  responses: { 200: json(pageOf(delivery), 'A page'), ...problems(400, 401) },
})

const replay = createRoute({
  method: 'post',
  path: '/api/deliveries/{id}/replay',
  summary: 'Sends a parked or refused delivery again, its attempts starting anew',
  middleware: access,
  request: { params: idParam },
  responses: { 204: { description: 'It is due now' }, ...problems(401, 404, 409) },
})

export const deliveries = new OpenAPIHono<AccessEnv>({ defaultHook: refuseInvalid })
  .openapi(list, async (c) => {
    const { workspace } = c.get('access')
    const { cursor, limit, state } = c.req.valid('query')
    const places = decodePlaces(cursor)
    const answers = await askShards(c.env, workspace, async (shard, address) => {
      const before = places.get(placeName(address))
      const { items } = await shard.deliveries({
        workspace,
        limit: limit + 1,
        ...(state !== undefined && { state }),
        ...(before !== undefined && { before }),
      })
      return items
    })
    return c.json(
      mergePages(answers, places, limit, ({ createdAt }) => createdAt),
      200,
    )
  })
  .openapi(replay, async (c) => {
    const { workspace } = c.get('access')
    const { id } = c.req.valid('param')
    const address = id.startsWith('dlv_') ? addressOf(id) : undefined
    // Asked first: a shard comes into being by being called.
    const born = await workspaceObject(c.env, workspace).shards()
    const home = born.find(
      ({ region, shard }) => region === address?.region && shard === address.shard,
    )
    if (home === undefined) throw notFoundHere('delivery that could be sent again')
    const shard = profileShard(c.env, workspace, home)
    const delivery = id as DeliveryId
    let found = await shard.replay({ workspace, delivery })
    if (typeof found === 'object') {
      const answer = await askFor(c.env, workspace, found.profile, found.asks)
      if (answer.type === 'refused') throw new Refusal(409, `${refusalText(answer.refusal)}.`)
      found = await shard.replay({ workspace, delivery, isAllowed: true })
    }
    if (found !== true) throw notFoundHere('delivery that could be sent again')
    return c.body(null, 204)
  })
