import { randomUUID } from 'node:crypto'
import { AxeBuilder } from '@axe-core/playwright'
import { type Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { DEMO } from '../demo/account.ts'
import { at } from './stage.ts'
import { looksOf } from './looks.ts'
import { picture } from './picture.ts'
import { visit } from './visit.ts'

/** Where pictures of the pages are kept; none without. */

const authorization = `Bearer ${DEMO.secretKey}`

async function say(...batch: readonly object[]): Promise<void> {
  const response = await fetch(`${at.edge}/v1/batch`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ batch }),
  })
  expect(response.status).toBe(200)
}

async function profileOf(userId: string): Promise<string> {
  const query = new URLSearchParams({ kind: 'userId', value: userId })
  const response = await fetch(`${at.edge}/api/profiles?${query}`, { headers: { authorization } })
  return ((await response.json()) as { readonly id: string }).id
}

const WORDS = {
  'en-GB': {
    identity: 'Identity',
    add: 'Add a kind',
    kind: 'Kind',
    group: 'new kind',
    unique: 'One a person',
    up: 'Move userId up',
    days: 'Days of traffic to look at',
    rehearse: 'Rehearse',
    result: 'What would change',
    merges: 'Who would become one',
    two: '2 people become one',
    switch: 'Switch',
    title: 'Switch to these settings?',
    switched: 'Switched',
    twice: 'is named twice',
    defaults: 'Restore defaults',
  },
  'fr-FR': {
    identity: 'Identité',
    add: 'Ajouter un type',
    kind: 'Type',
    group: 'nouveau type',
    unique: 'Un seul par personne',
    up: 'Monter userId',
    days: 'Jours de trafic à examiner',
    rehearse: 'Répéter',
    result: 'Ce qui changerait',
    merges: 'Qui ne ferait plus qu’un',
    two: '2 personnes n’en font plus qu’une',
    switch: 'Basculer',
    title: 'Basculer vers ces réglages\u00a0?',
    switched: 'Bascule faite',
    twice: 'est nommé deux fois',
    defaults: 'Rétablir les réglages d’origine',
  },
} as const

const isAccessible = async (page: Page) =>
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])

test.each(
  looksOf([
    ['en-GB', 'light', 1280],
    ['fr-FR', 'dark', 360],
  ] as const),
)(
  'settings are rehearsed, switched to and seen in a profile: %s, %s, %i wide',
  async (locale, colorScheme, width) => {
    const words = WORDS[locale]
    const run = randomUUID().slice(0, 8)
    // Of no default kind: two people, until the kind says otherwise.
    const badge = `badge${run.replaceAll('-', '')}`
    const externalIds = [{ type: badge, id: 'b-1' }]
    const [phone, desk] = [`phone-${run}`, `desk-${run}`]
    for (const userId of [phone, desk]) {
      await say({ type: 'track', event: 'Seen', userId, context: { externalIds } })
    }
    expect(await profileOf(phone)).not.toBe(await profileOf(desk))

    try {
      await visit({ locale, colorScheme, width }, async (page) => {
        await page.goto(`${at.dashboard}/settings`)
        await page.getByRole('link', { name: words.identity, exact: true }).click()
        await page.getByRole('heading', { name: words.identity, level: 1 }).waitFor()
        const userId = page.getByRole('group', { name: 'userId', exact: true })
        await userId.waitFor()
        await isAccessible(page)
        await picture(page, `identity-${locale}-form`)

        // A fault of a field is told at the field.
        await page.getByRole('button', { name: words.add }).click()
        const added = page.getByRole('group', { name: words.group })
        await added.getByRole('textbox', { name: words.kind }).fill('userId')
        await page.getByRole('button', { name: words.rehearse, exact: true }).click()
        await page.getByRole('group', { name: 'userId' }).last().getByText(words.twice).waitFor()
        await picture(page, `identity-${locale}-error`)

        const first = page.getByRole('group', { name: 'userId' }).first()
        await first.getByRole('textbox', { name: words.kind }).fill(badge)
        await page.getByRole('button', { name: words.up }).press('Enter')
        await page
          .getByRole('group', { name: 'userId', exact: true })
          .getByRole('checkbox', { name: words.unique })
          .uncheck()
        await page.getByRole('button', { name: words.rehearse, exact: true }).click()
        await page.getByRole('heading', { name: words.result }).waitFor()
        await page.getByRole('heading', { name: words.merges }).waitFor()
        await page.getByText(words.two).first().waitFor()
        await page.getByText(badge).last().waitFor()
        await isAccessible(page)
        await picture(page, `identity-${locale}-result`)
        expect(await profileOf(phone)).not.toBe(await profileOf(desk))

        await page.getByRole('button', { name: words.switch, exact: true }).click()
        const dialog = page.getByRole('dialog', { name: words.title })
        await dialog.waitFor()
        await picture(page, `identity-${locale}-confirm`)
        await dialog.getByRole('button', { name: words.switch, exact: true }).click()
        await page.getByRole('heading', { name: words.switched }).waitFor()
        await isAccessible(page)
        await picture(page, `identity-${locale}-switched`)

        expect(await profileOf(phone)).toBe(await profileOf(desk))
        await page.goto(`${at.dashboard}/profiles?kind=userId&value=${phone}`)
        await page.getByText(desk).first().waitFor()
      })
    } finally {
      await fetch(`${at.edge}/api/settings/identity`, {
        method: 'PUT',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ kinds: null }),
      })
    }
  },
  240_000,
)
