import { createRoute, z } from '@hono/zod-openapi'
import type { ApiSecretKey } from '../protocol/api.ts'
import { createKey, deleteSecretKey, secretKeys } from '../storage/key-store.ts'
import type { KeyRow } from '../storage/schema.ts'
import { ownSource } from '../storage/source-store.ts'
import { accept, changeOf, requireRoom } from './changing.ts'
import { resource } from './resource.ts'
import { keyRow, newKeyText } from './secret-text.ts'
import { body, idParam, instant, iso, json, name, pageOf, problems } from './shapes.ts'

const input = z.strictObject({ name }).openapi('SecretKeyInput')

const shown = z
  .object({
    id: z.string(),
    name: z.string(),
    hint: z.string().openapi({ description: 'Last four characters' }),
    createdAt: instant,
  })
  .openapi('SecretKey')

const born = shown
  .extend({ key: z.string().openapi({ description: 'Shown this once' }) })
  .openapi('NewSecretKey')

const path = '/api/keys'
const listRoute = createRoute({
  method: 'get',
  path,
  responses: { 200: json(pageOf(shown), 'All secret keys, oldest first'), ...problems(401) },
})
const newRoute = createRoute({
  method: 'post',
  path,
  request: { body: body(input) },
  responses: { 201: json(born, 'The new key'), ...problems(400, 401, 409) },
})
const deleteRoute = createRoute({
  method: 'delete',
  path: `${path}/{id}`,
  request: { params: idParam },
  responses: { 204: { description: 'Revoked' }, ...problems(401, 404) },
})

const show = ({ id, name, hint, createdAt }: Omit<KeyRow, 'workspace'>): ApiSecretKey => ({
  id,
  name,
  hint,
  createdAt: iso(createdAt),
})

/** Secret keys of the workspace: they open the administration, and write to its own source. */
export const keys = resource()
  .openapi(listRoute, async (c) => {
    const rows = await secretKeys(c.env.DB, c.get('access').workspace)
    return c.json({ items: rows.map(show) }, 200)
  })
  .openapi(newRoute, async (c) => {
    const { workspace } = c.get('access')
    const { name } = c.req.valid('json')
    await requireRoom(c, 'key')
    const key = newKeyText('secret')
    const row = await keyRow('secret', name, key)
    const change = changeOf(c, 'key.created', row.id)
    const source = await ownSource(c.env.DB, workspace)
    await accept(c, 'key', await createKey(c.env.DB, change, source, row))
    return c.json({ id: row.id, name, hint: row.hint, createdAt: iso(change.at), key }, 201)
  })
  .openapi(deleteRoute, async (c) => {
    const { id } = c.req.valid('param')
    const change = changeOf(c, 'key.deleted', id)
    await accept(c, 'key', await deleteSecretKey(c.env.DB, change, id))
    return c.body(null, 204)
  })
