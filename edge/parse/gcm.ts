import type { ConsentAnswers } from '../protocol/consent.ts'
import type { JsonObject } from '../protocol/json.ts'
import { GCM_PURPOSES } from './consent-tables.ts'

/**
 * Our answers by the states of Google's consent mode. A denied state denies what needs it; only all states a purpose
 * needs together grant it: pages of the first version do not say what the second asks.
 */
export function readGcm(states: JsonObject): ConsentAnswers {
  const answers = new Map<string, boolean | undefined>()
  for (const [state, ours] of GCM_PURPOSES) {
    const value = Object.hasOwn(states, state) ? states[state] : undefined
    const granted = value === 'granted' ? true : value === 'denied' ? false : undefined
    for (const purpose of ours) {
      const known = answers.has(purpose) ? answers.get(purpose) : true
      answers.set(purpose, known === false || granted === false ? false : known && granted)
    }
  }
  return Object.fromEntries(
    [...answers].filter(([, answer]) => answer !== undefined),
  ) as ConsentAnswers
}
