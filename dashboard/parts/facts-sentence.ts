import type {
  ClockTest,
  Condition,
  ContextCondition,
  NowCondition,
  ReactionCondition,
  Test,
} from '../../edge/protocol/condition.ts'
import { measurePhrase, spanPhrase, windowPhrase } from './behaviour-sentence.ts'
import { testPhrase, type Words } from './test-sentence.ts'

type TraitCondition = Extract<Condition, { readonly trait: string }>

/** "is “gold”", "is in the last 7 days", "has its anniversary today". */
export function traitPhrase(condition: TraitCondition, words: Words): string {
  if (!isClock(condition)) return testPhrase(condition, words)
  const { operator, value } = condition
  if (operator === 'anniversary' && value === undefined) return words.t('sentence.test.birthday')
  return words.t(`sentence.test.${operator}`, { span: spanPhrase(String(value), words) })
}

const isClock = (test: Test | ClockTest): test is ClockTest =>
  test.operator === 'within_last' ||
  test.operator === 'not_within_last' ||
  test.operator === 'within_next' ||
  test.operator === 'anniversary'

export function contextPhrase(condition: ContextCondition, words: Words): string {
  const { t, format } = words
  const { scope = 'now' } = condition
  if ('near' in condition) {
    const { lat, lon, km } = condition.near
    return t(`sentence.near.${scope}`, {
      km: format.number(km),
      lat: format.number(lat),
      lon: format.number(lon),
    })
  }
  return t(`sentence.context.${scope}`, {
    field: t(`context.${condition.field}`).toLocaleLowerCase(),
    test: testPhrase(condition, words),
  })
}

/** "for whom it is Saturday or Sunday, from 09:00 until 18:00". */
export function nowPhrase({ weekdays, from, to }: NowCondition, { t, format }: Words): string {
  const days = weekdays?.map((day) => t(`weekday.${day}`))
  return [
    days === undefined ? t('sentence.nowAnyDay') : t('sentence.now', { days: format.or(days) }),
    ...(from === undefined ? [] : [t('sentence.nowFrom', { from })]),
    ...(to === undefined ? [] : [t('sentence.nowTo', { to })]),
  ].join(' ')
}

/** "who opened a message on email of campaign “June” at least once in the last 30 days". */
export function reactionPhrase(condition: ReactionCondition, words: Words): string {
  const { kind, channel, campaign, window } = condition
  const { t } = words
  return [
    t(`sentence.reaction.${kind}`),
    ...(channel === undefined ? [] : [t('sentence.onChannel', { channel })]),
    ...(campaign === undefined ? [] : [t('sentence.ofCampaign', { campaign })]),
    measurePhrase(condition, words),
    ...(window === undefined ? [] : [windowPhrase(window, words)]),
  ].join(' ')
}
