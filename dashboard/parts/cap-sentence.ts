import type { ApiCap } from '../../edge/protocol/api-touch.ts'
import { spanPhrase } from './behaviour-sentence.ts'
import type { Words } from './test-sentence.ts'

type Rule = Pick<ApiCap, 'channel' | 'tag' | 'window' | 'most'>

/** "At most 3 in any 7 days: e-mail marked “news”."; one that allows none says so. */
export function capSentence({ channel, tag, window, most }: Rule, words: Words): string {
  const { t, format } = words
  const what = [
    channel === null ? t('cap.onAny') : t(`channel.${channel}`),
    ...(tag === null ? [] : [t('sentence.tagged', { tag })]),
  ].join(' ')
  return most === 0
    ? t('cap.sentenceNone', { what })
    : t('cap.sentence', { what, most: format.number(most), window: spanPhrase(window, words) })
}

/** "For “Subscribers”: 1.", in the order in which the first holds. */
export const thresholdSentences = (
  { thresholds }: Pick<ApiCap, 'thresholds'>,
  nameOf: (id: string) => string,
  { t, format }: Words,
): readonly string[] =>
  thresholds.map(({ segment, most }) => {
    const name = nameOf(segment)
    return most === 0
      ? t('cap.thresholdNone', { segment: name })
      : t('cap.threshold', { segment: name, most: format.number(most) })
  })
