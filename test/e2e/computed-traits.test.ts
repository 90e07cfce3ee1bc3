import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ApiComputedTrait } from '../../edge/protocol/api-computed-trait.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { ApiProfile, Page as ListPage } from '../../edge/protocol/api.ts'
import { api } from './api.ts'
import { looksOf } from './looks.ts'
import { picture } from './picture.ts'
import { at } from './stage.ts'
import { look, visit } from './visit.ts'

const run = randomUUID().slice(0, 8)

beforeAll(async () => {
  const viewed = (category: string, price: number) => ({
    type: 'track',
    event: `Looked ${run}`,
    userId: `looker-${run}`,
    properties: { category, price },
  })
  await api('/v1/batch', { batch: [viewed('shoes', 40), viewed('hats', 20), viewed('shoes', 30)] })
})

const WORDS = {
  'en-GB': {
    new: 'New computed trait',
    name: 'Name',
    event: 'Event, or several of which any counts',
    measure: 'What is computed',
    most: 'Most frequent value of a property',
    property: 'Property',
    create: 'Create computed trait',
    refused: 'Some fields need another look: see above.',
    empty: 'Must be a text that is not empty',
    edit: 'Edit',
    save: 'Save changes',
    list: 'All values of a property',
    remove: 'Delete',
    trait: 'Trait',
    title: 'Computed traits',
  },
  'fr-FR': {
    new: 'Nouveau trait calculé',
    name: 'Nom',
    event: 'Événement, ou plusieurs dont chacun compte',
    measure: 'Ce qui est calculé',
    most: 'Valeur la plus fréquente d’une propriété',
    property: 'Propriété',
    create: 'Créer le trait calculé',
    refused: 'Certains champs sont à revoir\u00a0: voyez plus haut.',
    empty: 'Doit être un texte non vide',
    edit: 'Modifier',
    save: 'Enregistrer',
    list: 'Toutes les valeurs d’une propriété',
    remove: 'Supprimer',
    trait: 'Trait',
    title: 'Traits calculés',
  },
} as const

describe.each(
  looksOf([
    ['fr-FR', 'dark', 360],
    ['en-GB', 'light', 1_280],
  ] as const),
)('%s, %s, %i wide', (locale, colorScheme, width) => {
  const words = WORDS[locale]
  test('a trait is defined with its values in view, changed, told on a profile, offered in conditions, and deleted', () =>
    visit({ locale, colorScheme, width }, async (page) => {
      const name = `Taste ${randomUUID().slice(0, 8)}`
      await page.goto(`${at.dashboard}/settings?tab=traits`)
      // By the keyboard alone.
      await page.getByRole('button', { name: words.new }).first().press('Enter')
      const dialog = page.getByRole('dialog')
      const field = (label: string) => dialog.getByLabel(label).and(dialog.locator('input:visible'))
      await dialog.getByRole('textbox', { name: words.name, exact: true }).fill(name)
      await dialog.getByRole('button', { name: words.create }).press('Enter')
      await dialog.getByText(words.refused).waitFor()
      const empty = dialog.getByText(words.empty, { exact: true })
      await empty.waitFor()
      await field(words.event).fill(`Looked ${run}`)
      await page.keyboard.press('Enter')
      // What was changed is not said to be wrong any more.
      await empty.waitFor({ state: 'detached' })
      await page.keyboard.press('Tab')
      await field(words.measure).click()
      await page.getByRole('option', { name: words.most }).click()
      await field(words.property).fill('category')
      await page.keyboard.press('Tab')
      await dialog.getByText('shoes', { exact: true }).waitFor()
      await look(page, `traits-form-${locale}`)
      await dialog.getByRole('button', { name: words.create }).click()
      await dialog.waitFor({ state: 'hidden' })
      const card = page.getByRole('article', { name })
      await card.waitFor()
      await picture(page, `traits-cards-${locale}`)

      const { items } = await api<ListPage<ApiComputedTrait>>('/api/computed-traits')
      const made = items.find((one) => one.name === name)
      expect(made).toMatchObject({ event: `Looked ${run}`, measure: 'most_frequent' })

      await card.getByRole('button', { name: words.edit }).click()
      await field(words.measure).click()
      await page.getByRole('option', { name: words.list }).click()
      await dialog.getByText('shoes, hats').waitFor()
      await dialog.getByRole('button', { name: words.save }).click()
      await dialog.waitFor({ state: 'hidden' })

      const { id } = await api<ApiProfile>(`/api/profiles?kind=userId&value=looker-${run}`)
      await page.goto(`${at.dashboard}/profiles/${id}`)
      const traits = page.getByRole('region', { name: words.title })
      await traits.getByText('shoes, hats', { exact: true }).waitFor()
      await look(page, `traits-profile-${locale}`)

      const condition = { type: 'trait', trait: 'plan', operator: 'exists' }
      const segment = await api<ApiSegment>('/api/segments', { name, condition })
      await page.goto(`${at.dashboard}/segments/${segment.id}/edit`)
      await page.getByRole('combobox', { name: words.trait, exact: true }).fill('taste')
      await page.getByRole('option', { name: made?.key ?? '', exact: true }).waitFor()

      await page.goto(`${at.dashboard}/settings?tab=traits`)
      await card.getByRole('button', { name: words.remove }).click()
      await dialog.getByRole('button', { name: words.remove }).click()
      await card.waitFor({ state: 'detached' })
    }))
})
