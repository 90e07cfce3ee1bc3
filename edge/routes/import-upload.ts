import { clock } from '../objects/clock.ts'
import { importJob } from '../objects/address.ts'
import { addImport } from '../storage/import-list.ts'
import { newId } from '../storage/new-id.ts'
import { ownSource } from '../storage/source-store.ts'
import { access } from './access.ts'
import { changeOf } from './changing.ts'
import { HEAD_BYTES, readHead } from './imports/read-head.ts'
import { showImport } from './imports/show-import.ts'
import { storeFile } from './imports/store-file.ts'
import { onError, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { name as nameShape } from './shapes.ts'

/**
 * `POST /api/imports?name=…` with the file as body: CSV or NDJSON, plain or gzip, up to 1 GB unpacked. It streams into
 * the bucket; nothing of it is taken in before somebody starts the import. Mounted before the administration, whose
 * bodies are small; access is asked for all the same.
 */
export const importUpload = resource()

importUpload.onError(onError)
importUpload.post('/api/imports', access, async (c) => {
  const { workspace } = c.get('access')
  const named = nameShape.safeParse(c.req.query('name') ?? '')
  if (!named.success) throw new Refusal(400, 'Say in ?name= what the import is called.')
  const sent = c.req.raw.body
  if (sent === null) throw new Refusal(400, 'Send the file as body.')
  const id = newId('imp')
  const key = `imports/${workspace}/${id}`
  const job = importJob(c.env, workspace, id)
  await job.reserve(key)

  const isPacked = c.req.header('content-encoding')?.toLowerCase() === 'gzip'
  const body = isPacked ? sent.pipeThrough(new DecompressionStream('gzip')) : sent
  const { size, head } = await storeFile(c.env, key, body, HEAD_BYTES)
  const { format, columns, start } = readHead(head, size <= HEAD_BYTES)
  const createdAt = clock.now()
  const source = await ownSource(c.env.DB, workspace)
  const file = {
    workspace,
    id,
    name: named.data,
    source,
    key,
    size,
    format,
    columns,
    start,
    createdAt,
  }
  const record = await job.create(file)
  const row = { id, workspace, name: named.data, createdAt }
  await addImport(c.env.DB, changeOf(c, 'import.uploaded', id), row)
  return c.json(await showImport(c.env, record), 201)
})
