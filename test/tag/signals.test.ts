import { GppModel } from '@iabgpp/cmpapi'
import { describe, expect, test } from 'vitest'
import { GCM_PURPOSES, TCF_PURPOSES } from '../../edge/parse/consent-tables.ts'
import { readGcm } from '../../edge/parse/gcm.ts'
import { readGpp } from '../../edge/parse/gpp.ts'
import { GCM, TCF, gcmAnswers, gppAnswers } from '../../tag/signals.ts'
import { flags } from '../parse/tc-string.ts'

/** By our purposes, what a table names for each. */
function inverted<T>(table: readonly (readonly [T, readonly string[], string])[]) {
  const needed: { [ours: string]: T[] } = {}
  for (const [one, ours] of table) for (const name of ours) (needed[name] ??= []).push(one)
  return needed
}

describe('the tag reads what the edge will read', () => {
  test('of TCF and Google, by the same tables', () => {
    expect(TCF).toEqual(inverted(TCF_PURPOSES))
    expect(GCM).toEqual(inverted(GCM_PURPOSES))
  })

  test.each([
    [{ analytics_storage: 'granted', ad_storage: 'denied' }],
    [{ ad_storage: 'granted', ad_user_data: 'granted' }],
    [{ ad_storage: 'granted', ad_user_data: 'granted', ad_personalization: 'granted' }],
    [{}],
  ])('of Google: %j', (states) => expect(gcmAnswers(states)).toEqual(readGcm(states)))

  test.each([
    ['usnat', 7, { SaleOptOut: 1, TargetedAdvertisingOptOut: 2 }],
    ['usca', 8, { SaleOptOut: 2 }],
    ['usva', 9, { SaleOptOut: 0 }],
    ['uspv1', 6, { OptOutSale: 'Y' }],
    ['tcfeuv2', 2, { CmpId: 7, PurposeConsents: flags([1, 8, 9]) }],
  ])('of GPP: %s', (name, id, fields) => {
    const model = new GppModel()
    for (const [field, value] of Object.entries(fields)) model.setFieldValue(name, field, value)
    const read = readGpp(model.encode(), [id])
    const section = model.getSection(name) as object
    for (const parsed of [section, [section], [[section]]]) {
      expect({ answers: gppAnswers({ [name]: parsed }, [id]) }).toEqual({
        answers: read === 'junk' ? read : read.answers,
      })
    }
    expect(gppAnswers({ [name]: section }, [-1])).toEqual({})
  })
})
