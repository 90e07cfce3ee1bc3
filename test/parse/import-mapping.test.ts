import { describe, expect, test } from 'vitest'
import { columnNames, detectEncoding, detectFormat } from '../../edge/parse/import-format.ts'
import { checkMapping } from '../../edge/parse/import-mapping.ts'
import { MessageBuilder } from '../../edge/parse/import-message.ts'
import { suggestMapping } from '../../edge/parse/import-suggest.ts'
import { DEFAULT_KINDS } from '../../edge/protocol/identifier.ts'
import type { ImportMapping } from '../../edge/protocol/import.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)

describe('the beginning of a file', () => {
  test.each([
    ['a,b\n1,é\n', 'utf-8', 0],
    ['\ufeffa,b\n', 'utf-8', 3],
  ])('%j is %s', (text, encoding, mark) => {
    expect(detectEncoding(utf8(text))).toEqual({ encoding, mark })
  })

  test('tells UTF-16 by its mark or its NULs, and what is not UTF-8 is windows-1252', () => {
    const little = Uint8Array.from([...'name;é'].flatMap((c) => [c.charCodeAt(0), 0]))
    const big = Uint8Array.from([...'name;é'].flatMap((c) => [0, c.charCodeAt(0)]))
    expect(detectEncoding(little)).toEqual({ encoding: 'utf-16le', mark: 0 })
    expect(detectEncoding(big)).toEqual({ encoding: 'utf-16be', mark: 0 })
    expect(detectEncoding(Uint8Array.from([0xff, 0xfe, 0x61, 0]))).toEqual({
      encoding: 'utf-16le',
      mark: 2,
    })
    expect(detectEncoding(Uint8Array.from([0x61, 0xe9, 0x62])).encoding).toBe('windows-1252')
    // Cut off in the middle of a character.
    expect(detectEncoding(utf8('aé').subarray(0, 2)).encoding).toBe('utf-8')
  })

  test.each([
    ['a;b;c\n1,5;2;3\n2,5;3;4\n', ';'],
    ['a,b\n"x;y;z",1\n"x;y;z",2\n', ','],
    ['a\tb\n1\t2\n', '\t'],
    ['a|b|c\n1|2|3\n', '|'],
    ['alone\n1\n', ','],
  ])('%j is delimited by %j', (text, delimiter) => {
    expect(detectFormat(text, 'utf-8')).toEqual({ type: 'csv', encoding: 'utf-8', delimiter })
  })

  test('names every column differently', () => {
    expect(columnNames(['id', '', 'id', ' id '])).toEqual(['id', 'column 2', 'id (2)', 'id (3)'])
  })
})

