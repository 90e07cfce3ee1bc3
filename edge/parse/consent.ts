import {
  CONSENT_KEYS,
  CONSENT_SIGNALS,
  IMPLIED,
  PURPOSES,
  type ConsentAnswers,
  type ConsentMode,
  type ConsentSettings,
  type ConsentSignal,
  type Purpose,
} from '../protocol/consent.ts'
import type { Json, JsonObject } from '../protocol/json.ts'
import type { Millis } from '../protocol/time.ts'
import { TCF_PURPOSES } from './consent-tables.ts'
import { readGcm } from './gcm.ts'
import { readGpp } from './gpp.ts'
import { isObject, type Fault } from './inspect.ts'
import { readTcf, type Reading } from './tcf.ts'

/** More purposes than any banner asks about. */
const MAX_ANSWERS = 50
const MAX_PURPOSE_LENGTH = 64

export interface ConsentRules extends ConsentSettings {
  readonly receivedAt: Millis
  /** The request said `Sec-GPC: 1`. */
  readonly gpc: boolean
}

/** What an event says of consent. */
export interface Said {
  /** Absent: nothing. */
  readonly answers?: ConsentAnswers
  /** What said it, where it was not `categoryPreferences`. */
  readonly signals?: { readonly [purpose: string]: ConsentSignal }
  /** When answers by `tcf` and `gpp` were given. */
  readonly since?: Millis
  /** Purposes that a string should have told of which is junk or outdated: nothing may be assumed of them. */
  readonly unclear: ReadonlySet<Purpose>
}

/** What a TCF or GPP string may speak of. */
const OF_STRINGS: readonly Purpose[] = [...new Set(TCF_PURPOSES.flatMap(([, ours]) => ours))]

/**
 * Reads `context.consent`, a closed shape, with Global Privacy Control, which denies advertising whatever else says.
 * Where signals of one event disagree the denial wins; junk and outdated strings grant nothing, and withdraw nothing.
 */
export function consentOf(
  context: JsonObject,
  rules: ConsentRules,
): { readonly ok: true; readonly value: Said } | ({ readonly ok: false } & Fault) {
  const consent = own(context, 'consent')
  const management = own(context, 'consentManagement')
  const fault =
    (given(consent) ? misshapen(consent) : undefined) ??
    (given(management) ? misshapenManagement(management) : undefined)
  if (fault !== undefined) return { ok: false, ...fault }
  const said = isObject(consent) ? consent : {}
  const tcf = own(said, 'tcf')
  const gpp = own(said, 'gpp')
  const gcm = own(said, 'gcm')
  const strings: { readonly [S in 'tcf' | 'gpp']?: Reading } = {
    ...(typeof tcf === 'string' && { tcf: readTcf(tcf, rules.tcfVendor) }),
    ...(typeof gpp === 'string' && {
      gpp: readGpp(gpp, sectionsOf(own(said, 'gppSid')), rules.tcfVendor),
    }),
  }
  const by: { [S in ConsentSignal]?: ConsentAnswers } = {
    ...(isObject(gcm) && { gcm: readGcm(gcm) }),
    preferences: preferencesOf(
      own(said, 'categoryPreferences'),
      managed(own(context, 'consentManagement')),
    ),
    ...((rules.gpc || isOn(own(context, 'gpc')) || isOn(own(said, 'gpc'))) && {
      gpc: { advertising: false },
    }),
  }
  let since: Millis | undefined
  const unclear = new Set<Purpose>()
  for (const signal of ['tcf', 'gpp'] as const) {
    const reading = strings[signal]
    if (reading === undefined) continue
    if (reading === 'junk') OF_STRINGS.forEach((purpose) => unclear.add(purpose))
    else {
      by[signal] = reading.answers
      if (reading.since === undefined) continue
      since = Math.min(since ?? reading.since, reading.since)
      if (reading.since + rules.grantLifetime > rules.receivedAt) continue
      Object.keys(reading.answers).forEach((purpose) => unclear.add(purpose))
    }
  }
  return {
    ok: true,
    value: { ...merge(by, unclear), ...(since !== undefined && { since }), unclear },
  }
}

