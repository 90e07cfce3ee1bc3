import { readFileSync } from 'node:fs'
import { GppModel } from '@iabgpp/cmpapi'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GCM_PURPOSES, TCF_PURPOSES } from '../../edge/parse/consent-tables.ts'
import { readGcm } from '../../edge/parse/gcm.ts'
import { readGpp } from '../../edge/parse/gpp.ts'
import { readTcf } from '../../edge/parse/tcf.ts'
import { GCM_STATES } from '../../edge/protocol/consent.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { DAY } from '../../edge/protocol/time.ts'
import { dataFile } from '../data.ts'
import { ALL, flags, forSeveralServices, gppString as gpp, tcString } from './tc-string.ts'
import { NOW, purchase, read, refusal } from './messages.ts'

const YES = { analytics: true, personalization: true, advertising: true }
const NO = { analytics: false, personalization: false, advertising: false }

const answersOf = (reading: ReturnType<typeof readTcf>) =>
  reading === 'junk' ? reading : reading.answers

describe('TC strings', () => {
  test.each([
    ['everything', ALL, YES],
    ['nothing', [], NO],
    ['measuring', [1, 7, 8, 9, 10], { ...NO, analytics: true }],
    ['measuring, but no storage', [7, 8, 9, 10], NO],
    ['content', [1, 5, 6], { ...NO, personalization: true }],
    ['ads', [1, 2, 3, 4, 7], { ...NO, advertising: true }],
    ['ads without their use', [1, 2, 3, 7], NO],
  ])('who allows %s', (_, purposes, answers) => {
    expect(answersOf(readTcf(tcString(purposes, NOW)))).toEqual(answers)
  })

  test.each([
    ['text', 'x'],
    ['nothing', ''],
    ['a truncated string', tcString(ALL, NOW).slice(0, 20)],
    ['a string of an older policy', tcString(ALL, NOW, { PolicyVersion: 3 })],
    ['a string for several services', forSeveralServices(tcString(ALL, NOW))],
    ['a string of version 1', 'BOrVd1pOrVd1pACABCENAHCAAAAAAAAAAAiQAAAAAAAA'],
  ])('%s is junk', (_, text) => expect(readTcf(text)).toBe('junk'))

  test.each([
    ['allowed and disclosed', { VendorConsents: [12], VendorsDisclosed: [12, 40] }, YES],
    ['allowed but not disclosed', { VendorConsents: [12], VendorsDisclosed: [40] }, NO],
    ['disclosed but not allowed', { VendorConsents: [40], VendorsDisclosed: [12] }, NO],
  ])('a vendor that is %s', (_, fields, answers) => {
    expect(answersOf(readTcf(tcString(ALL, NOW, fields), 12))).toEqual(answers)
  })

  test('a purpose is granted exactly if all that the table names for it are', () => {
    fc.assert(
      fc.property(fc.subarray(ALL), (purposes) => {
        const needed = (ours: string) =>
          TCF_PURPOSES.filter(([, names]) => names.includes(ours)).map(([purpose]) => purpose)
        expect(answersOf(readTcf(tcString(purposes, NOW)))).toEqual(
          Object.fromEntries(
            Object.keys(YES).map((ours) => [ours, needed(ours).every((n) => purposes.includes(n))]),
          ),
        )
      }),
    )
  })

  test('whatever a client sends, nothing throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void [readTcf(text), readGpp(text)]))
  })

  const path = dataFile('tcf/strings.json')
  test.skipIf(path === null)('real strings are read as their makers say', () => {
    const strings = JSON.parse(readFileSync(path ?? '', 'utf8')) as readonly {
      readonly tcString: string
      readonly error?: string
      readonly expected?: {
        readonly version: number
        readonly policyVersion: number
        readonly isServiceSpecific: boolean
        readonly purposeConsents: readonly number[]
        readonly lastUpdated: string
      }
    }[]
    expect(strings.length).toBeGreaterThan(0)
    for (const { tcString: text, expected } of strings) {
      const reading = readTcf(text)
      const isOfNow =
        expected?.version === 2 && expected.policyVersion >= 4 && expected.isServiceSpecific
      if (!isOfNow) expect(reading).toBe('junk')
      else {
        const isAll = ALL.every((purpose) => expected.purposeConsents.includes(purpose))
        expect(reading).toEqual({
          answers: isAll ? YES : NO,
          since: Date.parse(expected.lastUpdated),
        })
      }
    }
  })
})

