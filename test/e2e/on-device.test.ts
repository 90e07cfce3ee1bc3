import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from 'vitest'
import type { ApiSource } from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { CollectResponse } from '../../edge/protocol/collect.ts'
import { DEMO } from '../demo/account.ts'
import { picture } from './picture.ts'
import { at, browser } from './stage.ts'
import { SNIPPET, eventually, pause, type TagWindow } from './tag-site.ts'
import { looksOf } from './looks.ts'
import { visit } from './visit.ts'

const headers = { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' }

async function create<T>(path: string, body: object): Promise<T> {
  const response = await fetch(`${at.edge}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  expect(response.ok, await response.clone().text()).toBe(true)
  return (await response.json()) as T
}

type Told = { readonly told: (readonly string[])[] }

test('what a page judges by itself before consent is what the edge answers of the same events after it', async () => {
  const run = randomUUID().slice(0, 6)
  const source = await create<ApiSource>('/api/sources', {
    name: `Opt-in ${run}`,
    kind: 'browser',
    consent: 'opt-in',
  })
  const conditions = {
    fans: {
      type: 'performed',
      event: 'Product Viewed',
      where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
      operator: 'gte',
      value: 2,
      window: { calendar: 'day' },
    },
    few: { type: 'performed', event: 'Product Viewed', operator: 'lt', value: 2 },
    path: {
      type: 'sequence',
      steps: [{ event: 'Page Viewed' }, { event: 'Product Viewed' }, { event: 'Product Added' }],
      total: 'PT1H',
    },
    titled: {
      type: 'performed',
      event: 'Page Viewed',
      where: [{ property: 'category', operator: 'equals', value: 'guides' }],
      operator: 'gte',
      value: 1,
    },
    spring: { type: 'context', field: 'campaign', operator: 'equals', value: 'spring é' },
    french: { type: 'context', field: 'language', operator: 'starts_with', value: 'fr' },
    bare: {
      type: 'performed',
      event: 'Café',
      measure: 'sum',
      property: 'total',
      operator: 'gte',
      value: 3,
    },
    made: {
      type: 'all',
      conditions: [
        { type: 'segment', segment: `fans-${run}` },
        { type: 'not', condition: { type: 'segment', segment: `few-${run}` } },
      ],
    },
  }
  for (const [name, condition] of Object.entries(conditions)) {
    const key = `${name}-${run}`
    const segment = { name: key, key, condition, public: true, onDevice: true }
    await create<ApiSegment>('/api/segments?wait=live', segment)
  }
  // A Worker that was asked before goes by what it knew, for some seconds.
  const offered = async () =>
    (await (await fetch(`${at.edge}/t/${source.writeKey}/on-device.json`)).text()).split(run).length
  await eventually(async () => expect(await offered()).toBeGreaterThan(8), 30_000)
  const snippet = SNIPPET.replace('EDGE/t/demo.js', `${at.edge}/t/${source.writeKey}.js`)
  // A page that is not of this machine may not ask for what is.
  const site = createServer((_, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(`<!doctype html><title>S</title><link rel="icon" href="data:,">${snippet}`)
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const { port } = site.address() as AddressInfo
  const context = await browser.newContext({ locale: 'fr-FR' })
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    const sent: string[] = []
    page.on('request', (request) => {
      if (request.method() !== 'GET') sent.push(request.url())
    })
    await page.goto(`http://localhost:${port}/?utm_campaign=%20spring%20%C3%A9%20`)
    await page.evaluate(() => {
      const told: (readonly string[])[] = []
      Object.assign(window, { told })
      const { prisme } = window as unknown as TagWindow
      prisme('on', 'segments', (segments: readonly string[]) => told.push(segments))
      prisme('onDevice')
      prisme('page', 'Boots', { category: 'guides' })
      prisme('track', 'Product Viewed', { category: 'shoes' })
      prisme('track', 'Product Viewed', { category: 'shoes' })
      prisme('track', 'Product Added', { cart_id: 'c1' })
      prisme('track', 'Cafe\u0301', { total: 1.5 })
      prisme('track', 'Café', { total: 1.5 })
      prisme('track', '', { total: 10 })
    })
    const own = (segments: readonly string[] = []) =>
      segments.filter((key) => key.endsWith(run)).toSorted()
    const last = async () =>
      own(await page.evaluate(() => (window as unknown as Told).told.at(-1) ?? []))
    const expected = ['bare', 'fans', 'french', 'made', 'path', 'spring', 'titled']
    await eventually(async () =>
      expect(await last()).toEqual(expected.map((name) => `${name}-${run}`)),
    )
    await pause(300)
    const judged = await last()
    expect(sent).toEqual([])

    const answered = page.waitForResponse((response) => response.url().endsWith('/v1/collect'))
    await page.evaluate(() =>
      (window as unknown as TagWindow).prisme('consent', {
        analytics: true,
        personalization: true,
      }),
    )
    const { segments } = (await (await answered).json()) as CollectResponse
    expect(own(segments)).toEqual(judged)
  } finally {
    await context.close()
    site.close()
  }
})

const FORM = {
  'en-GB': {
    public: 'Public',
    mark: 'Judged on the device',
    refused: /others say of a person/,
    create: 'Create segment',
  },
  'fr-FR': {
    public: 'Public',
    mark: 'Évalué sur l’appareil',
    refused: /others say of a person/,
    create: 'Créer le segment',
  },
} as const

test.each(
  looksOf([
    ['en-GB', 'light', 1_280],
    ['fr-FR', 'dark', 360],
  ] as const),
)(
  'a public segment is marked in its form, and refused with the part that a browser cannot judge: %s, %s, %i wide',
  async (locale, colorScheme, width) => {
    const words = FORM[locale]
    await visit({ locale, colorScheme, width }, async (page) => {
      await page.goto(`${at.dashboard}/segments/new?from=trip-soon`)
      await page.getByRole('switch', { name: words.mark }).waitFor({ state: 'detached' })
      await page.getByRole('switch', { name: words.public }).press('Space')
      await page.getByRole('switch', { name: words.mark }).press('Space')
      await page.getByRole('button', { name: words.create }).press('Enter')
      await page.getByText(words.refused).first().waitFor()
      await picture(page, `on-device-${locale}`)
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
    })
  },
)
