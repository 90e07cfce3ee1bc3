import { GppModel } from '@iabgpp/cmpapi'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readGpp } from '../../edge/parse/gpp.ts'
import { isAffordableTcf, sectionIds } from '../../edge/parse/string-cost.ts'
import { readTcf } from '../../edge/parse/tcf.ts'
import { ALL, base64url, bits, gppString, tcString } from './tc-string.ts'
import { NOW } from './messages.ts'

const HIGHEST = 65_535
const number = (value: number, length: number) => value.toString(2).padStart(length, '0')
const NO_VENDORS = number(0, 17)
const header = bits(tcString(ALL, NOW)).slice(0, 213)
/** So many ranges of all vendors. */
const everybody = (times: number) =>
  number(times, 12) + `1${number(1, 16)}${number(HIGHEST, 16)}`.repeat(times)
const vendors = (times: number) => `${number(HIGHEST, 16)}1${everybody(times)}`
const flagsOf = (highest: number) => `${number(highest, 16)}0${'1'.repeat(highest)}`
const restrictions = (times: number) =>
  number(times, 12) + (number(4, 8) + everybody(1)).repeat(times)
const disclosing = (text: string) => base64url(`001${text}`)
const core = (...parts: readonly string[]) => base64url(header + parts.join(''))

/** Decoding what is tried here takes six seconds and more; a machine that is busy takes its time. */
const LIMIT = 1_000
const timeOf = (work: () => unknown): number => {
  const before = performance.now()
  work()
  return performance.now() - before
}

describe('a string that would be expensive to decode is junk', () => {
  test.each([
    ['vendors named a hundred times', core(vendors(100), NO_VENDORS, number(0, 12))],
    ['the same of legitimate interest', core(NO_VENDORS, vendors(100), number(0, 12))],
    ['restrictions for everybody', core(NO_VENDORS, NO_VENDORS, restrictions(200))],
    ['disclosed vendors', `${tcString(ALL, NOW).split('.')[0]}.${disclosing(vendors(100))}`],
    ['many lists', `${tcString(ALL, NOW)}${`.${disclosing(vendors(1))}`.repeat(100)}`],
    ['a long text', core(flagsOf(HIGHEST))],
  ])('%s', (_, text) => {
    expect(isAffordableTcf(text)).toBe(false)
    expect(readTcf(text)).toBe('junk')
    expect(readGpp(`DBABMA~${text}`)).toBe('junk')
  })

  test('a header that names more sections than there are', () => {
    // Bits of 3 (its kind), 1 (its version), one range: from 1, over a number of forty digits.
    const long = base64url(
      `${number(3, 6)}${number(1, 6)}${number(1, 12)}1${'11'}${'01'.repeat(40)}1`,
    )
    expect(sectionIds(long, 1)).toBeUndefined()
    expect(readGpp(`${long}~CFQVAAAAAABA`)).toBe('junk')
  })

  test('Canada’s vendors are not looked at', () => {
    const fields = { CmpId: 7, PurposesExpressConsent: ALL.map(() => true) }
    const text = gppString('tcfcav1', fields)
    const [head = '', section = ''] = text.split('~')
    const all = base64url(bits(section).slice(0, 199) + vendors(1_000))
    expect(timeOf(() => readGpp(`${head}~${all}`))).toBeLessThan(LIMIT)
    expect(readGpp(`${head}~${all}`)).toEqual(readGpp(text))
  })
})

test('a string of every vendor there is, restricted in everything, is read', () => {
  const list = (ids: number) =>
    `${number(ids, 16)}1${number(1, 12)}1${number(1, 16)}${number(ids, 16)}`
  const restricted = number(10, 12) + (number(4, 8) + list(4_200).slice(17)).repeat(10)
  const text = `${core(list(4_200), list(4_200), restricted)}.${disclosing(list(4_200))}`
  expect(readTcf(text, 4_200)).toMatchObject({ answers: { advertising: true } })
  expect(readTcf(text, 4_201)).toMatchObject({ answers: { advertising: false } })
})

test('a string is affordable exactly if its ranges name no more vendors than the bound', () => {
  const ids = fc.integer({ min: 0, max: HIGHEST })
  const ranges = fc.array(fc.tuple(ids, ids), { maxLength: 5 })
  const listOf = (list: readonly (readonly [number, number])[]) =>
    `${number(HIGHEST, 16)}1${number(list.length, 12)}` +
    list.map(([from, to]) => `1${number(from, 16)}${number(to, 16)}`).join('')
  fc.assert(
    fc.property(ranges, ranges, (one, other) => {
      const named = [...one, ...other].reduce((sum, [a, b]) => sum + Math.max(0, b - a + 1), 0)
      const text = core(listOf(one), listOf(other), number(0, 12))
      expect(isAffordableTcf(text)).toBe(named <= 60_000)
    }),
  )
})

test('the ids of a GPP string’s sections are those its maker put there', () => {
  const names = ['tcfeuv2', 'tcfcav1', 'uspv1', 'usnat', 'usca', 'usva', 'usco', 'usri']
  fc.assert(
    fc.property(fc.subarray(names, { minLength: 1 }), (chosen) => {
      const model = new GppModel()
      const field = { tcfeuv2: 'CmpId', tcfcav1: 'CmpId', uspv1: 'OptOutSale' }
      for (const name of chosen) {
        const known = field[name as keyof typeof field] ?? 'SaleOptOut'
        model.setFieldValue(name, known, { CmpId: 7, OptOutSale: 'N' }[known] ?? 0)
      }
      const [head = '', ...sections] = model.encode().split('~')
      expect(sectionIds(head, sections.length)).toEqual(model.getSectionIds())
      expect(sectionIds(head, sections.length + 1)).toBeUndefined()
    }),
  )
})
