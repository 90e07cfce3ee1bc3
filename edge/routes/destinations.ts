import { createRoute, z } from '@hono/zod-openapi'
import { seal } from '../crypto/seal.ts'
import { workspaceKeys } from '../crypto/workspace-keys.ts'
import { checkTarget } from '../delivery/target.ts'
import type { Env } from '../objects/env.ts'
import type { ApiDestination } from '../protocol/api.ts'
import type { DestinationId, WorkspaceId } from '../protocol/id.ts'
import { CHANNELS } from '../protocol/reaction.ts'
import {
  createDestination,
  deleteDestination,
  readDestination,
  replaceDestination,
  usersOfDestination,
} from '../storage/destination-store.ts'
import { newId } from '../storage/new-id.ts'
import { findRow, listRows } from '../storage/rows.ts'
import type { DestinationRow } from '../storage/schema.ts'
import { accept, changeOf, requireRoom } from './changing.ts'
import { decodeCursor, toPage } from './listing.ts'
import { notFoundHere, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { newSigningSecret } from './secret-text.ts'
import {
  body,
  channel,
  distinct,
  idParam,
  instant,
  iso,
  json,
  name,
  pageOf,
  pageQuery,
  problems,
  purpose,
} from './shapes.ts'

const MAX_PURPOSES = 20

const input = z
  .strictObject({
    name,
    kind: z.literal('webhook', 'must be "webhook"'),
    url: z.string('must be text').openapi({ example: 'https://example.com/hooks/prisme' }),
    purposes: distinct(purpose, MAX_PURPOSES).refine(
      (list) => list.length > 0,
      'must name at least one purpose people have to agree to, such as "analytics" or "advertising": without one nothing is ever sent',
    ),
    channel: channel.nullable().optional().openapi({
      description:
        'On which channel what is sent reaches people, as caps count it. Null or absent: on none',
    }),
    enabled: z.boolean('must be true or false').optional(),
  })
  .openapi('DestinationInput')

const shown = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['webhook']),
    url: z.string(),
    purposes: z.array(z.string()).readonly(),
    channel: z.enum(CHANNELS).nullable(),
    enabled: z.boolean(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('Destination')

const born = shown
  .extend({ secret: z.string().openapi({ description: 'Signs what is sent. Shown this once' }) })
  .openapi('NewDestination')

const path = '/api/destinations'
const listRoute = createRoute({
  method: 'get',
  path,
  request: { query: pageQuery },
  responses: { 200: json(pageOf(shown), 'Destinations, oldest first'), ...problems(400, 401) },
})
const newRoute = createRoute({
  method: 'post',
  path,
  request: { body: body(input) },
  responses: { 201: json(born, 'The new destination with its secret'), ...problems(400, 401, 409) },
})
const getRoute = createRoute({
  method: 'get',
  path: `${path}/{id}`,
  request: { params: idParam },
  responses: { 200: json(shown, 'The destination'), ...problems(401, 404) },
})
const replaceRoute = createRoute({
  method: 'put',
  path: `${path}/{id}`,
  request: { params: idParam, body: body(input) },
  responses: { 200: json(shown, 'The destination as it is now'), ...problems(400, 401, 404) },
})
const deleteRoute = createRoute({
  method: 'delete',
  path: `${path}/{id}`,
  request: { params: idParam },
  responses: { 204: { description: 'Deleted' }, ...problems(401, 404, 409) },
})

function show(row: DestinationRow): ApiDestination {
  const { secrets: _sealed, ...rest } = readDestination(row)
  return {
    ...rest,
    channel: rest.channel ?? null,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  }
}

const wantedOf = ({ channel, enabled = true, ...wanted }: z.infer<typeof input>) => ({
  ...wanted,
  ...(channel != null && { channel }),
  enabled,
})

/** Checked here so that a person hears of it, and again each time something is sent. */
function requireTarget(env: Env, url: string): string {
  const checked = checkTarget(url, { allowLoopback: env.ALLOW_LOOPBACK_TARGETS === 'true' })
  if (checked.ok) return checked.value.href
  throw new Refusal(400, 'Nothing may be sent to this address; see errors.', checked.errors)
}

export const destinations = resource()
  .openapi(listRoute, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const page = { after: decodeCursor(cursor), limit: limit + 1 }
    const rows = await listRows(c.env.DB, 'destination', c.get('access').workspace, page)
    return c.json(toPage(rows, limit, show), 200)
  })
  .openapi(newRoute, async (c) => {
    const { workspace } = c.get('access')
    const wanted = wantedOf(c.req.valid('json'))
    const url = requireTarget(c.env, wanted.url)
    await requireRoom(c, 'destination')
    const id = newId('dst')
    const secret = newSigningSecret()
    const keys = await workspaceKeys(c.env.PRISME_SECRET, workspace)
    const secrets = [await seal(keys, 'destination', secret)]
    const change = changeOf(c, 'destination.created', id)
    const target = { ...wanted, id, url, secrets }
    await accept(c, 'destination', await createDestination(c.env.DB, change, target))
    return c.json({ ...show(await found(c.env.DB, workspace, id)), secret }, 201)
  })
  .openapi(getRoute, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(show(await found(c.env.DB, c.get('access').workspace, id)), 200)
  })
  .openapi(replaceRoute, async (c) => {
    const { workspace } = c.get('access')
    const wanted = wantedOf(c.req.valid('json'))
    const { id } = await found(c.env.DB, workspace, c.req.valid('param').id)
    const url = requireTarget(c.env, wanted.url)
    const change = changeOf(c, 'destination.changed', id)
    const target = { ...wanted, id, url }
    await accept(c, 'destination', await replaceDestination(c.env.DB, change, target))
    return c.json(show(await found(c.env.DB, workspace, id)), 200)
  })
  .openapi(deleteRoute, async (c) => {
    const { workspace } = c.get('access')
    const id = c.req.valid('param').id as DestinationId
    const users = await usersOfDestination(c.env.DB, workspace, id)
    if (users.length > 0) {
      const names = users.map((name) => `“${name}”`).join(', ')
      throw new Refusal(
        409,
        `Activations send to this destination: ${names}. Change or delete them first.`,
      )
    }
    const change = changeOf(c, 'destination.deleted', id)
    await accept(c, 'destination', await deleteDestination(c.env.DB, change, id))
    return c.body(null, 204)
  })

async function found(db: D1Database, workspace: WorkspaceId, id: string): Promise<DestinationRow> {
  const row = await findRow(db, 'destination', workspace, id)
  if (row === undefined) throw notFoundHere('destination')
  return row
}
