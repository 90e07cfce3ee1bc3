import { createRoute, z } from '@hono/zod-openapi'
import type { ApiComputedTrait } from '../protocol/api-computed-trait.ts'
import type { ComputedTraitDefinition } from '../protocol/computed-trait.ts'
import type { ComputedTraitId } from '../protocol/id.ts'
import {
  createComputedTrait,
  deleteComputedTrait,
  readComputedTrait,
  replaceComputedTrait,
  usersOfTraits,
  type TraitUser,
} from '../storage/computed-trait-store.ts'
import { newId } from '../storage/new-id.ts'
import { findRow, keysOf, listRows } from '../storage/rows.ts'
import type { ComputedTraitRow } from '../storage/schema.ts'
import type { AccessEnv } from './access.ts'
import { accept, changeOf, requireRoom } from './changing.ts'
import { previewComputed } from './computed-trait-preview.ts'
import { ADDRESSES, by, input, shown, shownValue } from './computed-trait-shape.ts'
import { freeKey, keyFromName } from './key-name.ts'
import { decodeCursor, toPage } from './listing.ts'
import { notFoundHere, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { body, idParam, iso, json, pageOf, pageQuery, problems } from './shapes.ts'

const path = '/api/computed-traits'
const what = 'computed trait'
const listRoute = createRoute({
  method: 'get',
  path,
  request: { query: pageQuery },
  responses: { 200: json(pageOf(shown), 'Computed traits, oldest first'), ...problems(400, 401) },
})
const newRoute = createRoute({
  method: 'post',
  path,
  description:
    'Segments that ask for a trait of this name ask for this one from then on, whatever is said of people.',
  request: { body: body(input) },
  responses: { 201: json(shown, 'The new computed trait'), ...problems(400, 401, 409) },
})
const previewRoute = createRoute({
  method: 'post',
  path: `${path}/preview`,
  request: { body: body(by) },
  responses: {
    200: json(
      z
        .object({
          sampled: z.number().openapi({ description: 'How many were looked at, drawn at random' }),
          known: z.number().openapi({
            description: 'How many of them have a value that is neither 0 nor absent',
          }),
          people: z
            .array(shownValue.extend({ profile: z.string() }))
            .readonly()
            .openapi({ description: 'Some of these' }),
        })
        .openapi('ComputedTraitPreview'),
      'What a definition says of some people now',
    ),
    ...problems(400, 401, 503),
  },
})
const getRoute = createRoute({
  method: 'get',
  path: `${path}/{id}`,
  request: { params: idParam },
  responses: { 200: json(shown, 'The computed trait'), ...problems(401, 404) },
})
const replaceRoute = createRoute({
  method: 'put',
  path: `${path}/{id}`,
  description:
    'Everybody in a segment that asks for it is looked at anew, over their whole history. Its key cannot change while segments ask for it.',
  request: { params: idParam, body: body(input) },
  responses: {
    200: json(shown, 'The computed trait as it is now'),
    ...problems(400, 401, 404, 409),
  },
})
const deleteRoute = createRoute({
  method: 'delete',
  path: `${path}/{id}`,
  description: 'Refused while segments ask for it.',
  request: { params: idParam },
  responses: { 204: { description: 'Deleted' }, ...problems(401, 404, 409) },
})

function freeKeyOf(name: string, taken: ReadonlySet<string>): string {
  const key = keyFromName(name, 'trait')
  return freeKey(/^\d/.test(key) ? `trait-${key}` : key, new Set([...taken, ...ADDRESSES]))
}

type Users = ReadonlyMap<string, readonly TraitUser[]>

const show = (row: ComputedTraitRow, users: Users): ApiComputedTrait => ({
  purposes: [],
  ...readComputedTrait(row),
  segments: users.get(row.key) ?? [],
  createdAt: iso(row.createdAt),
  updatedAt: iso(row.updatedAt),
})

async function showOne(
  { DB }: AccessEnv['Bindings'],
  { workspace }: AccessEnv['Variables']['access'],
  id: string,
): Promise<ApiComputedTrait> {
  const row = await findRow(DB, 'computedTrait', workspace, id)
  if (row === undefined) throw notFoundHere(what)
  return show(row, await usersOfTraits(DB, workspace, [row.key]))
}

/** @throws Refusal 409 that names the segments. */
function requireUnused(users: readonly TraitUser[], so: string): void {
  if (users.length === 0) return
  const names = users.map(({ name }) => `the segment “${name}”`).join(', ')
  throw new Refusal(409, `${so} while it is used by ${names}: change or delete them first.`)
}

export const computedTraits = resource()
  .openapi(listRoute, async (c) => {
    const { workspace } = c.get('access')
    const { cursor, limit } = c.req.valid('query')
    const after = decodeCursor(cursor)
    const rows = await listRows(c.env.DB, 'computedTrait', workspace, { after, limit: limit + 1 })
    const users = await usersOfTraits(
      c.env.DB,
      workspace,
      rows.map(({ key }) => key),
    )
    return c.json(
      toPage(rows, limit, (row) => show(row, users)),
      200,
    )
  })
  .openapi(newRoute, async (c) => {
    const { workspace } = c.get('access')
    const wanted = c.req.valid('json')
    await requireRoom(c, 'computedTrait')
    const id = newId('trt')
    const key =
      wanted.key ?? freeKeyOf(wanted.name, await keysOf(c.env.DB, 'computedTrait', workspace))
    const trait: ComputedTraitDefinition = { ...wanted, id, key }
    const change = changeOf(c, 'computed-trait.created', id)
    await accept(c, what, await createComputedTrait(c.env.DB, change, trait))
    return c.json(await showOne(c.env, c.get('access'), id), 201)
  })
  .openapi(previewRoute, async (c) =>
    c.json(await previewComputed(c.env, c.get('access').workspace, c.req.valid('json')), 200),
  )
  .openapi(getRoute, async (c) =>
    c.json(await showOne(c.env, c.get('access'), c.req.valid('param').id), 200),
  )
  .openapi(replaceRoute, async (c) => {
    const wanted = c.req.valid('json')
    const id = c.req.valid('param').id as ComputedTraitId
    const before = await showOne(c.env, c.get('access'), id)
    const trait: ComputedTraitDefinition = { ...wanted, id, key: wanted.key ?? before.key }
    if (trait.key !== before.key) requireUnused(before.segments, 'The key cannot change')
    const change = changeOf(c, 'computed-trait.changed', id)
    await accept(c, what, await replaceComputedTrait(c.env.DB, change, trait))
    return c.json(await showOne(c.env, c.get('access'), id), 200)
  })
  .openapi(deleteRoute, async (c) => {
    const id = c.req.valid('param').id as ComputedTraitId
    const { segments } = await showOne(c.env, c.get('access'), id)
    requireUnused(segments, 'This computed trait cannot be deleted')
    const change = changeOf(c, 'computed-trait.deleted', id)
    await accept(c, what, await deleteComputedTrait(c.env.DB, change, id))
    return c.body(null, 204)
  })
