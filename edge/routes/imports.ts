import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { workspaceKeys } from '../crypto/workspace-keys.ts'
import { importJob } from '../objects/address.ts'
import { checkMapping } from '../parse/import-mapping.ts'
import type { ApiImport, ApiImportMapping, ImportMapping } from '../protocol/import.ts'
import {
  deleteMapping,
  findMapping,
  forgetImport,
  noted,
  saveMapping,
} from '../storage/import-list.ts'
import type { ImportRecord } from '../storage/import-store.ts'
import { newId } from '../storage/new-id.ts'
import { listRows } from '../storage/rows.ts'
import type { ImportMappingRow } from '../storage/schema.ts'
import type { AccessEnv } from './access.ts'
import { changeOf, requireRoom } from './changing.ts'
import { errorFile } from './imports/error-file.ts'
import { importShape, jobOf, recordOf } from './imports/found-import.ts'
import { headOf } from './imports/file-head.ts'
import { formatShape, mappingOf, mappingShape } from './imports/mapping-shape.ts'
import { readHead } from './imports/read-head.ts'
import { briefImport, kindsOf, showImport } from './imports/show-import.ts'
import { decodeCursor, toPage } from './listing.ts'
import { notFoundHere, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { body, idParam, instant, iso, json, name, pageOf, pageQuery, problems } from './shapes.ts'

const counts = z.object({
  read: z.number(),
  accepted: z.number(),
  duplicate: z.number(),
  rejected: z.number(),
  failed: z.number(),
})
const savedMapping = z
  .object({ id: z.string(), name: z.string(), mapping: mappingShape, createdAt: instant })
  .openapi('SavedImportMapping')
const start = z
  .strictObject({ mapping: mappingShape.optional() })
  .openapi('ImportStart', { description: 'Without a mapping: the one of the last run' })

const path = '/api/imports'
const one = `${path}/{id}`
const listRoute = createRoute({
  method: 'get',
  path,
  summary: 'Imports, newest first',
  request: { query: pageQuery.extend({ limit: pageQuery.shape.limit.default(20) }) },
  responses: { 200: json(pageOf(importShape), 'A page'), ...problems(400, 401) },
})
const oneRoute = createRoute({
  method: 'get',
  path: one,
  request: { params: idParam },
  responses: {
    200: json(importShape, `How far it is; counts: ${Object.keys(counts.shape).join(', ')}`),
    ...problems(401, 404),
  },
})
const startRoute = (act: 'dry-run' | 'start') =>
  createRoute({
    method: 'post',
    path: `${one}/${act}`,
    request: { params: idParam, body: { ...body(start), required: false } },
    responses: { 200: json(importShape, 'It runs'), ...problems(400, 401, 404, 409) },
  })
const formatRoute = createRoute({
  method: 'put',
  path: `${one}/format`,
  summary: 'Encoding and delimiter, if they were not told right',
  request: { params: idParam, body: body(formatShape) },
  responses: {
    200: json(importShape, 'Columns and first rows, read anew'),
    ...problems(400, 401, 404, 409),
  },
})
const cancelRoute = createRoute({
  method: 'post',
  path: `${one}/cancel`,
  request: { params: idParam },
  responses: { 200: json(importShape, 'It has stopped'), ...problems(401, 404) },
})
const removeRoute = createRoute({
  method: 'delete',
  path: one,
  summary: 'Removes an import and its file',
  description: 'An upload or a run under way ends. What was taken in stays.',
  request: { params: idParam },
  responses: { 204: { description: 'Removed' }, ...problems(401, 404) },
})
const errorsRoute = createRoute({
  method: 'get',
  path: `${one}/errors.csv`,
  request: { params: idParam },
  responses: {
    200: { description: 'Bad rows', content: { 'text/csv': { schema: z.string() } } },
    ...problems(401, 404),
  },
})
const mappings = '/api/import-mappings'
const mappingsRoute = createRoute({
  method: 'get',
  path: mappings,
  request: { query: pageQuery },
  responses: { 200: json(pageOf(savedMapping), 'A page'), ...problems(400, 401) },
})
const saveRoute = createRoute({
  method: 'post',
  path: mappings,
  request: { body: body(z.strictObject({ name, mapping: mappingShape })) },
  responses: {
    201: json(savedMapping, 'Kept; the same name replaces'),
    ...problems(400, 401, 409),
  },
})
const deleteRoute = createRoute({
  method: 'delete',
  path: `${mappings}/{id}`,
  request: { params: idParam },
  responses: { 204: { description: 'Deleted' }, ...problems(401, 404) },
})

/** Import jobs: what they are to do, how far they are, what was wrong. Uploads are `import-upload.ts` and `import-parts.ts`. */
export const imports = resource()
  .openapi(listRoute, async (c) => {
    const { workspace } = c.get('access')
    const { cursor, limit } = c.req.valid('query')
    const after = decodeCursor(cursor)
    const rows = await listRows(c.env.DB, 'import', workspace, {
      after,
      limit: limit + 1,
      order: 'desc',
    })
    const page = toPage(rows, limit, (row) => row)
    const records = await Promise.all(
      page.items.map(({ id }) => importJob(c.env, workspace, id).status()),
    )
    const items = records.flatMap((record) => (record === null ? [] : [briefImport(record)]))
    return c.json({ ...page, items }, 200)
  })
  .openapi(oneRoute, async (c) => {
    const found = await jobOf(c, c.req.valid('param').id)
    return c.json(await showImport(c.env, found), 200)
  })
  .openapi(startRoute('dry-run'), async (c) =>
    c.json(await begin(c, c.req.valid('param').id, true, c.req.valid('json')?.mapping), 200),
  )
  .openapi(startRoute('start'), async (c) =>
    c.json(await begin(c, c.req.valid('param').id, false, c.req.valid('json')?.mapping), 200),
  )
  .openapi(formatRoute, async (c) => {
    const record = await recordOf(c, c.req.valid('param').id)
    const head = await headOf(c.env, record)
    if (head === undefined) throw gone()
    const read = readHead(head, head.length === record.size, c.req.valid('json'))
    const job = importJob(c.env, record.workspace, record.id)
    return c.json(await showImport(c.env, ready(await job.rewrite(read))), 200)
  })
  .openapi(cancelRoute, async (c) => {
    const { id } = await recordOf(c, c.req.valid('param').id)
    const record = await importJob(c.env, c.get('access').workspace, id).cancel()
    if (record === null) throw notFoundHere('import')
    await noted(c.env.DB, changeOf(c, 'import.cancelled', id))
    return c.json(briefImport(record), 200)
  })
  .openapi(removeRoute, async (c) => {
    const { workspace } = c.get('access')
    const { id } = await jobOf(c, c.req.valid('param').id)
    await importJob(c.env, workspace, id).remove()
    await forgetImport(c.env.DB, workspace, id)
    await noted(c.env.DB, changeOf(c, 'import.removed', id))
    return c.body(null, 204)
  })
  .openapi(errorsRoute, async (c) => {
    const { workspace } = c.get('access')
    const { id } = await recordOf(c, c.req.valid('param').id)
    const keys = await workspaceKeys(c.env.PRISME_SECRET, workspace)
    const stream = errorFile(keys, (after) => importJob(c.env, workspace, id).faults(after))
    return c.body(stream, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${id}-errors.csv"`,
      'x-content-type-options': 'nosniff',
    })
  })
  .openapi(mappingsRoute, async (c) => {
    const { workspace } = c.get('access')
    const { cursor, limit } = c.req.valid('query')
    const after = decodeCursor(cursor)
    const rows = await listRows(c.env.DB, 'importMapping', workspace, { after, limit: limit + 1 })
    return c.json(toPage(rows, limit, showMapping), 200)
  })
  .openapi(saveRoute, async (c) => {
    const { workspace } = c.get('access')
    const { name, mapping } = c.req.valid('json')
    await requireRoom(c, 'importMapping')
    const change = changeOf(c, 'import-mapping.saved', newId('map'))
    const text = JSON.stringify(mapping)
    const row = { id: change.subject, workspace, name, mapping: text, createdAt: change.at }
    await saveMapping(c.env.DB, change, row)
    const kept = await findMapping(c.env.DB, workspace, name)
    return c.json(showMapping(kept ?? row), 201)
  })
  .openapi(deleteRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { workspace } = c.get('access')
    if (!(await deleteMapping(c.env.DB, workspace, id))) throw notFoundHere('mapping')
    await noted(c.env.DB, changeOf(c, 'import-mapping.deleted', id))
    return c.body(null, 204)
  })

