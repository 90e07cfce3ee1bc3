import { describe, expect, test } from 'vitest'
import { gapsOf } from '../../dashboard/parts/mapping-gaps.ts'
import { readingOf } from '../../dashboard/parts/sample-reading.ts'
import { checkMapping } from '../../edge/parse/import-mapping.ts'
import { DEFAULT_KINDS } from '../../edge/protocol/identifier.ts'
import {
  IMPORT_KINDS,
  type ColumnMapping,
  type ColumnUse,
  type ImportMapping,
} from '../../edge/protocol/import.ts'

const ID: ColumnUse = { use: 'identifier', kind: 'userId' }
const of = (kind: ImportMapping['kind'], ...uses: readonly ColumnUse[]): ImportMapping => ({
  kind,
  columns: uses.map((use, at) => ({ column: `c${at}`, ...use })),
})

describe('what a mapping lacks', () => {
  test.each<[string, ImportMapping, readonly string[]]>([
    ['customers by their id', of('customers', ID), []],
    ['customers without a name', of('customers', { use: 'ignore' }), ['identifier']],
    ['orders without number and time', of('orders', ID), ['order', 'time']],
    ['orders', of('orders', ID, { use: 'order' }, { use: 'time' }), []],
    [
      'orders with two numbers',
      of('orders', ID, { use: 'order' }, { use: 'order' }, { use: 'time' }),
      ['twice-order'],
    ],
    ['campaigns that say nothing', of('campaigns', ID, { use: 'time' }), ['reaction']],
    ['unsubscribed people', { ...of('consents', ID), denies: ['email'] }, []],
    ['consents without answer', of('consents', ID), ['answer']],
  ])('%s', (_, mapping, gaps) => {
    expect(gapsOf(mapping)).toEqual(gaps)
  })

  test('is what the edge refuses it for', () => {
    const uses: readonly ColumnUse[] = [ID, { use: 'time' }, { use: 'ignore' }]
    for (const kind of IMPORT_KINDS) {
      for (const one of uses) {
        for (const other of uses) {
          const mapping = of(kind, one, other)
          const columns = mapping.columns.map(({ column }) => column)
          const errors = checkMapping(mapping, columns, DEFAULT_KINDS)
          expect(gapsOf(mapping).length > 0).toBe(errors.length > 0)
        }
      }
    }
  })
})

const column = (use: ColumnUse): ColumnMapping => ({ column: 'c', ...use })
const trait = (as: Extract<ColumnUse, { use: 'trait' }>['as'] & object): ColumnMapping =>
  column({ use: 'trait', name: 't', as })

describe('how first values are read', () => {
  test.each<[string, ColumnMapping, readonly string[], unknown]>([
    ['text', trait({ type: 'text' }), ['x'], undefined],
    ['numbers', trait({ type: 'number' }), ['1', '', '2.5'], undefined],
    [
      'a number of another form',
      trait({ type: 'number' }),
      ['1', '2,5 €'],
      { type: 'unread', text: '2,5 €' },
    ],
    [
      'a birthday',
      trait({ type: 'date', format: 'DD/MM/YYYY' }),
      ['', '02/03/1951'],
      { type: 'day', text: '02/03/1951', at: Date.UTC(1951, 2, 2) },
    ],
    [
      'an instant of the zone',
      column({ use: 'time', as: { type: 'date' } }),
      ['2025-07-01 10:00'],
      { type: 'date', text: '2025-07-01 10:00', at: Date.UTC(2025, 6, 1, 8) },
    ],
    [
      'a format that is none',
      trait({ type: 'date', format: 'YYYY YYYY' }),
      ['2025'],
      { type: 'no-format' },
    ],
    [
      'an answer that is none',
      column({ use: 'consent', purpose: 'email' }),
      ['oui', 'maybe'],
      { type: 'unread', text: 'maybe' },
    ],
    ['a reaction', column({ use: 'reaction' }), ['Opened', 'clic'], undefined],
    [
      'no reaction',
      column({ use: 'reaction' }),
      ['exploded'],
      { type: 'unread', text: 'exploded' },
    ],
  ])('%s', (_, mapped, sample, reading) => {
    expect(readingOf(mapped, 'Europe/Paris', sample)).toEqual(reading)
  })
})
