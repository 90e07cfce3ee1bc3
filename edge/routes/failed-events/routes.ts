import { createRoute, z } from '@hono/zod-openapi'
import type { JsonObject } from '../../protocol/json.ts'
import { access } from '../access.ts'
import { MAX_CURSOR } from '../all-shards.ts'
import { body, idParam, instant, json, pageOf, pageQuery, problems } from '../shapes.ts'

const verdict = z.object({
  messageId: z.string(),
  status: z.enum(['accepted', 'duplicate', 'rejected', 'failed']),
  reason: z.string().optional(),
  path: z.string().optional(),
})

const event = z
  .custom<JsonObject>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object: one event',
  )
  .openapi({ type: 'object', additionalProperties: true })

const failedEvent = z
  .object({
    id: z.string(),
    source: z.string(),
    receivedAt: instant,
    verdict,
    raw: z
      .custom<JsonObject | null>((value) => value !== undefined)
      .openapi({
        type: ['object', 'null'],
        description:
          'As sent, with what its batch said of all its events; keyed hashes stand for addresses. Null: too large to keep',
      }),
  })
  .openapi('FailedEvent')

export const filter = z.object({
  source: z.string().max(100).optional(),
  reason: z.string().max(100).optional().openapi({ example: 'missing-event' }),
})

const path = '/api/failed-events'
export const listRoute = createRoute({
  method: 'get',
  path,
  summary: 'Events that were refused, newest first, with the reason',
  middleware: access,
  request: {
    query: pageQuery.extend({ cursor: z.string().max(MAX_CURSOR).optional() }).extend(filter.shape),
  },
  responses: { 200: json(pageOf(failedEvent), 'A page'), ...problems(400, 401) },
})

export const totalsRoute = createRoute({
  method: 'get',
  path: `${path}/totals`,
  summary: 'How many failed events are kept, by source and reason',
  middleware: access,
  responses: {
    200: json(
      z
        .object({
          sources: z.record(
            z.string(),
            z.object({
              reasons: z.record(z.string(), z.number().int()),
              dropped: z.number().int().openapi({
                description: 'Older ones that made room: so many, and so many bytes, are kept',
              }),
            }),
          ),
        })
        .openapi('FailedEventTotals'),
      'Of now',
    ),
    ...problems(401),
  },
})

export const replayRoute = createRoute({
  method: 'post',
  path: `${path}/{id}/replay`,
  summary: 'Takes a failed event in again, as it came or corrected',
  middleware: access,
  request: {
    params: idParam,
    body: {
      ...body(
        z.strictObject({
          event: event
            .optional()
            .openapi({ description: 'In its place. It keeps its message id, source and time' }),
        }),
      ),
      required: false,
    },
  },
  responses: {
    200: json(
      z.object({ verdict }).openapi('ReplayedEvent'),
      'What became of it: accepted or duplicate, it has left the list',
    ),
    ...problems(400, 401, 404, 409),
  },
})

export const replayManyRoute = createRoute({
  method: 'post',
  path: `${path}/replay`,
  summary: 'Takes in again a part of the failed events that a filter means, oldest first',
  description: 'Ask again with the `cursor` of the answer until there is none.',
  middleware: access,
  request: {
    body: body(
      z.strictObject({
        ...filter.shape,
        cursor: z.string().max(100).optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    ),
  },
  responses: {
    200: json(
      z
        .object({
          accepted: z.number().int(),
          duplicate: z.number().int(),
          rejected: z.number().int(),
          failed: z.number().int(),
          skipped: z.number().int().openapi({ description: 'Nothing is kept of them' }),
          busy: z.boolean().openapi({ description: 'Wait a moment before asking again' }),
          cursor: z.string().optional(),
        })
        .openapi('ReplayedPart'),
      'What became of this part',
    ),
    ...problems(400, 401),
  },
})
