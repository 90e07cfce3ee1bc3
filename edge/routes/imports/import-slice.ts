import { seal } from '../../crypto/seal.ts'
import { workspaceKeys, type WorkspaceKeys } from '../../crypto/workspace-keys.ts'
import { clock } from '../../objects/clock.ts'
import type { Env } from '../../objects/env.ts'
import type { SliceResult } from '../../objects/import-job.ts'
import { MessageBuilder, type RowFault } from '../../parse/import-message.ts'
import type { ParseOptions } from '../../parse/event.ts'
import type { ImportCounts, ImportRowError } from '../../protocol/import.ts'
import { NEVER } from '../../protocol/time.ts'
import type { ImportCursor, ImportRecord } from '../../storage/import-store.ts'
import { rulesOf } from '../intake/parse-options.ts'
import { findCaller } from '../intake/source.ts'
import { groupRows, type Grouped } from './group-rows.ts'
import { readRows, type FileRow } from './read-rows.ts'
import { check, takeIn } from './take-in.ts'

/** Bytes of the file in memory at once; no row is longer. */
export const SLICE_BYTES = 1_024 * 1_024
/** Rows of one slice: what a cancel waits for, and what is sent again after a crash. */
const SLICE_ROWS = 5_000
/** Characters of a row that its error keeps. */
const MAX_RAW = 2_000
const NEWLINE = 10

/** A bad row for the error file. */
export interface BadRow extends ImportRowError {
  readonly raw: string
}

/** Reads one slice of a file, makes messages of its rows and sends them the way of `/v1/import`. */
export async function importSlice(env: Env, record: ImportRecord): Promise<SliceResult> {
  const { cursor, size, columns, format, mapping } = record
  if (mapping === undefined) return { type: 'failed', reason: 'no-mapping' }
  if (cursor.byte >= size) return ended(cursor)
  const length = Math.min(SLICE_BYTES, size - cursor.byte)
  const object = await env.LAKE.get(record.key, { range: { offset: cursor.byte, length } })
  if (object === null) return { type: 'failed', reason: 'file-gone' }
  const part = new Uint8Array(await object.arrayBuffer())
  const isWhole = cursor.byte + length >= size
  if (cursor.inLongRow === true) return passOver(cursor, part, isWhole)

  const { rows, isLongRow, isEnd, textOf } = readRows(
    part,
    isWhole,
    format,
    columns,
    cursor.row,
    SLICE_ROWS,
  )
  if (isLongRow) {
    const next = { byte: cursor.byte + part.length, row: cursor.row + 1, inLongRow: true }
    const errors = [{ row: next.row, reason: 'row-too-long' }]
    const counts = { ...none, read: 1, rejected: 1 }
    const keys = await workspaceKeys(env.PRISME_SECRET, record.workspace)
    const sealed = await sealRows(keys, [{ row: next.row, reason: 'row-too-long', raw: '' }])
    return { type: 'read', cursor: next, counts, errors, sealed, isEnd: false }
  }
  const grouped = groupRows(new MessageBuilder(mapping, columns), rows, isEnd, cursor)
  const outcome = await settle(env, record, grouped)
  if (!('counts' in outcome)) return outcome

  const keys = await workspaceKeys(env.PRISME_SECRET, record.workspace)
  const errors = [...outcome.errors].sort((a, b) => a.row - b.row)
  const sealed =
    errors.length === 0 ? undefined : await sealRows(keys, withText(errors, rows, textOf))
  const last = rows[grouped.taken - 1]
  const next: ImportCursor = {
    byte: isEnd ? size : cursor.byte + (last?.end ?? 0),
    row: last?.row ?? cursor.row,
    ...(grouped.longOrder !== undefined && { longOrder: grouped.longOrder }),
  }
  return {
    type: 'read',
    cursor: next,
    counts: outcome.counts,
    errors,
    ...(sealed !== undefined && { sealed }),
    isEnd,
  }
}

const none: ImportCounts = { read: 0, accepted: 0, duplicate: 0, rejected: 0, failed: 0 }

const ended = (cursor: ImportCursor): SliceResult => ({
  type: 'read',
  cursor,
  counts: none,
  errors: [],
  isEnd: true,
})

/** The rest of a row that is too long, up to its line's end. */
function passOver(cursor: ImportCursor, part: Uint8Array, isWhole: boolean): SliceResult {
  const newline = part.indexOf(NEWLINE)
  const { byte, row } = cursor
  if (newline >= 0) {
    const next = { byte: byte + newline + 1, row }
    return {
      ...ended(next),
      type: 'read',
      isEnd: isWhole && newline + 1 === part.length,
    } as SliceResult
  }
  const next = { byte: byte + part.length, row, inLongRow: true }
  return { ...ended(next), isEnd: isWhole } as SliceResult
}

interface Settled {
  readonly counts: ImportCounts
  readonly errors: readonly ImportRowError[]
}

/** Sends the messages, or only checks them, and counts the rows by what became of their message. */
async function settle(
  env: Env,
  record: ImportRecord,
  { built, faults }: Grouped,
): Promise<Settled | Extract<SliceResult, { type: 'busy' | 'failed' }>> {
  const now = clock.now()
  const { workspace, source } = record
  const caller = await findCaller(env, { kind: 'secret', workspace, source }, now)
  if (caller === undefined) return { type: 'failed', reason: 'source-gone' }
  const options: ParseOptions = {
    receivedAt: now,
    // History is welcome: it is kept for the retention counted from now.
    retention: NEVER,
    consentMode: caller.source.consent,
    ...rulesOf(caller),
    gpc: false,
    kinds: caller.catalog.kinds,
    blocked: caller.catalog.blocked ?? [],
    device: false,
    newMessageId: () => `prisme-${crypto.randomUUID()}`,
  }
  const keys = await workspaceKeys(env.PRISME_SECRET, workspace)
  const verdicts = record.dryRun
    ? await check(options, built)
    : await takeIn(env, caller, keys, options, built)
  if (verdicts === 'busy') return { type: 'busy' }

  const counts = { ...none, read: faults.length, rejected: faults.length }
  const errors: RowFault[] = [...faults]
  built.forEach(({ rows }, index) => {
    const verdict = verdicts[index]
    if (verdict === undefined) return
    counts.read += rows.length
    counts[verdict.status] += rows.length
    if (!('reason' in verdict)) return
    for (const row of rows) {
      errors.push({
        row,
        reason: verdict.reason,
        ...(verdict.path !== undefined && { column: verdict.path }),
      })
    }
  })
  return { counts, errors }
}

function withText(
  errors: readonly ImportRowError[],
  rows: readonly FileRow[],
  textOf: (row: FileRow) => string,
): readonly BadRow[] {
  const byNumber = new Map(rows.map((row) => [row.row, row]))
  return errors.map((error) => {
    const row = byNumber.get(error.row)
    // Of somebody who was erased nothing is kept, not even the row that was refused.
    const isKept = row !== undefined && error.reason !== 'erased'
    return { ...error, raw: isKept ? textOf(row).slice(0, MAX_RAW) : '' }
  })
}

const sealRows = (keys: WorkspaceKeys, rows: readonly BadRow[]): Promise<string> =>
  seal(keys, 'import-row', JSON.stringify(rows))
