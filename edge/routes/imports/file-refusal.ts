import type { FileFault } from '../../protocol/import.ts'
import { Refusal } from '../problem.ts'

/** As many properties as an event may have. */
export const MAX_COLUMNS = 255

const DETAILS: { readonly [F in FileFault]: string } = {
  empty: 'The file is empty.',
  packed: 'The file is packed. Unpack it, or send it as gzip in one request.',
  workbook: 'The file is a workbook. Save the sheet as CSV (UTF-8).',
  binary: 'The file is no text.',
  list: 'The file is one JSON list. Write its objects one a line (NDJSON), without brackets and commas.',
  'carriage-returns': 'The lines of the file end in CR alone. Save it with LF or CRLF.',
  'no-heading': 'The file has no heading in its first 64 KB.',
  'no-object': 'The file has no JSON object on a line of its own.',
  'too-many-columns': `A file has at most ${MAX_COLUMNS} columns.`,
}

/** A file of which no import can be made; `errors` names the reason for programs. */
export const refuseFile = (fault: FileFault): Refusal =>
  new Refusal(400, DETAILS[fault], [{ path: 'file', reason: fault }])
