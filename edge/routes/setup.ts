import { createRoute, z } from '@hono/zod-openapi'
import type { Env } from '../objects/env.ts'
import { anyUser } from '../storage/account-store.ts'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './auth.ts'
import { Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { sameText } from './secret-text.ts'
import { body, json, name, problems } from './shapes.ts'
import { createWorkspace } from './workspace-birth.ts'

/** A shorter token could be guessed: set-up stays closed. */
const MIN_TOKEN_LENGTH = 16

const input = z
  .strictObject({
    token: z.string('must be text').max(1_000, 'must have at most 1000 characters'),
    email: z.email('must be an e-mail address').max(254, 'must have at most 254 characters'),
    password: z
      .string('must be text')
      .min(MIN_PASSWORD_LENGTH, `must have at least ${MIN_PASSWORD_LENGTH} characters`)
      .max(MAX_PASSWORD_LENGTH, `must have at most ${MAX_PASSWORD_LENGTH} characters`),
    workspace: name.openapi({ description: 'Name of the first workspace' }),
  })
  .openapi('SetupInput')

const stateRoute = createRoute({
  method: 'get',
  path: '/api/setup',
  security: [],
  responses: {
    200: json(z.object({ open: z.boolean() }).openapi('Setup'), 'Whether an owner can be made'),
  },
})

const runRoute = createRoute({
  method: 'post',
  path: '/api/setup',
  description: 'Makes the first owner and workspace, once, with the SETUP_TOKEN of the deployment.',
  security: [],
  request: { body: body(input) },
  responses: {
    201: json(
      z.object({ workspace: z.object({ id: z.string(), name: z.string() }) }),
      'Made: sign in now',
    ),
    ...problems(400, 403, 409),
  },
})

const CLOSED =
  'Set-up is closed: there is an owner already, or this deployment has no set-up token.'

const tokenOf = ({ SETUP_TOKEN: token }: Env): string | undefined =>
  token !== undefined && token.length >= MIN_TOKEN_LENGTH ? token : undefined

/** First-run set-up. A deployed Prisme has no default credential: who holds the token becomes the owner. */
export const setup = resource()
  .openapi(stateRoute, async (c) => {
    const open = tokenOf(c.env) !== undefined && !(await anyUser(c.env.DB))
    return c.json({ open }, 200)
  })
  .openapi(runRoute, async (c) => {
    const { token, email, password, workspace } = c.req.valid('json')
    const expected = tokenOf(c.env)
    if (expected === undefined || (await anyUser(c.env.DB))) throw new Refusal(409, CLOSED)
    if (!(await sameText(token, expected))) {
      throw new Refusal(403, 'This is not the set-up token of this deployment.')
    }
    const wanted = { name: workspace, owner: { email, password } }
    const made = await createWorkspace(c.env, wanted, { first: true })
    if (!made.ok) throw new Refusal(409, CLOSED)
    return c.json({ workspace: { id: made.id, name: workspace } }, 201)
  })
