import type {
  EventTest,
  FollowedCondition,
  LifecycleCondition,
  PerformedCondition,
  SequenceCondition,
  Window,
} from '../../edge/protocol/condition.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { testPhrase, type Words } from './test-sentence.ts'
import { readDuration } from './duration.ts'

/** "did “Product Viewed” where category is “shoes” at least 3 times in the last 7 days". */
export function performedPhrase(condition: PerformedCondition, words: Words): string {
  return [
    didPhrase(condition, words),
    measurePhrase(condition, words),
    ...(condition.window ? [windowPhrase(condition.window, words)] : []),
  ].join(' ')
}

export function sequencePhrase({ steps, window, total }: SequenceCondition, words: Words): string {
  const { t } = words
  const [first, ...rest] = steps
  return [
    first === undefined ? '' : didPhrase(first, words),
    ...rest.map(({ within, immediately = false, ...step }) =>
      t(immediately ? 'sentence.thenAtOnce' : 'sentence.then', {
        step: eventPhrase(step, words),
        within:
          within === undefined ? '' : t('sentence.within', { span: spanPhrase(within, words) }),
      }).trim(),
    ),
    ...(total === undefined ? [] : [t('sentence.total', { span: spanPhrase(total, words) })]),
  ]
    .join(', ')
    .concat(window === undefined ? '' : ` ${windowPhrase(window, words)}`)
}

export function followedPhrase(
  { type, then, within, since = 'last', ...before }: FollowedCondition,
  words: Words,
): string {
  const key = type === 'followedBy' ? 'followed' : 'notFollowed'
  const same = then.same === undefined ? '' : words.t('sentence.same', { property: then.same })
  return words
    .t(`sentence.${key}.${since}`, {
      before: eventPhrase(before, words),
      then: eventPhrase(then, words),
      within: spanPhrase(within, words),
      same,
    })
    .trim()
}

export function lifecyclePhrase(
  { is, period, of = 3, ...test }: LifecycleCondition,
  words: Words,
): string {
  return words.t(`sentence.lifecycle.${is}`, {
    event: eventPhrase(test, words),
    period: spanPhrase(period, words),
    of: words.format.number(of),
  })
}

const didPhrase = (test: EventTest, words: Words): string =>
  words.t('sentence.did', { event: eventPhrase(test, words) })

export function eventPhrase({ event, where = [] }: EventTest, words: Words): string {
  const { t, format } = words
  const names = typeof event === 'string' ? [event] : event
  const tests = where.map((test) =>
    t('sentence.property', { property: test.property || '…', test: testPhrase(test, words) }),
  )
  return [
    format.or(names.map((name) => t('sentence.quoted', { text: name }))),
    ...(tests.length > 0 ? [t('sentence.where', { tests: format.and(tests) })] : []),
  ].join(' ')
}

export function measurePhrase(
  condition: Omit<PerformedCondition, 'type' | 'event'>,
  words: Words,
): string {
  const { measure = 'count', property = '…', operator, value } = condition
  const { t, format } = words
  if (measure === 'recency') {
    const spans = (Array.isArray(value) ? value : [value]).map((one) =>
      spanPhrase(String(one), words),
    )
    const [low = '', high = ''] = spans
    return t(`sentence.recency.${operator as 'gte'}`, { low, high })
  }
  if (measure !== 'count') {
    return t(`sentence.measure.${measure}`, { property, test: testPhrase(condition, words) })
  }
  const [low, high] = (Array.isArray(value) ? value : [value, value]) as readonly Json[]
  const [least, most] = [Number(low), Number(high)]
  if (operator === 'between') {
    const shown = format.number(most)
    return t('sentence.count.between', { low: format.number(least), count: most, shown })
  }
  return t(`sentence.count.${operator as 'gte'}`, { count: least, shown: format.number(least) })
}

export function windowPhrase(window: Window, words: Words): string {
  const { t, format } = words
  if ('last' in window) return t('sentence.window', { window: spanPhrase(window.last, words) })
  if ('from' in window) {
    const [from, to] = [window.from, window.to].map((at) => format.dateTime(Date.parse(at)))
    return t('sentence.fromTo', { from, to })
  }
  if ('between' in window) {
    const [shorter, longer] = window.between.map((span) => spanPhrase(span, words))
    return t('sentence.ago', { shorter, longer })
  }
  return format.period(window.offset ?? 0, window.calendar)
}

export function spanPhrase(text: string, { format }: Words): string {
  const amount = readDuration(text)
  return amount === null ? text : format.amount(amount)
}
