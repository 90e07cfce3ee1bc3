import type { Condition } from '../../edge/protocol/condition.ts'
import type { FieldError } from '../../edge/protocol/problem.ts'
import { parseCondition } from '../../edge/parse/condition.ts'
import type { Translate } from './i18n.ts'
import { parseJson, type JsonFault } from '../../edge/parse/json-text.ts'

export type ConditionText =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly fault: JsonFault }
  | { readonly ok: false; readonly errors: readonly FieldError[] }

/** A condition somebody typed as JSON, judged by the edge's own rules. */
export function readCondition(text: string): ConditionText {
  const json = parseJson(text)
  if (!json.ok) return { ok: false, fault: json.fault }
  const parsed = parseCondition(json.value)
  return parsed.ok ? { ok: true, condition: parsed.value } : { ok: false, errors: parsed.errors }
}

/** What is wrong with it, in the viewer's words; undefined: nothing. */
export function conditionFault(read: ConditionText, t: Translate): string | undefined {
  if (read.ok) return undefined
  if ('fault' in read) return t('segment.jsonFault', { ...read.fault })
  return read.errors.map(({ path, reason }) => `${path} ${reason}`).join('; ')
}
