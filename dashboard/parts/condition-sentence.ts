import type { Condition, PerformedCondition, Test } from '../../edge/protocol/condition.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { readDuration } from './duration.ts'
import type { Format } from './format.ts'
import type { Translate } from './i18n.ts'

/** What a condition means, as one sentence: "People who did “Product Viewed” at least 3 times in the last 7 days." */
export function conditionSentence(condition: Condition, t: Translate, format: Format): string {
  if (isEverybody(condition)) return t('sentence.everybody')
  return t('sentence.people', { what: phrase(condition, { t, format }, false) })
}

interface Words {
  readonly t: Translate
  readonly format: Format
}

function isEverybody(condition: Condition): boolean {
  return condition.type === 'all' && condition.conditions.length === 0
}

function phrase(condition: Condition, words: Words, nested: boolean): string {
  const { t, format } = words
  switch (condition.type) {
    case 'all':
    case 'any': {
      const parts = condition.conditions.map((inner) => phrase(inner, words, true))
      if (parts.length === 0) {
        return condition.type === 'all' ? t('sentence.anybody') : t('sentence.nobody')
      }
      const list = condition.type === 'all' ? format.and(parts) : format.or(parts)
      return nested && parts.length > 1 ? `(${list})` : list
    }
    case 'not':
      return t('sentence.not', { what: phrase(condition.condition, words, true) })
    case 'trait':
    case 'account':
      return t(`sentence.${condition.type}`, {
        trait: condition.trait === '' ? '…' : condition.trait,
        test: testPhrase(condition, words),
      })
    case 'context':
      return t(condition.scope === 'ever' ? 'sentence.contextEver' : 'sentence.context', {
        field: t(`context.${condition.field}`).toLocaleLowerCase(),
        test: testPhrase(condition, words),
      })
    case 'consent':
      return t('sentence.consent', {
        purpose: t(`purpose.${condition.purpose}` as 'purpose.analytics', {
          defaultValue: condition.purpose || '…',
        }),
      })
    case 'performed':
      return performedPhrase(condition, words)
  }
}

function performedPhrase(condition: PerformedCondition, words: Words): string {
  const { t, format } = words
  const names = typeof condition.event === 'string' ? [condition.event] : condition.event
  const where = (condition.where ?? []).map((test) =>
    t('sentence.property', { property: test.property || '…', test: testPhrase(test, words) }),
  )
  const window = condition.window ? readDuration(condition.window.last) : null
  return [
    t('sentence.did', {
      event: format.or(names.map((name) => t('sentence.quoted', { text: name }))),
    }),
    ...(where.length > 0 ? [t('sentence.where', { tests: format.and(where) })] : []),
    countPhrase(condition, words),
    ...(condition.window
      ? [
          t('sentence.window', {
            window: window ? format.amount(window) : condition.window.last,
          }),
        ]
      : []),
  ].join(' ')
}

function countPhrase({ operator, value }: PerformedCondition, { t, format }: Words): string {
  if (operator === 'between') {
    const [low, high] = typeof value === 'number' ? [value, value] : value
    return t('sentence.count.between', {
      low: format.number(low),
      count: high,
      shown: format.number(high),
    })
  }
  const count = typeof value === 'number' ? value : value[0]
  return t(`sentence.count.${operator}`, { count, shown: format.number(count) })
}

function testPhrase(test: Test, words: Words): string {
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
  return t(`sentence.test.${test.operator}`, { value, low: '', high: '' })
}

function shown(value: Json | undefined, { t, format }: Words): string {
  if (value === undefined || value === '') return '…'
  if (typeof value === 'number') return format.number(value)
  return t('sentence.quoted', { text: typeof value === 'string' ? value : JSON.stringify(value) })
}
