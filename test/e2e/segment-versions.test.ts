import { randomUUID } from 'node:crypto'
import { AxeBuilder } from '@axe-core/playwright'
import { type Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { ApiDestination } from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { SegmentCloudEvent } from '../../edge/protocol/delivery.ts'
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
  return (text === '' ? undefined : JSON.parse(text)) as T
}

const profileOf = async (userId: string): Promise<string> =>
  (await api<{ id: string }>('GET', `/api/profiles?kind=userId&value=${userId}`)).id

/** What the webhook was told so far, as `entered of` and `exited of` a profile. */
async function told(box: string): Promise<readonly string[]> {
  const response = await fetch(`${at.inbox}/messages?box=${box}`)
  const { items } = (await response.json()) as { items: { body: string }[] }
  return items
    .map(({ body }) => JSON.parse(body) as SegmentCloudEvent)
    .map(({ type, data }) => `${type.replace('segment.', '')} ${data.profile}`)
    .sort()
}

const WORDS = {
  'en-GB': {
    edit: 'Edit',
    compare: 'Compare before it holds',
    save: 'Save changes',
    title: 'New version',
    ready: 'Ready',
    switch: 'Switch',
    switchTitle: /^Switch .+ to the new version\?$/,
    discard: 'Discard',
    discardTitle: 'Discard the new version?',
    paused: 'The count is paused',
    resume: 'Go on',
    pause: 'Pause',
    joins: 'Would join',
    leaves: 'Would leave',
    cancel: 'Take back',
    cancelChange: 'Take the change back',
    cancelTitle: /^Take .+ back\?$/,
    cancelChangeTitle: /^Take the change of .+ back\?$/,
    segments: 'Segments',
    delete: 'Delete',
    deleteTitle: /^Delete .+\?$/,
  },
  'fr-FR': {
    edit: 'Modifier',
    compare: 'Comparer avant d’appliquer',
    save: 'Enregistrer',
    title: 'Nouvelle version',
    ready: 'Prête',
    switch: 'Basculer',
    switchTitle: /^Basculer .+ vers la nouvelle version/,
    discard: 'Abandonner',
    discardTitle: 'Abandonner la nouvelle version\u00a0?',
    paused: 'Le calcul est en pause',
    resume: 'Reprendre',
    pause: 'Mettre en pause',
    joins: 'Entreraient',
    leaves: 'Sortiraient',
    cancel: 'Retirer le segment',
    cancelChange: 'Retirer la modification',
    cancelTitle: /^Retirer .+ \?$/,
    cancelChangeTitle: /^Retirer la modification de .+/,
    segments: 'Segments',
    delete: 'Supprimer',
    deleteTitle: /^Supprimer .+ \?$/,
  },
} as const

/** Once nothing fades in any more: half-shown colours have less contrast. What is broken off has faded, too. */
async function isAccessible(page: Page): Promise<void> {
  await page.evaluate(`Promise.allSettled(
    document.getAnimations()
      .filter((one) => one instanceof CSSTransition)
      .map(({ finished }) => finished),
  )`)
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
}

