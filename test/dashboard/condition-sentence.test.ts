import { createInstance } from 'i18next'
import { beforeAll, describe, expect, test } from 'vitest'
import en from '../../dashboard/locales/en.json'
import fr from '../../dashboard/locales/fr.json'
import { computedSentence } from '../../dashboard/parts/computed-trait-sentence.ts'
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
    'ignores case',
    { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold', ignoreCase: true },
    'People whose plan is “gold” in upper or lower case.',
    'Les personnes dont le trait plan est « gold » en majuscules ou minuscules.',
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
  [
    'measures in a calendar',
    {
      type: 'performed',
      event: 'Order Completed',
      measure: 'sum',
      property: 'revenue',
      operator: 'gt',
      value: 250,
      window: { calendar: 'month', offset: -1 },
    },
    'People who did “Order Completed” whose revenue in total is more than 250 last month.',
    'Les personnes qui ont fait « Order Completed » dont revenue au total est supérieur à 250 le mois dernier.',
  ],
  [
    'follows an order',
    {
      type: 'sequence',
      steps: [{ event: 'A' }, { event: 'B', within: 'PT30M' }, { event: 'C', immediately: true }],
      total: 'P2D',
      window: { last: 'P30D' },
    },
    'People who did “A”, then “B” within 30 minutes, right after it “C”, all within 2 days in the last 30 days.',
    'Les personnes qui ont fait « A », puis « B » en 30 minutes au plus, aussitôt après « C », le tout en 2 jours au plus depuis 30 jours.',
  ],
  [
    'misses what should have followed',
    {
      type: 'notFollowedBy',
      event: 'Product Added',
      then: { event: 'Order Completed', same: 'cart_id' },
      within: 'PT2H',
    },
    'People who, the last time they did “Product Added”, did not do “Order Completed” within 2 hours with the same cart_id.',
    'Les personnes qui, la dernière fois qu’ils ont fait « Product Added », n’ont pas fait « Order Completed » en moins de 2 heures avec le même cart_id.',
  ],
  [
    'knows habits',
    { type: 'lifecycle', event: 'Order Completed', is: 'stopped', period: 'P30D', of: 3 },
    'People who did “Order Completed” in each of 3 periods of 30 days, but not in the last one.',
    'Les personnes qui ont fait « Order Completed » dans chacune de 3 périodes de 30 jours, mais pas dans la dernière.',
  ],
  [
    'knows scores',
    { type: 'score', score: 'rfm.cell', operator: 'in', value: ['champions', 'about-to-sleep'] },
    'People whose RFM cell is “Champions” or “About to sleep”.',
    'Les personnes dont le score « cellule RFM » est « Champions » ou « Sur le départ ».',
  ],
  [
    'knows pressure',
    {
      type: 'pressure',
      channel: 'email',
      tag: 'news',
      window: { last: 'P7D' },
      operator: 'gte',
      value: 3,
    },
    'People whose messages on E-mail marked “news” in the last 7 days have a total weight that is at least 3.',
    'Les personnes dont les messages sur le canal E-mail portant « news » depuis 7 jours ont un poids total qui est au moins 3.',
  ],
  [
    'knows budgets',
    { type: 'budget', cap: 'cap_a', operator: 'gte', value: 1 },
    'People for whom what is left of the cap “Two a week” is at least 1.',
    'Les personnes pour qui ce qui reste du plafond « Two a week » est au moins 1.',
  ],
  ['of nothing means everybody', { type: 'all', conditions: [] }, 'Everybody.', 'Tout le monde.'],
]

describe.each(['en', 'fr'] as const)('%s', (language) => {
  test.each(cases)('a condition that %s', (_, condition, english, french) => {
    const sentence = conditionSentence(
      condition,
      i18n.getFixedT(language),
      formatFor(language),
      undefined,
      (cap) => (cap === 'cap_a' ? 'Two a week' : undefined),
    )
    // No-break spaces are the language's own typography.
    expect(sentence.replaceAll('\u00a0', ' ')).toBe(language === 'en' ? english : french)
  })
})

test.each([
  [
    { event: 'Order Completed', measure: 'sum', property: 'revenue', window: { last: 'P30D' } },
    'total of revenue of “Order Completed” in the last 30 days',
    'total de revenue de « Order Completed » depuis 30 jours',
  ],
  [
    {
      event: ['Viewed', 'Added'],
      where: [{ property: 'price', operator: 'gt', value: 20 }],
      measure: 'most_frequent',
      property: 'category',
    },
    'most frequent category of “Viewed” or “Added” where price is more than 20',
    'category le plus fréquent de « Viewed » ou « Added » où price est supérieur à 20',
  ],
] as const)('a computed trait is told as a phrase: %#', (trait, english, french) => {
  for (const [language, phrase] of [
    ['en', english],
    ['fr', french],
  ] as const) {
    const t = i18n.getFixedT(language)
    const said = computedSentence(trait, { t, format: formatFor(language) })
    expect(said.replaceAll('\u00a0', ' ')).toBe(phrase)
  }
})
