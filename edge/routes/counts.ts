import { createRoute, z } from '@hono/zod-openapi'
import { countsOf } from '../objects/address.ts'
import type { ApiCount, CountStatus } from '../protocol/count.ts'
import { newId } from '../storage/new-id.ts'
import { notFoundHere, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { linked } from './segment-linking.ts'
import { condition } from './segments.ts'
import { body, distinct, idParam, instant, iso, json, problems, purpose } from './shapes.ts'

const shown = z
  .object({
    id: z.string(),
    state: z.enum(['running', 'done', 'cancelled', 'failed']),
    reason: z.enum(['unwatched', 'unreachable']).optional(),
    done: z.number().openapi({ description: 'Profiles looked at so far' }),
    total: z.number(),
    result: z
      .object({
        size: z.number(),
        population: z.number(),
        at: instant.openapi({ description: 'The instant that both are of' }),
      })
      .optional(),
  })
  .openapi('Count')

const beginRoute = createRoute({
  method: 'post',
  path: '/api/counts',
  summary: 'Counts exactly whom a condition holds for',
  request: {
    body: body(z.strictObject({ condition, purposes: distinct(purpose, 20).optional() })),
  },
  responses: { 201: json(shown, 'It is counted'), ...problems(400, 401, 409, 503) },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/counts/{id}',
  summary: 'How far a count is, and what it came to',
  request: { params: idParam },
  responses: {
    200: json(shown, 'Kept for an hour. One that is not asked for during a minute ends'),
    ...problems(401, 404),
  },
})
const cancelRoute = createRoute({
  method: 'delete',
  path: '/api/counts/{id}',
  summary: 'Ends a count',
  request: { params: idParam },
  responses: { 204: { description: 'It is counted no further' }, ...problems(401, 404) },
})

const told = ({ result, ...status }: CountStatus): ApiCount => ({
  ...status,
  ...(result !== undefined && { result: { ...result, at: iso(result.at) } }),
})

export const counts = resource()
  .openapi(beginRoute, async (c) => {
    const { workspace } = c.get('access')
    const { condition: wanted, purposes = [] } = c.req.valid('json')
    const asked = { id: newId('cnt'), workspace, condition: await linked(c, wanted), purposes }
    const status = await countsOf(c.env, workspace).begin(asked)
    if (status === null) {
      throw new Refusal(409, 'Four counts are under way: wait until one is done, or end one.')
    }
    return c.json(told(status), 201)
  })
  .openapi(getRoute, async (c) => {
    const { workspace } = c.get('access')
    const status = await countsOf(c.env, workspace).status(c.req.valid('param'))
    if (status === null) throw notFoundHere('count')
    return c.json(told(status), 200)
  })
  .openapi(cancelRoute, async (c) => {
    const { workspace } = c.get('access')
    if (!(await countsOf(c.env, workspace).cancel(c.req.valid('param')))) {
      throw notFoundHere('count')
    }
    return c.body(null, 204)
  })
