import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { importJob, profileShardName, workspaceObject } from '../../edge/objects/address.ts'
import type { ApiImport, ImportMapping } from '../../edge/protocol/import.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { send, type Shop } from './intake-fixture.ts'

export const bearer = (shop: Shop) => ({ authorization: `Bearer ${shop.secretKey}` })

/** Uploads a file; the answer as the API gives it. */
export async function upload(
  shop: Shop,
  file: string | Uint8Array,
  name = 'file',
): Promise<ApiImport> {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file
  const response = await send(`/api/imports?name=${encodeURIComponent(name)}`, bytes, {
    headers: { ...bearer(shop), 'content-type': 'text/csv' },
  })
  if (response.status !== 201) throw new Error(await response.text())
  return await response.json<ApiImport>()
}

export const act = (shop: Shop, id: string, what: string, body: Json = {}): Promise<Response> =>
  send(`/api/imports/${id}/${what}`, body, {
    headers: { ...bearer(shop), 'content-type': 'application/json' },
  })

export async function status(shop: Shop, id: string): Promise<ApiImport> {
  const response = await send(`/api/imports/${id}`, undefined, {
    method: 'GET',
    headers: bearer(shop),
  })
  return await response.json<ApiImport>()
}

/** Starts a run and waits until it has ended; alarms ring by themselves. */
export async function run(
  shop: Shop,
  id: string,
  mapping: ImportMapping,
  what: 'start' | 'dry-run' = 'start',
): Promise<ApiImport> {
  const begun = await act(shop, id, what, { mapping } as unknown as Json)
  if (!begun.ok) throw new Error(await begun.text())
  return await ended(shop, id)
}

export async function ended(shop: Shop, id: string): Promise<ApiImport> {
  for (let waited = 0; waited < 15_000; waited += 50) {
    const record = await importJob(env, shop.id, id).status()
    if (record !== null && !['checking', 'running', 'paused'].includes(record.state)) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return await status(shop, id)
}

export async function errorsOf(shop: Shop, id: string): Promise<string> {
  const response = await send(`/api/imports/${id}/errors.csv`, undefined, {
    method: 'GET',
    headers: bearer(shop),
  })
  return await response.text()
}

/** Events that the shards of a workspace keep, all together. */
export async function storedEvents(shop: Shop): Promise<number> {
  let count = 0
  for (const address of await workspaceObject(env, shop.id).shards()) {
    const stub = env.PROFILE.getByName(profileShardName(shop.id, address))
    count += await runInDurableObject(stub, (_, { storage }) =>
      ['tail', 'sealed'].reduce(
        (sum, table) =>
          sum +
          storage.sql
            .exec<{ n: number }>(`SELECT coalesce(sum(events), 0) AS n FROM ${table}`)
            .one().n,
        0,
      ),
    )
  }
  return count
}
