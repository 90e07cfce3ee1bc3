import type { Condition } from '../../edge/protocol/condition.ts'
import type { FieldError } from '../../edge/protocol/problem.ts'
import { parseCondition } from '../../edge/parse/condition.ts'
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
