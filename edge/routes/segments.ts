import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { liveMonitor, workspaceObject } from '../objects/address.ts'
import { parseCondition } from '../parse/condition.ts'
import type { ApiSegment } from '../protocol/api-segment.ts'
import { parseDuration } from '../protocol/duration.ts'
import type { Condition } from '../protocol/condition.ts'
import type { ExamplePerson } from '../protocol/example.ts'
import type { ActivationId, SegmentId, WorkspaceId } from '../protocol/id.ts'
import type { Env } from '../objects/env.ts'
import { newId } from '../storage/new-id.ts'
import { findRow, keysOf, listRows } from '../storage/rows.ts'
import { readExamples } from '../storage/example-store.ts'
import type { SegmentRow } from '../storage/schema.ts'
import {
  createSegment,
  deleteSegment,
  readFormer,
  readSegment,
  replaceSegment,
  usersOfSegment,
  type FormerSegment,
  type SegmentUser,
} from '../storage/segment-store.ts'
import type { AccessEnv } from './access.ts'
import { accept, changeOf, isLive, requireRoom, waitUntilLive } from './changing.ts'
import { freeKey, keyFromName } from './key-name.ts'
import { decodeCursor, toPage } from './listing.ts'
import { requireOnDevice } from './on-device.ts'
import { notFoundHere, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { linked } from './segment-linking.ts'
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

/** Who counts by what they consented to. */
export const purposes = distinct(purpose, MAX_PURPOSES).optional().openapi({
  description:
    'Only events count that were consented to for all of these, and only while they are granted',
})

/** How long whoever enters stays. */
export const minimumStay = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'must be an ISO 8601 duration such as P1D')
  .optional()
  .openapi({
    description: 'Who enters stays for so long (ISO 8601), unless consent is withdrawn',
    example: 'P1D',
  })

const input = z
  .strictObject({
    name,
    key: key.optional(),
    condition,
    public: z.boolean('must be true or false').optional(),
    onDevice: z.boolean('must be true or false').optional().openapi({
      description:
        'Pages may judge it by themselves before consent, and its condition is public. Refused where a part needs more than the page’s own events',
    }),
    purposes,
    minimumStay,
    examples: examples.optional(),
  })
  .openapi('SegmentInput')

/** A segment as the API shows it. */
export const shownSegment = z
  .object({
    id: z.string(),
    key: z.string(),
    name: z.string(),
    condition: z.custom<Condition>().openapi(CONDITION),
    public: z.boolean(),
    onDevice: z.boolean(),
    purposes: z.array(z.string()).readonly(),
    minimumStay: z.string().optional(),
    version: z.number().openapi({ description: 'Grows with each change' }),
    state: z.enum(['building', 'live']),
    progress: z.number().optional().openapi({ description: '0 to 1, while building' }),
    size: z.number().openapi({ description: 'Members at this moment' }),
    candidate: z.boolean().openapi({
      description: 'A new version stands beside it, see /api/segments/{id}/candidate',
    }),
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
  responses: { 200: json(pageOf(shownSegment), 'Segments, oldest first'), ...problems(400, 401) },
})
const newRoute = createRoute({
  method: 'post',
  path: '/api/segments',
  request: { query: waitQuery, body: body(input) },
  responses: { 201: json(shownSegment, 'The new segment'), ...problems(400, 401, 409, 422) },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/segments/{id}',
  request: { params: idParam },
  responses: { 200: json(shownSegment, 'The segment'), ...problems(401, 404) },
})
const replaceRoute = createRoute({
  method: 'put',
  path: '/api/segments/{id}',
  request: { params: idParam, query: waitQuery, body: body(input) },
  responses: {
    200: json(shownSegment, 'The segment as it is now'),
    ...problems(400, 401, 404, 409, 422),
  },
})
const deleteRoute = createRoute({
  method: 'delete',
  path: '/api/segments/{id}',
  request: {
    params: idParam,
    query: z.object({
      with: z.literal('activations').optional().openapi({
        description:
          'Deletes the activations that tell of it too; their destinations are told that everybody left',
      }),
    }),
  },
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
      onDevice: row.onDevice === 1,
      purposes: JSON.parse(row.purposes) as readonly string[],
      ...(row.minimumStay !== null && { minimumStay: row.minimumStay }),
      version: row.version,
      state: live ? 'live' : 'building',
      ...(!live && { progress: status.progress }),
      size: overview.sizes[row.id] ?? 0,
      candidate: row.candidate !== null,
      createdAt: iso(row.createdAt),
      updatedAt: iso(row.updatedAt),
    }
  }
}

