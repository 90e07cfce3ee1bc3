import { CONSENT_EVENT } from '../protocol/consent.ts'
import type { EventRecord } from '../protocol/event.ts'
import { gatherAnswers, purposeOf, standsFor, type Consent } from './consent.ts'

/**
 * What may be kept of each event, given what its person has answered by then and what the events answer: all of it, its
 * answers alone, or nothing. Whoever has withdrawn a purpose is not collected for it by a source that does not ask, nor
 * by events that waited somewhere since before.
 */
export function admissible(
  known: Consent,
  events: readonly EventRecord[],
): readonly (EventRecord | undefined)[] {
  const consent = new Map(known)
  gatherAnswers(consent, events)
  return events.map((event) => {
    if (standsFor(consent, event, purposeOf(event))) return event
    return event.consent === undefined ? undefined : answersAlone(event)
  })
}

/** Answers are kept whatever they are: they are the proof of why nothing else is. They name nobody anew. */
function answersAlone(event: EventRecord): EventRecord {
  const { traits: _, group: __, sealed: ___, dormant: ____, ...rest } = event
  return {
    ...rest,
    type: 'track',
    name: CONSENT_EVENT,
    identifiers: event.device === undefined ? event.identifiers : [],
    properties: {},
    context: {},
    purpose: 'necessary',
    carried: true,
  }
}
