import { isAppetence, type Score, type ScoreCondition } from '../../edge/protocol/condition.ts'
import type { Json } from '../../edge/protocol/json.ts'
import type { Translate } from './i18n.ts'
import { isNamed } from './score-edit.ts'
import { testPhrase, type Words } from './test-sentence.ts'

export function scoreName(score: Score, t: Translate): string {
  if (isAppetence(score)) {
    return t('score.name.appetence', { channel: channelName(score.slice('appetence.'.length), t) })
  }
  const key = score.replace('.', '-')
  return t(`score.name.${key}` as 'score.name.clv')
}

/** Of a channel that the workspace made up, what it calls it. */
export const channelName = (channel: string, t: Translate): string =>
  t(`channel.${channel}` as 'channel.email', { defaultValue: channel })

/** The built-in name of a cell; of any other its key. */
export const cellName = (key: string, t: Translate): string =>
  t(`score.cell.${key}.name` as 'score.cell.champions.name', { defaultValue: key })

/** "whose RFM cell is “Champions” or “Loyal”", "whose recency score is at least 4". */
export function scorePhrase(condition: ScoreCondition, words: Words): string {
  const { t } = words
  const { score, value } = condition
  const nameOf = score === 'rfm.cell' ? cellName : channelName
  const named = (one: Json): Json => (typeof one === 'string' ? nameOf(one, t) : one)
  const test =
    isNamed(score) && value !== undefined
      ? { ...condition, value: Array.isArray(value) ? value.map(named) : named(value) }
      : condition
  return t('sentence.score', { score: scoreName(score, t), test: testPhrase(test, words) })
}