export async function showSegment(
  env: Env,
  workspace: WorkspaceId,
  id: string,
): Promise<ApiSegment> {
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
    const id = newId('seg')
    const taken =
      wanted.key === undefined ? await keysOf(c.env.DB, 'segment', workspace) : new Set<string>()
    const name = wanted.key ?? freeKey(keyFromName(wanted.name, 'segment'), taken)
    const segment = {
      ...wanted,
      id,
      key: name,
      condition: await linked(c, wanted.condition, { id, key: name }),
      public: wanted.public ?? false,
      purposes: wanted.purposes ?? [],
    }
    await requireOnDevice(c, segment)
    await requireExamples(c.env, workspace, segment, wanted.examples ?? [])
    const change = changeOf(c, 'segment.created', id)
    await accept(c, 'segment', await createSegment(c.env.DB, change, segment, wanted.examples))
    if (c.req.valid('query').wait === 'live') await waitUntilLive(c.env, workspace, id, 1)
    return c.json(await showSegment(c.env, workspace, id), 201)
  })
  .openapi(getRoute, async (c) =>
    c.json(await showSegment(c.env, c.get('access').workspace, c.req.valid('param').id), 200),
  )
  .openapi(replaceRoute, async (c) => {
    const { workspace } = c.get('access')
    const { examples: people, ...wanted } = c.req.valid('json')
    const id = c.req.valid('param').id as SegmentId
    const row = await findRow(c.env.DB, 'segment', workspace, id)
    if (row === undefined) throw notFoundHere('segment')
    const had = await readExamples(c.env.DB, workspace, id)
    // Pages and ad platforms know a segment by its key: it changes only when it is said to.
    const name = wanted.key ?? row.key
    const segment = {
      ...wanted,
      id,
      key: name,
      condition: await linked(c, wanted.condition, { id, key: name }),
      public: wanted.public ?? false,
      purposes: wanted.purposes ?? [],
    }
    await requireOnDevice(c, segment, row.onDevice === 1)
    await requireExamples(c.env, workspace, segment, people ?? had)
    const change = changeOf(c, 'segment.changed', id)
    const former = await formerOf(c, row, had)
    await accept(c, 'segment', await replaceSegment(c.env.DB, change, segment, people, former))
    if (c.req.valid('query').wait === 'live') {
      await waitUntilLive(c.env, workspace, id, row.version + 1)
    }
    return c.json(await showSegment(c.env, workspace, id), 200)
  })
  .openapi(deleteRoute, async (c) => {
    const isWhole = c.req.valid('query').with === 'activations'
    await removeSegment(c, c.req.valid('param').id as SegmentId, isWhole)
    return c.body(null, 204)
  })

/**
 * What comes back if a change that is about to be made is taken back: the version that was counted last. Undefined: a
 * version that is itself being counted names it already.
 */
async function formerOf(
  c: Context<AccessEnv>,
  row: SegmentRow,
  examples: readonly ExamplePerson[],
): Promise<FormerSegment | null | undefined> {
  const { workspace } = c.get('access')
  const status = await workspaceObject(c.env, workspace).status({ workspace })
  if (isLive(status, row.id, row.version)) return { segment: readSegment(row), examples }
  return row.version === 1 ? null : undefined
}

/**
 * Takes back a direct change that is still being counted: what it took the place of is in force again, as a version of
 * its own. False: there is nothing to come back, as the segment had never been counted to the end.
 *
 * @throws Refusal 409 if what it took the place of is not known, or cannot be any more.
 */
export async function takeBack(c: Context<AccessEnv>, row: SegmentRow): Promise<boolean> {
  const former = row.version === 1 ? null : readFormer(row)
  if (former === null) return false
  if (former === undefined) {
    throw new Refusal(409, 'The former version is not kept: change the segment again or delete it.')
  }
  const { segment, examples: people } = former
  const { id, key: name } = segment
  const condition = await linked(c, segment.condition, { id, key: name }).catch((error) => {
    if (!(error instanceof Refusal)) throw error
    throw new Refusal(
      409,
      'The former version was made of a segment that is no more: change the segment again or delete it.',
    )
  })
  const change = changeOf(c, 'segment.change-cancelled', id)
  const replaced = { ...segment, condition }
  await accept(c, 'segment', await replaceSegment(c.env.DB, change, replaced, people))
  return true
}

/**
 * Deletes a segment: its members exit, and whoever its activations told of their entry is told of that. `isWhole`: those
 * activations go with it.
 *
 * @throws Refusal 409 that names what still uses it.
 */
export async function removeSegment(
  c: Context<AccessEnv>,
  id: SegmentId,
  isWhole: boolean,
): Promise<void> {
  const users = await usersOfSegment(c.env.DB, c.get('access').workspace, id)
  const goes = (user: SegmentUser) => isWhole && user.tells
  const others = users.filter((user) => !goes(user))
  if (others.length > 0) {
    const names = others.map(({ type, name }) => `the ${type} “${name}”`).join(', ')
    throw new Refusal(409, `This segment is used by ${names}: change or delete them first.`)
  }
  const activations = users.filter(goes).map((user) => user.id as ActivationId)
  const change = changeOf(c, 'segment.deleted', id)
  await accept(c, 'segment', await deleteSegment(c.env.DB, change, id, activations))
}
