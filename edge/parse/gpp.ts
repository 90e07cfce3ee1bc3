import { GppModel } from '@iabgpp/cmpapi'
import type { ConsentAnswers } from '../protocol/consent.ts'
import { GPP_OPT_OUTS, GPP_SECTIONS, type GppSection } from './consent-tables.ts'
import { remembering } from './remembering.ts'
import { answersByTcf, type Reading } from './tcf.ts'

type Fields = { readonly [field: string]: unknown }

const OPTED_OUT = 1
const NOT_OPTED_OUT = 2

/**
 * Our answers by a GPP string. `applies`: the ids of the sections that do (`gppSid`); of several, a denial wins.
 */
export function readGpp(text: string, applies?: readonly number[]): Reading {
  const sections = decode(text)
  if (sections === undefined) return 'junk'
  const readings = sections.flatMap(({ id, as, fields }) =>
    applies === undefined || applies.includes(id) ? [readSection(as, fields)] : [],
  )
  const answers = new Map<string, boolean>()
  let since = Number.POSITIVE_INFINITY
  for (const reading of readings) {
    if (reading === 'junk') return 'junk'
    since = Math.min(since, reading.since ?? since)
    for (const [purpose, granted] of Object.entries(reading.answers)) {
      answers.set(purpose, (answers.get(purpose) ?? true) && granted)
    }
  }
  return { answers: Object.fromEntries(answers), ...(Number.isFinite(since) && { since }) }
}

function readSection(as: GppSection['as'], section: Fields): Reading {
  switch (as) {
    case 'tcf': {
      // A version of its own of the same rule: the string of a service that shares its consent is void.
      if (section['IsServiceSpecific'] !== true || Number(section['PolicyVersion']) < 4) {
        return 'junk'
      }
      const consents = list(section['PurposeConsents'])
      return {
        answers: answersByTcf((purpose) => consents[purpose - 1] === true),
        ...dated(section),
      }
    }
    case 'canada': {
      const express = list(section['PurposesExpressConsent'])
      const implied = list(section['PurposesImpliedConsent'])
      return {
        answers: answersByTcf((purpose) => [express, implied].some((of) => of[purpose - 1])),
        ...dated(section),
      }
    }
    case 'us-privacy':
      return {
        answers: usAnswers([{ Y: OPTED_OUT, N: NOT_OPTED_OUT }[`${section['OptOutSale']}`]]),
      }
    case 'us':
      return section['Gpc'] === true
        ? { answers: { advertising: false } }
        : { answers: usAnswers(GPP_OPT_OUTS.map((field) => section[field])) }
  }
}

function usAnswers(optOuts: readonly unknown[]): ConsentAnswers {
  if (optOuts.includes(OPTED_OUT)) return { advertising: false }
  return optOuts.includes(NOT_OPTED_OUT) ? { advertising: true } : {}
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const dated = ({ LastUpdated }: Fields): { since?: number } =>
  LastUpdated instanceof Date ? { since: LastUpdated.getTime() } : {}

/** Sections are decoded only when they are read, and that is when they throw. */
const decode = remembering(
  (text): readonly (GppSection & { readonly fields: Fields })[] | undefined => {
    try {
      const model = new GppModel(text)
      // Anything decodes to nothing: a string without a section says nothing, and is not from a CMP.
      if (model.getSectionIds().length === 0) return undefined
      return GPP_SECTIONS.filter(({ name }) => model.hasSection(name)).map((section) => ({
        ...section,
        fields: model.getSection(section.name) as Fields,
      }))
    } catch {
      return undefined // not a GPP string
    }
  },
)
