import { randomUUID } from 'node:crypto'
import { AxeBuilder } from '@axe-core/playwright'
import { type Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { ApiSegment, ApiSegmentReport } from '../../edge/protocol/api-segment.ts'
import { HOUR, SECOND } from '../../edge/protocol/time.ts'
import { DEMO } from '../demo/account.ts'
import { at } from './stage.ts'
import { looksOf } from './looks.ts'
import { picture } from './picture.ts'
import { visit } from './visit.ts'

/** Where pictures of the pages are kept; none without. */
const SOON = { timeout: 30_000, interval: 200 }

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${at.edge}${path}`, {
    method,
    headers: { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  expect(response.ok, `${method} ${path}: ${response.status} ${text}`).toBe(true)
  return JSON.parse(text) as T
}

const WORDS = {
  'en-GB': {
    title: 'Who comes and goes',
    sum: '3 entered, 2 left.',
    why: 'Why people left',
    event: 'Because of an event',
    time: 'Because time passed',
    decided: /^What decided: .*Ordered/,
    byDay: 'Last 30 days',
    asTable: 'Show as table',
    chart: /^Size of Keen .+, and who entered and left$/,
    empty: /^Nobody entered or left in the last two days/,
  },
  'fr-FR': {
    title: 'Entrées et sorties',
    sum: 'Entrées\u00a0: 3. Sorties\u00a0: 2.',
    why: 'Pourquoi on en sort',
    event: 'À cause d’un événement',
    time: 'À cause du temps écoulé',
    decided: /^Ce qui a décidé\s: .*Ordered/,
    byDay: '30 derniers jours',
    asTable: 'Afficher le tableau',
    chart: /^Taille de Keen .+, entrées et sorties$/,
    empty: /^Personne n’est entré ni sorti ces deux derniers jours/,
  },
} as const

const within = (event: string) => ({
  type: 'performed',
  event,
  operator: 'gte',
  value: 1,
  window: { last: 'PT1H' },
})

/** Three who viewed, of whom one ordered and one viewed an hour ago. */
async function keen(run: string): Promise<ApiSegment> {
  const segment = await api<ApiSegment>('POST', '/api/segments?wait=live', {
    name: `Keen ${run}`,
    condition: {
      type: 'all',
      conditions: [within(`Viewed ${run}`), { type: 'not', condition: within(`Ordered ${run}`) }],
    },
  })
  const told = (event: string, name: string, ago = 0) => ({
    type: 'track',
    event: `${event} ${run}`,
    userId: `${name}-${run}`,
    timestamp: new Date(Date.now() - ago).toISOString(),
    properties: {},
  })
  const batch = [told('Viewed', 'a'), told('Viewed', 'b'), told('Viewed', 'c', HOUR - 5 * SECOND)]
  await api('POST', '/v1/batch', { batch })
  await api('POST', '/v1/batch', { batch: [told('Ordered', 'b')] })
  await expect
    .poll(async () => {
      const report = await api<ApiSegmentReport>('GET', `/api/segments/${segment.id}/report`)
      return [report.entered, report.exited]
    }, SOON)
    .toEqual([3, 2])
  return segment
}

/** The workspace's day, which may not be the viewer's. */
async function today({ id }: ApiSegment, locale: string): Promise<string> {
  const { timezone } = await api<ApiSegmentReport>('GET', `/api/segments/${id}/report?by=day`)
  const format = { day: 'numeric', month: 'short', timeZone: timezone } as const
  return new Intl.DateTimeFormat(locale, format).format(Date.now())
}

const isAccessible = async (page: Page): Promise<void> =>
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])

test.each(
  looksOf([
    ['en-GB', 'light', 1280],
    ['fr-FR', 'dark', 360],
  ] as const),
)(
  'a segment’s page shows who came and went, and why people left: %s, %s, %i wide',
  async (locale, colorScheme, width) => {
    const words = WORDS[locale]
    const run = randomUUID().slice(0, 6)
    const segment = await keen(run)
    await visit({ locale, colorScheme, width }, async (page) => {
      await page.goto(`${at.dashboard}/segments/${segment.id}`)
      const card = page.getByRole('region', { name: words.title, exact: true })
      await card.getByText(words.sum).waitFor()
      await card.getByRole('img', { name: words.chart }).waitFor()
      const reasons = card.getByRole('list', { name: words.why })
      const items = reasons.getByRole('listitem')
      expect(await items.count()).toBe(2)
      await items.filter({ hasText: words.time }).waitFor()
      await items.filter({ hasText: words.event }).getByText(words.decided).waitFor()
      await isAccessible(page)
      await picture(page, `report-${locale}`)

      await card.getByText(words.byDay).click()
      await card.getByRole('button', { name: words.asTable }).click()
      const row = card.getByRole('table').getByRole('row').nth(1)
      await row.waitFor()
      expect(await row.getByRole('cell').allTextContents()).toEqual([
        await today(segment, locale),
        '1',
        '3',
        '2',
      ])
      await isAccessible(page)
      await picture(page, `report-${locale}-table`)

      const nobody = await api<ApiSegment>('POST', '/api/segments?wait=live', {
        name: `Nobody ${run}`,
        condition: { type: 'trait', trait: `nobody${run}`, operator: 'exists' },
      })
      await page.goto(`${at.dashboard}/segments/${nobody.id}`)
      await card.getByText(words.empty).waitFor()
      await isAccessible(page)
      await picture(page, `report-${locale}-empty`)
    })
  },
  240_000,
)
