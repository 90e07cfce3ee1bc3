import { createRoute, z } from '@hono/zod-openapi'
import { workspaceObject } from '../objects/address.ts'
import { sumSegmentReports } from '../domain/segment-report.ts'
import { clock } from '../objects/clock.ts'
import type { Condition } from '../protocol/condition.ts'
import type { SegmentId } from '../protocol/id.ts'
import { DAY, HOUR, type Millis } from '../protocol/time.ts'
import { findRow } from '../storage/rows.ts'
import { askShards } from './all-shards.ts'
import { notFoundHere, refuseField } from './problem.ts'
import { resource } from './resource.ts'
import { idParam, instant, iso, json, problems } from './shapes.ts'

/** By default, and at most. */
const SPANS: { readonly [B in 'hour' | 'day']: readonly [usual: Millis, longest: Millis] } = {
  hour: [2 * DAY, 31 * DAY],
  day: [30 * DAY, 91 * DAY],
}

const count = z.number().int()
const shown = z
  .object({
    by: z.enum(['hour', 'day']),
    from: instant,
    to: instant,
    timezone: z.string().openapi({ description: 'Of the days' }),
    entered: count,
    exited: count,
    periods: z
      .array(
        z.object({
          at: instant.openapi({ description: 'When it begins' }),
          size: count.openapi({ description: 'Members at its end' }),
          entered: count,
          exited: count,
          causes: z.record(z.string(), count).openapi({
            description: 'The exits by their cause, as in `data.cause.type` of a webhook',
          }),
        }),
      )
      .readonly()
      .openapi({ description: 'Oldest first, without gaps' }),
    exits: z
      .array(
        z.object({
          cause: z.string(),
          clauses: z
            .array(
              z.object({
                path: z.string(),
                condition: z.custom<Condition>().openapi({ type: 'object' }),
              }),
            )
            .readonly()
            .openapi({
              description:
                'The clauses that decided together, as they were then. Empty: none turned, or they are one of very many combinations',
            }),
          count,
        }),
      )
      .readonly()
      .openapi({ description: 'Why people left, over the whole range; the most frequent first' }),
  })
  .openapi('SegmentReport')

const getRoute = createRoute({
  method: 'get',
  path: '/api/segments/{id}/report',
  summary: 'How large a segment was, who entered and left by the hour or day, and why people left',
  description:
    'An entry or exit counts in the hour in which it was noticed, exactly once. Who moves between shards or is erased changes the size alone. Kept for 90 days.',
  request: {
    params: idParam,
    query: z.object({
      by: z.enum(['hour', 'day'], 'must be hour or day').default('hour'),
      from: instant.optional().openapi({
        description: 'Its hour is the first. By default two days (30, by day) before `to`',
      }),
      to: instant.optional().openapi({ description: 'Its hour is the last. By default now' }),
    }),
  },
  responses: { 200: json(shown, 'The report'), ...problems(400, 401, 404, 503) },
})

/** Whole hours, of which that of `to` is the last. */
function rangeOf({
  by,
  ...wanted
}: {
  readonly by: 'hour' | 'day'
  readonly from?: string | undefined
  readonly to?: string | undefined
}) {
  const [usual, longest] = SPANS[by]
  const last = wanted.to === undefined ? clock.now() : Date.parse(wanted.to)
  const to = Math.floor(last / HOUR) * HOUR + HOUR
  const from =
    wanted.from === undefined ? to - usual : Math.floor(Date.parse(wanted.from) / HOUR) * HOUR
  if (from >= to) throw refuseField('from', 'must not be after `to`')
  if (to - from > longest + HOUR) {
    throw refuseField('from', `must be at most ${longest / DAY} days before \`to\` by ${by}`)
  }
  return { by, from, to }
}

export const segmentReport = resource().openapi(getRoute, async (c) => {
  const { workspace } = c.get('access')
  const segment = c.req.valid('param').id as SegmentId
  const range = rangeOf(c.req.valid('query'))
  if ((await findRow(c.env.DB, 'segment', workspace, segment)) === undefined) {
    throw notFoundHere('segment')
  }
  const { from, to, by } = range
  const [catalog, shards] = await Promise.all([
    workspaceObject(c.env, workspace).catalog({ workspace }),
    askShards(c.env, workspace, (shard) => shard.segmentReport({ workspace, segment, from, to })),
  ])
  const timezone = catalog?.timezone ?? 'UTC'
  const { periods, exits } = sumSegmentReports(
    shards.map(({ answer }) => answer),
    range,
    timezone,
  )
  const total = (part: 'entered' | 'exited') => periods.reduce((sum, one) => sum + one[part], 0)
  return c.json(
    {
      by,
      from: iso(from),
      to: iso(to),
      timezone,
      entered: total('entered'),
      exited: total('exited'),
      periods: periods.map(({ at, ...rest }) => ({ ...rest, at: iso(at) })),
      exits,
    },
    200,
  )
})
