import { fromBase64url, toBase64url } from '../crypto/base64url.ts'
import type { Position } from '../storage/rows.ts'
import { refuseField } from './problem.ts'

/** A cursor is the position of the last row seen; clients must not look into it. */
const encodeCursor = ({ createdAt, id }: Position): string =>
  toBase64url(new TextEncoder().encode(`${createdAt} ${id}`))

export function decodeCursor(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined
  const bytes = fromBase64url(cursor)
  const match = /^(\d{1,16}) (\w{1,64})$/.exec(new TextDecoder().decode(bytes ?? new Uint8Array()))
  if (match?.[1] === undefined || match[2] === undefined) {
    throw refuseField('cursor', 'is not a cursor of this list')
  }
  return { createdAt: Number(match[1]), id: match[2] }
}

/** A page of at most `limit` items, of `limit + 1` rows read. */
export function toPage<Row extends Position, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
): { readonly items: readonly Item[]; readonly cursor?: string } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(item),
    ...(rows.length > limit && last !== undefined && { cursor: encodeCursor(last) }),
  }
}
