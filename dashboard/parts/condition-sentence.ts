import type { Condition } from '../../edge/protocol/condition.ts'
import {
  followedPhrase,
  lifecyclePhrase,
  performedPhrase,
  sequencePhrase,
} from './behaviour-sentence.ts'
import { contextPhrase, nowPhrase, reactionPhrase, traitPhrase } from './facts-sentence.ts'
import type { Format } from './format.ts'
import type { Translate } from './i18n.ts'
import { budgetPhrase, pressurePhrase } from './pressure-sentence.ts'
import { scorePhrase } from './score-sentence.ts'
import type { Words } from './test-sentence.ts'

/** What a condition means, as one sentence: "People who did “Product Viewed” at least 3 times in the last 7 days." */
export function conditionSentence(
  condition: Condition,
  t: Translate,
  format: Format,
  segment?: (id: string) => string | undefined,
  cap?: (id: string) => string | undefined,
): string {
  if (isEverybody(condition)) return t('sentence.everybody')
  return t('sentence.people', { what: phrase(condition, { t, format, segment, cap }, false) })
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
        test: traitPhrase(condition, words),
      })
    case 'context':
      return contextPhrase(condition, words)
    case 'now':
      return nowPhrase(condition, words)
    case 'reaction':
      return reactionPhrase(condition, words)
    case 'segment':
      return t('sentence.segment', { segment: words.segment?.(condition.segment) ?? '…' })
    case 'score':
      return scorePhrase(condition, words)
    case 'pressure':
      return pressurePhrase(condition, words)
    case 'budget':
      return budgetPhrase(condition, words)
    case 'consent':
      return t('sentence.consent', {
        purpose: t(`purpose.${condition.purpose}` as 'purpose.analytics', {
          defaultValue: condition.purpose || '…',
        }),
      })
    case 'performed':
      return performedPhrase(condition, words)
    case 'sequence':
      return sequencePhrase(condition, words)
    case 'followedBy':
    case 'notFollowedBy':
      return followedPhrase(condition, words)
    case 'lifecycle':
      return lifecyclePhrase(condition, words)
  }
}
