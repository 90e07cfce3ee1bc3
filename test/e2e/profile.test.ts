import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { AxeBuilder } from '@axe-core/playwright'
import { type Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import { DEMO } from '../demo/account.ts'
import { signIn } from './sign-in.ts'
import { at, browser } from './stage.ts'
import { looksOf } from './looks.ts'

const headers = { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' }

async function say(...batch: readonly object[]): Promise<void> {
  const body = JSON.stringify({ batch })
  const response = await fetch(`${at.edge}/v1/batch`, { method: 'POST', headers, body })
  expect(response.status).toBe(200)
}

async function profileBy(kind: string, value: string): Promise<ApiProfile> {
  const search = new URLSearchParams({ kind, value })
  const response = await fetch(`${at.edge}/api/profiles?${search}`, { headers })
  expect(response.status).toBe(200)
  return (await response.json()) as ApiProfile
}

/** A member and the bearer of a loyalty card, who were seen together once. */
async function couple() {
  const [user, card] = [`ada-${randomUUID()}`, `card-${randomUUID()}`]
  const context = { externalIds: [{ type: 'loyaltyId', id: card }] }
  await say(
    { type: 'track', event: 'Card Shown', context, timestamp: new Date(Date.now() - 90_000) },
    {
      type: 'identify',
      userId: user,
      traits: { firstName: 'Ada', city: 'Lyon' },
      timestamp: new Date(Date.now() - 80_000),
    },
  )
  await say({
    type: 'track',
    event: 'Order Completed',
    userId: user,
    context,
    properties: { total: 12 },
    timestamp: new Date(Date.now() - 60_000),
  })
  return { user, card }
}

async function open(locale: string, profile: string): Promise<Page> {
  const context = await browser.newContext({ locale, viewport: { width: 1280, height: 900 } })
  await signIn(context, at.dashboard)
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  await page.goto(`${at.dashboard}/profiles/${profile}`)
  await page.getByRole('heading', { level: 1, name: 'Ada' }).waitFor()
  return page
}

const violations = async (page: Page) =>
  (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => [
    id,
    nodes.map(({ html }) => html),
  ])

const WORDS = {
  'en-GB': {
    picture: /^2 identifiers and 1 links/,
    list: 'List',
    holds: 'Holds',
    undo: 'Undo',
    undone: 'They are two people again.',
    apart: 'are kept apart',
    allow: 'Allow again',
    allowed: 'They may be one person again.',
    event: 'Event',
    choice: 'Order Completed (1)',
    none: 'No event like that.',
    all: 'Show all',
    until: 'Until',
    download: 'Download all data',
    erase: 'Erase this person',
    erasures: 'Erasures',
    done: 'Done',
  },
  'fr-FR': {
    picture: /^2 identifiants et 1 liens/,
    list: 'Liste',
    holds: 'Tient',
    undo: 'Défaire',
    undone: 'Ce sont de nouveau deux personnes.',
    apart: 'restent séparés',
    allow: 'Autoriser',
    allowed: 'Ils peuvent de nouveau être une seule personne.',
    event: 'Événement',
    choice: 'Order Completed (1)',
    none: 'Aucun événement de ce genre.',
    all: 'Tout montrer',
    until: 'Au',
    download: 'Télécharger toutes les données',
    erase: 'Effacer cette personne',
    erasures: 'Effacements',
    done: 'Terminé',
  },
} as const

test.each(looksOf(['en-GB', 'fr-FR'] as const))(
  'a merge is seen, undone and allowed again on the profile page: %s',
  async (locale) => {
    const words = WORDS[locale]
    const { user, card } = await couple()
    const one = await profileBy('userId', user)
    expect((await profileBy('loyaltyId', card)).id).toBe(one.id)
    const page = await open(locale, one.id)
    await page.getByRole('img', { name: words.picture }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('tab', { name: words.list }).click()
    await page.getByRole('cell', { name: words.holds }).waitFor()

    await page.getByRole('button', { name: words.undo }).click()
    await page.getByRole('dialog').getByRole('button', { name: words.undo }).click()
    await page.getByText(words.undone).waitFor()
    await page.getByText(words.apart).waitFor()
    const [member, bearer] = [await profileBy('userId', user), await profileBy('loyaltyId', card)]
    expect(bearer.id).not.toBe(member.id)
    expect(bearer.events.map(({ event }) => event)).toEqual(['Card Shown'])
    expect(await violations(page)).toEqual([])

    await page.getByRole('button', { name: words.allow }).click()
    await page.getByRole('dialog').getByRole('button', { name: words.allow }).click()
    await page.getByText(words.allowed).waitFor()
    expect((await profileBy('loyaltyId', card)).id).toBe((await profileBy('userId', user)).id)
    await page.context().close()
  },
)

test.each(looksOf(['en-GB', 'fr-FR'] as const))(
  'all there is of a person is downloaded; then the person is erased, and the receipt stays: %s',
  async (locale) => {
    const words = WORDS[locale]
    const { user } = await couple()
    const { id } = await profileBy('userId', user)
    const page = await open(locale, id)
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: words.download }).click(),
    ])
    const text = await readFile((await file.path()) ?? '', 'utf8')
    expect(JSON.parse(text)).toMatchObject({ id })
    expect(text).toContain(user)
    expect(text.match(/Card Shown/g)?.length).toBeGreaterThan(0)

    await page.getByRole('button', { name: words.erase }).click()
    await page.getByRole('dialog').getByRole('button', { name: words.erase }).click()
    await page.getByRole('tab', { name: words.erasures, selected: true }).waitFor()
    const receipt = page.getByRole('row').nth(1)
    await receipt.getByText(words.done, { exact: true }).waitFor({ timeout: 60_000 })
    expect(await violations(page)).toEqual([])
    expect(await page.content()).not.toContain(user)
    const gone = await fetch(`${at.edge}/api/profiles?kind=userId&value=${user}`, { headers })
    expect(gone.status).toBe(404)

    const late = { type: 'track', event: 'Card Shown', userId: user }
    const timestamp = new Date(Date.now() - 3_600_000).toISOString()
    const body = JSON.stringify({ batch: [{ ...late, timestamp }] })
    const refused = await fetch(`${at.edge}/v1/batch`, { method: 'POST', headers, body })
    expect(await refused.json()).toMatchObject({
      verdicts: [{ status: 'failed', reason: 'erased' }],
    })
    await page.context().close()
  },
)

test.each(looksOf(['en-GB', 'fr-FR'] as const))(
  'a timeline is narrowed by name and day, and shown whole again: %s',
  async (locale) => {
    const words = WORDS[locale]
    const { user } = await couple()
    const page = await open(locale, (await profileBy('userId', user)).id)
    const entry = (name: string) => page.getByText(name, { exact: true })
    await entry('Card Shown').waitFor()
    await page.getByRole('combobox', { name: words.event, exact: true }).click()
    await page.getByRole('option', { name: words.choice }).click()
    await entry('Card Shown').waitFor({ state: 'detached' })
    await entry('Order Completed').waitFor()

    await page.getByLabel(words.until, { exact: true }).fill('2020-01-31')
    await page.getByText(words.none).waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: words.all }).click()
    await entry('Card Shown').waitFor()
    await page.context().close()
  },
)
