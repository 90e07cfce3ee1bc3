import { createRoute, z } from '@hono/zod-openapi'
import type { ApiExperience } from '../protocol/api.ts'
import type { ExperienceDefinition, ExperienceTouch } from '../protocol/decision.ts'
import type { ExperienceId, SegmentId, WorkspaceId } from '../protocol/id.ts'
import type { Json, JsonObject } from '../protocol/json.ts'
import {
  createExperience,
  deleteExperience,
  readExperience,
  replaceExperience,
} from '../storage/experience-store.ts'
import { DEFAULT_WEIGHT } from '../protocol/touch.ts'
import { newId } from '../storage/new-id.ts'
import { findRow, keysOf, listRows } from '../storage/rows.ts'
import type { ExperienceRow } from '../storage/schema.ts'
import { accept, changeOf, requireRoom, requireRows } from './changing.ts'
import { freeKey, keyFromName } from './key-name.ts'
import { decodeCursor, toPage } from './listing.ts'
import { notFoundHere } from './problem.ts'
import { resource } from './resource.ts'
import {
  body,
  idParam,
  instant,
  iso,
  json,
  key,
  name,
  pageOf,
  pageQuery,
  placement,
  problems,
} from './shapes.ts'
import { touchDetails } from './touch-shapes.ts'

/** Characters of one variation's content as JSON: it travels in every answer to the page. */
const MAX_CONTENT = 8_192
const MAX_DEPTH = 8
const MAX_VARIATIONS = 20

const depth = (value: Json): number =>
  typeof value === 'object' && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map((inner) => depth(inner as Json)))
    : 0

const content = z
  .record(z.string(), z.unknown(), 'must be an object')
  .refine(
    (value) => JSON.stringify(value).length <= MAX_CONTENT,
    `is longer than ${MAX_CONTENT} characters`,
  )
  .refine((value) => depth(value as Json) <= MAX_DEPTH, `is nested deeper than ${MAX_DEPTH} levels`)
  .transform((value) => value as JsonObject)
  .openapi({ type: 'object', additionalProperties: true, example: { title: 'New shoes' } })

const variation = z.strictObject({
  key,
  weight: z
    .number('must be a number')
    .positive('must be above 0')
    .max(1_000_000, 'must be at most 1,000,000'),
  content,
})

const variations = z
  .array(variation, 'must be a list')
  .min(1, 'must have at least one entry')
  .max(MAX_VARIATIONS, `must have at most ${MAX_VARIATIONS} entries`)
  .refine((list) => new Set(list.map(({ key }) => key)).size === list.length, 'has a key twice')
  .readonly()

const input = z
  .strictObject({
    name,
    key: key.optional(),
    placement,
    segment: z.string('must be a segment id').nullable().optional(),
    variations,
    control: z
      .number('must be a number')
      .min(0, 'must be from 0 to 1')
      .max(1, 'must be from 0 to 1')
      .optional(),
    priority: z
      .number('must be a number')
      .int('must be a whole number')
      .min(-1_000, 'must be at least -1000')
      .max(1_000, 'must be at most 1000')
      .optional(),
    touch: z
      .strictObject({
        weight: touchDetails.weight,
        tags: touchDetails.tags,
        fallback: key.nullable().optional().openapi({
          description: 'Variation that is shown once a cap is full; absent: the page’s own content',
        }),
      })
      .nullable()
      .optional()
      .openapi({
        description: 'It presses on people: caps with `onSite` count it. null: it does not',
      }),
    enabled: z.boolean('must be true or false').optional(),
  })
  .refine(
    ({ touch, variations: list }) =>
      touch?.fallback == null || list.some((one) => one.key === touch.fallback),
    { path: ['touch', 'fallback'], message: 'must be the key of a variation' },
  )
  .openapi('ExperienceInput')

