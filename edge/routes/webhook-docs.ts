import { z, type OpenAPIHono } from '@hono/zod-openapi'
import type { Env as HonoEnv } from 'hono'
import { cause } from './deliveries.ts'
import { instant } from './shapes.ts'

const envelope = {
  specversion: z.literal('1.0'),
  id: z.string().openapi({ description: 'As `webhook-id`: the same at every attempt' }),
  source: z.string().openapi({ example: '/workspaces/ws_…' }),
  subject: z.string().openapi({ description: 'The profile' }),
  time: instant,
  datacontenttype: z.literal('application/json'),
}

const crossing = z
  .object({
    ...envelope,
    type: z.enum(['segment.entered', 'segment.exited']),
    data: z.object({
      profile: z.string(),
      segment: z.object({ id: z.string(), key: z.string(), name: z.string() }),
      at: instant.openapi({ description: 'The instant at which it was due' }),
      decidedAt: instant.openapi({ description: 'When Prisme noticed' }),
      cause,
      clauses: z
        .array(z.string())
        .readonly()
        .optional()
        .openapi({
          description:
            'Paths, in the segment’s condition, of the clauses whose turn decided it; one that asks for another segment stands for what turned in there. Absent: none turned, as when the definition changed around them',
          example: ['condition.conditions.1'],
        }),
    }),
  })
  .openapi('SegmentCrossing')

const erasure = z
  .object({
    ...envelope,
    type: z.literal('profile.erased'),
    data: z.object({ profile: z.string() }),
  })
  .openapi('ProfileErased')

const WEBHOOKS = [
  ['segment.entered', 'Somebody entered a segment', crossing],
  ['segment.exited', 'Somebody left a segment', crossing],
  ['profile.erased', 'Erase what you have of this profile', erasure],
] as const

/** Documents what destinations are sent. */
export function documentWebhooks<E extends HonoEnv>(app: OpenAPIHono<E>): void {
  for (const [path, summary, schema] of WEBHOOKS) {
    app.openAPIRegistry.registerWebhook({
      method: 'post',
      path,
      summary,
      description:
        'A CloudEvent (1.0, structured), signed by Standard Webhooks and delivered at least once: drop a `webhook-id` you have seen. Those about one profile arrive in order.',
      security: [],
      request: { body: { content: { 'application/cloudevents+json': { schema } } } },
      responses: {
        '2XX': { description: 'Taken' },
        410: { description: 'Nothing more is wanted: the destination is switched off' },
        429: { description: 'Too many: `Retry-After` is heeded, as with any 5xx' },
      },
    })
  }
}
