import { parseCondition } from '../../edge/parse/condition.ts'
import { parseJson, type JsonFault } from '../../edge/parse/json-text.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { FieldError } from '../../edge/protocol/problem.ts'
import type { Translate } from './i18n.ts'
import { placeOf, type Place } from './json-place.ts'

const ROOT = 'condition'

export type ConditionText =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly text: string; readonly fault: JsonFault }
  | { readonly ok: false; readonly text: string; readonly errors: readonly FieldError[] }

/** One thing that is wrong, and where. */
export type ConditionFault = { readonly place: Place } & (
  | { readonly json: JsonFault }
  | { readonly error: FieldError }
)

/** A condition somebody typed as JSON, judged by the edge's own rules. */
export function readCondition(text: string): ConditionText {
  const json = parseJson(text)
  if (!json.ok) return { ok: false, text, fault: json.fault }
  const parsed = parseCondition(json.value, ROOT)
  if (parsed.ok) return { ok: true, condition: parsed.value }
  return { ok: false, text, errors: parsed.errors }
}

/** What is wrong with it. */
export function conditionFaults(read: ConditionText): readonly ConditionFault[] {
  if (read.ok) return []
  const { text } = read
  if ('errors' in read) {
    return read.errors.map((error) => ({ error, place: placeOf(text, error.path, ROOT) }))
  }
  const from = Math.min(read.fault.offset, Math.max(text.length - 1, 0))
  return [{ json: read.fault, place: { from, to: Math.min(from + 1, text.length) } }]
}

/** In the viewer's words; `say`: reasons of the API in their language. */
export const faultSentence = (
  fault: ConditionFault,
  t: Translate,
  say: (reason: string) => string,
): string =>
  'json' in fault
    ? t('segment.jsonFault', { ...fault.json })
    : `${fault.error.path}: ${say(fault.error.reason)}`
