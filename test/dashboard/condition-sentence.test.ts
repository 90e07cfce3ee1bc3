import { createInstance } from 'i18next'
import { beforeAll, describe, expect, test } from 'vitest'
import en from '../../dashboard/locales/en.json'
import fr from '../../dashboard/locales/fr.json'
import { conditionSentence } from '../../dashboard/parts/condition-sentence.ts'
import { formatFor } from '../../dashboard/parts/format.ts'
import type { Condition } from '../../edge/protocol/condition.ts'

const i18n = createInstance()
beforeAll(() =>
  i18n.init({
    lng: 'en',
    interpolation: { escapeValue: false },
    resources: {
      en: { translation: en },
      fr: { translation: fr },
    },
  }),
)

const shoes: Condition = {
  type: 'performed',
  event: 'Product Viewed',
  where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
  operator: 'gte',
  value: 3,
  window: { last: 'P7D' },
}
const gold: Condition = { type: 'trait', trait: 'plan', operator: 'in', value: ['gold', 'silver'] }
const ordered: Condition = {
  type: 'performed',
  event: 'Order Completed',
  operator: 'gte',
  value: 1,
}

const cases: readonly [string, Condition, string, string][] = [
  [
    'counts in a window',
    shoes,
    'People who did “Product Viewed” where category is “shoes” at least 3 times in the last 7 days.',
    'Les personnes qui ont fait « Product Viewed » où category est « shoes » au moins 3 fois depuis 7 jours.',
  ],
  [
    'names a purpose',
    { type: 'consent', purpose: 'advertising' },
    'People who consent to Advertising.',
    'Les personnes qui consentent à Publicité.',
  ],
  [
    'joins and negates',
    { type: 'all', conditions: [gold, { type: 'not', condition: ordered }] },
    'People whose plan is “gold” or “silver” and who are not among those who did “Order Completed” at least once.',
    'Les personnes dont le trait plan est « gold » ou « silver » et qui ne sont pas parmi celles qui ont fait « Order Completed » au moins 1 fois.',
  ],
  [
    'puts groups in brackets',
    { type: 'any', conditions: [ordered, { type: 'all', conditions: [gold, ordered] }] },
    'People who did “Order Completed” at least once or (whose plan is “gold” or “silver” and who did “Order Completed” at least once).',
    'Les personnes qui ont fait « Order Completed » au moins 1 fois ou (dont le trait plan est « gold » ou « silver » et qui ont fait « Order Completed » au moins 1 fois).',
  ],
  [
    'asks for accounts',
    {
      type: 'not',
      condition: { type: 'account', trait: 'plan', operator: 'equals', value: 'gold' },
    },
    'People who are not among those of an account whose plan is “gold”.',
    'Les personnes qui ne sont pas parmi celles d’un compte dont le trait plan est « gold ».',
  ],
  ['of nothing means everybody', { type: 'all', conditions: [] }, 'Everybody.', 'Tout le monde.'],
]

describe.each(['en', 'fr'] as const)('%s', (language) => {
  test.each(cases)('a condition that %s', (_, condition, english, french) => {
    const sentence = conditionSentence(condition, i18n.getFixedT(language), formatFor(language))
    // No-break spaces are the language's own typography.
    expect(sentence.replaceAll('\u00a0', ' ')).toBe(language === 'en' ? english : french)
  })
})
