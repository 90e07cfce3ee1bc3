import { AxeBuilder } from '@axe-core/playwright'
import { type Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { ApiProfile, ApiSource } from '../../edge/protocol/api.ts'
import { DEMO } from '../demo/account.ts'
import { signIn } from './sign-in.ts'
import { at, browser } from './stage.ts'

async function api<T>(method: string, path: string, body?: unknown, key: string = DEMO.secretKey) {
  const response = await fetch(at.edge + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

async function open(locale: string, source: string): Promise<Page> {
  const context = await browser.newContext({ locale, viewport: { width: 1280, height: 900 } })
  await signIn(context, at.dashboard)
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  await page.goto(`${at.dashboard}/failed-events?source=${source}`)
  await page.getByRole('heading', { level: 1, name: /Failed events|Événements en échec/ }).waitFor()
  return page
}

const violations = async (page: Page) =>
  (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => [
    id,
    nodes.map(({ html }) => html),
  ])

test('failed events are looked through, corrected and replayed by names alone, in both languages', async () => {
  const source = await api<ApiSource>('POST', '/api/sources', {
    name: 'Till',
    kind: 'server',
    consent: 'implied',
  })
  const page = await open('en-GB', source.id)
  await page.getByText('No event matches').waitFor()
  expect(await violations(page)).toEqual([])

  const old = new Date(Date.now() - 900 * 86_400_000).toISOString()
  const evil = '<img src=x onerror="document.title=`pwned`">'
  await api(
    'POST',
    '/v1/batch',
    {
      batch: [
        { type: 'track', userId: 'till-1', messageId: 'till-1', properties: { note: evil } },
        ...[1, 2, 3].map((n) => ({
          type: 'track',
          userId: `t-${n}`,
          event: 'Sold',
          timestamp: old,
        })),
        { type: 'identify', userId: 7, traits: { email: 'ann.till@example.com' }, context: 7 },
      ],
    },
    source.writeKey ?? '',
  )
  await page.reload()
  await page.getByRole('button', { name: 'Replay these 5 events' }).waitFor()
  await page.getByRole('button', { name: 'As it was sent' }).first().click()
  await page.getByRole('region', { name: 'As it was sent' }).waitFor()
  expect(await page.content()).not.toContain('ann.till@')
  expect(await violations(page)).toEqual([])

  await page.getByRole('combobox', { name: 'Reason' }).click()
  await page.getByRole('option', { name: /needs the name of its event/ }).click()
  await page.getByRole('button', { name: 'Replay this one event' }).waitFor()
  await page.getByRole('button', { name: 'Correct', exact: true }).click()
  const editor = page.getByRole('textbox', { name: 'The event, corrected' })
  const text = await editor.inputValue()
  await editor.fill(`${text.slice(0, -1)}`)
  await page.getByText(/This is not JSON at line/).waitFor()
  expect(await violations(page)).toEqual([])
  await editor.fill(JSON.stringify({ ...JSON.parse(text), event: 'Order Completed' }))
  await page.getByRole('button', { name: 'Replay the corrected event' }).click()
  await page.getByText('No event matches').waitFor()
  const profile = await api<ApiProfile>('GET', '/api/profiles?kind=userId&value=till-1')
  expect(profile.events.map(({ event, id }) => [event, id])).toEqual([
    ['Order Completed', 'till-1'],
  ])

  await page.getByRole('combobox', { name: 'Reason' }).click()
  await page.getByRole('option', { name: 'All reasons' }).click()
  await page.getByRole('button', { name: 'Replay these 4 events' }).click()
  await page.getByText('Some events stay in the list').waitFor()
  await page.getByText('4 events were left.').waitFor()
  expect(await violations(page)).toEqual([])
  expect(await page.title()).toBe('Failed events · Prisme')

  const french = await open('fr-FR', source.id)
  await french.getByRole('button', { name: 'Rejouer ces 4 événements' }).waitFor()
  await french
    .getByText('L’événement est plus ancien que la durée de conservation.')
    .first()
    .waitFor()
  expect(await violations(french)).toEqual([])
  if (process.env['PRISME_SHOTS'] !== undefined) {
    await page.screenshot({ path: `${process.env['PRISME_SHOTS']}/en.png`, fullPage: true })
    await french.screenshot({ path: `${process.env['PRISME_SHOTS']}/fr.png`, fullPage: true })
  }
})
