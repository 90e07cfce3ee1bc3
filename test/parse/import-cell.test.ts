import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileCell } from '../../edge/parse/import-cell.ts'
import { compileDate } from '../../edge/parse/import-date.ts'
import type { CellType } from '../../edge/protocol/import.ts'

const read = (type: CellType, text: string, zone?: string) => {
  const cell = compileCell(type, zone)?.(text)
  return cell?.ok === true ? cell.value : cell?.reason
}

describe('numbers', () => {
  test.each([
    ['.', '1234.5', 1_234.5],
    ['.', '1,234.50', 1_234.5],
    ['.', "1'234", 1_234],
    ['.', '-0.25', -0.25],
    ['.', '€ 12.90', 12.9],
    ['.', '1e3', 1_000],
    ['.', '.5', 0.5],
    ['.', '1,2', 'not-a-number'],
    ['.', '12 34', 'not-a-number'],
    ['.', '', 'not-a-number'],
    ['.', '-', 'not-a-number'],
    ['.', '0x10', 'not-a-number'],
    ['.', 'Infinity', 'not-a-number'],
    ['.', '1e999', 'not-a-number'],
    [',', '1234,5', 1_234.5],
    [',', '1 234,50 €', 1_234.5],
    [',', '1\u202f234,50', 1_234.5],
    [',', '1.234,50', 1_234.5],
    [',', '−3,5', -3.5],
    [',', '1.5', 'not-a-number'],
  ] as const)('with decimal %j: %j is %j', (decimal, text, value) => {
    expect(read({ type: 'number', decimal }, text)).toBe(value)
  })

  test('as a French or an English program writes them are read back', () => {
    const hundredths = fc.integer({ min: -1e11, max: 1e11 }).map((whole) => whole / 100)
    for (const [locale, decimal] of [
      ['fr-FR', ','],
      ['en-US', '.'],
      ['de-DE', ','],
    ] as const) {
      const format = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
      fc.assert(
        fc.property(hundredths, (value) => {
          expect(read({ type: 'number', decimal }, format.format(value))).toBe(value)
        }),
      )
    }
  })
})

describe('dates', () => {
  test.each([
    ['iso', 'UTC', '2011-02-28T10:00:00Z', '2011-02-28T10:00:00.000Z'],
    ['iso', 'Europe/Paris', '2011-02-28 10:00:00', '2011-02-28T09:00:00.000Z'],
    ['iso', 'Europe/Paris', '2011-07-28T10:00:00+05:00', '2011-07-28T05:00:00.000Z'],
    ['DD/MM/YYYY HH:mm', 'Europe/Paris', '28/07/2011 10:30', '2011-07-28T08:30:00.000Z'],
    ['M/D/YY H:mm', 'America/New_York', '7/4/11 9:05', '2011-07-04T13:05:00.000Z'],
    ['YYYYMMDD', 'UTC', '20110704', '2011-07-04T00:00:00.000Z'],
    ['D.M.YYYY', 'UTC', '4.7.1985', '1985-07-04T00:00:00.000Z'],
    ['seconds', 'UTC', '1300000000', '2011-03-13T07:06:40.000Z'],
    ['milliseconds', 'UTC', '1300000000000', '2011-03-13T07:06:40.000Z'],
    // Clocks that are set back show an hour twice: the first counts. The hour they skip is read by those of before.
    ['YYYY-MM-DD HH:mm', 'Europe/Paris', '2024-10-27 02:30', '2024-10-27T00:30:00.000Z'],
    ['YYYY-MM-DD HH:mm', 'Europe/Paris', '2024-03-31 02:30', '2024-03-31T01:30:00.000Z'],
    ['YYYY-MM-DD HH:mm', 'Asia/Kathmandu', '2024-03-31 05:45', '2024-03-31T00:00:00.000Z'],
  ])('%s in %s: %j is %s', (format, zone, text, iso) => {
    const at = compileDate({ type: 'date', format, zone })?.(text)
    expect(at === undefined ? at : new Date(at).toISOString()).toBe(iso)
  })

  test.each([
    ['DD/MM/YYYY', '31/04/2011'],
    ['DD/MM/YYYY', '2011-04-30'],
    ['DD/MM/YYYY', '30/04/2011 10:00'],
    ['DD/MM/YYYY', '29/02/2023'],
    ['YYYY-MM-DD HH:mm', '2011-04-30 24:00'],
    ['iso', '1300000000'],
    ['iso', 'yesterday'],
    ['seconds', 'NaN'],
  ])('of form %s is not %j', (format, text) => {
    expect(compileDate({ type: 'date', format })?.(text)).toBeUndefined()
  })

  test('of a form or zone that does not exist cannot be compiled', () => {
    for (const format of ['', 'HH:mm', 'DD/DD/YYYY', 'YYYY YY', 'x'.repeat(60)]) {
      expect(compileDate({ type: 'date', format })).toBeUndefined()
    }
    expect(compileDate({ type: 'date', zone: 'Mars/Olympus' })).toBeUndefined()
  })

  test('round-trip through the clocks of their zone', () => {
    const zones = ['Europe/Paris', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', 'UTC']
    for (const zone of zones) {
      const parse = compileDate({ type: 'date', format: 'YYYY-MM-DD HH:mm:ss', zone })
      const clock = new Intl.DateTimeFormat('sv-SE', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'medium',
      })
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), (seconds) => {
          const shown = clock.format(seconds * 1_000)
          const at = parse?.(shown) ?? Number.NaN
          expect(clock.format(at)).toBe(shown)
        }),
        { numRuns: 200 },
      )
    }
  })

  test('as values are a day, or an instant in UTC', () => {
    expect(read({ type: 'date', format: 'DD/MM/YYYY' }, '04/07/1985', 'Asia/Tokyo')).toBe(
      '1985-07-04',
    )
    expect(read({ type: 'date' }, '2011-07-28 10:00', 'Asia/Tokyo')).toBe(
      '2011-07-28T01:00:00.000Z',
    )
  })
})

test.each([
  ['oui', true],
  ['Non', false],
  ['TRUE', true],
  ['0', false],
  ['maybe', 'not-a-boolean'],
])('the answer %j is %j', (text, value) => {
  expect(read({ type: 'boolean' }, text)).toBe(value)
})
