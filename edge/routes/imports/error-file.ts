import { open } from '../../crypto/seal.ts'
import type { WorkspaceKeys } from '../../crypto/workspace-keys.ts'
import type { BadRow } from './import-slice.ts'

/** Asks for the next sealed part of the bad rows. */
export type NextPart = (
  after: number,
) => Promise<{ readonly seq: number; readonly sealed: string } | null>

/**
 * What a spreadsheet would run as a formula (OWASP "CSV Injection"), also behind spaces, marks and NULs that it drops,
 * and in the full-width forms that it reads alike.
 */
const ACTIVE = /^[\s\p{C}"']*[=+\-@\t\r＝＋－＠]/u

/** A cell that every program reads as text: quoted, and led by an apostrophe if it could be a formula. */
export function safeCell(text: string): string {
  const inert = ACTIVE.test(text) || /^[\t\r]/.test(text) ? `'${text}` : text
  return `"${inert.replaceAll('"', '""')}"`
}

const lineOf = (cells: readonly string[]): string => `${cells.map(safeCell).join(',')}\r\n`

/** The bad rows as CSV, part by part: number, column, reason, and the row as it stands in the file. */
export function errorFile(keys: WorkspaceKeys, next: NextPart): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let after = 0
  return new ReadableStream<Uint8Array>({
    start(controller) {
      // The mark tells spreadsheets that it is UTF-8.
      controller.enqueue(encoder.encode(`\ufeff${lineOf(['row', 'column', 'reason', 'content'])}`))
    },
    async pull(controller) {
      const part = await next(after)
      if (part === null) {
        controller.close()
        return
      }
      after = part.seq
      const text = await open(keys, 'import-row', part.sealed)
      const rows = text === undefined ? [] : (JSON.parse(text) as readonly BadRow[])
      const lines = rows.map(({ row, column, reason, raw }) =>
        lineOf([String(row), column ?? '', reason, raw]),
      )
      controller.enqueue(encoder.encode(lines.join('')))
    },
  })
}
