import { createRoute, z } from '@hono/zod-openapi'
import { workspaceName } from '../storage/account-store.ts'
import type { Scoring } from '../protocol/population.ts'
import { whereOf } from '../storage/example-store.ts'
import { Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { json, problems } from './shapes.ts'

const shown = z
  .object({
    user: z.object({ email: z.string(), name: z.string() }),
    workspace: z.object({
      id: z.string(),
      name: z.string(),
      timezone: z.string(),
      retention: z.number().openapi({ description: 'How long history is kept, in milliseconds' }),
      scoring: z.custom<Scoring>().openapi({
        type: 'object',
        description: 'How people are scored, and what was last found of the population',
      }),
    }),
    edgeOrigin: z
      .string()
      .optional()
      .openapi({ description: 'Where pages and servers reach the edge, if it is configured' }),
  })
  .openapi('Session')

const route = createRoute({
  method: 'get',
  path: '/api/session',
  responses: { 200: json(shown, 'Who is signed in, and where'), ...problems(401) },
})

export const session = resource().openapi(route, async (c) => {
  const { user, workspace } = c.get('access')
  if (user === undefined) throw new Refusal(401, 'A secret key is nobody’s session.')
  const { EDGE_ORIGIN: edgeOrigin } = c.env
  const [name, where] = await Promise.all([
    workspaceName(c.env.DB, workspace),
    whereOf(c.env.DB, workspace),
  ])
  return c.json(
    {
      user,
      workspace: { id: workspace, name, ...where },
      ...(edgeOrigin !== undefined && { edgeOrigin }),
    },
    200,
  )
})
