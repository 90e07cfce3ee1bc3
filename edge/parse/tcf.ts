import { TCString, type TCModel } from '@iabtechlabtcf/core'
import type { Millis } from '../protocol/time.ts'
import type { ConsentAnswers } from '../protocol/consent.ts'
import { TCF_PURPOSES } from './consent-tables.ts'
import { remembering } from './remembering.ts'

/** What a consent string says; `junk`: nothing that could be trusted, which is no consent. */
export type Reading =
  | { readonly answers: ConsentAnswers; readonly since?: Millis; readonly gpc?: true }
  | 'junk'

/** Strings of older policies are void: purposes 3 to 6 could then be had without consent. */
const MIN_POLICY = 4

/** Our answers by a TC string, for the workspace's vendor if it has one, else for the site's own purposes. */
export const readTcf = (text: string, vendor?: number): Reading => {
  const model = decode(text)
  if (model === undefined) return 'junk'
  const { vendorConsents, vendorsDisclosed, purposeConsents, lastUpdated } = model
  const isAllowed =
    vendor === undefined || (vendorConsents.has(vendor) && vendorsDisclosed.has(vendor))
  return {
    answers: answersByTcf((purpose) => isAllowed && purposeConsents.has(purpose)),
    since: lastUpdated.getTime(),
  }
}

/** Every purpose of ours that the table names, granted when all its TCF purposes are. */
export function answersByTcf(isGranted: (purpose: number) => boolean): ConsentAnswers {
  const answers = new Map<string, boolean>()
  for (const [purpose, ours] of TCF_PURPOSES) {
    for (const name of ours) answers.set(name, (answers.get(name) ?? true) && isGranted(purpose))
  }
  return Object.fromEntries(answers)
}

/** The library throws errors of several classes for junk, and reads strings of version 1 as if they were ours. */
const decode = remembering((text): TCModel | undefined => {
  try {
    const model = TCString.decode(text)
    const isOfNow = model.version === 2 && Number(model.policyVersion) >= MIN_POLICY
    return isOfNow && model.isServiceSpecific ? model : undefined
  } catch {
    return undefined // not a TC string
  }
})
