import { expect, test } from 'vitest'
import { fileFaultOf } from '../../edge/parse/import-file.ts'
import { detectFormat } from '../../edge/parse/import-format.ts'

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'string' ? [...new TextEncoder().encode(part)] : part,
    ),
  )
const NULS = Array.from({ length: 40 }, () => 0)
const ZIP = [0x50, 0x4b, 3, 4]

test.each<[string, Uint8Array, string | undefined]>([
  ['a workbook', bytes(ZIP, NULS, '[Content_Types].xml', NULS), 'workbook'],
  [
    'a workbook of before 2007',
    bytes([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    'workbook',
  ],
  ['a ZIP file', bytes(ZIP, '....till.csv'), 'packed'],
  ['gzip', bytes([0x1f, 0x8b, 8, 0]), 'packed'],
  ['a PDF', bytes('%PDF-1.7\n'), 'binary'],
  ['bytes', bytes('id\n', [0, 1, 2], '\n'), 'binary'],
  ['spaces', bytes(' \r\n\n'), 'empty'],
  ['a JSON list', bytes(' [\n {"id": 1}]'), 'list'],
  ['lines that end in CR', bytes('id,name\r1,one\r'), 'carriage-returns'],
  ['a heading alone', bytes('id,name'), undefined],
  ['a heading in brackets', bytes('[id],[name]\r\n1,one\r\n'), undefined],
])('%s: the fault is told', (_, head, fault) => {
  expect(fileFaultOf(head, new TextDecoder().decode(head))).toBe(fault)
})

test.each([
  ['sep=;\r\na,b;c\r\n', ';'],
  ['"sep=|"\na;b|c\n', '|'],
  ['sep=\t\na;b;c\td\n', '\t'],
  ['sepal,width\n1,2\n', ','],
])("%j is delimited as Excel's own first line says", (text, delimiter) => {
  expect(detectFormat(text, 'utf-8')).toMatchObject({ type: 'csv', delimiter })
})