/** Three who are gold, of whom one is a friend, and two friends who are not; told to a webhook. */
async function club(run: string) {
  const box = `versions-${run}`
  const people = [
    ['a', { [`tier${run}`]: 'gold' }],
    ['b', { [`tier${run}`]: 'gold' }],
    ['c', { [`tier${run}`]: 'gold', [`friend${run}`]: true }],
    ['d', { [`friend${run}`]: true }],
    ['e', { [`friend${run}`]: true }],
  ] as const
  const batch = people.map(([name, traits]) => ({
    type: 'identify',
    userId: `${name}-${run}`,
    traits,
  }))
  await api('POST', '/v1/batch', { batch })
  const destination = await api<ApiDestination>('POST', '/api/destinations', {
    name: box,
    kind: 'webhook',
    url: `${at.inbox}/hooks/${box}`,
    purposes: ['analytics'],
  })
  const segment = await api<ApiSegment>('POST', '/api/segments', {
    name: `Club ${run}`,
    condition: { type: 'trait', trait: `nobody${run}`, operator: 'exists' },
  })
  await api('POST', '/api/activations', {
    name: `Tell ${run}`,
    segment: segment.id,
    destinations: [destination.id],
    on: ['entered', 'exited'],
    frequency: 'every-time',
  })
  await api('PUT', `/api/segments/${segment.id}?wait=live`, {
    name: segment.name,
    condition: { type: 'trait', trait: `tier${run}`, operator: 'equals', value: 'gold' },
  })
  await expect.poll(() => told(box), SOON).toHaveLength(3)
  const [a = '', b = '', c = '', d = '', e = ''] = await Promise.all(
    people.map(([name]) => profileOf(`${name}-${run}`)),
  )
  return { box, segment, a, b, c, d, e }
}

async function open(page: Page, segment: ApiSegment): Promise<void> {
  await page.goto(`${at.dashboard}/segments/${segment.id}`)
  await page.getByRole('heading', { name: segment.name, level: 1 }).waitFor()
}

test.each(
  looksOf([
    ['en-GB', 'light', 1280],
    ['fr-FR', 'dark', 360],
  ] as const),
)(
  'a segment in use is changed beside, compared, and switched: %s, %s, %i wide',
  async (locale, colorScheme, width) => {
    const words = WORDS[locale]
    const run = randomUUID().slice(0, 6)
    const { box, segment, a, b, c, d, e } = await club(run)
    await visit({ locale, colorScheme, width }, async (page) => {
      await open(page, segment)
      await page.getByRole('link', { name: words.edit, exact: true }).click()
      await page.getByRole('switch', { name: words.compare }).waitFor()
      await page.getByText('JSON', { exact: true }).first().click()
      const friends = { type: 'trait', trait: `friend${run}`, operator: 'exists' }
      await page.getByRole('textbox', { name: /JSON/ }).fill(JSON.stringify(friends))
      await isAccessible(page)
      await picture(page, `versions-${locale}-edit`)
      await page.getByRole('button', { name: words.save, exact: true }).click()

      const card = page.getByRole('region', { name: words.title })
      await card.getByText(words.ready, { exact: true }).waitFor()
      const [joins, leaves] = [words.joins, words.leaves].map((name) =>
        card.getByRole('region', { name, exact: true }),
      )
      for (const profile of [d, e]) await joins?.getByRole('link', { name: profile }).waitFor()
      for (const profile of [a, b]) await leaves?.getByRole('link', { name: profile }).waitFor()
      expect(await card.getByRole('link', { name: c }).count()).toBe(0)
      await isAccessible(page)
      await picture(page, `versions-${locale}-compare`)
      expect(await told(box)).toHaveLength(3)

      // Whoever would join has a page; the way back leads to the comparison.
      await joins?.getByRole('link', { name: d }).click()
      await page.getByText(`d-${run}`).first().waitFor()
      await page.goBack()

      await card.getByRole('button', { name: words.switch, exact: true }).click()
      const dialog = page.getByRole('dialog', { name: words.switchTitle })
      await dialog.waitFor()
      await isAccessible(page)
      await picture(page, `versions-${locale}-switch`)
      await dialog.getByRole('button', { name: words.switch, exact: true }).click()
      await card.waitFor({ state: 'detached' })
      await expect
        .poll(() => told(box), SOON)
        .toEqual(
          [
            ...[a, b, c, d, e].map((profile) => `entered ${profile}`),
            ...[a, b].map((profile) => `exited ${profile}`),
          ].sort(),
        )
      await page.getByRole('link', { name: d }).waitFor()
      await picture(page, `versions-${locale}-switched`)

      // Deleted with what tells of it: everybody's exit is told.
      await page.getByRole('button', { name: words.delete, exact: true }).click()
      const last = page.getByRole('dialog', { name: words.deleteTitle })
      await last.getByText(`Tell ${run}`).waitFor()
      await picture(page, `versions-${locale}-delete`)
      await last.getByRole('button', { name: words.delete, exact: true }).click()
      await page.getByRole('heading', { name: words.segments, level: 1 }).waitFor()
      await expect.poll(() => told(box), SOON).toHaveLength(10)
    })
  },
  240_000,
)

