import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ImportFormat } from '../../edge/protocol/import.ts'
import { readHead, sampleOf } from '../../edge/routes/imports/read-head.ts'
import { readRows, type FileRow } from '../../edge/routes/imports/read-rows.ts'
import { safeCell } from '../../edge/routes/imports/error-file.ts'

const CSV: ImportFormat = { type: 'csv', encoding: 'utf-8', delimiter: ',' }
const COLUMNS = ['a', 'b', 'c']

/** Reads a file in parts of `size` bytes, as a job reads slices: what a part does not finish is read again. */
function readAll(bytes: Uint8Array, size: number, format = CSV): FileRow[] {
  const rows: FileRow[] = []
  let at = 0
  let length = size
  while (at < bytes.length) {
    const part = bytes.subarray(at, at + length)
    const isWhole = at + length >= bytes.length
    const read = readRows(part, isWhole, format, COLUMNS, rows.length, 1_000)
    rows.push(...read.rows)
    const last = read.rows.at(-1)
    // Only a test's parts are smaller than a row.
    length = last === undefined ? length + size : size
    at += last?.end ?? 0
    if (read.isEnd) break
  }
  return rows
}

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
const cell = fc.string({
  unit: fc.constantFrom('a', 'é', '😀', ',', '"', '\n', '\r\n', ' ', ';'),
  maxLength: 8,
})
const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 30 })

