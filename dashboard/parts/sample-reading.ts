import { compileCell, readBoolean } from '../../edge/parse/import-cell.ts'
import { compileDate } from '../../edge/parse/import-date.ts'
import { readReaction } from '../../edge/parse/import-message.ts'
import type { ColumnMapping } from '../../edge/protocol/import.ts'
import type { Millis } from '../../edge/protocol/time.ts'

/** How the first values of a column are read. */
export type Reading =
  /** Its format or zone does not exist. */
  | { readonly type: 'no-format' }
  | { readonly type: 'unread'; readonly text: string }
  /** A birthday has no time of day, and is of no zone. */
  | { readonly type: 'day' | 'date'; readonly text: string; readonly at: Millis }

/** The first value that cannot be read; of dates else how the first one is. Undefined: nothing to show. */
export function readingOf(
  column: ColumnMapping,
  zone: string | undefined,
  sample: readonly string[],
): Reading | undefined {
  const texts = sample.map((text) => text.trim()).filter((text) => text !== '')
  if (column.use === 'consent') return unreadIn(texts, (text) => readBoolean(text) !== undefined)
  if (column.use === 'reaction') return unreadIn(texts, (text) => readReaction(text) !== undefined)
  const as = column.use === 'time' ? { type: 'date' as const, ...column.as } : undefined
  const type = as ?? ('as' in column ? column.as : undefined)
  if (type === undefined || type.type === 'text') return undefined
  const read = compileCell(type, zone)
  if (read === undefined) return { type: 'no-format' }
  const unread = unreadIn(texts, (text) => read(text).ok)
  if (unread !== undefined) return unread
  const [first] = texts
  if (type.type !== 'date' || first === undefined) return undefined
  const cell = read(first)
  if (
    column.use !== 'time' &&
    cell.ok &&
    typeof cell.value === 'string' &&
    cell.value.length === 10
  ) {
    return { type: 'day', text: first, at: Date.parse(cell.value) }
  }
  const at = compileDate({ ...(zone !== undefined && { zone }), ...type })?.(first)
  return at === undefined ? undefined : { type: 'date', text: first, at }
}

function unreadIn(
  texts: readonly string[],
  isRead: (text: string) => boolean,
): Reading | undefined {
  const text = texts.find((each) => !isRead(each))
  return text === undefined ? undefined : { type: 'unread', text }
}
