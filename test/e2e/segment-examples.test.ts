import { randomUUID } from 'node:crypto'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from 'vitest'
import { DEMO } from '../demo/account.ts'
import { signIn } from './sign-in.ts'
import { at, browser } from './stage.ts'

const WORDS = {
  'en-GB': { add: 'Add a person', right: 'Right', wrong: 'Wrong' },
  'fr-FR': {
    add: 'Ajouter une personne',
    right: 'Juste',
    wrong: 'Faux',
  },
} as const

/** In it since an hour before they are asked about. */
const buyer = {
  name: 'Bought once',
  matches: true,
  at: '2026-01-31T12:00:00.000Z',
  events: [{ event: 'Order Completed', timestamp: '2026-01-31T11:00:00.000Z' }],
}

test.each(['en-GB', 'fr-FR'] as const)(
  'a segment’s example people are asked about while it is edited, and it is not saved while it is wrong: %s',
  async (locale) => {
    const words = WORDS[locale]
    const made = await fetch(`${at.edge}/api/segments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        name: `Buyers ${randomUUID()}`,
        condition: { type: 'performed', event: 'Order Completed', operator: 'gte', value: 1 },
        examples: [buyer],
      }),
    })
    expect(made.status).toBe(201)
    const { id } = (await made.json()) as { readonly id: string }
    const context = await browser.newContext({ locale, colorScheme: 'dark' })
    try {
      await signIn(context, at.dashboard)
      const page = await context.newPage()
      page.setDefaultTimeout(20_000)
      await page.goto(`${at.dashboard}/segments/${id}/edit`)
      await page.getByText(words.right, { exact: true }).waitFor()

      // Somebody new has looked at a product and bought nothing.
      await page.getByRole('button', { name: words.add }).click()
      await page.getByText(words.wrong, { exact: true }).waitFor()
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
      const save = page.locator('button[type=submit]')
      await save.click()
      await page.getByText('“Person 2” must match and does not').first().waitFor()

      const json = page.getByRole('textbox', { name: 'JSON' })
      await json.fill('[{')
      await expect.poll(() => save.isDisabled()).toBe(true)
      await json.fill(
        JSON.stringify([buyer, { ...buyer, name: 'Not yet', matches: false, events: [] }]),
      )
      await page.getByText(words.right, { exact: true }).nth(1).waitFor()
      await save.click()
      await page.waitForURL(`${at.dashboard}/segments/${id}`)
    } finally {
      await context.close()
    }
  },
)