test.each(
  looksOf([
    ['fr-FR', 'light', 1280],
    ['en-GB', 'dark', 360],
  ] as const),
)(
  'a count is paused, gone on with, and cancelled: %s, %s, %i wide',
  async (locale, colorScheme, width) => {
    const words = WORDS[locale]
    const run = randomUUID().slice(0, 6)
    const { segment } = await club(run)
    try {
      await visit({ locale, colorScheme, width }, async (page) => {
        await api('POST', '/api/back-fill/pause')
        await api('PUT', `/api/segments/${segment.id}/candidate`, {
          condition: { type: 'trait', trait: `friend${run}`, operator: 'exists' },
        })
        await open(page, segment)
        await page.getByRole('heading', { name: words.paused }).waitFor()
        await isAccessible(page)
        await picture(page, `versions-${locale}-paused`)
        await page.getByRole('button', { name: words.resume, exact: true }).click()
        const card = page.getByRole('region', { name: words.title })
        await card.getByText(words.ready, { exact: true }).waitFor()
        await card.getByRole('button', { name: words.discard, exact: true }).click()
        const dialog = page.getByRole('dialog', { name: words.discardTitle })
        await dialog.waitFor()
        await picture(page, `versions-${locale}-discard`)
        await dialog.getByRole('button', { name: words.discard, exact: true }).click()
        await card.waitFor({ state: 'detached' })

        // A direct change is taken back while it is counted.
        await api('POST', '/api/back-fill/pause')
        await api('PUT', `/api/segments/${segment.id}`, {
          name: `Changed ${run}`,
          condition: { type: 'trait', trait: `friend${run}`, operator: 'exists' },
        })
        await open(page, { ...segment, name: `Changed ${run}` })
        await page.getByRole('button', { name: words.cancelChange, exact: true }).click()
        const back = page.getByRole('dialog', { name: words.cancelChangeTitle })
        await back.waitFor()
        await isAccessible(page)
        await picture(page, `versions-${locale}-take-back`)
        await back.getByRole('button', { name: words.cancelChange, exact: true }).click()
        await page.getByRole('heading', { name: segment.name, level: 1 }).waitFor()

        // A new one is taken back while it is counted.
        const fresh = await api<ApiSegment>('POST', '/api/segments', {
          name: `Fresh ${run}`,
          condition: { type: 'trait', trait: `friend${run}`, operator: 'exists' },
        })
        await open(page, fresh)
        await page.getByRole('button', { name: words.cancel, exact: true }).click()
        const last = page.getByRole('dialog', { name: words.cancelTitle })
        await last.waitFor()
        await isAccessible(page)
        await picture(page, `versions-${locale}-cancel`)
        await last.getByRole('button', { name: words.cancel, exact: true }).click()
        await page.getByRole('heading', { name: words.segments, level: 1 }).waitFor()
        await page.getByRole('link', { name: fresh.name }).waitFor({ state: 'detached' })
        // The pause is still on, and said where there is nothing left to count.
        const notice = page.getByRole('alert').filter({ hasText: words.paused })
        await notice.waitFor()
        await isAccessible(page)
        await picture(page, `versions-${locale}-notice`)
        await notice.getByRole('button', { name: words.resume, exact: true }).click()
        await notice.waitFor({ state: 'detached' })
      })
    } finally {
      await api('POST', '/api/back-fill/resume')
    }
  },
  240_000,
)
