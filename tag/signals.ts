import type { ConsentAnswers } from '../edge/protocol/consent.ts'
import type { JsonObject } from '../edge/protocol/json.ts'

/**
 * Reads what a page's consent platform says: TCF, GPP and Google's consent mode. Loaded by pages that have one of them.
 * The edge decodes the strings themselves; here they are read only as far as the tag must know whether it may send.
 */
export type Watch = (tell: (call: readonly unknown[]) => void) => void

/** Each of our purposes by the TCF purposes it needs, as in the edge's table. */
export const TCF: { readonly [purpose: string]: readonly number[] } = {
  analytics: [1, 8, 9],
  personalization: [1, 5, 6],
  advertising: [1, 2, 3, 4, 7],
}

/** Each of our purposes by the states of Google's consent mode it needs, as in the edge's table. */
export const GCM: { readonly [purpose: string]: readonly string[] } = {
  analytics: ['analytics_storage'],
  personalization: ['personalization_storage'],
  advertising: ['ad_storage', 'ad_user_data', 'ad_personalization'],
}

const OPT_OUTS = ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut']

type Fields = { readonly [field: string]: unknown }
type Api = (...args: unknown[]) => void

export const tcfAnswers = (isGranted: (purpose: number) => unknown): ConsentAnswers =>
  Object.fromEntries(Object.entries(TCF).map(([ours, all]) => [ours, all.every(isGranted)]))

/** A denied state denies; only all states that a purpose needs grant it. */
export const gcmAnswers = (states: Fields): ConsentAnswers =>
  Object.fromEntries(
    Object.entries(GCM).flatMap(([ours, all]): [string, boolean][] => {
      const values = all.map((state) => states[state])
      if (values.includes('denied')) return [[ours, false]]
      return values.every((value) => value === 'granted') ? [[ours, true]] : []
    }),
  )

/** Of the sections that apply; a section is an object, or a list of its segments. */
export function gppAnswers(sections: Fields, applicable: readonly number[]): ConsentAnswers {
  let answers: ConsentAnswers = {}
  for (const [name, section] of Object.entries(sections)) {
    const fields: Fields = Object.assign({}, ...[section].flat(2))
    const purposes = fields['PurposeConsents']
    if (name === 'tcfeuv2' && Array.isArray(purposes) && applicable.includes(2)) {
      // Numbers of what is granted, or a flag for each.
      const isGranted = (n: number) =>
        typeof purposes[0] === 'boolean' ? purposes[n - 1] : purposes.includes(n)
      answers = restrict(answers, tcfAnswers(isGranted))
    }
    if (!name.startsWith('us') || !applicable.some((id) => id > 5)) continue
    const outs = OPT_OUTS.map((field) => fields[field])
    const isOut = outs.includes(1) || fields['Gpc'] === true || fields['OptOutSale'] === 'Y'
    const isIn = outs.includes(2) || fields['OptOutSale'] === 'N'
    if (isOut || isIn) answers = restrict(answers, { advertising: !isOut })
  }
  return answers
}

/** Where two disagree the denial wins. */
const restrict = (one: ConsentAnswers, other: ConsentAnswers): ConsentAnswers => {
  const both = { ...one, ...other }
  return Object.fromEntries(
    Object.keys(both).map((purpose) => [
      purpose,
      one[purpose] !== false && other[purpose] !== false,
    ]),
  )
}

export const watch: Watch = (tell) => {
  const page = window as unknown as {
    readonly __tcfapi?: Api
    readonly __gpp?: Api
    dataLayer?: unknown[]
  }
  let raw: JsonObject = {}
  const said: { [signal: string]: ConsentAnswers } = {}
  const hear = (signal: string, answers: ConsentAnswers, strings: JsonObject): void => {
    said[signal] = answers
    raw = { ...raw, ...strings }
    tell(['consent', Object.values(said).reduce(restrict, {}), raw])
  }

  page.__tcfapi?.('addEventListener', 2, (data: Fields, success: boolean) => {
    // While the banner is up, and where the regulation does not apply, nobody has answered.
    const { eventStatus, tcString, gdprApplies, purpose } = (success && data) || {}
    if (gdprApplies === false || !tcString) return
    if (eventStatus !== 'tcloaded' && eventStatus !== 'useractioncomplete') return
    const { consents = {} } = (purpose ?? {}) as { readonly consents?: Fields }
    hear(
      'tcf',
      tcfAnswers((n) => consents[n] === true),
      { tcf: tcString as string },
    )
  })

  page.__gpp?.('addEventListener', (data: Fields, success: boolean) => {
    const ping = ((success && data?.['pingData']) || {}) as Fields
    const { signalStatus, gppString, applicableSections, parsedSections } = ping
    if (signalStatus !== 'ready' || !gppString || !Array.isArray(applicableSections)) return
    hear('gpp', gppAnswers((parsedSections ?? {}) as Fields, applicableSections), {
      gpp: gppString as string,
      gppSid: applicableSections,
    })
  })

  // Defaults are what holds until somebody answers: only an update is an answer.
  let states: { [state: string]: string } = {}
  const read = (entry: unknown): void => {
    const [command, kind, given] = Array.from((entry ?? []) as ArrayLike<unknown>)
    if (command !== 'consent' || typeof given !== 'object') return
    for (const [state, value] of Object.entries(given ?? {})) {
      if (value === 'granted' || value === 'denied') states = { ...states, [state]: value }
    }
    if (kind === 'update') hear('gcm', gcmAnswers(states), { gcm: states })
  }
  const layer = page.dataLayer
  if (!Array.isArray(layer)) return
  layer.forEach(read)
  const push = layer.push
  layer.push = (...entries: unknown[]) => {
    const result = push.apply(layer, entries)
    try {
      entries.forEach(read)
    } catch {
      // whatever stands there, the page's own push has worked
    }
    return result
  }
}
