import { randomUUID } from 'node:crypto'
import { AxeBuilder } from '@axe-core/playwright'
import { type BrowserContext, type Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { Condition, PerformedCondition } from '../../edge/protocol/condition.ts'
import { DEMO } from '../demo/account.ts'
import { signIn } from './sign-in.ts'
import { at, browser } from './stage.ts'
import { conditionOf } from './api.ts'
import { looksOf } from './looks.ts'
import { picture } from './picture.ts'

/** Where pictures of the pages are kept; none without. */

const headers = { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' }

async function saved(condition: Condition): Promise<ApiSegment> {
  const body = JSON.stringify({ name: `Editor ${randomUUID()}`, condition })
  const response = await fetch(`${at.edge}/api/segments`, { method: 'POST', headers, body })
  expect(response.status, await response.clone().text()).toBe(201)
  return (await response.json()) as ApiSegment
}

const ordered = (changed: Partial<PerformedCondition>): Condition => ({
  type: 'performed',
  event: 'Order Completed',
  operator: 'gte',
  value: 1,
  ...changed,
})

const SEQUENCE: Condition = {
  type: 'sequence',
  steps: [
    { event: ['Product Viewed', 'Product List Viewed'] },
    {
      event: 'Product Added',
      where: [{ property: 'price', operator: 'gt', value: 20 }],
      within: 'PT90M',
      immediately: true,
    },
    { event: 'Order Completed', within: 'P1W', immediately: false },
  ],
  window: { last: 'PT36H' },
  total: 'P1DT12H',
}

/** Each form there is, written as nobody would type it: weeks, zeros, defaults that need not be said. */
const EVERY_FORM: readonly Condition[] = [
  ordered({ measure: 'count', operator: 'between', value: [0, 1_000], window: { last: 'P2W' } }),
  ordered({ measure: 'sum', property: 'revenue', operator: 'gt', value: 0.125 }),
  ordered({ measure: 'avg', property: 'total', value: -2.5, window: { calendar: 'week' } }),
  ordered({ measure: 'min', property: 'a.b', window: { calendar: 'day', offset: 0 } }),
  ordered({ measure: 'max', property: 'total', window: { calendar: 'year', offset: -2 } }),
  ordered({ measure: 'distinct', property: 'sku', window: { between: ['PT1H', 'P999999W'] } }),
  ordered({
    measure: 'first',
    property: 'coupon',
    operator: 'in',
    value: ['ÉTÉ', 'x, y'],
    ignoreCase: true,
    window: { from: '2026-03-28T23:30:00.250+01:00', to: '2026-10-25T02:30:00Z' },
  }),
  ordered({ measure: 'last', property: 'paid', operator: 'equals', value: true }),
  ordered({ measure: 'recency', operator: 'between', value: ['PT12345678S', 'P700D'] }),
  SEQUENCE,
  {
    type: 'followedBy',
    event: ['Product Added'],
    then: { event: 'Order Completed', same: 'cart_id' },
    within: 'P1DT1S',
  },
  {
    type: 'notFollowedBy',
    event: 'Product Added',
    where: [{ property: 'price', operator: 'exists' }],
    then: {
      event: ['Order Completed', 'Product Removed'],
      where: [{ property: 'channel', operator: 'not_equals', value: 'store', ignoreCase: false }],
    },
    within: 'PT2H',
    since: 'any',
  },
  { type: 'lifecycle', event: 'Order Completed', is: 'first-time', period: 'P1W' },
  { type: 'lifecycle', event: 'Order Completed', is: 'regular', period: 'P30D' },
  { type: 'lifecycle', event: ['A', 'B'], is: 'returned', period: 'P30D', of: 24 },
]

const WORDS = {
  'en-GB': {
    name: 'Name',
    save: 'Save changes',
    step: 'Step',
    event: 'Event, or several of which any counts',
    addStep: 'Add a step',
    remove: 'Remove Step 1',
    within: 'within, after the step before',
    length: 'within, after the step before: how long',
    immediately: 'with nothing else in between',
    addProperty: 'Only where a property …',
    property: 'property',
    value: 'reason: value',
    ignoreCase: 'reason: ignore upper and lower case',
    total: 'all steps within',
    since: 'Which time',
    any: 'any time',
    same: 'Property that must be equal in both, or none',
    span: 'within: how long',
    unit: 'within: unit',
    days: 'days',
    habit: 'Habit',
    firstTime: 'for the first time',
    measure: 'What is measured',
    sum: 'total of',
    measured: 'Property that is measured',
    bound: 'Compared with',
    window: 'When',
    calendar: 'by the calendar',
    back: 'How many periods back',
    lastMonth: 'back: last month',
  },
  'fr-FR': {
    name: 'Nom',
    save: 'Enregistrer',
    step: 'Étape',
    event: 'Événement, ou plusieurs dont chacun compte',
    addStep: 'Ajouter une étape',
    remove: 'Retirer\u00a0: Étape 1',
    within: 'au plus, après l’étape d’avant',
    length: 'au plus, après l’étape d’avant\u00a0: durée',
    immediately: 'sans rien d’autre entre les deux',
    addProperty: 'Préciser une propriété',
    property: 'propriété',
    value: 'reason\u00a0: valeur',
    ignoreCase: 'reason\u00a0: ignorer les majuscules',
    total: 'toutes les étapes en, au plus',
    since: 'Quelle fois',
    any: 'n’importe quelle fois',
    same: 'Propriété qui doit être égale dans les deux, ou aucune',
    span: 'en moins de\u00a0: durée',
    unit: 'en moins de\u00a0: unité',
    days: 'jours',
    habit: 'Habitude',
    firstTime: 'pour la première fois',
    measure: 'Ce qui est mesuré',
    sum: 'total de',
    measured: 'Propriété mesurée',
    bound: 'Comparé à',
    window: 'Quand',
    calendar: 'selon le calendrier',
    back: 'Nombre de périodes en arrière',
    lastMonth: 'en arrière\u00a0: le mois dernier',
  },
} as const
/** How many fields are walked through before a look at where that led. */
const STRIDE = 10

type Locale = keyof typeof WORDS
type Look = readonly [locale: Locale, colorScheme: 'light' | 'dark', width: number]

const LOOKS: readonly Look[] = [
  ['en-GB', 'light', 1280],
  ['fr-FR', 'dark', 360],
]

async function visited(
  [locale, colorScheme, width]: Look,
  visit: (context: BrowserContext) => Promise<void>,
): Promise<void> {
  const viewport = { width, height: 900 }
  // A zone whose clocks change: an instant must not move by being looked at.
  const zone = { timezoneId: 'Europe/Paris' }
  const context = await browser.newContext({ locale, colorScheme, viewport, ...zone })
  try {
    await signIn(context, at.dashboard)
    await visit(context)
  } finally {
    await context.close()
  }
}

async function edited(context: BrowserContext, { id }: ApiSegment, locale: Locale): Promise<Page> {
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  await page.goto(`${at.dashboard}/segments/${id}/edit`)
  await page.getByRole('button', { name: WORDS[locale].save }).waitFor()
  return page
}

async function save(page: Page, { id }: ApiSegment, locale: Locale): Promise<void> {
  await page.getByRole('button', { name: WORDS[locale].save }).press('Enter')
  await page.waitForURL(`${at.dashboard}/segments/${id}`)
}

test.each(looksOf(LOOKS))(
  'every form of a condition is shown in fields of its own and stays exactly as it was: %s, %s, %i wide',
  async (...look) => {
    const [locale, , width] = look
    const condition: Condition = { type: 'any', conditions: EVERY_FORM }
    const segment = await saved(condition)
    await visited(look, async (context) => {
      const page = await edited(context, segment, locale)
      expect(await page.locator('.rule').count()).toBe(EVERY_FORM.length)
      expect(await page.locator('.condition-editor textarea').count()).toBe(0)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        width,
      )
      await picture(page, `condition-${locale}-forms`)

      const name = page.getByRole('textbox', { name: WORDS[locale].name, exact: true })
      await name.fill(`${await name.inputValue()} again`)
      await save(page, segment, locale)
    })
    expect(await conditionOf(segment.id)).toEqual(condition)
  },
)

test('fields entered and left by keyboard change nothing', async () => {
  const condition: Condition = { type: 'any', conditions: EVERY_FORM }
  const segment = await saved(condition)
  await visited(['en-GB', 'light', 1280], async (context) => {
    const page = await edited(context, segment, 'en-GB')
    const fields = page.locator('.condition-editor input:not([type=hidden])')
    await fields.first().focus()
    const isWithin = () =>
      page.evaluate(() => document.activeElement?.closest('.condition-editor') !== null)
    let stops = 0
    for (; await isWithin(); stops += STRIDE) {
      for (let step = 0; step < STRIDE; step++) await page.keyboard.press('Tab')
    }
    expect(stops).toBeGreaterThanOrEqual(await fields.count())
    await save(page, segment, 'en-GB')
  })
  expect(await conditionOf(segment.id)).toEqual(condition)
})

test.each(looksOf(LOOKS))(
  'steps are added, bounded and removed by keyboard: %s, %s, %i wide',
  async (...look) => {
    const [locale] = look
    const words = WORDS[locale]
    const segment = await saved(SEQUENCE)
    await visited(look, async (context) => {
      const page = await edited(context, segment, locale)
      const add = page.getByRole('button', { name: words.addStep })
      await add.press('Enter')
      const step = page.getByRole('group', { name: `${words.step} 4`, exact: true })
      const event = step.getByLabel(words.event)
      await event.fill('Order Refunded')
      await event.press('Enter')
      await step.getByRole('checkbox', { name: words.within }).press('Space')
      await step.getByRole('textbox', { name: words.length }).fill('3')
      await step.getByRole('checkbox', { name: words.immediately }).press('Space')
      await step.getByRole('button', { name: words.addProperty }).press('Enter')
      await step.getByRole('combobox', { name: words.property, exact: true }).fill('reason')
      await step.getByRole('textbox', { name: words.value, exact: true }).fill('damaged')
      await step.getByRole('checkbox', { name: words.ignoreCase }).press('Space')
      await page.getByRole('checkbox', { name: words.total }).press('Space')
      await page.getByRole('button', { name: words.remove }).press('Enter')
      expect(await add.evaluate((button) => button === document.activeElement)).toBe(true)
      await step.waitFor({ state: 'detached' })
      await save(page, segment, locale)
    })
    expect(await conditionOf(segment.id)).toEqual({
      type: 'sequence',
      steps: [
        { event: 'Product Added', where: [{ property: 'price', operator: 'gt', value: 20 }] },
        { event: 'Order Completed', within: 'P1W', immediately: false },
        {
          event: 'Order Refunded',
          where: [{ property: 'reason', operator: 'equals', value: 'damaged', ignoreCase: true }],
          within: 'P3D',
          immediately: true,
        },
      ],
      window: { last: 'PT36H' },
    })
  },
)

test.each(looksOf(LOOKS))(
  'a count becomes a sum over the last month by keyboard: %s, %s, %i wide',
  async (...look) => {
    const [locale] = look
    const words = WORDS[locale]
    const segment = await saved(ordered({ operator: 'gt', value: 3 }))
    await visited(look, async (context) => {
      const page = await edited(context, segment, locale)
      await choose(page, words.measure, words.sum)
      await page.getByRole('combobox', { name: words.measured }).fill('revenue')
      await page.getByRole('textbox', { name: words.bound, exact: true }).fill('250.5')
      await choose(page, words.window, words.calendar)
      await page.getByRole('textbox', { name: words.back }).fill('1')
      await page.getByText(words.lastMonth, { exact: true }).waitFor()
      await picture(page, `condition-${locale}-sum`)
      await save(page, segment, locale)
    })
    expect(await conditionOf(segment.id)).toEqual(
      ordered({
        measure: 'sum',
        property: 'revenue',
        operator: 'gt',
        value: 250.5,
        window: { calendar: 'month', offset: -1 },
      }),
    )
  },
)

test.each(looksOf(LOOKS))(
  'what should have followed and a habit are changed by keyboard: %s, %s, %i wide',
  async (...look) => {
    const [locale] = look
    const words = WORDS[locale]
    const event = 'Order Completed'
    const missed = { type: 'notFollowedBy', event: 'Product Added', within: 'PT2H' } as const
    const habit = { type: 'lifecycle', event, period: 'P30D' } as const
    const segment = await saved({
      type: 'all',
      conditions: [
        { ...missed, then: { event } },
        { ...habit, is: 'stopped', of: 4 },
      ],
    })
    await visited(look, async (context) => {
      const page = await edited(context, segment, locale)
      await choose(page, words.since, words.any)
      await page.getByRole('combobox', { name: words.same }).fill('cart_id')
      await page.getByRole('textbox', { name: words.span }).fill('3')
      await choose(page, words.unit, words.days)
      await choose(page, words.habit, words.firstTime)
      await save(page, segment, locale)
    })
    expect(await conditionOf(segment.id)).toEqual({
      type: 'all',
      conditions: [
        { ...missed, then: { event, same: 'cart_id' }, within: 'P3D', since: 'any' },
        { ...habit, is: 'first-time' },
      ],
    })
  },
)

/** Chooses from a list by arrow keys. */
async function choose(page: Page, label: string, option: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true }).and(page.locator('input'))
  await field.press('ArrowDown')
  const wanted = page.getByRole('option', { name: option, exact: true })
  await wanted.waitFor()
  for (let turns = 0; turns < 20; turns++) {
    if ((await wanted.getAttribute('data-combobox-selected')) !== null) break
    await field.press('ArrowDown')
  }
  await field.press('Enter')
  await expect.poll(() => field.inputValue()).toBe(option)
}
