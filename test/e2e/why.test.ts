import { randomUUID } from 'node:crypto'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from 'vitest'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import { at } from './stage.ts'
import { api } from './api.ts'
import { looksOf } from './looks.ts'
import { visit } from './visit.ts'

const WORDS = {
  'en-GB': {
    segment: 'Segment',
    out: 'Not a member',
    in: 'Member',
    least: 'The least that would make them enter:',
    fact: '“Product Viewed” with category “shoes”',
    failing: 'Does not hold',
  },
  'fr-FR': {
    segment: 'Segment',
    out: 'Pas membre',
    in: 'Membre',
    least: 'Le minimum qui ferait entrer la personne\u00a0:',
    fact: '«\u00a0Product Viewed\u00a0» avec category «\u00a0shoes\u00a0»',
    failing: 'Non rempli',
  },
} as const

test.each(
  looksOf([
    ['en-GB', 'light', 1_280],
    ['fr-FR', 'dark', 360],
  ] as const),
)(
  'a person’s page says why they are not in a segment, and what makes them enter does: %s, %s, %i wide',
  async (locale, colorScheme, width) => {
    const words = WORDS[locale]
    const run = randomUUID().slice(0, 8)
    const { id } = await api<ApiSegment>('/api/segments?wait=live', {
      name: `Shoes ${run}`,
      condition: {
        type: 'performed',
        event: 'Product Viewed',
        where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
        operator: 'gte',
        value: 2,
        window: { last: 'P7D' },
      },
    })
    const viewed = {
      type: 'track',
      userId: `why-${run}`,
      event: 'Product Viewed',
      properties: { category: 'shoes' },
    }
    await api('/v1/batch', { batch: [viewed] })
    const person = await api<ApiProfile>(`/api/profiles?kind=userId&value=why-${run}`)
    await visit({ locale, colorScheme, width }, async (page) => {
      const choose = async () => {
        await page.goto(`${at.dashboard}/profiles/${person.id}`)
        await page.getByRole('combobox', { name: words.segment, exact: true }).click()
        await page.getByRole('option', { name: `Shoes ${run}` }).click()
      }
      await choose()
      await page.getByText(words.out, { exact: true }).waitFor()
      await page.getByText(words.least).waitFor()
      await page.getByText(words.fact, { exact: true }).waitFor()
      expect(await page.getByRole('img', { name: words.failing }).count()).toBe(2)
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)

      await api('/v1/batch', { batch: [viewed] })
      await choose()
      await page.getByText(words.in, { exact: true }).waitFor()
      const after = await api<ApiProfile>(`/api/profiles/${person.id}`)
      expect(after.segments.map((one) => one.id)).toContain(id)
    })
  },
)
