import type { ConsentAnswers, ConsentMode, Purpose } from '../protocol/consent.ts'
import { DAY, type Millis } from '../protocol/time.ts'
import type { ConsentAnswer } from './profile.ts'

/** A grant expires after 13 months (CNIL's recommendation for renewing choices); a denial does not. */
export const GRANT_LIFETIME: Millis = 395 * DAY

/** What a source without a banner takes for granted. */
const IMPLIED: ReadonlySet<Purpose> = new Set(['necessary', 'analytics', 'personalization'])

/** Whether a purpose is granted when nobody answered. */
export const assumed = (purpose: Purpose, mode: ConsentMode): boolean =>
  purpose === 'necessary' || (mode === 'implied' && IMPLIED.has(purpose))

/** Whether a purpose is granted at an instant. Closed by default: an expired grant is no grant. */
export function grants(
  answers: ReadonlyMap<string, ConsentAnswer>,
  mode: ConsentMode,
  purpose: Purpose,
  now: Millis,
): boolean {
  const answer = answers.get(purpose)
  if (answer === undefined) return assumed(purpose, mode)
  return answer.granted && now < answer.at + GRANT_LIFETIME
}

/** The latest explicit answer per purpose wins; at equal times a denial does. */
export function recordAnswers(
  answers: Map<string, ConsentAnswer>,
  given: ConsentAnswers,
  at: Millis,
): void {
  for (const [purpose, granted] of Object.entries(given)) {
    const known = answers.get(purpose)
    if (known === undefined || at > known.at || (at === known.at && !granted)) {
      answers.set(purpose, { granted, at })
    }
  }
}
