import type { Test } from '../../edge/protocol/condition.ts'
import type { Json } from '../../edge/protocol/json.ts'
import type { Format } from './format.ts'
import type { Translate } from './i18n.ts'
import { hasCase } from './test-value.ts'

export interface Words {
  readonly t: Translate
  readonly format: Format
  /** The name of a segment, by its id or key. */
  readonly segment?: ((id: string) => string | undefined) | undefined
  /** The name of a cap, by its id or key. */
  readonly cap?: ((id: string) => string | undefined) | undefined
}

/** "is at least 3", "contains “shoe”". */
export function testPhrase(test: Test, words: Words): string {
  const { t, format } = words
  if (test.operator === 'exists' || test.operator === 'not_exists') {
    return t(`sentence.test.${test.operator}`)
  }
  if (test.operator === 'between' && Array.isArray(test.value)) {
    const [low, high] = test.value as readonly Json[]
    return t('sentence.test.between', { low: shown(low, words), high: shown(high, words) })
  }
  const value = Array.isArray(test.value)
    ? format.or((test.value as readonly Json[]).map((item) => shown(item, words)))
    : shown(test.value, words)
  const phrase = t(`sentence.test.${test.operator}`, { value, low: '', high: '' })
  return test.ignoreCase === true && hasCase(test) ? t('sentence.ignoringCase', { phrase }) : phrase
}

function shown(value: Json | undefined, { t, format }: Words): string {
  if (value === undefined || value === '') return '…'
  if (typeof value === 'number') return format.number(value)
  return t('sentence.quoted', { text: typeof value === 'string' ? value : JSON.stringify(value) })
}
