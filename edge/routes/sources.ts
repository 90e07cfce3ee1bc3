import { createRoute, z } from '@hono/zod-openapi'
import { liveMonitor } from '../objects/address.ts'
import type { Env } from '../objects/env.ts'
import type { ApiSource } from '../protocol/api.ts'
import type { TokenKey } from '../protocol/catalog.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import { newId } from '../storage/new-id.ts'
import { findRow, listRows } from '../storage/rows.ts'
import type { SourceRow } from '../storage/schema.ts'
import {
  createSource,
  deleteSource,
  readSource,
  replaceSource,
  writeKeys,
} from '../storage/source-store.ts'
import { accept, changeOf, requireRoom } from './changing.ts'
import { decodeCursor, toPage } from './listing.ts'
import { notFoundHere, refuseField, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { keyRow, newKeyText } from './secret-text.ts'
import {
  body,
  idParam,
  instant,
  iso,
  json,
  name,
  pageOf,
  pageQuery,
  problems,
  purpose,
  text,
} from './shapes.ts'
import { readTokenKey, tokenKeyInput } from './token-key.ts'

const MAX_PURPOSES = 200

const eventPurpose = z
  .strictObject({
    event: text(200).openapi({ description: 'As conditions name it: `Page Viewed` for pages' }),
    purpose,
  })
  .openapi('EventPurpose')

const input = z
  .strictObject({
    name,
    kind: z.enum(['browser', 'server'], 'must be "browser" or "server"'),
    consent: z.enum(['opt-in', 'implied'], 'must be "opt-in" or "implied"').optional().openapi({
      description:
        'Of people who were not asked. Default: opt-in for browsers, implied for servers',
    }),
    purposes: z
      .array(eventPurpose, 'must be a list of {event, purpose}')
      .max(MAX_PURPOSES, `must have at most ${MAX_PURPOSES} entries`)
      .refine(
        (list) => new Set(list.map(({ event }) => event)).size === list.length,
        'names an event twice',
      )
      .readonly()
      .optional()
      .openapi({ description: 'Events that are collected for another purpose than analytics' }),
    pressure: z.boolean('must be true or false').optional().openapi({
      description: 'Tells it, with decisions, what people may still be sent; default: no',
    }),
    tokenKey: tokenKeyInput.optional(),
  })
  .openapi('SourceInput')

const counts = z.object({
  accepted: z.number(),
  duplicate: z.number(),
  rejected: z.number(),
  failed: z.number(),
  replayed: z.number(),
})

const shown = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['browser', 'server']),
    consent: z.enum(['opt-in', 'implied']),
    purposes: z.array(eventPurpose).readonly(),
    pressure: z.boolean(),
    tokenAlgorithms: z.array(z.string()).readonly(),
    writeKey: z
      .string()
      .optional()
      .openapi({ description: 'Public. Absent for the source that secret keys write to' }),
    counts,
    firstEventAt: instant.nullable(),
    lastEventAt: instant.nullable(),
    createdAt: instant,
  })
  .openapi('Source')

const path = '/api/sources'
const listRoute = createRoute({
  method: 'get',
  path,
  request: { query: pageQuery },
  responses: { 200: json(pageOf(shown), 'Sources, oldest first'), ...problems(400, 401) },
})
const newRoute = createRoute({
  method: 'post',
  path,
  request: { body: body(input) },
  responses: { 201: json(shown, 'The new source with its write key'), ...problems(400, 401, 409) },
})
const getRoute = createRoute({
  method: 'get',
  path: `${path}/{id}`,
  request: { params: idParam },
  responses: { 200: json(shown, 'The source'), ...problems(401, 404) },
})
const replaceRoute = createRoute({
  method: 'put',
  path: `${path}/{id}`,
  description:
    'The kind stays as it was. Without `tokenKey` the present key stays, `null` removes it.',
  request: { params: idParam, body: body(input) },
  responses: { 200: json(shown, 'The source as it is now'), ...problems(400, 401, 404) },
})
const deleteRoute = createRoute({
  method: 'delete',
  path: `${path}/{id}`,
  request: { params: idParam },
  responses: { 204: { description: 'Deleted with its write key' }, ...problems(401, 404, 409) },
})

