import type { FileFault } from '../protocol/import.ts'

/** How files begin that are no text (hex), and what to call them. */
const SIGNATURES: readonly (readonly [hex: string, fault: FileFault])[] = [
  ['1f8b', 'packed'],
  ['425a68', 'packed'],
  ['fd377a585a00', 'packed'],
  ['28b52ffd', 'packed'],
  ['377abcaf271c', 'packed'],
  ['526172211a07', 'packed'],
  ['d0cf11e0a1b11ae1', 'workbook'],
  ['25504446', 'binary'],
  ['50415231', 'binary'],
]
const ZIP = '504b0304'
/** Names that stand readable in an .xlsx or .ods, which are ZIP files. */
const WORKBOOK = /\[Content_Types\]\.xml|xl\/|opendocument\.spreadsheet/

/** Why no table can be read from a file that begins so, `text` being its bytes decoded; undefined: it may be one. */
export function fileFaultOf(head: Uint8Array, text: string): FileFault | undefined {
  const hex = [...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  if (hex.startsWith(ZIP)) return WORKBOOK.test(asciiOf(head)) ? 'workbook' : 'packed'
  const known = SIGNATURES.find(([signature]) => hex.startsWith(signature))
  if (known !== undefined) return known[1]
  if (text.includes('\0')) return 'binary'
  if (text.trim() === '') return 'empty'
  if (/^\s*\[\s*[[{]/.test(text)) return 'list'
  return !text.includes('\n') && text.includes('\r') ? 'carriage-returns' : undefined
}

function asciiOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
