import type { Context } from 'hono'
import { importJob } from '../../objects/address.ts'
import type { ImportFile, ImportRecord } from '../../storage/import-store.ts'
import { ownSource } from '../../storage/source-store.ts'
import type { AccessEnv } from '../access.ts'
import { readHead } from './read-head.ts'

/** A file that lies in the bucket, before anything is known of what it holds. */
export type WholeFile = Pick<ImportFile, 'workspace' | 'id' | 'name' | 'key' | 'size' | 'createdAt'>

/**
 * Makes an import of a file whose bytes are all there. One that no import can be made of leaves the bucket at once.
 *
 * @throws Refusal 400: what is wrong with the file as a whole.
 */
export async function takeFile(
  c: Context<AccessEnv>,
  file: WholeFile,
  head: Uint8Array,
): Promise<ImportRecord> {
  const job = importJob(c.env, file.workspace, file.id)
  try {
    const { format, columns, start } = readHead(head, head.length === file.size)
    const source = await ownSource(c.env.DB, file.workspace)
    return await job.create({ ...file, source, format, columns, start })
  } catch (error) {
    await job.remove()
    throw error
  }
}
