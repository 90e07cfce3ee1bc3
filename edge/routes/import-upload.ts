import { createRoute, z } from '@hono/zod-openapi'
import { clock } from '../objects/clock.ts'
import { importJob } from '../objects/address.ts'
import { addImport } from '../storage/import-list.ts'
import { newId } from '../storage/new-id.ts'
import { access } from './access.ts'
import { changeOf } from './changing.ts'
import { HEAD_BYTES } from './imports/read-head.ts'
import { refuseFile } from './imports/file-refusal.ts'
import { importShape, jobOf } from './imports/found-import.ts'
import { briefImport, showImport } from './imports/show-import.ts'
import { partCount, storePart } from './imports/store-part.ts'
import { storeFile } from './imports/store-file.ts'
import { takeFile } from './imports/whole-file.ts'
import { notFoundHere, onError, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { json, name, problems } from './shapes.ts'

const bytes = z.any().openapi({ type: 'string', format: 'binary' })
const file = { required: true, content: { 'application/octet-stream': { schema: bytes } } }

const wholeRoute = createRoute({
  method: 'post',
  path: '/api/imports',
  summary: 'Uploads a file in one request',
  description:
    'CSV or NDJSON, plain or gzip, up to 1 GB unpacked. The platform takes at most 100 MB a request: larger files ' +
    'are sent in parts. Nothing of it is taken in before the import is started.',
  middleware: access,
  request: { query: z.object({ name }), body: file },
  responses: { 201: json(importShape, 'Uploaded'), ...problems(400, 401, 413) },
})
const partRoute = createRoute({
  method: 'put',
  path: '/api/imports/{id}/parts/{part}',
  summary: 'One part of a file',
  description:
    'Parts count from 1, have `partSize` bytes each and the last one the rest, and come in any order, several at a ' +
    'time. A part that is sent again takes the place of the one before.',
  middleware: access,
  request: {
    params: z.object({
      id: z
        .string()
        .max(100)
        .openapi({ param: { name: 'id', in: 'path' } }),
      part: z.coerce
        .number('must be a number')
        .int('must be a whole number')
        .min(1, 'counts from 1')
        .openapi({ param: { name: 'part', in: 'path' } }),
    }),
    body: file,
  },
  responses: { 200: json(importShape, 'It is there'), ...problems(400, 401, 404, 409, 503) },
})

/**
 * Files on their way into the bucket. Mounted before the administration, whose bodies are small; access is asked for
 * all the same, before a byte is read.
 */
export const importUpload = resource()

importUpload.onError(onError)
importUpload.openapi(wholeRoute, async (c) => {
  const { workspace } = c.get('access')
  const { name: named } = c.req.valid('query')
  const sent = c.req.raw.body
  if (sent === null) throw refuseFile('empty')
  const id = newId('imp')
  const key = `imports/${workspace}/${id}`
  const upload = await c.env.LAKE.createMultipartUpload(key)
  await importJob(c.env, workspace, id).reserve(key)
  const isPacked = c.req.header('content-encoding')?.toLowerCase() === 'gzip'
  const { size, head } = await storeFile(upload, sent, isPacked, HEAD_BYTES)
  const createdAt = clock.now()
  const record = await takeFile(c, { workspace, id, name: named, key, size, createdAt }, head)
  const row = { id, workspace, name: named, createdAt }
  await addImport(c.env.DB, changeOf(c, 'import.uploaded', id), row)
  return c.json(await showImport(c.env, record), 201)
})
importUpload.openapi(partRoute, async (c) => {
  const { id, part } = c.req.valid('param')
  const upload = await jobOf(c, id)
  if (upload.state !== 'uploading') throw new Refusal(409, 'All of this file is there already.')
  const count = partCount(upload.size)
  if (part > count) throw new Refusal(400, `The file has ${count} parts.`)
  const received = await storePart(c.env.LAKE, upload, part, c.req.raw)
  const next = await importJob(c.env, upload.workspace, id).receive(received)
  if (next === null) throw notFoundHere('import')
  return c.json(briefImport(next), 200)
})
