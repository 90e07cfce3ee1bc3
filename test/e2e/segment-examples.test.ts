import { randomUUID } from 'node:crypto'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import { picture } from './picture.ts'
import { at } from './stage.ts'
import { api } from './api.ts'
import { looksOf } from './looks.ts'
import { visit } from './visit.ts'

const WORDS = {
  'en-GB': {
    add: 'Add a person',
    second: 'Person 2',
    right: 'Right',
    wrong: 'Wrong',
    because: /What decides does not hold: “People who did “Order Completed” at least once\.”/,
    out: 'Must not be in',
    event: 'Event',
    amount: 'Event 1 of Person 2: how long',
    addEvent: 'Add an event to Person 2',
    eventOf: 'Event 2 of Person 2',
    remove: 'Remove Event 1 of Person 2',
    refused: '“Person 2” must match and does not',
    take: 'Take a history from a profile',
    kind: 'Identifier',
    value: 'Value',
    takeIt: 'Take it',
    taken: 'From a profile 3',
    example: 'Make this person an example of the segment',
    taken2: 'From a profile 4',
    segment: 'Segment',
  },
  'fr-FR': {
    add: 'Ajouter une personne',
    second: 'Personne 2',
    right: 'Juste',
    wrong: 'Faux',
    because: /Ce qui décide n’est pas rempli.*Les personnes qui ont fait.*Order Completed/,
    out: 'Ne doit pas y être',
    event: 'Événement',
    amount: /Événement 1 de Personne 2.: durée/,
    addEvent: 'Ajouter un événement à Personne 2',
    eventOf: 'Événement 2 de Personne 2',
    remove: 'Retirer Événement 1 de Personne 2',
    refused: '“Personne 2” must match and does not',
    take: 'Reprendre l’historique d’un profil',
    kind: 'Identifiant',
    value: 'Valeur',
    takeIt: 'Reprendre',
    taken: 'D’un profil 3',
    example: 'Faire de cette personne un exemple du segment',
    taken2: 'D’un profil 4',
    segment: 'Segment',
  },
} as const

/** In it since an hour before they are asked about. */
const buyer = {
  name: 'Bought once',
  matches: true,
  at: '2026-01-31T12:00:00.000Z',
  events: [{ event: 'Order Completed', timestamp: '2026-01-31T11:00:00.000Z' }],
}

const outcomes = (page: Page, text: string) => page.getByText(text, { exact: true })

test.each(
  looksOf([
    ['en-GB', 'light', 1_280],
    ['fr-FR', 'dark', 360],
  ] as const),
)(
  'a segment’s example people are asked about while they are edited in rows, as JSON and taken from profiles: %s, %s, %i wide',
  async (locale, colorScheme, width) => {
    const words = WORDS[locale]
    const run = randomUUID().slice(0, 8)
    const { id } = await api<ApiSegment>('/api/segments?wait=live', {
      name: `Buyers ${run}`,
      condition: { type: 'performed', event: 'Order Completed', operator: 'gte', value: 1 },
      examples: [buyer],
    })
    const email = `ann-${run}@example.com`
    await api('/v1/batch', {
      batch: [
        { type: 'identify', userId: `ann-${run}`, traits: { email, plan: 'gold' } },
        {
          type: 'track',
          userId: `ann-${run}`,
          event: 'Order Completed',
          properties: { total: 40, sent_to: email, phone: '+33612345678' },
        },
      ],
    })
    await visit({ locale, colorScheme, width }, async (page) => {
      const fits = async (name: string) => {
        await picture(page, `examples-${name}-${locale}`)
        expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
        const wide = await page.evaluate('document.documentElement.scrollWidth')
        expect(wide).toBeLessThanOrEqual(width)
      }
      await page.goto(`${at.dashboard}/segments/${id}/edit`)
      await outcomes(page, words.right).waitFor()

      // Somebody new has looked at a product and bought nothing: said in words, and not saved.
      await page.getByRole('button', { name: words.add, exact: true }).press('Enter')
      await outcomes(page, words.wrong).waitFor()
      await page.getByText(words.because).waitFor()
      await fits('rows')
      const save = page.locator('button[type=submit]').last()
      await save.press('Enter')
      await page.getByText(words.refused).first().waitFor()

      // They bought two days before: by keyboard, in rows.
      await page.getByRole('button', { name: words.addEvent }).press('Enter')
      const bought = page.getByRole('group', { name: words.eventOf })
      await bought.getByRole('combobox', { name: words.event, exact: true }).fill('Order Completed')
      await page.keyboard.press('Escape')
      await outcomes(page, words.right).nth(1).waitFor()
      await page.getByRole('button', { name: words.remove, exact: true }).press('Enter')
      await outcomes(page, words.right).nth(1).waitFor()
      await page.getByRole('textbox', { name: words.amount }).fill('-2')
      await outcomes(page, words.wrong).waitFor() // after they are asked about, it counts for nothing
      await page.getByText(words.out, { exact: true }).click()
      await outcomes(page, words.right).nth(1).waitFor()

      await page.getByRole('button', { name: words.take }).press('Enter')
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: words.value }).fill(email)
      await page.keyboard.press('Enter')
      await dialog.waitFor({ state: 'detached' })
      await outcomes(page, words.right).nth(2).waitFor()
      await fits('taken')

      await page.getByText('JSON', { exact: true }).last().click()
      const json = page.getByRole('textbox', { name: 'JSON' })
      const text = await json.inputValue()
      expect(text).toContain(words.taken)
      expect(text).toContain('"total": 40')
      expect(text).not.toMatch(/@example|33612345678|ann-/)
      await json.fill('[{')
      await expect.poll(() => save.isDisabled()).toBe(true)
      await json.fill(text)
      await outcomes(page, words.right).nth(2).waitFor()
      await save.press('Enter')
      await page.waitForURL(`${at.dashboard}/segments/${id}`)

      // From the person's own page.
      const { id: person } = await api<ApiProfile>(`/api/profiles?kind=userId&value=ann-${run}`)
      await page.goto(`${at.dashboard}/profiles/${person}`)
      await page.getByRole('combobox', { name: words.segment, exact: true }).click()
      await page.getByRole('option', { name: `Buyers ${run}` }).click()
      await page.getByRole('link', { name: words.example }).press('Enter')
      await page.getByText(words.taken2).waitFor()
      await outcomes(page, words.right).nth(3).waitFor()
      await save.press('Enter')
      await page.waitForURL(`${at.dashboard}/segments/${id}`)
      const { examples = [] } = await api<ApiSegment>(`/api/segments/${id}`)
      expect(examples.map(({ name, matches }) => [name, matches])).toEqual([
        ['Bought once', true],
        [words.second, false],
        [words.taken, true],
        [words.taken2, true],
      ])
    })
  },
)
