import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { planCompaction, type StoredPart } from '../domain/lake-compaction.ts'
import type { LakeRow } from '../domain/lake-row.ts'
import type { ErasedRows } from '../domain/erased-message.ts'
import type { SourceId, WorkspaceId } from '../protocol/id.ts'
import { listParts } from './lake-compaction.ts'
import { LAKE_FILE, readLakeFile, writeLakeFile } from './lake-file.ts'

/** What tells whose a row is. */
const COLUMNS = ['profile', 'message_id', 'source', 'device'] as const
type Named = { readonly [C in (typeof COLUMNS)[number]]: string | null | undefined }

const isMeant = (rows: ErasedRows, { profile, message_id, source, device }: Named): boolean =>
  rows.has(profile ?? '', {
    source: (source ?? '') as SourceId,
    messageId: message_id ?? '',
    device: device ?? undefined,
  })

/**
 * Rewrites the files of one day that hold rows of an erased person, so many at a time, one in memory. A file keeps its
 * name and range, and is replaced in one piece: a reader finds the others' rows in the old or the new one, once. What
 * is superseded goes first, or it would count again beside a file that is left empty and removed.
 *
 * @returns how much was removed, and after which file to go on; without one the day is done.
 */
export async function eraseFromLake(
  lake: R2Bucket,
  workspace: WorkspaceId,
  day: string,
  rows: ErasedRows,
  after: string,
  limit: number,
): Promise<{ readonly files: number; readonly rows: number; readonly next?: string }> {
  const all = await listParts(lake, workspace, day)
  const { superseded } = planCompaction(all, Number.POSITIVE_INFINITY)
  for (const { key } of superseded) await lake.delete(key)
  const gone = new Set(superseded.map(({ key }) => key))
  const parts = all
    .filter(({ key }) => key > after && !gone.has(key))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  let [files, removed] = [0, 0]
  for (const part of parts.slice(0, limit)) {
    const count = await eraseFromFile(lake, part, rows)
    removed += count
    if (count > 0) files++
  }
  const next = parts.length > limit ? parts[limit - 1]?.key : undefined
  return { files, rows: removed, ...(next !== undefined && { next }) }
}

async function eraseFromFile(lake: R2Bucket, { key }: StoredPart, rows: ErasedRows) {
  const object = await lake.get(key)
  if (object === null) return 0
  const file = await object.arrayBuffer()
  const found = await count(file, rows)
  if (found.meant === 0) return 0
  if (found.meant === found.all) await lake.delete(key)
  else await lake.put(key, await writeLakeFile(others(file, rows)), { httpMetadata: LAKE_FILE })
  return found.meant
}

/** Looks at the columns that name somebody, a group of rows at a time. */
async function count(file: ArrayBuffer, rows: ErasedRows): Promise<{ all: number; meant: number }> {
  const metadata = parquetMetadata(file)
  let [all, meant] = [0, 0]
  for (const { num_rows: size } of metadata.row_groups) {
    const range = { rowStart: all, rowEnd: all + Number(size) }
    const columns = [...COLUMNS]
    const read = (await parquetReadObjects({ file, metadata, columns, ...range })) as Named[]
    meant += read.filter((row) => isMeant(rows, row)).length
    all += Number(size)
  }
  return { all, meant }
}

async function* others(file: ArrayBuffer, rows: ErasedRows): AsyncGenerator<LakeRow> {
  for await (const row of readLakeFile(file)) {
    if (!isMeant(rows, row as unknown as Named)) yield row
  }
}
