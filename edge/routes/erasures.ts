import { createRoute, z } from '@hono/zod-openapi'
import { isProfileId } from '../domain/id.ts'
import { erasuresOf } from '../objects/address.ts'
import { ERASURE_COUNTS, ERASURE_STEPS, type ErasureReceipt } from '../protocol/erasure.ts'
import { noted } from '../storage/import-list.ts'
import { newId } from '../storage/new-id.ts'
import { changeOf } from './changing.ts'
import { viewProfile } from './find-profile.ts'
import { decodeCursor, toPage } from './listing.ts'
import { notFoundHere } from './problem.ts'
import { resource } from './resource.ts'
import { idParam, instant, iso, json, pageOf, pageQuery, problems } from './shapes.ts'

const receipt = z
  .object({
    id: z.string(),
    profile: z.string(),
    state: z.enum(['running', 'done', 'failed']).openapi({
      description: 'Failed: tried in vain for hours. Asked for again, it goes on',
    }),
    requestedAt: instant,
    erasedAt: instant.optional().openapi({
      description: 'What happened until then is refused, what happens later begins somebody new',
    }),
    doneAt: instant.optional(),
    step: z.enum(ERASURE_STEPS).optional(),
    counts: z
      .record(z.enum(ERASURE_COUNTS), z.number().int())
      .openapi({ description: 'What was removed, and how many destinations are told' }),
  })
  .openapi('Erasure', { description: 'Nothing in it says who it was' })

const eraseRoute = createRoute({
  method: 'delete',
  path: '/api/profiles/{id}',
  summary: 'Erases a person',
  description:
    'Everything of the person goes, everywhere; destinations are told by `profile.erased`. Events dated before it that come later are refused.',
  request: { params: idParam },
  responses: { 202: json(receipt, 'It has begun, or was asked for before'), ...problems(401, 404) },
})
const listRoute = createRoute({
  method: 'get',
  path: '/api/erasures',
  summary: 'Erasures, newest first',
  request: { query: pageQuery },
  responses: { 200: json(pageOf(receipt), 'A page'), ...problems(400, 401) },
})
const oneRoute = createRoute({
  method: 'get',
  path: '/api/erasures/{id}',
  summary: 'How far an erasure is',
  request: { params: idParam },
  responses: { 200: json(receipt, 'Of now'), ...problems(401, 404) },
})

const show = ({ requestedAt, erasedAt, doneAt, ...rest }: ErasureReceipt) => ({
  ...rest,
  requestedAt: iso(requestedAt),
  ...(erasedAt !== undefined && { erasedAt: iso(erasedAt) }),
  ...(doneAt !== undefined && { doneAt: iso(doneAt) }),
})

export const erasures = resource()
  .openapi(eraseRoute, async (c) => {
    const { workspace } = c.get('access')
    const { id } = c.req.valid('param')
    if (!isProfileId(id)) throw notFoundHere('profile')
    const view = await viewProfile(c.env, workspace, { profile: id, at: id }, { limit: 1 })
    const profile = view?.id ?? id
    const stub = erasuresOf(c.env, workspace)
    const known = await stub.ofProfile({ profile })
    if (known === null && view === null) throw notFoundHere('profile')
    const isOver = known?.state === 'done' && view === null
    if (known !== null && (isOver || known.state === 'running')) return c.json(show(known), 202)
    // Noted first: nobody is erased without it being known by whom.
    await noted(c.env.DB, changeOf(c, 'profile.erased', profile))
    const asked = { workspace, id: newId('ers'), profile, at: id, isThere: view !== null }
    return c.json(show(await stub.request(asked)), 202)
  })
  .openapi(listRoute, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const position = decodeCursor(cursor)
    const rows = await erasuresOf(c.env, c.get('access').workspace).list({
      ...(position !== undefined && { after: { at: position.createdAt, id: position.id } }),
      limit: limit + 1,
    })
    const placed = rows.map((row) => ({ id: row.id, createdAt: row.requestedAt, row }))
    return c.json(
      toPage(placed, limit, ({ row }) => show(row)),
      200,
    )
  })
  .openapi(oneRoute, async (c) => {
    const { id } = c.req.valid('param')
    const found = await erasuresOf(c.env, c.get('access').workspace).find({ id })
    if (found === null) throw notFoundHere('erasure')
    return c.json(show(found), 200)
  })
