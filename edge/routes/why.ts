import { createRoute, z } from '@hono/zod-openapi'
import { isProfileId } from '../domain/id.ts'
import { formatDuration } from '../protocol/duration.ts'
import type { SegmentId } from '../protocol/id.ts'
import { SECOND } from '../protocol/time.ts'
import type {
  ApiClause,
  ApiReason,
  ApiWhy,
  Clause,
  Flip,
  Reason,
  WhyAnswer,
} from '../protocol/why.ts'
import { findRow } from '../storage/rows.ts'
import { askWhere } from './find-profile.ts'
import { notFoundHere, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { idParam, instant, iso, json, problems } from './shapes.ts'

type Told = Extract<WhyAnswer, { readonly type: 'why' }>

const shown = z
  .object({
    segment: z.string(),
    holds: z.boolean().openapi({ description: 'Whether the person is a member' }),
    until: instant.optional().openapi({ description: 'When that changes by itself' }),
    clauses: z
      .array(z.custom<ApiClause>().openapi({ type: 'object' }))
      .readonly()
      .openapi({
        description:
          'What membership asks for: consent, and the condition. Each part has its `path`, whether it `holds`, `until` when, the latest events it stands on as `evidence`, and the `clauses` it is made of',
      }),
    flip: z
      .object({
        sayings: z
          .array(
            z.custom<NonNullable<ApiWhy['flip']>['sayings'][number]>().openapi({ type: 'object' }),
          )
          .readonly(),
        wait: z.string().optional().openapi({ description: 'How long nothing more must happen' }),
      })
      .optional()
      .openapi({
        description:
          'The least that would turn it, tried on a copy of the person. Absent: nothing that could be added was found to',
      }),
  })
  .openapi('Why')

const getRoute = createRoute({
  method: 'get',
  path: '/api/profiles/{id}/why',
  summary: 'Why a person is in a segment, or is not, and what would change it',
  request: {
    params: idParam,
    query: z.object({
      segment: z.string('is missing').openapi({ description: 'Id of the segment' }),
    }),
  },
  responses: { 200: json(shown, 'The explanation'), ...problems(400, 401, 404, 409) },
})

export const toReason = ({ until, evidence, ...rest }: Reason): ApiReason => ({
  ...rest,
  ...(until !== undefined && { until: iso(until) }),
  evidence: evidence.map((one) => ({ ...one, at: iso(one.at) })),
})

const toClause = ({ holds, clauses, ...rest }: Clause): ApiClause => ({
  ...toReason(rest),
  holds,
  ...(clauses !== undefined && { clauses: clauses.map(toClause) }),
})

/** Durations down to a second: what is tried a moment sooner or later is told by the next one. */
const spanOf = (millis: number): string => formatDuration(Math.ceil(millis / SECOND) * SECOND)

const toFlip = ({ sayings, wait }: Flip): NonNullable<ApiWhy['flip']> => ({
  sayings: sayings.map(({ ago, ...saying }) => ({
    ...saying,
    ...(ago > 0 && { ago: spanOf(ago) }),
  })),
  ...(wait > 0 && { wait: spanOf(wait) }),
})

export const why = resource().openapi(getRoute, async (c) => {
  const { workspace } = c.get('access')
  const { id } = c.req.valid('param')
  const segment = c.req.valid('query').segment as SegmentId
  if (!isProfileId(id)) throw notFoundHere('profile')
  if ((await findRow(c.env.DB, 'segment', workspace, segment)) === undefined) {
    throw notFoundHere('segment')
  }
  const answer = await askWhere<Told>(c.env, workspace, id, (shard) =>
    shard.why({ workspace, profile: id, segment }),
  )
  if (answer === null) throw notFoundHere('profile')
  if (answer.why === null) {
    throw new Refusal(
      409,
      'The segment is so new that it has not come to this person yet. Ask again in a moment.',
    )
  }
  const { holds, until, clauses, flip } = answer.why
  const told: ApiWhy = {
    segment,
    holds,
    ...(until !== undefined && { until: iso(until) }),
    clauses: clauses.map(toClause),
    ...(flip !== undefined && { flip: toFlip(flip) }),
  }
  return c.json(told, 200)
})
