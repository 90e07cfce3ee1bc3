import {
  CONSENT_EVENT,
  DEFAULT_PURPOSE,
  GRANT_LIFETIME,
  IMPLIED,
  type ConsentAnswers,
  type ConsentMode,
  type Purpose,
} from '../protocol/consent.ts'
import type { Catalog } from '../protocol/catalog.ts'
import type { EventRecord } from '../protocol/event.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { CountedEvent } from './counted-event.ts'

/** Equal answers that followed one another, each in the words of some event: a person's mind over a time. */
export interface ConsentRun {
  readonly granted: boolean
  readonly from: Millis
  readonly to: Millis
  /** A grant's lifetime counts from then. */
  readonly since: Millis
  /** When the answer came that `since` is of, if it renews: `Answer.renews`. */
  readonly told?: Millis
  /** The device or source that said the last of them. */
  readonly by: string
  /** Of a denial: the latest grant that was only carried along from elsewhere, and not heeded. */
  readonly unheard?: Millis
}

/** One answer, as an event tells it. */
export interface Answer {
  readonly purpose: Purpose
  readonly granted: boolean
  readonly at: Millis
  /** Its lifetime counts from then. */
  readonly since: Millis
  /** The device or source it came from. */
  readonly by: string
  /** It is what the event is about; others carry along what their device was once told. */
  readonly isGiven: boolean
  /**
   * It says when it was given, or is given now. Others only repeat what was said once: a page that tells its stored
   * answers with every event must not make a grant last for ever.
   */
  readonly renews: boolean
}

/**
 * Whether an answer counts after another. A page tells its stored answers with every event: such a grant must not undo
 * what the person has since denied elsewhere, in an e-mail or on another device. It does end a denial of its own device.
 */
export const isHeeded = (
  before: { readonly granted: boolean; readonly by: string } | undefined,
  { granted, by, isGiven }: Pick<Answer, 'granted' | 'by' | 'isGiven'>,
): boolean => !granted || isGiven || before?.granted !== false || before.by === by

/** What a person answered, by purpose: runs in order of time, each the opposite of the one before. */
export type Consent = Map<Purpose, readonly ConsentRun[]>

/** Nobody's mind changes so often, nor is asked about so much: what goes beyond keeps a profile one row. */
const MAX_RUNS = 50
const MAX_PURPOSES = 100

export const grantLifetime = ({ consent }: Catalog): Millis =>
  consent?.grantLifetime ?? GRANT_LIFETIME

/** What an event is kept for. */
export const purposeOf = ({ purpose }: CountedEvent): Purpose => purpose ?? DEFAULT_PURPOSE

/** Whether a purpose is granted when nobody answered. */
export const assumed = (purpose: Purpose, mode: ConsentMode): boolean =>
  purpose === 'necessary' || (mode === 'implied' && IMPLIED.includes(purpose))

const latest = (consent: Consent, purpose: Purpose): ConsentRun | undefined =>
  consent.get(purpose)?.at(-1)

/** Whether a purpose is granted at an instant. Closed by default: an expired grant is no grant. */
export function grants(
  consent: Consent,
  mode: ConsentMode,
  purpose: Purpose,
  lifetime: Millis,
  now: Millis,
): boolean {
  const run = latest(consent, purpose)
  if (purpose === 'necessary' || run === undefined) return assumed(purpose, mode)
  return run.granted && now < run.since + lifetime
}

/** When the standing grant of a purpose ends by itself; what nobody gave does not. */
export function expiryOf(consent: Consent, purpose: Purpose, lifetime: Millis): Millis {
  const run = latest(consent, purpose)
  return run?.granted === true && purpose !== 'necessary' ? run.since + lifetime : NEVER
}

/** The last denial of a purpose: what was collected for it until then counts no more, whatever is granted later. */
export function withdrawnAt(consent: Consent, purpose: Purpose): Millis {
  const runs = consent.get(purpose)
  const denial = runs?.at(-1)?.granted === false ? runs.at(-1) : runs?.at(-2)
  return denial?.to ?? Number.NEGATIVE_INFINITY
}

/**
 * Whether an event counts for a purpose: by the answer it was collected under, its own or else the one that stood
 * then, or else what its source assumed; and if nobody has withdrawn since.
 */
