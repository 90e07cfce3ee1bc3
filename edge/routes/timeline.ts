import { createRoute, z } from '@hono/zod-openapi'
import { isProfileId } from '../domain/id.ts'
import type { ApiEvent } from '../protocol/api.ts'
import { EVENT_TYPES } from '../protocol/event.ts'
import type { TimelinePage } from '../protocol/timeline.ts'
import { askWhere } from './find-profile.ts'
import { notFoundHere, refuseField } from './problem.ts'
import { resource } from './resource.ts'
import { idParam, json, pageQuery, problems } from './shapes.ts'

const CURSOR = /^\d{15,}\.\d{9,}$/

const time = z.iso
  .datetime({ offset: true, error: 'must be an instant such as 2026-01-31T12:00:00Z' })
  .transform((value) => Date.parse(value))
  .openapi({ type: 'string', format: 'date-time' })

const count = z.record(z.string(), z.int())

const getRoute = createRoute({
  method: 'get',
  path: '/api/profiles/{id}/events',
  description: 'What a person did, newest first, narrowed by type, name, source and time.',
  request: {
    params: idParam,
    query: pageQuery.extend({
      type: z
        .enum(EVENT_TYPES, { error: `must be one of ${EVENT_TYPES.join(', ')}` })
        .optional()
        .openapi({ description: 'The call it came by' }),
      event: z.string().max(200).optional().openapi({ description: 'Its whole name' }),
      source: z.string().max(100).optional(),
      from: time.optional().openapi({ description: 'Not before this instant' }),
      to: time.optional().openapi({ description: 'Before this instant' }),
    }),
  },
  responses: {
    200: json(
      z
        .object({
          items: z.array(z.custom<ApiEvent>().openapi({ type: 'object' })).readonly(),
          cursor: z.string().optional(),
          counts: z.object({ events: count, sources: count }).openapi({
            description: 'All events of the person by name and by source, whatever was asked for',
          }),
        })
        .openapi('Timeline'),
      'A page of the timeline',
    ),
    ...problems(400, 401, 404),
  },
})

export const timeline = resource().openapi(getRoute, async (c) => {
  const { workspace } = c.get('access')
  const { id } = c.req.valid('param')
  const { cursor, limit, type, event, source, from, to } = c.req.valid('query')
  if (cursor !== undefined && !CURSOR.test(cursor)) {
    throw refuseField('cursor', 'is not a cursor of this list')
  }
  if (from !== undefined && to !== undefined && from >= to) {
    throw refuseField('to', 'must be after "from"')
  }
  if (!isProfileId(id)) throw notFoundHere('profile')
  const filter = {
    ...(type !== undefined && { type }),
    ...(event !== undefined && { event }),
    ...(source !== undefined && { source }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
  const page = await askWhere<TimelinePage>(c.env, workspace, id, (shard) =>
    shard.timeline({
      workspace,
      profile: id,
      filter,
      limit,
      ...(cursor !== undefined && { before: cursor }),
    }),
  )
  if (page === null) throw notFoundHere('profile')
  const { events, counts } = page
  return c.json(
    { items: events, ...(page.cursor !== undefined && { cursor: page.cursor }), counts },
    200,
  )
})
