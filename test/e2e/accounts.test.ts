import { randomUUID } from 'node:crypto'
import { AxeBuilder } from '@axe-core/playwright'
import { type Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { DEMO } from '../demo/account.ts'
import { at, browser } from './stage.ts'
import { looksOf } from './looks.ts'

async function say(...batch: readonly object[]): Promise<void> {
  const response = await fetch(`${at.edge}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch }),
  })
  expect(response.status).toBe(200)
}

const WORDS = {
  'en-GB': {
    email: 'E-mail',
    password: 'Password',
    signIn: 'Sign in',
    accounts: 'Accounts',
    find: 'Find by id',
    open: 'Open',
    members: '2 members',
    nobody: 'Belongs to no account.',
  },
  'fr-FR': {
    email: 'Adresse e-mail',
    password: 'Mot de passe',
    signIn: 'Se connecter',
    accounts: 'Comptes',
    find: 'Chercher par identifiant',
    open: 'Ouvrir',
    members: '2 membres',
    nobody: 'N’appartient à aucun compte.',
  },
} as const

const isAccessible = async (page: Page) =>
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])

test.each(looksOf(['en-GB', 'fr-FR'] as const))(
  'accounts are found, looked at and followed to their members in the dashboard: %s',
  async (locale) => {
    const words = WORDS[locale]
    const id = `acme/${randomUUID()}`
    const [ada, bob] = [`ada-${randomUUID()}`, `bob-${randomUUID()}`]
    await say(
      { type: 'group', userId: ada, groupId: id, traits: { name: 'Acme & Co', plan: 'gold' } },
      { type: 'group', userId: bob, groupId: id },
      { type: 'track', userId: `${ada}-alone`, event: 'Seen' },
    )
    const context = await browser.newContext({ locale })
    try {
      const page = await context.newPage()
      page.setDefaultTimeout(20_000)
      await page.goto(`${at.dashboard}/accounts`)
      await page.getByRole('textbox', { name: words.email }).fill(DEMO.email)
      await page.getByRole('textbox', { name: words.password }).fill(DEMO.password)
      await page.getByRole('button', { name: words.signIn }).click()
      await page.getByRole('heading', { name: words.accounts, level: 1 }).waitFor()
      await page.getByRole('link', { name: 'Acme & Co' }).first().waitFor()
      await isAccessible(page)

      await page.getByRole('textbox', { name: words.find }).fill(id)
      await page.getByRole('button', { name: words.open }).click()
      await page.getByRole('heading', { name: 'Acme & Co', level: 1 }).waitFor()
      await page.getByText('gold', { exact: true }).waitFor()
      await page.getByRole('heading', { name: words.members }).waitFor()
      await isAccessible(page)

      await page.getByRole('link', { name: /^prf_/ }).first().click()
      await page.getByRole('link', { name: 'Acme & Co' }).waitFor()
      await isAccessible(page)

      await page.goto(`${at.dashboard}/profiles?kind=userId&value=${ada}-alone`)
      await page.getByText(words.nobody).waitFor()
    } finally {
      await context.close()
    }
  },
)
