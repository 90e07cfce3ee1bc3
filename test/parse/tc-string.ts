import { GppModel } from '@iabgpp/cmpapi'
import { DAY } from '../../edge/protocol/time.ts'

/** Every purpose that a banner asks about. */
export const ALL = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

/** Purposes or vendors as a section of GPP has them. */
export const flags = (chosen: readonly number[]): boolean[] =>
  Array.from({ length: 24 }, (_, index) => chosen.includes(index + 1))

/** The string of a GPP section with these fields. */
export function gppString(section: string, fields: { readonly [field: string]: unknown }): string {
  const model = new GppModel()
  for (const [field, value] of Object.entries(fields)) model.setFieldValue(section, field, value)
  return model.encode()
}

/** The TC string of a CMP whose visitor allowed those purposes on that day. */
export function tcString(
  purposes: readonly number[],
  at: number,
  fields: { readonly [field: string]: unknown } = {},
): string {
  const day = new Date(at - (at % DAY))
  const model = new GppModel()
  for (const [field, value] of Object.entries({
    CmpId: 7,
    ConsentLanguage: 'FR',
    PolicyVersion: 5,
    IsServiceSpecific: true,
    PurposeConsents: flags(purposes),
    ...fields,
    Created: day,
    LastUpdated: day,
  })) {
    model.setFieldValue('tcfeuv2', field, value)
  }
  return model.encodeSection('tcfeuv2')
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The bits of a base64url text, and back. */
export const bits = (text: string): string =>
  [...text].map((digit) => ALPHABET.indexOf(digit).toString(2).padStart(6, '0')).join('')
export const base64url = (flags: string): string =>
  (flags.match(/.{1,6}/g) ?? [])
    .map((six) => ALPHABET.charAt(Number.parseInt(six.padEnd(6, '0'), 2)))
    .join('')

/** The same as a string for several services, which no encoder makes any more: bit 138 says so. */
export const forSeveralServices = (text: string): string =>
  text.slice(0, 23) + ALPHABET[ALPHABET.indexOf(text.charAt(23)) & 31] + text.slice(24)
