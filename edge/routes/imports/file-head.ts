import type { Env } from '../../objects/env.ts'
import type { ImportFile } from '../../storage/import-store.ts'
import { HEAD_BYTES } from './read-head.ts'

/** The first bytes of a file in the bucket; undefined: it is not kept any more. */
export async function headOf(
  env: Env,
  { key, size }: Pick<ImportFile, 'key' | 'size'>,
): Promise<Uint8Array | undefined> {
  const length = Math.min(HEAD_BYTES, size)
  const object = await env.LAKE.get(key, { range: { offset: 0, length } })
  return object === null ? undefined : new Uint8Array(await object.arrayBuffer())
}