const showMapping = ({ id, name, mapping, createdAt }: ImportMappingRow): ApiImportMapping => ({
  id,
  name,
  mapping: JSON.parse(mapping) as ImportMapping,
  createdAt: iso(createdAt),
})

const gone = () => new Refusal(409, 'The file is not kept any more: upload it again.')

function ready(answer: ImportRecord | 'busy' | 'gone'): ImportRecord {
  if (answer === 'busy') throw new Refusal(409, 'This import runs already.')
  if (answer === 'gone') throw gone()
  return answer
}

async function begin(
  c: Context<AccessEnv>,
  id: string,
  dryRun: boolean,
  given: z.infer<typeof mappingShape> | undefined,
): Promise<ApiImport> {
  const record = await recordOf(c, id)
  const mapping = given === undefined ? record.mapping : mappingOf(given)
  if (mapping === undefined) throw new Refusal(400, 'Say in "mapping" what the columns are.')
  const errors = checkMapping(mapping, record.columns, await kindsOf(c.env, record))
  if (errors.length > 0) throw new Refusal(400, 'The mapping does not fit the file.', errors)
  const begun = ready(await importJob(c.env, record.workspace, id).begin({ mapping, dryRun }))
  await noted(c.env.DB, changeOf(c, dryRun ? 'import.checked' : 'import.started', id))
  return briefImport(begun)
}