describe('a suggested mapping', () => {
  test('of invoice lines finds order, customer, time and lines', () => {
    const columns = [
      'InvoiceNo',
      'StockCode',
      'Description',
      'Quantity',
      'InvoiceDate',
      'UnitPrice',
      'CustomerID',
      'Country',
    ]
    const row = [
      '536365',
      '85123A',
      'HOLDER',
      '6',
      '2010-12-01 08:26:00',
      '2.55',
      '17850.0',
      'United Kingdom',
    ]
    const mapping = suggestMapping(columns, [row], DEFAULT_KINDS)
    expect(mapping).toEqual({
      kind: 'orders',
      columns: [
        { column: 'InvoiceNo', use: 'order' },
        { column: 'StockCode', use: 'item', name: 'sku' },
        { column: 'Description', use: 'item', name: 'name' },
        { column: 'Quantity', use: 'item', name: 'quantity', as: { type: 'number' } },
        { column: 'InvoiceDate', use: 'time', as: { type: 'date' } },
        { column: 'UnitPrice', use: 'item', name: 'price', as: { type: 'number' } },
        { column: 'CustomerID', use: 'identifier', kind: 'userId' },
        { column: 'Country', use: 'property', name: 'country' },
      ],
    })
    expect(checkMapping(mapping, columns, DEFAULT_KINDS)).toEqual([])
  })

  test.each([
    [
      ['E-mail', 'Prénom', 'Date de naissance', 'Points'],
      ['a@example.com', 'Rôle', '04/07/1985', '12,5'],
      'customers',
    ],
    [['household_id', 'campaign_id', 'date'], ['1', '18', '2017-01-02'], 'campaigns'],
    [['email', 'unsubscribed'], ['a@example.com', 'oui'], 'consents'],
    [['email', 'newsletter'], ['a@example.com', 'oui'], 'consents'],
  ])('of %j can be used as it is', (columns, row, kind) => {
    const mapping = suggestMapping(columns, [row], DEFAULT_KINDS)
    expect(mapping.kind).toBe(kind)
    expect(checkMapping(mapping, columns, DEFAULT_KINDS)).toEqual([])
    const built = new MessageBuilder(mapping, columns).build([{ row: 2, cells: row }])
    expect(built).toHaveProperty('message')
  })

  test('of addresses under a heading that says nothing is a list of people', () => {
    const rows = [['one@example.com'], ['two@example.com'], ['']]
    expect(suggestMapping(['contact'], rows, DEFAULT_KINDS).columns).toEqual([
      { column: 'contact', use: 'identifier', kind: 'email' },
    ])
    expect(
      suggestMapping(['contact'], [['one@example.com'], ['x']], DEFAULT_KINDS).columns,
    ).toEqual([{ column: 'contact', use: 'trait', name: 'contact' }])
  })

  test.each([
    ['customers', { use: 'identifier', kind: 'userId' }],
    ['campaigns', { use: 'property', name: 'id' }],
  ] as const)('of a bare id in a file said to be of %s', (kind, use) => {
    const { columns } = suggestMapping(['id', 'email'], [['1', 'a@b.fr']], DEFAULT_KINDS, kind)
    expect(columns[0]).toMatchObject({ column: 'id', ...use })
  })

  test('leaves codes with leading zeros as text', () => {
    const { columns } = suggestMapping(
      ['email', 'zip', 'dept'],
      [['a@example.com', '01000', '01']],
      DEFAULT_KINDS,
    )
    expect(columns.slice(1)).toEqual([
      { column: 'zip', use: 'trait', name: 'zip' },
      { column: 'dept', use: 'trait', name: 'dept' },
    ])
  })
})

describe('a mapping that cannot work', () => {
  const base: ImportMapping = {
    kind: 'customers',
    columns: [{ column: 'id', use: 'identifier', kind: 'userId' }],
  }
  test.each([
    [
      'an unknown column',
      { ...base, columns: [...base.columns, { column: 'x', use: 'ignore' }] },
      'mapping.columns.1.column',
    ],
    [
      'a column twice',
      { ...base, columns: [...base.columns, ...base.columns] },
      'mapping.columns.1.column',
    ],
    ['no identifier', { ...base, columns: [] }, 'mapping.columns'],
    [
      'an unknown kind',
      { ...base, columns: [{ column: 'id', use: 'identifier', kind: 'ssn' }] },
      'mapping.columns.0.kind',
    ],
    [
      'an item of a customer',
      { ...base, columns: [...base.columns, { column: 'b', use: 'item', name: 'x' }] },
      'mapping.columns.1.use',
    ],
    ['orders without number and time', { ...base, kind: 'orders' }, 'mapping.columns'],
    ['consents without answer', { ...base, kind: 'consents' }, 'mapping.denies'],
    [
      'a zone that does not exist',
      { ...base, zone: 'Mars', columns: [...base.columns, { column: 'b', use: 'time' }] },
      'mapping.columns.1.as',
    ],
  ] as const)('is refused for %s', (_, mapping, path) => {
    const errors = checkMapping(mapping as ImportMapping, ['id', 'b'], DEFAULT_KINDS)
    expect(errors.map((error) => error.path)).toContain(path)
  })
})

test('a trait called __proto__ is data', () => {
  const builder = new MessageBuilder(
    {
      kind: 'customers',
      columns: [
        { column: 'id', use: 'identifier', kind: 'userId' },
        { column: 'p', use: 'trait', name: '__proto__' },
      ],
    },
    ['id', 'p'],
  )
  const built = builder.build([{ row: 2, cells: ['u', 'x'] }])
  expect('message' in built && Object.keys(built.message['traits'] as object)).toEqual([
    '__proto__',
  ])
})