/** One answer a purpose, and the first signal that gave it. */
function merge(
  by: { readonly [S in ConsentSignal]?: ConsentAnswers },
  unclear: ReadonlySet<Purpose>,
): Pick<Said, 'answers' | 'signals'> {
  const answers = new Map<string, boolean>()
  const signals = new Map<string, ConsentSignal>()
  for (const signal of CONSENT_SIGNALS) {
    for (const [purpose, granted] of Object.entries(by[signal] ?? {})) {
      if (granted && unclear.has(purpose)) continue
      const known = answers.get(purpose)
      if (known === false || known === granted) continue
      answers.set(purpose, granted)
      signals.set(purpose, signal)
    }
  }
  // `fromEntries` defines own properties, so a purpose called `__proto__` is data too.
  const others = [...signals].filter(([, signal]) => signal !== 'preferences')
  return {
    ...(answers.size > 0 && { answers: Object.fromEntries(answers) }),
    ...(others.length > 0 && { signals: Object.fromEntries(others) }),
  }
}

/** Whether something may be kept for a purpose: by the explicit answer, else by what its source assumes. */
export function permits(
  { answers, unclear }: Pick<Said, 'answers' | 'unclear'>,
  mode: ConsentMode,
  purpose: Purpose,
): boolean {
  if (purpose === 'necessary') return true
  if (answers !== undefined && Object.hasOwn(answers, purpose)) return answers[purpose] === true
  return mode === 'implied' && IMPLIED.includes(purpose) && !unclear.has(purpose)
}

/** Our own purposes first: what somebody else's list is too long for is not lost for us. What is necessary is not asked. */
function preferencesOf(...said: readonly (Json | undefined)[]): ConsentAnswers {
  const rank = ([purpose]: readonly [string, Json]) =>
    Number(!(PURPOSES as readonly string[]).includes(purpose))
  const answers = new Map<Purpose, boolean>()
  for (const preferences of said) {
    for (const [purpose, answer] of Object.entries(isObject(preferences) ? preferences : {})) {
      if (typeof answer !== 'boolean' || purpose.length > MAX_PURPOSE_LENGTH) continue
      if (purpose !== 'necessary') answers.set(purpose, answer && answers.get(purpose) !== false)
    }
  }
  return Object.fromEntries(
    [...answers].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_ANSWERS),
  ) as ConsentAnswers
}

const MANAGED = { allowedConsentIds: true, deniedConsentIds: false } as const

/** RudderStack's `context.consentManagement`: names of purposes in two lists. What stands in both is denied. */
function managed(management: Json | undefined): JsonObject {
  const answers = new Map<string, boolean>()
  for (const [list, granted] of Object.entries(MANAGED)) {
    const ids = isObject(management) ? own(management, list) : undefined
    for (const id of Array.isArray(ids) ? ids : [])
      if (typeof id === 'string') answers.set(id, granted)
  }
  return Object.fromEntries(answers)
}

/** Lists that are none may be a no, as elsewhere; other keys are the SDK's own affair. */
function misshapenManagement(management: Json | undefined): Fault | undefined {
  if (!isObject(management)) return { reason: 'wrong-type', path: 'context.consentManagement' }
  for (const list of Object.keys(MANAGED)) {
    const ids = own(management, list)
    // Its SDKs send an empty object for a list that the page did not set.
    const isNone = !given(ids) || (isObject(ids) && Object.keys(ids).length === 0)
    if (isNone || (Array.isArray(ids) && ids.every((id) => typeof id === 'string'))) continue
    return { reason: 'wrong-type', path: `context.consentManagement.${list}` }
  }
  return undefined
}

/** `[-1]` is how GPP says that no section applies. */
const sectionsOf = (sections: Json | undefined): readonly number[] | undefined =>
  Array.isArray(sections) ? (sections as readonly number[]) : undefined

const isOn = (signal: Json | undefined): boolean =>
  signal === true || signal === 1 || signal === '1'

/** A statement that cannot be understood may be a no: the event is refused rather than kept against it. */
function misshapen(consent: Json | undefined): Fault | undefined {
  if (!isObject(consent)) return { reason: 'wrong-type', path: 'context.consent' }
  for (const [key, value] of Object.entries(consent)) {
    const known = CONSENT_KEYS.find((name) => name === key)
    const path = `context.consent.${key}`
    if (known === undefined) return { reason: 'unknown-key', path }
    if (given(value) && !SHAPES[known](value)) return { reason: 'wrong-type', path }
  }
  return undefined
}

const SHAPES: { readonly [K in (typeof CONSENT_KEYS)[number]]: (value: Json) => boolean } = {
  categoryPreferences: isObject,
  tcf: (value) => typeof value === 'string',
  gpp: (value) => typeof value === 'string',
  gppSid: (value) => Array.isArray(value) && value.every((id) => Number.isInteger(id)),
  gcm: isObject,
  gpc: (value) => ['boolean', 'number', 'string'].includes(typeof value),
}

const given = (value: Json | undefined): boolean => value !== undefined && value !== null

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
