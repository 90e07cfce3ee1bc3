import type { BudgetCondition, PressureCondition } from '../../edge/protocol/condition.ts'
import { windowPhrase } from './behaviour-sentence.ts'
import { testPhrase, type Words } from './test-sentence.ts'

/** "whose messages by e-mail marked “news” in the last 7 days weigh together at least 3". */
export function pressurePhrase(
  { channel, tag, window, operator, value }: PressureCondition,
  words: Words,
): string {
  const { t } = words
  const what = [
    ...(channel === undefined
      ? []
      : [t('sentence.onChannel', { channel: t(`channel.${channel}`) })]),
    ...(tag === undefined ? [] : [t('sentence.tagged', { tag })]),
    windowPhrase(window, words),
  ].join(' ')
  const test = testPhrase({ operator, value }, words)
  return t('sentence.pressure', { what, test })
}

/** "for whom what is left of the cap “Two a week” is at least 1". */
export function budgetPhrase({ cap, operator, value }: BudgetCondition, words: Words): string {
  const { t } = words
  const test = testPhrase({ operator, value }, words)
  return t('sentence.budget', { cap: words.cap?.(cap) ?? '…', test })
}