describe('GPP strings', () => {
  test.each([
    ['a sale opted out', gpp('usnat', { SaleOptOut: 1, SharingOptOut: 2 }), { advertising: false }],
    ['no opt-out after notice', gpp('usca', { SaleOptOut: 2 }), { advertising: true }],
    ['nothing that applies', gpp('usva', { SaleOptOut: 0 }), {}],
    ['targeted ads', gpp('ustx', { TargetedAdvertisingOptOut: 1 }), { advertising: false }],
    ['the browser’s own signal', 'DBABLA~CFQVAAAAAABA.YA', { advertising: false }],
    ['an opt-out of the older string', gpp('uspv1', { OptOutSale: 'Y' }), { advertising: false }],
    ['none in the older string', gpp('uspv1', { OptOutSale: 'N' }), { advertising: true }],
    [
      'Europe',
      gpp('tcfeuv2', { CmpId: 7, PurposeConsents: flags([1, 8, 9]) }),
      { ...NO, analytics: true },
    ],
    [
      'Canada',
      gpp('tcfcav1', {
        CmpId: 7,
        PurposesExpressConsent: flags([1, 5]),
        PurposesImpliedConsent: flags([6]),
      }),
      { ...NO, personalization: true },
    ],
  ])('%s', (_, text, answers) => expect(answersOf(readGpp(text))).toEqual(answers))

  test('sections that do not apply are not read, and of two the denial wins', () => {
    const model = new GppModel()
    model.setFieldValue('usca', 'SaleOptOut', 1)
    model.setFieldValue('usnat', 'SaleOptOut', 2)
    const text = model.encode()
    expect(answersOf(readGpp(text))).toEqual({ advertising: false })
    expect(answersOf(readGpp(text, [7]))).toEqual({ advertising: true })
    expect(answersOf(readGpp(text, [-1]))).toEqual({})
  })

  test('a vendor must be allowed and disclosed there too', () => {
    const fields = { CmpId: 7, PurposeConsents: flags(ALL), VendorConsents: [12, 40] }
    const text = gpp('tcfeuv2', { ...fields, VendorsDisclosed: [12] })
    expect(answersOf(readGpp(text, [2], 12))).toEqual(YES)
    expect(answersOf(readGpp(text, [2], 40))).toEqual(NO)
  })

  test.each(['', 'x', 'DBABLA', 'DBABLA~'])('%j is junk', (text) =>
    expect(readGpp(text)).toBe('junk'),
  )
})

describe("Google's consent mode", () => {
  test.each([
    [{ analytics_storage: 'granted' }, { analytics: true }],
    [{ analytics_storage: 'denied' }, { analytics: false }],
    [{ ad_storage: 'granted' }, {}],
    [{ ad_storage: 'granted', ad_user_data: 'denied' }, { advertising: false }],
    [
      { ad_storage: 'granted', ad_user_data: 'granted', ad_personalization: 'granted' },
      { advertising: true },
    ],
    [{ personalization_storage: 'granted' }, { personalization: true }],
    [{ functionality_storage: 'denied', security_storage: 'denied' }, {}],
    [{ analytics_storage: 'yes', wait_for_update: 500 }, {}],
  ])('%j', (states, answers) => expect(readGcm(states)).toEqual(answers))

  test('every state has its place in the table', () => {
    expect(GCM_PURPOSES.map(([state]) => state).sort()).toEqual([...GCM_STATES].sort())
  })
})

const said = (consent: { readonly [key: string]: Json }, more = {}) =>
  purchase({ context: { consent }, ...more })
/** An event that is refused may leave its denial behind, and nothing else. */
function refusalOrAnswers(...message: Parameters<typeof read>): string {
  const { categoryPreferences } = (message[0] as { context: { consent: { [key: string]: Json } } })
    .context.consent
  const isDenial = Object.values(categoryPreferences ?? {}).includes(false)
  if (!isDenial) return refusal(...message).reason
  expect(read(...message)).toMatchObject({ carried: true, properties: {}, context: {} })
  return 'no-consent'
}
const optIn = { consentMode: 'opt-in' } as const

