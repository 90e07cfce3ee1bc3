import { clock } from '../../objects/clock.ts'
import type { Env } from '../../objects/env.ts'
import { suggestMapping } from '../../parse/import-suggest.ts'
import { DEFAULT_KINDS, type IdentifierKind } from '../../protocol/identifier.ts'
import { PART_SIZE, type ApiImport } from '../../protocol/import.ts'
import { MINUTE, SECOND } from '../../protocol/time.ts'
import { NO_COUNTS, type ImportRecord, type ImportUpload } from '../../storage/import-store.ts'
import { findCaller } from '../intake/source.ts'
import { iso } from '../shapes.ts'
import { headOf } from './file-head.ts'
import { sampleOf } from './read-head.ts'
import { sizeOfPart } from './store-part.ts'

/** Figures older than that say nothing of the present rate. */
const FRESH = MINUTE

/** An import as a list shows it. */
export function briefImport(record: ImportRecord | ImportUpload): ApiImport {
  if (record.state === 'uploading') return showUpload(record)
  const { mapping, trouble, startedAt, finishedAt } = record
  return {
    id: record.id,
    name: record.name,
    createdAt: iso(record.createdAt),
    state: record.state,
    size: record.size,
    position: record.cursor.byte,
    format: record.format,
    columns: record.columns,
    dryRun: record.dryRun,
    counts: record.counts,
    rate: rateOf(record),
    errors: record.errors,
    errorsOmitted: record.errorsOmitted,
    faults: record.faults,
    ...(mapping !== undefined && { mapping }),
    ...(trouble !== undefined && { trouble }),
    ...(startedAt !== undefined && { startedAt: iso(startedAt) }),
    ...(finishedAt !== undefined && { finishedAt: iso(finishedAt) }),
  }
}

/** A file of which parts are missing: what it holds is not known yet. */
function showUpload(upload: ImportUpload): ApiImport {
  const { id, name, createdAt, state, size, parts, fingerprint, expiresAt } = upload
  const received = parts.map(({ partNumber }) => partNumber)
  return {
    id,
    name,
    createdAt: iso(createdAt),
    state,
    size,
    position: received.reduce((sum, part) => sum + sizeOfPart(size, part), 0),
    upload: {
      partSize: PART_SIZE,
      received,
      ...(fingerprint !== undefined && { fingerprint }),
      expiresAt: iso(expiresAt),
    },
    columns: [],
    dryRun: true,
    counts: NO_COUNTS,
    rate: 0,
    errors: [],
    errorsOmitted: 0,
    faults: [],
  }
}

/** Of a finished run the rate over all of it. */
function rateOf({ state, pace, counts, startedAt, finishedAt }: ImportRecord): number {
  if (state === 'done' || state === 'ready') {
    const took = (finishedAt ?? 0) - (startedAt ?? 0)
    return took > 0 ? Math.round((counts.read * SECOND) / took) : 0
  }
  const [first, last] = [pace[0], pace.at(-1)]
  if (first === undefined || last === undefined || clock.now() - last[0] > FRESH) return 0
  const [took, read] = [last[0] - first[0], last[1] - first[1]]
  return took > 0 ? Math.round((read * SECOND) / took) : 0
}

/** One import, with its first rows and what they suggest, while its file is kept. */
export async function showImport(
  env: Env,
  record: ImportRecord | ImportUpload,
): Promise<ApiImport> {
  const brief = briefImport(record)
  if (record.state === 'uploading' || record.isGone === true) return brief
  const head = await headOf(env, record)
  if (head === undefined) return brief
  const sample = sampleOf(head, head.length === record.size, record)
  const suggested = suggestMapping(record.columns, sample, await kindsOf(env, record))
  return { ...brief, sample, suggested }
}

/** The kinds of identifier of the import's workspace. */
export async function kindsOf(
  env: Env,
  { workspace, source }: Pick<ImportRecord, 'workspace' | 'source'>,
): Promise<readonly IdentifierKind[]> {
  const caller = await findCaller(env, { kind: 'secret', workspace, source }, clock.now())
  return caller?.catalog.kinds ?? DEFAULT_KINDS
}
