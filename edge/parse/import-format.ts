import { DELIMITERS, type Delimiter, type Encoding, type ImportFormat } from '../protocol/import.ts'

/** What the beginning of a file tells of its encoding, and how many bytes its mark takes. */
export interface DetectedEncoding {
  readonly encoding: Encoding
  readonly mark: number
}

/** Share of NUL bytes at even or odd places from which a text without mark is taken for UTF-16. */
const NUL_SHARE = 0.3

/**
 * The encoding by its mark, else by what the bytes can be: UTF-16 of western text is half NULs, and what is valid
 * UTF-8 by chance is not met in practice. Everything is valid windows-1252, so that comes last.
 */
export function detectEncoding(head: Uint8Array): DetectedEncoding {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)
    return { encoding: 'utf-8', mark: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', mark: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', mark: 2 }
  const nuls = [0, 0]
  head.forEach((byte, at) => {
    if (byte === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1
  })
  const [even = 0, odd = 0] = nuls
  if (odd > (head.length / 2) * NUL_SHARE && even < odd) return { encoding: 'utf-16le', mark: 0 }
  if (even > (head.length / 2) * NUL_SHARE) return { encoding: 'utf-16be', mark: 0 }
  return { encoding: isUtf8(head) ? 'utf-8' : 'windows-1252', mark: 0 }
}

/** Whether bytes are UTF-8 (RFC 3629). The last character may be cut off. */
function isUtf8(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at++] ?? 0
    if (first < 0x80) continue
    const more = first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0
    if (more === 0 || first >= 0xf5) return false
    for (let left = more; left > 0 && at < bytes.length; left--, at++) {
      if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return false
    }
  }
  return true
}

/** Excel's own first line, which says the delimiter and is no row: with its line end. */
export const separatorLine = (text: string): string | undefined =>
  /^"?sep=[,;|\t]"?\r?\n/i.exec(text)?.[0]

/**
 * CSV or NDJSON, and the delimiter: the one that most lines have equally often, outside quotes; among equals the one
 * that makes more columns. A file of one column is delimited by anything.
 */
export function detectFormat(text: string, encoding: Encoding): ImportFormat {
  if (/^\s*\{/.test(text)) return { type: 'ndjson', encoding }
  const said = DELIMITERS.find(
    (each) => each === /^"?sep=(.)/i.exec(separatorLine(text) ?? '')?.[1],
  )
  if (said !== undefined) return { type: 'csv', encoding, delimiter: said }
  const lines = text
    .replace(/"(?:[^"]|"")*"/g, '')
    .split(/\r?\n/)
    .slice(0, -1)
    .filter((line) => line !== '')
    .slice(0, 50)
  const [first = text.split(/\r?\n/, 1)[0] ?? ''] = lines
  let best: { readonly delimiter: Delimiter; readonly score: number } = { delimiter: ',', score: 0 }
  for (const delimiter of DELIMITERS) {
    const columns = first.split(delimiter).length
    if (columns < 2) continue
    const same = lines.filter((line) => line.split(delimiter).length === columns).length
    const score = same / Math.max(lines.length, 1) + columns / 1_000
    if (score > best.score) best = { delimiter, score }
  }
  return { type: 'csv', encoding, delimiter: best.delimiter }
}

/** Longer headings are cut: a column is only named by it. */
const MAX_NAME = 200

/** Names of columns, each different: an empty one is `column 3`, a repeated one `name (2)`. */
export function columnNames(header: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return header.map((cell, index) => {
    const base = cell.trim().slice(0, MAX_NAME) || `column ${index + 1}`
    let name = base
    for (let again = 2; taken.has(name); again++) name = `${base} (${again})`
    taken.add(name)
    return name
  })
}