describe('an event with signals', () => {
  test('is kept under what they say, and remembers which said it and since when', () => {
    const at = NOW - 30 * DAY
    const tcf = tcString(ALL, at)
    const message = read(said({ tcf, categoryPreferences: { email: true } }), optIn)
    expect(message.consent).toEqual({ ...YES, email: true })
    expect(message.consentSignals).toEqual({
      analytics: 'tcf',
      personalization: 'tcf',
      advertising: 'tcf',
    })
    expect(message.consentSince).toBe(at - (at % DAY))
  })

  test.each([
    ['a TC string without consent', { tcf: tcString([], NOW) }],
    ['a denied storage', { gcm: { analytics_storage: 'denied' } }],
    [
      'a denial beside a grant',
      { tcf: tcString(ALL, NOW), categoryPreferences: { analytics: false } },
    ],
    [
      'a grant beside a denial',
      { tcf: tcString([], NOW), categoryPreferences: { analytics: true } },
    ],
  ])('%s: nothing but the answer is kept, even where consent is implied', (_, consent) => {
    const {
      consent: answers,
      carried,
      ...rest
    } = read(said(consent, { properties: { name: 'boots' } }))
    expect([answers?.['analytics'], carried]).toEqual([false, true])
    expect(JSON.stringify(rest)).not.toContain('boots')
  })

  test.each([
    ['junk', { tcf: 'junk' }],
    ['junk of the other kind', { gpp: 'junk' }],
    ['junk beside a grant', { tcf: 'junk', categoryPreferences: { analytics: true } }],
    ['a consent of fourteen months ago', { tcf: tcString(ALL, NOW - 425 * DAY) }],
  ])('%s: nothing is kept, even where consent is implied', (_, consent) => {
    expect(refusal(said(consent))).toMatchObject({ status: 'failed', reason: 'no-consent' })
  })

  test('junk withdraws nothing: it is nobody’s answer', () => {
    const event = { event: 'Segment Consent Preference Updated' }
    expect(refusal(said({ tcf: 'junk' }, event)).reason).toBe('no-consent')
    expect(read(said({ tcf: tcString([], NOW) }, event))).toMatchObject({
      consent: NO,
      withdrawal: true,
    })
  })

  test('Global Privacy Control denies advertising over every grant', () => {
    const message = read(said({ tcf: tcString(ALL, NOW), gpc: true }))
    expect(message.consent).toEqual({ ...YES, advertising: false })
    expect(message.consentSignals?.['advertising']).toBe('gpc')
  })

  const managed = (consentManagement: Json, consent: Json = null) =>
    purchase({ context: { consentManagement, consent } as never })

  test('RudderStack’s two lists are answers; with others a denial wins', () => {
    const lists = {
      allowedConsentIds: ['analytics', 'club', 'email'],
      deniedConsentIds: ['sms', 'email'],
      provider: 'custom',
      resolutionStrategy: 'and',
    }
    const answers = { analytics: true, club: true, email: false, sms: false }
    expect(read(managed(lists), optIn).consent).toEqual(answers)
    const preferences = { categoryPreferences: { club: false, sms: true } }
    expect(read(managed(lists, preferences), optIn).consent).toEqual({ ...answers, club: false })
    expect(read(managed({ allowedConsentIds: {}, deniedConsentIds: {} })).consent).toBeUndefined()
  })

  test.each([
    [['analytics'], 'context.consentManagement'],
    [{ allowedConsentIds: 'analytics' }, 'context.consentManagement.allowedConsentIds'],
    [{ deniedConsentIds: [7] }, 'context.consentManagement.deniedConsentIds'],
  ])('lists that are none are refused where they stand: %j', (lists, path) => {
    expect(refusal(managed(lists as Json))).toMatchObject({ reason: 'wrong-type', path })
  })

  test.each([
    ['a text', 'yes', 'wrong-type', 'context.consent'],
    [
      'preferences in a list',
      { categoryPreferences: [] },
      'wrong-type',
      'context.consent.categoryPreferences',
    ],
    ['a TC string that is none', { tcf: 7 }, 'wrong-type', 'context.consent.tcf'],
    ['sections by name', { gppSid: ['usnat'] }, 'wrong-type', 'context.consent.gppSid'],
    ['states in a text', { gcm: 'G111' }, 'wrong-type', 'context.consent.gcm'],
    ['an unknown key', { tcString: 'x' }, 'unknown-key', 'context.consent.tcString'],
  ])('%s is refused where it stands', (_, consent, reason, path) => {
    const refused = refusal(purchase({ context: { consent } as never }))
    expect(refused).toMatchObject({ status: 'rejected', reason, path })
    expect(refused.raw).toBeUndefined()
  })
})

describe('an event that its source collects for another purpose', () => {
  const purposes = [
    { event: 'Newsletter Subscribed', purpose: 'email' },
    { event: 'Order Completed', purpose: 'necessary' },
    { event: 'Page Viewed', purpose: 'advertising' },
  ]
  test.each([
    ['Newsletter Subscribed', { email: true, analytics: false }, true],
    ['Newsletter Subscribed', { analytics: true }, false],
    ['Order Completed', { analytics: false }, true],
    ['Order Cancelled', { analytics: false }, false],
  ])('%s under %j', (event, categoryPreferences, isKept) => {
    const message = said({ categoryPreferences }, { event })
    if (isKept) {
      const { purpose } = purposes.find((one) => one.event === event) ?? {}
      expect(read(message, { purposes }).purpose).toBe(purpose)
    } else expect(refusalOrAnswers(message, { purposes })).toBe('no-consent')
  })

  test('calls that are no track have the names that conditions know them by', () => {
    expect(refusal({ ...purchase(), type: 'page' }, { purposes }).reason).toBe('no-consent')
  })

  test('what is necessary nobody denies', () => {
    const message = said({ categoryPreferences: { necessary: false, analytics: false } })
    expect(read(message, { purposes }).consent).toEqual({ analytics: false })
  })
})
