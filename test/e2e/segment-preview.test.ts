import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { AxeBuilder } from '@axe-core/playwright'
import { type Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { DEMO } from '../demo/account.ts'
import { at } from './stage.ts'
import { looksOf } from './looks.ts'
import { picture } from './picture.ts'
import { retype, visit } from './visit.ts'

/** Where pictures of the pages are kept; none without. */
/** More than a sample. */
const PEOPLE = 2_100
/** Of these are gold. */
const GOLD = 700
const BATCH = 1_050
const SOON = { timeout: 30_000, interval: 200 }
const run = randomUUID().slice(0, 6)
const trait = `tier${run}`

const WORDS = {
  'en-GB': {
    interval: /^Between .+ and .+ \(95 %\), from 2,000 people drawn at random\.$/,
    exact: /^Counted exactly\. As of /,
    stop: 'Stop counting',
    count: 'Count exactly',
    counted: 'People counted',
    some: 'For example',
    reason: `${trait} is “gold”`,
  },
  'fr-FR': {
    interval: /^Entre .+ et .+ \(95 %\), d’après 2\s?000 personnes tirées au hasard\.$/,
    exact: /^Comptée exactement\. À /,
    stop: 'Arrêter le comptage',
    count: 'Compter exactement',
    counted: 'Personnes comptées',
    some: 'Par exemple',
    reason: `${trait} est «\u00a0gold\u00a0»`,
  },
} as const

beforeAll(async () => {
  const everybody = Array.from({ length: PEOPLE }, (_, n) => ({
    type: 'identify',
    userId: `${run}-${n}`,
    traits: { [trait]: n < GOLD ? 'gold' : 'none' },
  }))
  for (let from = 0; from < PEOPLE; from += BATCH) {
    const response = await fetch(`${at.edge}/v1/batch`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${DEMO.secretKey}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ batch: everybody.slice(from, from + BATCH) }),
    })
    expect(response.status, await response.text()).toBe(200)
  }
}, 180_000)

/** Once nothing fades in any more: half-shown colours have less contrast. What is broken off has faded, too. */
async function isAccessible(page: Page): Promise<void> {
  await page.evaluate(`Promise.allSettled(
    document.getAnimations()
      .filter((one) => one instanceof CSSTransition)
      .map(({ finished }) => finished),
  )`)
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
}

const write = async (page: Page, value: string): Promise<void> => {
  const condition = { type: 'trait', trait, operator: 'equals', value }
  await retype(page.getByRole('textbox', { name: /JSON/ }), JSON.stringify(condition))
}

test.each(
  looksOf([
    ['en-GB', 'light', 1280],
    ['fr-FR', 'dark', 360],
  ] as const),
)(
  'a size is estimated, then counted, and some who match are named with the reason: %s, %s, %i wide',
  async (locale, colorScheme, width) => {
    const words = WORDS[locale]
    let isHeld = true
    try {
      await visit({ locale, colorScheme, width }, async (page) => {
        // Counting so few takes no time: how far it is comes late, so that it is seen.
        const ended: string[] = []
        await page.route('**/api/counts/*', async (route) => {
          if (route.request().method() === 'DELETE') ended.push(route.request().url())
          while (isHeld && route.request().method() === 'GET') await setTimeout(100)
          // Whoever left the page waits for it no more.
          await route.continue().catch(() => undefined)
        })
        await page.goto(`${at.dashboard}/segments/new`)
        await page.getByText('JSON', { exact: true }).first().click()
        await write(page, 'gold')
        await page.getByText(words.interval).waitFor()
        // Of nobody yet: so it has no width.
        const progress = page.getByRole('progressbar', { name: words.counted })
        await progress.waitFor({ state: 'attached' })
        const some = page.getByRole('region', { name: words.some })
        await some.getByText(words.reason).first().waitFor()
        await isAccessible(page)
        await picture(page, `preview-${locale}-counting`)

        const endsOne = async (act: () => Promise<void>): Promise<void> => {
          const before = ended.length
          await act()
          await expect.poll(() => ended.length, SOON).toBeGreaterThan(before)
        }
        await endsOne(() => page.getByRole('button', { name: words.stop }).click())
        await page.getByRole('button', { name: words.count }).waitFor()
        await isAccessible(page)
        await page.getByRole('button', { name: words.count }).click()
        await progress.waitFor({ state: 'attached' })
        // Another condition ends the count of the one before.
        await endsOne(() => write(page, 'none'))
        isHeld = false
        const figure = page.locator('.figure').first()
        await page.getByText(words.exact).waitFor()
        expect((await figure.textContent())?.replaceAll(/\D/g, '')).toBe(String(PEOPLE - GOLD))
        await write(page, 'gold')
        await expect
          .poll(async () => (await figure.textContent())?.replaceAll(/[^\d≈]/g, ''), SOON)
          .toBe(String(GOLD))
        await page.getByText(words.exact).waitFor()
        await isAccessible(page)
        await picture(page, `preview-${locale}-counted`)

        const someone = some.getByRole('link').first()
        const id = (await someone.textContent()) ?? ''
        await someone.click()
        await page.waitForURL(`**/profiles/${id}`)
        await page.getByText(trait).first().waitFor()
      })
    } finally {
      isHeld = false
    }
  },
)
