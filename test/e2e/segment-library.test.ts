import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from 'vitest'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import { DEMO } from '../demo/account.ts'
import { picture } from './picture.ts'
import { at } from './stage.ts'
import { looksOf } from './looks.ts'
import { visit } from './visit.ts'

const headers = { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' }

const WORDS = {
  'en-GB': {
    start: 'Start from a ready segment',
    search: 'Search',
    word: 'loyal quiet',
    found: '1 ready segment',
    quiet: 'Loyal customers going quiet',
    loyal: 'Loyal customers',
    first: 'First use “Loyal customers”',
    media: 'Media',
    right: 'Right',
    create: 'Create segment',
    nothing: 'No ready segment is about that',
    counted: /done by/,
  },
  'fr-FR': {
    start: 'Partir d’un segment prêt à l’emploi',
    search: 'Rechercher',
    word: 'fideles taisent',
    found: '1 segment prêt à l’emploi',
    quiet: 'Clients fidèles qui se taisent',
    loyal: 'Clients fidèles',
    first: 'Utiliser d’abord «\u00a0Clients fidèles\u00a0»',
    media: 'Médias',
    right: 'Juste',
    create: 'Créer le segment',
    nothing: 'Aucun segment prêt à l’emploi sur ce sujet',
    counted: /fait par|encore fait/,
  },
} as const

/** Ready segments that an earlier run has used go again. */
async function removeUsed(): Promise<void> {
  const listed = await fetch(`${at.edge}/api/segments?limit=100`, { headers })
  const { items } = (await listed.json()) as { readonly items: readonly ApiSegment[] }
  for (const key of ['loyal-going-quiet', 'loyal-customers']) {
    const found = items.find((one) => one.key === key)
    if (found) await fetch(`${at.edge}/api/segments/${found.id}`, { method: 'DELETE', headers })
  }
}

test.each(
  looksOf([
    ['en-GB', 'light', 1_280],
    ['fr-FR', 'dark', 360],
  ] as const),
)(
  'a ready segment is found, and used with its people once the one it is made of is there, by keyboard: %s, %s, %i wide',
  async (locale, colorScheme, width) => {
    const words = WORDS[locale]
    await removeUsed()
    await visit({ locale, colorScheme, width }, async (page) => {
      const fits = async (name: string) => {
        await picture(page, `library-${name}-${locale}`)
        expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
        const wide = await page.evaluate('document.documentElement.scrollWidth')
        expect(wide).toBeLessThanOrEqual(width)
      }
      await page.goto(`${at.dashboard}/segments`)
      await page.getByRole('link', { name: words.start }).press('Enter')

      const search = page.getByRole('searchbox', { name: words.search })
      await search.fill('no such thing')
      await page.getByRole('heading', { name: words.nothing }).waitFor()
      await search.fill('')
      await page.getByRole('radio', { name: words.media }).press('Space')
      await page.getByRole('button', { name: words.quiet }).waitFor({ state: 'detached' })
      await page.getByRole('radio').first().press('Space')
      await search.fill(words.word)
      await page.getByText(words.found, { exact: true }).waitFor()

      await page.getByRole('button', { name: words.quiet }).press('Enter')
      await page.getByText(words.counted).first().waitFor()
      await fits('made-of')
      await page.getByRole('link', { name: words.first }).press('Enter')
      await page.getByText(words.right, { exact: true }).nth(3).waitFor()
      await page.locator('button[type=submit]').press('Enter')
      await page.getByRole('heading', { name: words.loyal, level: 1 }).waitFor()

      await page.goto(`${at.dashboard}/segments/library`)
      await search.fill(words.word)
      await page.getByRole('button', { name: words.quiet }).press('Enter')
      await page.getByRole('link', { name: words.quiet }).press('Enter')
      await page.getByText(words.right, { exact: true }).nth(3).waitFor()
      await fits('editor')
      await page.locator('button[type=submit]').press('Enter')
      await page.getByRole('heading', { name: words.quiet, level: 1 }).waitFor()
    })
  },
)
