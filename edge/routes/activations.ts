import { createRoute, z } from '@hono/zod-openapi'
import type { ActivationInput, ApiActivation } from '../protocol/api.ts'
import type { ActivationDefinition } from '../protocol/delivery.ts'
import type { ActivationId, DestinationId, SegmentId, WorkspaceId } from '../protocol/id.ts'
import {
  createActivation,
  deleteActivation,
  readActivation,
  replaceActivation,
} from '../storage/activation-store.ts'
import { newId } from '../storage/new-id.ts'
import { findRow, listRows } from '../storage/rows.ts'
import type { ActivationRow } from '../storage/schema.ts'
import type { Context } from 'hono'
import type { AccessEnv } from './access.ts'
import { accept, changeOf, requireRoom, requireRows } from './changing.ts'
import { decodeCursor, toPage } from './listing.ts'
import { notFoundHere, refuseField } from './problem.ts'
import { resource } from './resource.ts'
import {
  body,
  distinct,
  idParam,
  instant,
  iso,
  json,
  name,
  pageOf,
  pageQuery,
  problems,
} from './shapes.ts'
import { shownTouch, touchDetails, touchOf } from './touch-shapes.ts'

const MAX_NAMED = 20

const input = z
  .strictObject({
    name,
    segment: z.string('must be a segment id'),
    exclude: distinct(z.string('must be a segment id'), MAX_NAMED).optional(),
    destinations: distinct(z.string('must be a destination id'), MAX_NAMED).refine(
      (list) => list.length > 0,
      'must name at least one destination',
    ),
    on: distinct(z.enum(['entered', 'exited'], 'must be "entered" or "exited"'), 2).refine(
      (list) => list.length > 0,
      'must name "entered", "exited" or both',
    ),
    frequency: z.enum(['every-time', 'once'], 'must be "every-time" or "once"').optional(),
    ...touchDetails,
    channel: z.literal('best', 'must be "best"').nullable().optional().openapi({
      description:
        'On which of their channels people are told of an entry: on the one they are likeliest to react on, of an exit who was told of the entry. Null or absent: on all',
    }),
    enabled: z.boolean('must be true or false').optional(),
  })
  .openapi('ActivationInput')

const shown = z
  .object({
    id: z.string(),
    name: z.string(),
    segment: z.string(),
    exclude: z.array(z.string()).readonly(),
    destinations: z.array(z.string()).readonly(),
    on: z.array(z.enum(['entered', 'exited'])).readonly(),
    frequency: z.enum(['every-time', 'once']),
    weight: z.number(),
    tags: z.array(z.string()).readonly(),
    transactional: z.boolean(),
    channel: z.literal('best').nullable(),
    enabled: z.boolean(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('Activation')

const path = '/api/activations'
const listRoute = createRoute({
  method: 'get',
  path,
  request: { query: pageQuery },
  responses: { 200: json(pageOf(shown), 'Activations, oldest first'), ...problems(400, 401) },
})
const newRoute = createRoute({
  method: 'post',
  path,
  request: { body: body(input) },
  responses: { 201: json(shown, 'The new activation'), ...problems(400, 401, 409) },
})
const getRoute = createRoute({
  method: 'get',
  path: `${path}/{id}`,
  request: { params: idParam },
  responses: { 200: json(shown, 'The activation'), ...problems(401, 404) },
})
const replaceRoute = createRoute({
  method: 'put',
  path: `${path}/{id}`,
  request: { params: idParam, body: body(input) },
  responses: { 200: json(shown, 'The activation as it is now'), ...problems(400, 401, 404) },
})
const deleteRoute = createRoute({
  method: 'delete',
  path: `${path}/{id}`,
  request: { params: idParam },
  responses: { 204: { description: 'Deleted' }, ...problems(401, 404) },
})

function show(row: ActivationRow): ApiActivation {
  const { touch, channel, ...rest } = readActivation(row)
  return {
    ...rest,
    ...shownTouch(touch),
    channel: channel ?? null,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  }
}

const definition = (id: ActivationId, wanted: z.output<typeof input>): ActivationDefinition => ({
  id,
  name: wanted.name,
  segment: wanted.segment as SegmentId,
  exclude: (wanted.exclude ?? []) as readonly SegmentId[],
  destinations: wanted.destinations as readonly DestinationId[],
  on: wanted.on,
  frequency: wanted.frequency ?? 'every-time',
  ...touchOf(wanted),
  ...(wanted.channel != null && { channel: wanted.channel }),
  enabled: wanted.enabled ?? true,
})

async function requireNamed(
  c: Context<AccessEnv>,
  {
    segment,
    exclude = [],
    destinations,
    channel,
  }: Pick<ActivationInput, 'segment' | 'destinations'> & {
    readonly exclude?: readonly string[] | undefined
    readonly channel?: 'best' | null | undefined
  },
): Promise<void> {
  await requireRows(c, 'segment', [
    { path: 'segment', id: segment },
    ...exclude.map((id, at) => ({ path: `exclude.${at}`, id })),
  ])
  await requireRows(
    c,
    'destination',
    destinations.map((id, at) => ({ path: `destinations.${at}`, id })),
  )
  if (channel !== 'best') return
  const { workspace } = c.get('access')
  for (const [at, id] of destinations.entries()) {
    const row = await findRow(c.env.DB, 'destination', workspace, id)
    if (row?.channel != null) continue
    throw refuseField(
      `destinations.${at}`,
      'has no channel: the best one is chosen among the channels of all destinations',
    )
  }
}

export const activations = resource()
  .openapi(listRoute, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const page = { after: decodeCursor(cursor), limit: limit + 1 }
    const rows = await listRows(c.env.DB, 'activation', c.get('access').workspace, page)
    return c.json(toPage(rows, limit, show), 200)
  })
  .openapi(newRoute, async (c) => {
    const wanted = c.req.valid('json')
    await requireRoom(c, 'activation')
    await requireNamed(c, wanted)
    const id = newId('act')
    const change = changeOf(c, 'activation.created', id)
    await accept(c, 'activation', await createActivation(c.env.DB, change, definition(id, wanted)))
    return c.json(show(await found(c.env.DB, c.get('access').workspace, id)), 201)
  })
  .openapi(getRoute, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(show(await found(c.env.DB, c.get('access').workspace, id)), 200)
  })
  .openapi(replaceRoute, async (c) => {
    const { workspace } = c.get('access')
    const wanted = c.req.valid('json')
    const { id } = await found(c.env.DB, workspace, c.req.valid('param').id)
    await requireNamed(c, wanted)
    const change = changeOf(c, 'activation.changed', id)
    await accept(c, 'activation', await replaceActivation(c.env.DB, change, definition(id, wanted)))
    return c.json(show(await found(c.env.DB, workspace, id)), 200)
  })
  .openapi(deleteRoute, async (c) => {
    const id = c.req.valid('param').id as ActivationId
    const change = changeOf(c, 'activation.deleted', id)
    await accept(c, 'activation', await deleteActivation(c.env.DB, change, id))
    return c.body(null, 204)
  })

async function found(db: D1Database, workspace: WorkspaceId, id: string): Promise<ActivationRow> {
  const row = await findRow(db, 'activation', workspace, id)
  if (row === undefined) throw notFoundHere('activation')
  return row
}
