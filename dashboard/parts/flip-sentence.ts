import type { Json } from '../../edge/protocol/json.ts'
import type { ApiWhy } from '../../edge/protocol/why.ts'
import { spanPhrase } from './behaviour-sentence.ts'
import type { Words } from './test-sentence.ts'

type Flip = NonNullable<ApiWhy['flip']>
type Saying = Flip['sayings'][number]

/** What would have to be said of a person, a line each; equal ones are counted. */
export function flipSentences({ sayings, wait }: Flip, words: Words): readonly string[] {
  const { t, format } = words
  const counts = new Map<string, number>()
  for (const saying of sayings) {
    const text = sayingPhrase(saying, words)
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return [
    ...[...counts].map(([what, count]) =>
      count === 1 ? what : t('flip.times', { what, shown: format.number(count) }),
    ),
    ...(wait === undefined ? [] : [t('flip.wait', { span: spanPhrase(wait, words) })]),
  ]
}

function sayingPhrase({ event, ago, properties, traits, context, consent }: Saying, words: Words) {
  const { t, format } = words
  const list = (object: object): string =>
    format.and(
      Object.entries(object).map(([name, value]) =>
        t('flip.value', { name, value: shown(value as Json, words) }),
      ),
    )
  if (consent !== undefined) {
    return format.and(
      Object.entries(consent).map(([purpose, granted]) =>
        t(granted ? 'flip.granted' : 'flip.denied', {
          purpose: t(`purpose.${purpose}` as 'purpose.analytics', { defaultValue: purpose }),
        }),
      ),
    )
  }
  if (traits !== undefined) return t('flip.traits', { values: list(traits) })
  if (context !== undefined) return t('flip.visit', { values: list(context) })
  const what = t('flip.event', { event })
  const withValues =
    properties === undefined ? what : t('flip.with', { what, values: list(properties) })
  return ago === undefined
    ? withValues
    : t('flip.ago', { what: withValues, span: spanPhrase(ago, words) })
}

function shown(value: Json, { t, format }: Words): string {
  if (value === null) return t('flip.nothing')
  if (typeof value === 'number') return format.number(value)
  return t('sentence.quoted', { text: typeof value === 'string' ? value : JSON.stringify(value) })
}
