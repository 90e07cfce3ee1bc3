import type { Millis } from '../../edge/protocol/time.ts'
import type { SizeSample } from './live-state.ts'

/** One instant of the chart: the size of each segment then; absent before its first known size. */
export interface SizeRow {
  readonly at: Millis
  readonly [segment: string]: number
}

export interface SizeHistory {
  readonly id: string
  readonly history: readonly { readonly at: string; readonly size: number }[]
}

/**
 * Joins the stored history with what the socket told since. A size stands until the next one, so each row repeats
 * the sizes that did not change. At most `limit` rows, the newest and evenly thinned: no chart shows more.
 */
export function sizeSeries(
  stored: readonly SizeHistory[],
  live: readonly SizeSample[],
  limit = 240,
): readonly SizeRow[] {
  const changes = new Map<Millis, Map<string, number>>()
  const note = (at: Millis, segment: string, size: number) => {
    const row = changes.get(at) ?? new Map<string, number>()
    row.set(segment, size)
    changes.set(at, row)
  }
  const known = new Set(stored.map(({ id }) => id))
  for (const { id, history } of stored) {
    for (const { at, size } of history) note(Date.parse(at), id, size)
  }
  for (const { at, sizes } of live) {
    for (const [id, size] of Object.entries(sizes)) if (known.has(id)) note(at, id, size)
  }
  const standing = new Map<string, number>()
  const rows: SizeRow[] = []
  for (const at of [...changes.keys()].toSorted((a, b) => a - b)) {
    for (const [id, size] of changes.get(at) ?? []) standing.set(id, size)
    rows.push({ ...Object.fromEntries(standing), at })
  }
  return thinned(rows, limit)
}

/** Keeps the first and the last. */
function thinned(rows: readonly SizeRow[], limit: number): readonly SizeRow[] {
  if (rows.length <= limit) return rows
  const step = (rows.length - 1) / (limit - 1)
  return Array.from({ length: limit }, (_, index) => rows[Math.round(index * step)]).filter(
    (row) => row !== undefined,
  )
}