/** What rows do not say: the write keys and what has arrived. */
async function figures(env: Env, workspace: WorkspaceId) {
  const [keys, { sources: arrived }] = await Promise.all([
    writeKeys(env.DB, workspace),
    liveMonitor(env, workspace).overview(),
  ])
  return (row: SourceRow): ApiSource => {
    const { tokenKeys, purposes = [], pressure = false, ...source } = readSource(row)
    const { firstAt = null, lastAt = null, ...counts } = arrived[row.id] ?? NOTHING
    const writeKey = keys.get(row.id)
    return {
      ...source,
      purposes,
      pressure,
      tokenAlgorithms: tokenKeys.map(({ algorithm }) => algorithm),
      ...(writeKey !== undefined && { writeKey }),
      counts,
      firstEventAt: firstAt === null ? null : iso(firstAt),
      lastEventAt: lastAt === null ? null : iso(lastAt),
      createdAt: iso(row.createdAt),
    }
  }
}

const NOTHING = {
  accepted: 0,
  duplicate: 0,
  rejected: 0,
  failed: 0,
  replayed: 0,
  firstAt: null,
  lastAt: null,
}

export const sources = resource()
  .openapi(listRoute, async (c) => {
    const { workspace } = c.get('access')
    const { cursor, limit } = c.req.valid('query')
    const page = { after: decodeCursor(cursor), limit: limit + 1 }
    const rows = await listRows(c.env.DB, 'source', workspace, page)
    return c.json(toPage(rows, limit, await figures(c.env, workspace)), 200)
  })
  .openapi(newRoute, async (c) => {
    const { workspace } = c.get('access')
    const { name, kind, consent, purposes = [], pressure, tokenKey } = c.req.valid('json')
    await requireRoom(c, 'source')
    const id = newId('src')
    const tokenKeys = tokenKey ? [await readTokenKey(c.env, workspace, tokenKey)] : []
    const source = {
      id,
      name,
      kind,
      consent: consent ?? defaultConsent(kind),
      purposes,
      ...(pressure === true && { pressure }),
      tokenKeys,
    }
    const key = await keyRow('write', name, newKeyText('write'))
    const change = changeOf(c, 'source.created', id)
    await accept(c, 'source', await createSource(c.env.DB, change, source, key))
    return c.json(await show(c.env, workspace, await found(c.env.DB, workspace, id)), 201)
  })
  .openapi(getRoute, async (c) => {
    const { workspace } = c.get('access')
    const row = await found(c.env.DB, workspace, c.req.valid('param').id)
    return c.json(await show(c.env, workspace, row), 200)
  })
  .openapi(replaceRoute, async (c) => {
    const { workspace } = c.get('access')
    const { name, kind, consent, purposes = [], pressure, tokenKey } = c.req.valid('json')
    const row = await found(c.env.DB, workspace, c.req.valid('param').id)
    // What is known of the events kept so far depends on it.
    if (kind !== row.kind) throw refuseField('kind', 'cannot be changed: make another source')
    let tokenKeys: readonly TokenKey[] = readSource(row).tokenKeys
    if (tokenKey === null) tokenKeys = []
    else if (tokenKey !== undefined) tokenKeys = [await readTokenKey(c.env, workspace, tokenKey)]
    const source = {
      id: row.id,
      name,
      kind,
      consent: consent ?? defaultConsent(kind),
      purposes,
      ...(pressure === true && { pressure }),
      tokenKeys,
    }
    const change = changeOf(c, 'source.changed', row.id)
    await accept(c, 'source', await replaceSource(c.env.DB, change, source))
    return c.json(await show(c.env, workspace, await found(c.env.DB, workspace, row.id)), 200)
  })
  .openapi(deleteRoute, async (c) => {
    const { workspace } = c.get('access')
    const row = await found(c.env.DB, workspace, c.req.valid('param').id)
    if (row.own === 1) {
      throw new Refusal(409, 'Secret keys write to this source: it stays as long as the workspace.')
    }
    const change = changeOf(c, 'source.deleted', row.id)
    await accept(c, 'source', await deleteSource(c.env.DB, change, row.id))
    return c.body(null, 204)
  })

const defaultConsent = (kind: 'browser' | 'server') => (kind === 'browser' ? 'opt-in' : 'implied')

const show = async (env: Env, workspace: WorkspaceId, row: SourceRow): Promise<ApiSource> =>
  (await figures(env, workspace))(row)

async function found(db: D1Database, workspace: WorkspaceId, id: string): Promise<SourceRow> {
  const row = await findRow(db, 'source', workspace, id)
  if (row === undefined) throw notFoundHere('source')
  return row
}