const shown = z
  .object({
    id: z.string(),
    key: z.string(),
    name: z.string(),
    placement: z.string(),
    segment: z.string().nullable().openapi({ description: 'null: everybody' }),
    variations: z
      .array(
        z.object({
          key: z.string(),
          weight: z.number(),
          content: z.custom<JsonObject>().openapi({ type: 'object' }),
        }),
      )
      .readonly(),
    control: z.number(),
    priority: z.number(),
    touch: z
      .object({
        weight: z.number(),
        tags: z.array(z.string()).readonly(),
        fallback: z.string().nullable(),
      })
      .nullable(),
    enabled: z.boolean(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('Experience')

const path = '/api/experiences'
const listRoute = createRoute({
  method: 'get',
  path,
  request: { query: pageQuery },
  responses: { 200: json(pageOf(shown), 'Experiences, oldest first'), ...problems(400, 401) },
})
const newRoute = createRoute({
  method: 'post',
  path,
  request: { body: body(input) },
  responses: { 201: json(shown, 'The new experience'), ...problems(400, 401, 409) },
})
const getRoute = createRoute({
  method: 'get',
  path: `${path}/{id}`,
  request: { params: idParam },
  responses: { 200: json(shown, 'The experience'), ...problems(401, 404) },
})
const replaceRoute = createRoute({
  method: 'put',
  path: `${path}/{id}`,
  request: { params: idParam, body: body(input) },
  responses: { 200: json(shown, 'The experience as it is now'), ...problems(400, 401, 404, 409) },
})
const deleteRoute = createRoute({
  method: 'delete',
  path: `${path}/{id}`,
  request: { params: idParam },
  responses: { 204: { description: 'Deleted' }, ...problems(401, 404) },
})

function show(row: ExperienceRow): ApiExperience {
  const { segment, touch, ...rest } = readExperience(row)
  return {
    ...rest,
    segment: segment ?? null,
    touch: touch === undefined ? null : shownTouch(touch),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  }
}

const touchOf = ({ weight, tags, fallback }: NonNullable<z.output<typeof input>['touch']>) => ({
  ...(weight !== undefined && { weight }),
  ...(tags !== undefined && { tags }),
  ...(fallback != null && { fallback }),
})

const shownTouch = ({ weight, tags, fallback }: ExperienceTouch) => ({
  weight: weight ?? DEFAULT_WEIGHT,
  tags: tags ?? [],
  fallback: fallback ?? null,
})

const definition = (
  id: ExperienceId,
  key: string,
  wanted: z.output<typeof input>,
): ExperienceDefinition => ({
  id,
  key,
  name: wanted.name,
  placement: wanted.placement,
  ...(typeof wanted.segment === 'string' && { segment: wanted.segment as SegmentId }),
  variations: wanted.variations,
  control: wanted.control ?? 0,
  priority: wanted.priority ?? 0,
  ...(wanted.touch != null && { touch: touchOf(wanted.touch) }),
  enabled: wanted.enabled ?? true,
})

const named = ({ segment }: z.output<typeof input>) =>
  typeof segment === 'string' ? [{ path: 'segment', id: segment }] : []

export const experiences = resource()
  .openapi(listRoute, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const page = { after: decodeCursor(cursor), limit: limit + 1 }
    const rows = await listRows(c.env.DB, 'experience', c.get('access').workspace, page)
    return c.json(toPage(rows, limit, show), 200)
  })
  .openapi(newRoute, async (c) => {
    const { workspace } = c.get('access')
    const wanted = c.req.valid('json')
    await requireRoom(c, 'experience')
    await requireRows(c, 'segment', named(wanted))
    const id = newId('exp')
    const key =
      wanted.key ??
      freeKey(
        keyFromName(wanted.name, 'experience'),
        await keysOf(c.env.DB, 'experience', workspace),
      )
    const change = changeOf(c, 'experience.created', id)
    const created = await createExperience(c.env.DB, change, definition(id, key, wanted))
    await accept(c, 'experience', created)
    return c.json(show(await found(c.env.DB, workspace, id)), 201)
  })
  .openapi(getRoute, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(show(await found(c.env.DB, c.get('access').workspace, id)), 200)
  })
  .openapi(replaceRoute, async (c) => {
    const { workspace } = c.get('access')
    const wanted = c.req.valid('json')
    const row = await found(c.env.DB, workspace, c.req.valid('param').id)
    await requireRows(c, 'segment', named(wanted))
    const change = changeOf(c, 'experience.changed', row.id)
    const changed = definition(row.id, wanted.key ?? row.key, wanted)
    await accept(c, 'experience', await replaceExperience(c.env.DB, change, changed))
    return c.json(show(await found(c.env.DB, workspace, row.id)), 200)
  })
  .openapi(deleteRoute, async (c) => {
    const id = c.req.valid('param').id as ExperienceId
    const change = changeOf(c, 'experience.deleted', id)
    await accept(c, 'experience', await deleteExperience(c.env.DB, change, id))
    return c.body(null, 204)
  })

async function found(db: D1Database, workspace: WorkspaceId, id: string): Promise<ExperienceRow> {
  const row = await findRow(db, 'experience', workspace, id)
  if (row === undefined) throw notFoundHere('experience')
  return row
}
