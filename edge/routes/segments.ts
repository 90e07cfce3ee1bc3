import { createRoute, z } from '@hono/zod-openapi'
import { liveMonitor, workspaceObject } from '../objects/address.ts'
import { parseCondition } from '../parse/condition.ts'
import type { ApiSegment } from '../protocol/api.ts'
import type { Condition } from '../protocol/condition.ts'
import type { SegmentId, WorkspaceId } from '../protocol/id.ts'
import type { Env } from '../objects/env.ts'
import { newId } from '../storage/new-id.ts'
import { findRow, keysOf, listRows } from '../storage/rows.ts'
import { readExamples } from '../storage/example-store.ts'
import type { SegmentRow } from '../storage/schema.ts'
import {
  createSegment,
  deleteSegment,
  replaceSegment,
  usersOfSegment,
} from '../storage/segment-store.ts'
import { accept, changeOf, isLive, requireRoom, waitUntilLive } from './changing.ts'
import { freeKey, keyFromName } from './key-name.ts'
import { decodeCursor, toPage } from './listing.ts'
import { notFoundHere, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { examples, requireExamples, shownExamples } from './segment-examples.ts'
import {
  body,
  distinct,
  idParam,
  instant,
  iso,
  json,
  key,
  name,
  pageOf,
  pageQuery,
  problems,
  purpose,
} from './shapes.ts'

const MAX_PURPOSES = 20

const CONDITION = { type: 'object', description: 'A condition, by its `type`' } as const

/** A condition in a body: its mistakes are told each with its path. */
export const condition = z
  .unknown()
  .transform((value, context): Condition => {
    const parsed = parseCondition(value, 'condition')
    if (parsed.ok) return parsed.value
    for (const { path, reason } of parsed.errors) {
      // zod puts the field's own name before each path.
      context.addIssue({ code: 'custom', message: reason, path: path.split('.').slice(1) })
    }
    return z.NEVER
  })
  .openapi({
    ...CONDITION,
    example: { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' },
  })

const input = z
  .strictObject({
    name,
    key: key.optional(),
    condition,
    public: z.boolean('must be true or false').optional(),
    purposes: distinct(purpose, MAX_PURPOSES).optional().openapi({
      description:
        'Only events count that were consented to for all of these, and only while they are granted',
    }),
    examples: examples.optional(),
  })
  .openapi('SegmentInput')

const shown = z
  .object({
    id: z.string(),
    key: z.string(),
    name: z.string(),
    condition: z.custom<Condition>().openapi(CONDITION),
    public: z.boolean(),
    purposes: z.array(z.string()).readonly(),
    version: z.number().openapi({ description: 'Grows with each change' }),
    state: z.enum(['building', 'live']),
    progress: z.number().optional().openapi({ description: '0 to 1, while building' }),
    size: z.number().openapi({ description: 'Members at this moment' }),
    examples: shownExamples.optional(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('Segment')

const waitQuery = z.object({
  wait: z.literal('live').optional().openapi({
    description: 'Answer once every shard uses it, after at most 30 seconds',
  }),
})

const listRoute = createRoute({
  method: 'get',
  path: '/api/segments',
  request: { query: pageQuery },
  responses: { 200: json(pageOf(shown), 'Segments, oldest first'), ...problems(400, 401) },
})
const newRoute = createRoute({
  method: 'post',
  path: '/api/segments',
  request: { query: waitQuery, body: body(input) },
  responses: { 201: json(shown, 'The new segment'), ...problems(400, 401, 409, 422) },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/segments/{id}',
  request: { params: idParam },
  responses: { 200: json(shown, 'The segment'), ...problems(401, 404) },
})
const replaceRoute = createRoute({
  method: 'put',
  path: '/api/segments/{id}',
  request: { params: idParam, query: waitQuery, body: body(input) },
  responses: { 200: json(shown, 'The segment as it is now'), ...problems(400, 401, 404, 409, 422) },
})
const deleteRoute = createRoute({
  method: 'delete',
  path: '/api/segments/{id}',
  request: { params: idParam },
  responses: { 204: { description: 'Deleted; its members exit' }, ...problems(401, 404, 409) },
})

/** What rows do not say: who is in, and how far the shards are. */
async function figures(env: Env, workspace: WorkspaceId) {
  const [status, overview] = await Promise.all([
    workspaceObject(env, workspace).status({ workspace }),
    liveMonitor(env, workspace).overview(),
  ])
  return (row: SegmentRow): ApiSegment => {
    const live = isLive(status, row.id, row.version)
    return {
      id: row.id,
      key: row.key,
      name: row.name,
      condition: JSON.parse(row.condition) as Condition,
      public: row.public === 1,
      purposes: JSON.parse(row.purposes) as readonly string[],
      version: row.version,
      state: live ? 'live' : 'building',
      ...(!live && { progress: status.progress }),
      size: overview.sizes[row.id] ?? 0,
      createdAt: iso(row.createdAt),
      updatedAt: iso(row.updatedAt),
    }
  }
}

async function show(env: Env, workspace: WorkspaceId, id: string): Promise<ApiSegment> {
  const row = await findRow(env.DB, 'segment', workspace, id)
  if (row === undefined) throw notFoundHere('segment')
  const people = await readExamples(env.DB, workspace, row.id)
  return { ...(await figures(env, workspace))(row), examples: people }
}

export const segments = resource()
  .openapi(listRoute, async (c) => {
    const { workspace } = c.get('access')
    const { cursor, limit } = c.req.valid('query')
    const after = decodeCursor(cursor)
    const rows = await listRows(c.env.DB, 'segment', workspace, { after, limit: limit + 1 })
    return c.json(toPage(rows, limit, await figures(c.env, workspace)), 200)
  })
  .openapi(newRoute, async (c) => {
    const { workspace } = c.get('access')
    const wanted = c.req.valid('json')
    await requireRoom(c, 'segment')
    await requireExamples(c.env, workspace, wanted.condition, wanted.examples ?? [])
    const id = newId('seg')
    const taken =
      wanted.key === undefined ? await keysOf(c.env.DB, 'segment', workspace) : new Set<string>()
    const segment = {
      id,
      key: wanted.key ?? freeKey(keyFromName(wanted.name, 'segment'), taken),
      name: wanted.name,
      condition: wanted.condition,
      public: wanted.public ?? false,
      purposes: wanted.purposes ?? [],
    }
    const change = changeOf(c, 'segment.created', id)
    await accept(c, 'segment', await createSegment(c.env.DB, change, segment, wanted.examples))
    if (c.req.valid('query').wait === 'live') await waitUntilLive(c.env, workspace, id, 1)
    return c.json(await show(c.env, workspace, id), 201)
  })
  .openapi(getRoute, async (c) =>
    c.json(await show(c.env, c.get('access').workspace, c.req.valid('param').id), 200),
  )
  .openapi(replaceRoute, async (c) => {
    const { workspace } = c.get('access')
    const { examples: people, ...wanted } = c.req.valid('json')
    const id = c.req.valid('param').id as SegmentId
    const row = await findRow(c.env.DB, 'segment', workspace, id)
    if (row === undefined) throw notFoundHere('segment')
    const asked = people ?? (await readExamples(c.env.DB, workspace, id))
    await requireExamples(c.env, workspace, wanted.condition, asked)
    // Pages and ad platforms know a segment by its key: it changes only when it is said to.
    const segment = {
      ...wanted,
      id,
      key: wanted.key ?? row.key,
      public: wanted.public ?? false,
      purposes: wanted.purposes ?? [],
    }
    const change = changeOf(c, 'segment.changed', id)
    await accept(c, 'segment', await replaceSegment(c.env.DB, change, segment, people))
    if (c.req.valid('query').wait === 'live') {
      await waitUntilLive(c.env, workspace, id, row.version + 1)
    }
    return c.json(await show(c.env, workspace, id), 200)
  })
  .openapi(deleteRoute, async (c) => {
    const { workspace } = c.get('access')
    const id = c.req.valid('param').id as SegmentId
    const users = await usersOfSegment(c.env.DB, workspace, id)
    if (users.length > 0) {
      const names = users.map(({ type, name }) => `the ${type} “${name}”`).join(', ')
      throw new Refusal(409, `This segment is used by ${names}: change or delete them first.`)
    }
    await accept(
      c,
      'segment',
      await deleteSegment(c.env.DB, changeOf(c, 'segment.deleted', id), id),
    )
    return c.body(null, 204)
  })