describe('rows of a file read in parts', () => {
  test('are those of the whole file, wherever the parts are cut, quoted line ends included', () => {
    fc.assert(
      fc.property(
        table,
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('\n', '\r\n'),
        (cells, size, end) => {
          const text = cells.map((row) => row.map(quoted).join(',') + end).join('')
          const rows = readAll(new TextEncoder().encode(text), size)
          expect(rows.map((row) => row.cells)).toEqual(cells)
          expect(rows.every((row) => row.fault === undefined)).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('end where they end in the file, in every encoding', () => {
    const text = 'œuf,"l\nö",3\r\n€,5,6\n7,8,9'
    const encodings = {
      'utf-16le': encode16(text, true),
      'utf-16be': encode16(text, false),
    } as const
    for (const [encoding, bytes] of Object.entries(encodings)) {
      const rows = readRows(bytes, true, { ...CSV, encoding } as ImportFormat, COLUMNS, 1, 100).rows
      expect(rows.map(({ cells }) => cells[0])).toEqual(['œuf', '€', '7'])
      expect(rows.map(({ end }) => end)).toEqual([26, 38, bytes.length])
    }
    const windows = Uint8Array.from([
      0x9c, 0x75, 0x66, 0x2c, 0x80, 0x2c, 0x33, 0x0a, 0x41, 0x2c, 0xe9, 0x2c, 0x0a,
    ])
    const { rows } = readRows(windows, true, { ...CSV, encoding: 'windows-1252' }, COLUMNS, 1, 100)
    expect(rows.map(({ cells, end }) => [...cells, end])).toEqual([
      ['œuf', '€', '3', 8],
      ['A', 'é', '', 13],
    ])
  })

  test('a quote that is never closed costs its own line, not the lines after it', () => {
    const rows = readAll(new TextEncoder().encode('1,2,3\n4,"5,6\n7,8,9\n10,11,12\n'), 1_000)
    expect(rows.map(({ row, fault, cells }) => fault ?? `${row}: ${cells.join(' ')}`)).toEqual([
      '1: 1 2 3',
      'quote-not-closed',
      '3: 7 8 9',
      '4: 10 11 12',
    ])
    const swallowed = readAll(new TextEncoder().encode('1,"2,3\n4,5,6\n7,8",9,1\n7,8,9\n'), 1_000)
    expect(swallowed.map(({ fault, cells }) => fault ?? cells.join(' '))).toEqual([
      'quote-not-closed',
      '4 5 6',
      'wrong-columns',
      '7 8 9',
    ])
  })

  test('of NDJSON are objects by dotted path, and a bad line costs itself alone', () => {
    const text = '{"id":"1","address":{"city":"Lyon"},"n":2.5}\nnope\n{"id":"2"}'
    const head = readHead(new TextEncoder().encode(text), true)
    expect(head).toEqual({
      format: { type: 'ndjson', encoding: 'utf-8' },
      columns: ['id', 'address.city', 'n'],
      start: { byte: 0, row: 0 },
    })
    const bytes = new TextEncoder().encode(text)
    expect(sampleOf(bytes, true, head)).toEqual([
      ['1', 'Lyon', '2.5'],
      ['2', '', ''],
    ])
    const { rows } = readRows(bytes, true, head.format, head.columns, 0, 10)
    expect(rows[1]).toMatchObject({ row: 2, fault: 'not-json' })
  })
})

function encode16(text: string, little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2))
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), little)
  return new Uint8Array(view.buffer)
}

test.each([
  ['=1+1', `"'=1+1"`],
  ['  @SUM(A1)', `"'  @SUM(A1)"`],
  ['\u0000-2+3', `"'\u0000-2+3"`],
  ['\ufeff+1', `"'\ufeff+1"`],
  ['＝1', `"'＝1"`],
  ['\t=1', `"'\t=1"`],
  ['c-1;a "b"', '"c-1;a ""b"""'],
])('the error file holds %j as text', (text, safe) => {
  expect(safeCell(text)).toBe(safe)
})

/** `3,é,` in windows-1252, and a line end. */
const WINDOWS = [0x33, 0x2c, 0xe9, 0x2c, 0x0a]

describe('a file that is not quite what it seems', () => {
  test("Excel's line with the delimiter is no row, in UTF-16 neither", () => {
    const text = 'sep=;\r\nid;note\r\n1;a,b\r\n'
    for (const head of [new TextEncoder().encode(text), encode16(`\ufeff${text}`, true)]) {
      const read = readHead(head, true)
      expect(read.columns).toEqual(['id', 'note'])
      expect(sampleOf(head, true, read)).toEqual([['1', 'a,b']])
      expect(read.start.row).toBe(2)
    }
  })

  test('a row that is not of its encoding is bad by itself, and a question mark is none', () => {
    const bytes = Uint8Array.from([
      ...new TextEncoder().encode('1,a,b\n2,\ufffd,b\n'),
      ...WINDOWS,
      ...new TextEncoder().encode('4,é,b\n'),
    ])
    expect(readAll(bytes, 1_000).map(({ fault, cells }) => fault ?? cells.join(' '))).toEqual([
      '1 a b',
      '2 \ufffd b',
      'wrong-encoding',
      '4 é b',
    ])
  })

  test.each([
    ['of CSV', CSV],
    ['of NDJSON', { type: 'ndjson', encoding: 'utf-8' } as const],
  ])('a huge line %s says that it is too long, and the next one is read', (_, format) => {
    const line = (text: string) => (format.type === 'csv' ? `1,${text},3\n` : `{"a":"${text}"}\n`)
    const file = new TextEncoder().encode(line('x'.repeat(200_000)) + line('y'))
    const rows = readAll(file, 1_000_000, format)
    expect(rows.map(({ fault }) => fault)).toEqual(['row-too-long', undefined])
  })

  test('a format that somebody knows better is taken', () => {
    const head = Uint8Array.from([0x61, 0x3b, 0x62, 0x0a, 0xe9, 0x3b, 0x32, 0x2c, 0x35, 0x0a])
    const guess = readHead(head, true)
    expect(guess.format).toEqual({ type: 'csv', encoding: 'windows-1252', delimiter: ';' })
    const wanted = { type: 'csv', encoding: 'windows-1252', delimiter: ',' } as const
    const read = readHead(head, true, wanted)
    expect([read.format, read.columns]).toEqual([wanted, ['a;b']])
    expect(sampleOf(head, true, read)).toEqual([])
  })
})
