import { TCString } from '@iabtechlabtcf/core'
import type { Millis } from '../protocol/time.ts'
import type { ConsentAnswers } from '../protocol/consent.ts'
import { TCF_PURPOSES } from './consent-tables.ts'
import { remembering } from './remembering.ts'
import { isAffordableTcf } from './string-cost.ts'

/** What a consent string says; `junk`: nothing that could be trusted, which is no consent. */
export type Reading = { readonly answers: ConsentAnswers; readonly since?: Millis } | 'junk'

/** Strings of older policies are void: purposes 3 to 6 could then be had without consent. */
const MIN_POLICY = 4

/**
 * Our answers by a TC string, for the workspace's vendor if it has one, else for the site's own purposes. The library
 * throws errors of several classes for junk, and reads strings of version 1 as if they were ours.
 */
export const readTcf = remembering((text, vendor?: number): Reading => {
  if (!isAffordableTcf(text)) return 'junk'
  try {
    const model = TCString.decode(text)
    const isOfNow = model.version === 2 && Number(model.policyVersion) >= MIN_POLICY
    if (!isOfNow || !model.isServiceSpecific) return 'junk'
    const { vendorConsents, vendorsDisclosed, purposeConsents, lastUpdated } = model
    const isAllowed =
      vendor === undefined || (vendorConsents.has(vendor) && vendorsDisclosed.has(vendor))
    return {
      answers: answersByTcf((purpose) => isAllowed && purposeConsents.has(purpose)),
      since: lastUpdated.getTime(),
    }
  } catch {
    return 'junk' // not a TC string
  }
})

/** Every purpose of ours that the table names, granted when all its TCF purposes are. */
export function answersByTcf(isGranted: (purpose: number) => boolean): ConsentAnswers {
  const answers = new Map<string, boolean>()
  for (const [purpose, ours] of TCF_PURPOSES) {
    for (const name of ours) answers.set(name, (answers.get(name) ?? true) && isGranted(purpose))
  }
  return Object.fromEntries(answers)
}
