import type { ConsentAnswers, ConsentMode } from '../protocol/consent.ts'
import type { Json, JsonObject } from '../protocol/json.ts'
import { isObject } from './inspect.ts'

/** More purposes than any banner asks about. */
const MAX_ANSWERS = 50

/**
 * The explicit answers that travel with an event in `context.consent.categoryPreferences`. What is not a boolean is no
 * answer. Global Privacy Control, as header or as `context.gpc`, denies advertising whatever the banner said.
 */
export function consentOf(context: JsonObject, gpc: boolean): ConsentAnswers | undefined {
  const consent = own(context, 'consent')
  const preferences = isObject(consent) ? own(consent, 'categoryPreferences') : undefined
  const answers: [string, boolean][] = []
  if (isObject(preferences)) {
    for (const [purpose, answer] of Object.entries(preferences)) {
      if (typeof answer !== 'boolean' || purpose.length > 64) continue
      if (answers.length < MAX_ANSWERS) answers.push([purpose, answer])
    }
  }
  const signal = own(context, 'gpc') ?? (isObject(consent) ? own(consent, 'gpc') : undefined)
  if (gpc || signal === true || signal === 1 || signal === '1') answers.push(['advertising', false])
  // `fromEntries` defines own properties, so a purpose called `__proto__` is data too.
  return answers.length === 0 ? undefined : Object.fromEntries(answers)
}

/** Whether an event may be kept: by the explicit answer, else by what its source assumes. */
export function permitsAnalytics(answers: ConsentAnswers | undefined, mode: ConsentMode): boolean {
  if (answers !== undefined && Object.hasOwn(answers, 'analytics'))
    return answers['analytics'] === true
  return mode === 'implied'
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
