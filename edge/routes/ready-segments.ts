import { createRoute, z } from '@hono/zod-openapi'
import { READY_SEGMENTS, readyAt } from '../domain/ready/library.ts'
import { clock } from '../objects/clock.ts'
import type { Condition } from '../protocol/condition.ts'
import { TRADES, WORD_LANGUAGES } from '../protocol/ready-segment.ts'
import { resource } from './resource.ts'
import { shownExamples } from './segment-examples.ts'
import { json, problems } from './shapes.ts'

const names = z.array(z.string()).readonly()

const shown = z
  .object({
    key: z.string(),
    trade: z.enum(TRADES),
    name: z.string(),
    purpose: z.string().openapi({ description: 'What it is for' }),
    needs: z
      .object({
        events: names,
        properties: names,
        traits: names,
        accountTraits: names,
        segments: names.openapi({ description: 'Keys of ready segments that must be there first' }),
      })
      .openapi({ description: 'What must be collected so that it can hold of anybody' }),
    parameters: z
      .array(z.object({ path: z.string(), name: z.string() }))
      .readonly()
      .openapi({ description: 'Values of the condition to make one’s own' }),
    condition: z.custom<Condition>().openapi({ type: 'object' }),
    examples: shownExamples,
  })
  .openapi('ReadySegment')

const listRoute = createRoute({
  method: 'get',
  path: '/api/segment-library',
  summary: 'Ready segments by trade, whose condition and examples can be posted as they are',
  request: {
    query: z.object({
      trade: z.enum(TRADES).optional(),
      language: z.enum(WORD_LANGUAGES).optional().openapi({ description: 'Default: en' }),
    }),
  },
  responses: {
    200: json(
      z.object({ items: z.array(shown).readonly() }),
      'All of them, or those of one trade; their examples are as of now',
    ),
    ...problems(400, 401),
  },
})

export const readySegments = resource().openapi(listRoute, (c) => {
  const { trade, language = 'en' } = c.req.valid('query')
  const now = clock.now()
  const items = READY_SEGMENTS.filter((one) => trade === undefined || one.trade === trade)
  return c.json({ items: items.map((one) => readyAt(one, language, now)) }, 200)
})
