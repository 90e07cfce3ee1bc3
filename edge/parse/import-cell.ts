import type { CellType, DateType } from '../protocol/import.ts'
import type { Json } from '../protocol/json.ts'
import { compileDate } from './import-date.ts'

export type Cell =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly reason: string }

/** Reads the cells of one column. An empty cell says nothing: it never reaches a reader. */
export type ReadCell = (text: string) => Cell

const YES = new Set(['true', 'yes', 'y', '1', 'oui', 'o', 'vrai', 'on', 'x'])
const NO = new Set(['false', 'no', 'n', '0', 'non', 'faux', 'off', '-'])

/** Makes the reader of a column; undefined: its type cannot be compiled (a date's format or zone). */
export function compileCell(type: CellType, zone: string | undefined): ReadCell | undefined {
  switch (type.type) {
    case 'text':
      return (text) => ({ ok: true, value: text })
    case 'number':
      return readNumber(type.decimal ?? '.')
    case 'boolean':
      return (text) => {
        const answer = readBoolean(text)
        return answer === undefined
          ? { ok: false, reason: 'not-a-boolean' }
          : { ok: true, value: answer }
      }
    case 'date':
      return readDateText(type, zone)
  }
}

export function readBoolean(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  return YES.has(word) ? true : NO.has(word) ? false : undefined
}

/** `1 234,50`, `1,234.50`, `1'234.50`: groups hold three digits, or it is no number. */
function readNumber(decimal: '.' | ','): ReadCell {
  const group = decimal === ',' ? '.' : ','
  const pattern = new RegExp(
    `^[+-]?(?:\\d+|\\d{1,3}(?:[\\${group}\\s'’]\\d{3})+)?(?:\\${decimal}\\d*)?(?:[eE][+-]?\\d{1,3})?$`,
  )
  const groups = new RegExp(`[\\${group}\\s'’]`, 'g')
  return (text) => {
    // A minus sign of typography, and a currency's sign on either side.
    const bare = text
      .trim()
      .replace(/^[−–]/, '-')
      .replace(/^([+-]?)\p{Sc}\s?|\s?\p{Sc}$/gu, '$1')
    const plain = bare.replace(groups, '').replace(decimal, '.')
    const value = pattern.test(bare) && /\d/.test(bare) ? Number(plain) : Number.NaN
    return Number.isFinite(value) ? { ok: true, value } : { ok: false, reason: 'not-a-number' }
  }
}

/** A date as value is ISO 8601 in UTC; one without a time of day (a birthday) stays a day. */
function readDateText(type: DateType, zone: string | undefined): ReadCell | undefined {
  const whole = compileDate({ ...(zone !== undefined && { zone }), ...type })
  const day = compileDate({ ...type, zone: 'UTC' })
  if (whole === undefined || day === undefined) return undefined
  const { format = 'iso' } = type
  const hasTime =
    format === 'iso' ? (text: string) => text.includes(':') : () => /[Hms]|seconds/.test(format)
  return (text) => {
    const timed = hasTime(text)
    const at = timed ? whole(text) : day(text)
    if (at === undefined) return { ok: false, reason: 'not-a-date' }
    const iso = new Date(at).toISOString()
    return { ok: true, value: timed ? iso : iso.slice(0, 10) }
  }
}
