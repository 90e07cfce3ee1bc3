import type { ComputedTrait } from '../../edge/protocol/computed-trait.ts'
import { eventPhrase, windowPhrase } from './behaviour-sentence.ts'
import type { Words } from './test-sentence.ts'

/** "total of revenue of “Order Completed” in the last 30 days". */
export function computedSentence(
  {
    event,
    where,
    measure,
    property = '…',
    window,
  }: Pick<ComputedTrait, 'event' | 'where' | 'measure' | 'property' | 'window'>,
  words: Words,
): string {
  const phrase = words.t(`computedTraits.sentence.${measure}`, {
    property: property || '…',
    event: eventPhrase({ event, ...(where && { where }) }, words),
  })
  return window === undefined ? phrase : `${phrase} ${windowPhrase(window, words)}`
}
