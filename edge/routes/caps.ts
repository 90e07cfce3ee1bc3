import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { capFaults } from '../domain/cap-links.ts'
import { capMeaning } from '../domain/score/cap-meaning.ts'
import { faultOfCapWindow } from '../parse/cap.ts'
import type { ApiCap } from '../protocol/api-touch.ts'
import type { CapId, SegmentId, WorkspaceId } from '../protocol/id.ts'
import { CHANNELS, ONSITE } from '../protocol/reaction.ts'
import { MAX_MOST, type CapDefinition } from '../protocol/touch.ts'
import { capsOfWorkspace, createCap, deleteCap, readCap, replaceCap } from '../storage/cap-store.ts'
import { everyCondition, usersOfCap } from '../storage/cap-users.ts'
import { newId } from '../storage/new-id.ts'
import { findRow, keysOf, listRows } from '../storage/rows.ts'
import type { CapRow } from '../storage/schema.ts'
import { linkableSegments } from '../storage/segment-store.ts'
import type { AccessEnv } from './access.ts'
import { accept, changeOf, requireRoom, requireRows } from './changing.ts'
import { freeKey, keyFromName } from './key-name.ts'
import { decodeCursor, toPage } from './listing.ts'
import { INVALID, notFoundHere, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import {
  body,
  channel,
  idParam,
  instant,
  iso,
  json,
  key,
  name,
  pageOf,
  pageQuery,
  problems,
} from './shapes.ts'
import { tag } from './touch-shapes.ts'

const MAX_THRESHOLDS = 20

const most = z
  .number('must be a number')
  .min(0, 'must be 0 (none allowed) or more')
  .max(MAX_MOST, `must be at most ${MAX_MOST}`)

const window = z.string('must be a duration').superRefine((text, context) => {
  const message = faultOfCapWindow(text)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

const threshold = z.strictObject({ segment: z.string('must be a segment id'), most })

const input = z
  .strictObject({
    name,
    key: key.optional(),
    channel: channel.nullable().optional().openapi({ description: 'null: all channels' }),
    tag: tag.nullable().optional().openapi({ description: 'null: with whatever tags' }),
    window: window.openapi({ example: 'P7D' }),
    most: most.openapi({ description: 'Weight in any stretch of that length; 0: none allowed' }),
    thresholds: z
      .array(threshold, 'must be a list')
      .max(MAX_THRESHOLDS, `must have at most ${MAX_THRESHOLDS} entries`)
      .refine(
        (list) => new Set(list.map(({ segment }) => segment)).size === list.length,
        'names a segment twice: only the first would ever hold',
      )
      .readonly()
      .optional()
      .openapi({
        description: 'The first whose segment somebody is in stands in the place of `most`',
      }),
    onSite: z
      .boolean('must be true or false')
      .optional()
      .openapi({ description: 'What pages show counts, and is refused' }),
    enabled: z.boolean('must be true or false').optional(),
  })
  .refine(({ channel: on, onSite }) => on !== ONSITE || onSite === true, {
    path: ['onSite'],
    message: 'must be true, or a cap of the channel "onsite" counts nothing',
  })
  .openapi('CapInput')

const shown = z
  .object({
    id: z.string(),
    key: z.string(),
    name: z.string(),
    channel: z.enum(CHANNELS).nullable(),
    tag: z.string().nullable(),
    window: z.string(),
    most: z.number(),
    thresholds: z.array(z.object({ segment: z.string(), most: z.number() })).readonly(),
    onSite: z.boolean(),
    enabled: z.boolean(),
    meaning: z.string().openapi({ description: 'What it comes to, in a sentence' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('Cap')

const path = '/api/caps'
const listRoute = createRoute({
  method: 'get',
  path,
  request: { query: pageQuery },
  responses: { 200: json(pageOf(shown), 'Caps, oldest first'), ...problems(400, 401) },
})
const newRoute = createRoute({
  method: 'post',
  path,
  request: { body: body(input) },
  responses: { 201: json(shown, 'The new cap'), ...problems(400, 401, 409) },
})
const getRoute = createRoute({
  method: 'get',
  path: `${path}/{id}`,
  request: { params: idParam },
  responses: { 200: json(shown, 'The cap'), ...problems(401, 404) },
})
const replaceRoute = createRoute({
  method: 'put',
  path: `${path}/{id}`,
  description: 'Everybody in a segment that asks for its budget is looked at anew.',
  request: { params: idParam, body: body(input) },
  responses: { 200: json(shown, 'The cap as it is now'), ...problems(400, 401, 404, 409) },
})
const deleteRoute = createRoute({
  method: 'delete',
  path: `${path}/{id}`,
  description: 'Refused while segments ask for its budget.',
  request: { params: idParam },
  responses: { 204: { description: 'Deleted' }, ...problems(401, 404, 409) },
})

function show(row: CapRow): ApiCap {
  const cap = readCap(row)
  return {
    ...cap,
    channel: cap.channel ?? null,
    tag: cap.tag ?? null,
    meaning: capMeaning(cap),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  }
}

const definition = (
  id: CapId,
  name: string,
  { channel: on, tag: bearing, thresholds = [], ...wanted }: z.output<typeof input>,
): CapDefinition => ({
  id,
  key: name,
  name: wanted.name,
  ...(on != null && { channel: on }),
  ...(bearing != null && { tag: bearing }),
  window: wanted.window,
  most: wanted.most,
  thresholds: thresholds.map((one) => ({ ...one, segment: one.segment as SegmentId })),
  onSite: wanted.onSite ?? false,
  enabled: wanted.enabled ?? true,
})

const requireSegments = (
  c: Context<AccessEnv>,
  { thresholds = [] }: z.output<typeof input>,
): Promise<void> =>
  requireRows(
    c,
    'segment',
    thresholds.map(({ segment }, at) => ({ path: `thresholds.${at}.segment`, id: segment })),
  )

/** @throws Refusal 400 that names the threshold, and the way of a segment that would be made of itself. */
async function requireNoFaults(c: Context<AccessEnv>, cap: CapDefinition): Promise<void> {
  if (cap.thresholds.length === 0) return
  const { workspace } = c.get('access')
  const [users, segments, all] = await Promise.all([
    everyCondition(c.env.DB, workspace),
    linkableSegments(c.env.DB, workspace),
    capsOfWorkspace(c.env.DB, workspace),
  ])
  const faults = capFaults(cap, users, segments, all)
  if (faults.length > 0) throw new Refusal(400, INVALID, faults)
}

/** @throws Refusal 409 that names the segments. */
async function requireUnused(c: Context<AccessEnv>, cap: CapId): Promise<void> {
  const users = usersOfCap(cap, await everyCondition(c.env.DB, c.get('access').workspace))
  if (users.length === 0) return
  const names = users.map((one) => `the segment “${one}”`).join(', ')
  throw new Refusal(
    409,
    `This cap cannot be deleted while it is used by ${names}: change or delete them first.`,
  )
}

export const caps = resource()
  .openapi(listRoute, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const page = { after: decodeCursor(cursor), limit: limit + 1 }
    const rows = await listRows(c.env.DB, 'cap', c.get('access').workspace, page)
    return c.json(toPage(rows, limit, show), 200)
  })
  .openapi(newRoute, async (c) => {
    const { workspace } = c.get('access')
    const wanted = c.req.valid('json')
    await requireRoom(c, 'cap')
    await requireSegments(c, wanted)
    const id = newId('cap')
    const own =
      wanted.key ??
      freeKey(keyFromName(wanted.name, 'cap'), await keysOf(c.env.DB, 'cap', workspace))
    const change = changeOf(c, 'cap.created', id)
    await accept(c, 'cap', await createCap(c.env.DB, change, definition(id, own, wanted)))
    return c.json(show(await found(c.env.DB, workspace, id)), 201)
  })
  .openapi(getRoute, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(show(await found(c.env.DB, c.get('access').workspace, id)), 200)
  })
  .openapi(replaceRoute, async (c) => {
    const { workspace } = c.get('access')
    const wanted = c.req.valid('json')
    const { id, key: before } = await found(c.env.DB, workspace, c.req.valid('param').id)
    await requireSegments(c, wanted)
    const change = changeOf(c, 'cap.changed', id)
    const cap = definition(id, wanted.key ?? before, wanted)
    await requireNoFaults(c, cap)
    await accept(c, 'cap', await replaceCap(c.env.DB, change, cap))
    return c.json(show(await found(c.env.DB, workspace, id)), 200)
  })
  .openapi(deleteRoute, async (c) => {
    const id = c.req.valid('param').id as CapId
    await requireUnused(c, id)
    await accept(c, 'cap', await deleteCap(c.env.DB, changeOf(c, 'cap.deleted', id), id))
    return c.body(null, 204)
  })

async function found(db: D1Database, workspace: WorkspaceId, id: string): Promise<CapRow> {
  const row = await findRow(db, 'cap', workspace, id)
  if (row === undefined) throw notFoundHere('cap')
  return row
}
