import { createRoute, z } from '@hono/zod-openapi'
import { clock } from '../objects/clock.ts'
import { importJob } from '../objects/address.ts'
import type { Env } from '../objects/env.ts'
import { MAX_FILE } from '../protocol/import.ts'
import { addImport, noted } from '../storage/import-list.ts'
import type { ImportUpload } from '../storage/import-store.ts'
import { newId } from '../storage/new-id.ts'
import { changeOf } from './changing.ts'
import { headOf } from './imports/file-head.ts'
import { importShape, jobOf } from './imports/found-import.ts'
import { briefImport, showImport } from './imports/show-import.ts'
import { partCount } from './imports/store-part.ts'
import { takeFile } from './imports/whole-file.ts'
import { notFoundHere, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { body, idParam, json, name, problems, text } from './shapes.ts'

const upload = z
  .strictObject({
    name,
    size: z
      .number('must be a number')
      .int('must be a whole number')
      .min(1, 'must not be empty')
      .max(MAX_FILE, `must have at most ${MAX_FILE} bytes`),
    fingerprint: text(300).optional().openapi({
      description: 'What the sender knows the file by, to go on with it after a break',
    }),
  })
  .openapi('ImportUploadInput')

const startRoute = createRoute({
  method: 'post',
  path: '/api/imports/uploads',
  summary: 'Begins an upload in parts',
  description:
    'For files of more than 100 MB, and for lines that break. Then `PUT /api/imports/{id}/parts/{part}`, as many as ' +
    '`upload.partSize` says, and `POST /api/imports/{id}/complete`. After a break `GET /api/imports/{id}` says which ' +
    'parts are there. Three days after the last part it is dropped.',
  request: { body: body(upload) },
  responses: { 201: json(importShape, 'Begun'), ...problems(400, 401) },
})
const completeRoute = createRoute({
  method: 'post',
  path: '/api/imports/{id}/complete',
  summary: 'All parts of a file are sent',
  request: { params: idParam },
  responses: {
    200: json(importShape, 'Uploaded, ready to be mapped'),
    ...problems(400, 401, 404, 409, 503),
  },
})

/** Uploads in parts: their beginning and their end. The parts themselves are `import-upload.ts`. */
export const importParts = resource()
  .openapi(startRoute, async (c) => {
    const { workspace } = c.get('access')
    const { name: named, size, fingerprint } = c.req.valid('json')
    const id = newId('imp')
    const key = `imports/${workspace}/${id}`
    const createdAt = clock.now()
    const { uploadId } = await c.env.LAKE.createMultipartUpload(key)
    const begun = await importJob(c.env, workspace, id).open({
      workspace,
      id,
      name: named,
      key,
      size,
      createdAt,
      upload: uploadId,
      ...(fingerprint !== undefined && { fingerprint }),
    })
    const row = { id, workspace, name: named, createdAt }
    await addImport(c.env.DB, changeOf(c, 'import.upload-begun', id), row)
    return c.json(briefImport(begun), 201)
  })
  .openapi(completeRoute, async (c) => {
    const { id } = c.req.valid('param')
    const found = await jobOf(c, id)
    // Its answer was lost on the way: it is asked for once more.
    if (found.state !== 'uploading') return c.json(await showImport(c.env, found), 200)
    requireAllParts(found)
    await join(c.env, found)
    const { workspace, name: named, key, size, createdAt } = found
    const head = await headOf(c.env, found)
    if (head === undefined) throw notFoundHere('import')
    const record = await takeFile(c, { workspace, id, name: named, key, size, createdAt }, head)
    await noted(c.env.DB, changeOf(c, 'import.uploaded', id))
    return c.json(await showImport(c.env, record), 200)
  })

function requireAllParts({ size, parts }: ImportUpload): void {
  const there = new Set(parts.map(({ partNumber }) => partNumber))
  const numbers = Array.from({ length: partCount(size) }, (_, at) => at + 1)
  const missing = numbers.filter((part) => !there.has(part))
  if (missing.length > 0) throw new Refusal(409, `Parts are missing: ${missing.join(', ')}.`)
}

/** Makes one object of the parts; done before, it is not done again. */
async function join(env: Env, { key, upload, parts, size }: ImportUpload): Promise<void> {
  try {
    await env.LAKE.resumeMultipartUpload(key, upload).complete([...parts])
  } catch {
    const object = await env.LAKE.head(key)
    if (object?.size !== size) {
      throw new Refusal(503, 'The bucket could not join the parts. Try again.')
    }
  }
}
