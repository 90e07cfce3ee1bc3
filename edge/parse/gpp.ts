import { GppModel } from '@iabgpp/cmpapi'
import type { ConsentAnswers } from '../protocol/consent.ts'
import { firstBits } from './bit-reader.ts'
import { GPP_OPT_OUTS, GPP_SECTIONS } from './consent-tables.ts'
import { remembering } from './remembering.ts'
import { sectionIds } from './string-cost.ts'
import { answersByTcf, readTcf, type Reading } from './tcf.ts'

type Fields = { readonly [field: string]: unknown }

const OPTED_OUT = 1
const NOT_OPTED_OUT = 2

/**
 * Our answers by a GPP string. `applies`: the ids of the sections that do (`gppSid`); of several, a denial wins.
 * `vendor`: as of TC strings, one of which may be among its sections.
 */
export function readGpp(text: string, applies?: readonly number[], vendor?: number): Reading {
  const sections = readSections(text, vendor)
  if (sections === undefined) return 'junk'
  const answers = new Map<string, boolean>()
  let since = Number.POSITIVE_INFINITY
  for (const { id, reading } of sections) {
    if (applies !== undefined && !applies.includes(id)) continue
    if (reading === 'junk') return 'junk'
    since = Math.min(since, reading.since ?? since)
    for (const [purpose, granted] of Object.entries(reading.answers)) {
      answers.set(purpose, (answers.get(purpose) ?? true) && granted)
    }
  }
  return { answers: Object.fromEntries(answers), ...(Number.isFinite(since) && { since }) }
}

/** Bits of a Canadian section before its lists of vendors, and characters of one whose lists are empty. */
const CANADA_HEADER = 199
const CANADA_LENGTH = 41

/** What each section says that we know; of the rest nobody can tell. */
const readSections = remembering(
  (
    text,
    vendor?: number,
  ): readonly { readonly id: number; readonly reading: Reading }[] | undefined => {
    const [header = '', ...texts] = text.split('~')
    const ids = sectionIds(header, texts.length)
    // Anything decodes to nothing: a string without a section says nothing, and is not from a CMP.
    if (ids === undefined || ids.length === 0) return undefined
    // The decoder lists every vendor, which nobody reads of Canada's: an attack would be to name them all, often.
    const canada = GPP_SECTIONS.find(({ as }) => as === 'canada')?.id
    const short = texts.map((one, at) =>
      ids[at] === canada ? firstBits(one, CANADA_HEADER, CANADA_LENGTH) : one,
    )
    const model = new GppModel([header, ...short].join('~'))
    return GPP_SECTIONS.flatMap(({ id, name, as }) => {
      const section = texts[ids.indexOf(id)]
      if (section === undefined) return []
      return [{ id, reading: as === 'tcf' ? readTcf(section, vendor) : read(model, name, as) }]
    })
  },
)

/** Sections are decoded only when they are read, and that is when they throw. */
function read(model: GppModel, name: string, as: 'canada' | 'us-privacy' | 'us'): Reading {
  try {
    return readSection(as, model.getSection(name) as Fields)
  } catch {
    return 'junk' // not a section of that kind
  }
}

function readSection(as: 'canada' | 'us-privacy' | 'us', section: Fields): Reading {
  switch (as) {
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