export function standsFor(consent: Consent, event: CountedEvent, purpose: Purpose): boolean {
  if (purpose === 'necessary') return true
  const { timestamp, implied } = event
  if (withdrawnAt(consent, purpose) >= timestamp) return false
  const own = answerOf(event.consent, purpose)
  if (own !== undefined) return own
  const standing = consent.get(purpose)?.findLast(({ from }) => from <= timestamp)
  if (standing !== undefined) return standing.granted
  return purpose === purposeOf(event) || assumed(purpose, implied === true ? 'implied' : 'opt-in')
}

const answerOf = (answers: ConsentAnswers | undefined, purpose: Purpose): boolean | undefined =>
  answers !== undefined && Object.hasOwn(answers, purpose) ? answers[purpose] : undefined

/**
 * `later`: it only goes on where the answers ended. `unclear`: what was known of the past is another now; then the
 * answers are gathered anew.
 */
export type Noted = 'nothing' | 'later' | 'unclear'

/** Takes in one answer. The latest explicit one wins; at equal times a denial does. */
export function noteAnswer(consent: Consent, answer: Answer): Noted {
  const { purpose, granted, at, since, by, renews } = answer
  const runs = consent.get(purpose)
  const last = runs?.at(-1)
  if (runs !== undefined && last !== undefined && at > last.to) {
    if (!isHeeded(last, answer)) {
      const unheard = Math.max(last.unheard ?? at, at)
      consent.set(purpose, [...runs.slice(0, -1), { ...last, unheard }])
      return 'nothing'
    }
    // Another one comes in between: what was not heeded then may be now.
    if (last.unheard !== undefined && at < last.unheard) return 'unclear'
  }
  if (runs === undefined || last === undefined || at > last.to) {
    if (runs === undefined && consent.size >= MAX_PURPOSES) return 'nothing'
    const same = last?.granted === granted ? last : undefined
    const lifetime =
      renews || same === undefined
        ? { since, ...(renews && { told: at }) }
        : { since: same.since, ...(same.told !== undefined && { told: same.told }) }
    const run = { granted, from: same?.from ?? at, to: at, by, ...lifetime }
    const kept = (same === undefined ? runs : runs?.slice(0, -1)) ?? []
    consent.set(purpose, [...kept, run].slice(-MAX_RUNS))
    return 'later'
  }
  const around = runs.find(({ from, to }) => from <= at && at <= to)
  if (around?.granted === granted) {
    if (at === around.to && by < around.by) return 'unclear'
    if (around !== last || !renews || at < (last.told ?? at)) return 'nothing'
    if (at === last.told && since >= last.since) return 'nothing'
    consent.set(purpose, [...runs.slice(0, -1), { ...last, since, told: at }])
    return 'later'
  }
  const isTied = around?.granted === false && (at === around.from || at === around.to)
  return isTied ? 'nothing' : 'unclear'
}

/** The answers of an event, with the instant from which their lifetime counts. */
export function* answersOf(event: EventRecord): Generator<Answer> {
  const { consent, consentSignals, consentSince, timestamp: at } = event
  const by = event.device ?? event.source
  const isGiven = event.name === CONSENT_EVENT && event.carried !== true
  for (const [purpose, granted] of Object.entries(consent ?? {})) {
    const signal = consentSignals?.[purpose]
    const isDated = signal === 'tcf' || signal === 'gpp'
    const since = isDated && consentSince !== undefined ? Math.min(consentSince, at) : at
    const renews = isGiven || (isDated && consentSince !== undefined)
    yield { purpose, granted, at, since, by, isGiven, renews }
  }
}

/** Takes in what some events answer, whatever their order. */
export function gatherAnswers(consent: Consent, events: Iterable<EventRecord>): void {
  const answers = [...events].flatMap((event) => [...answersOf(event)])
  answers.sort(
    (a, b) =>
      a.at - b.at ||
      Number(a.granted) - Number(b.granted) ||
      (a.by < b.by ? -1 : Number(a.by > b.by)),
  )
  for (const answer of answers) noteAnswer(consent, answer)
}

/** Purposes that were withdrawn after what was known before. */
export function withdrawnSince(before: Consent, after: Consent): Purpose[] {
  return [...after.keys()].filter(
    (purpose) => withdrawnAt(after, purpose) > withdrawnAt(before, purpose),
  )
}
