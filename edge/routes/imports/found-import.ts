import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { importJob } from '../../objects/address.ts'
import type { ApiImport } from '../../protocol/import.ts'
import type { ImportRecord, ImportUpload } from '../../storage/import-store.ts'
import { findRow } from '../../storage/rows.ts'
import type { AccessEnv } from '../access.ts'
import { notFoundHere, Refusal } from '../problem.ts'

/** An import as the API shows it. */
export const importShape = z
  .custom<ApiImport>((value) => value !== undefined)
  .openapi('Import', {
    type: 'object',
    description:
      'State, position, counts of rows, rate, first errors, first rows, suggested mapping; of an upload in parts ' +
      '`upload`: `partSize`, the numbers `received`, `expiresAt`',
  })

/** An import of this workspace, uploaded or not; that of another is not found. */
export async function jobOf(
  c: Context<AccessEnv>,
  id: string,
): Promise<ImportRecord | ImportUpload> {
  const { workspace } = c.get('access')
  const row = await findRow(c.env.DB, 'import', workspace, id)
  const found = row === undefined ? null : await importJob(c.env, workspace, row.id).status()
  if (found === null) throw notFoundHere('import')
  return found
}

/** One whose file is all there. */
export async function recordOf(c: Context<AccessEnv>, id: string): Promise<ImportRecord> {
  const found = await jobOf(c, id)
  if (found.state === 'uploading') throw new Refusal(409, 'Parts of this file are missing.')
  return found
}
