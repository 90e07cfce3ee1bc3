import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import { api, conditionOf } from './api.ts'
import { looksOf } from './looks.ts'
import { picture } from './picture.ts'
import { at } from './stage.ts'
import { look, retype, visit } from './visit.ts'

const WORDS = {
  'en-GB': {
    condition: 'Condition as JSON',
    builder: 'Builder',
    save: 'Save changes',
    suggestions: 'Suggestions',
    performed: 'How often, how much or how long ago events of a name happened.',
    event: 'Name of the event, or a list of names.',
    faulty: 'condition.window.last: Must be an ISO 8601 duration',
  },
  'fr-FR': {
    condition: 'Condition en JSON',
    builder: 'Éditeur',
    save: 'Enregistrer',
    suggestions: 'Suggestions',
    performed: 'Combien de fois, combien en tout ou depuis quand un événement a eu lieu.',
    event: 'Nom de l’événement, ou une liste de noms.',
    faulty: 'condition.window.last: Doit être une durée ISO 8601',
  },
} as const
type Locale = keyof typeof WORDS

const BEFORE: Condition = { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' }
const AFTER: Condition = {
  type: 'performed',
  event: 'Order Completed',
  operator: 'gte',
  value: 2,
  window: { last: 'P7D' },
}

/** Begins to type, and takes what is offered first: of that name. */
async function take(page: Page, begun: string, name: string): Promise<void> {
  await page.keyboard.type(begun)
  await page.locator('[role=option][aria-selected=true]').getByText(name, { exact: true }).waitFor()
  // The editor takes no answer to what the hand could not have seen yet.
  await page.waitForTimeout(150)
  await page.keyboard.press('Enter')
}

test.each(
  looksOf([
    ['en-GB', 'light', 1_280],
    ['fr-FR', 'dark', 360],
  ] as const),
)(
  'a condition is written as JSON by keyboard, with what the published schema knows of it: %s, %s, %i wide',
  async (locale: Locale, colorScheme, width) => {
    const words = WORDS[locale]
    const segment = await api<ApiSegment>('/api/segments', {
      name: `Text ${randomUUID()}`,
      condition: BEFORE as never,
    })
    await visit({ locale, colorScheme, width }, async (page) => {
      const refused: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error') refused.push(message.text())
      })
      const answers: string[] = []
      page.on('response', (response) => answers.push(response.url()))
      await page.goto(`${at.dashboard}/segments/${segment.id}/edit`)
      await page
        .getByRole('radio', { name: words.builder, exact: true })
        .first()
        .press('ArrowRight')
      const text = page.getByRole('textbox', { name: words.condition })
      await text.waitFor()
      await expect.poll(() => answers).toContain(`${at.dashboard}/schemas/condition.json`)
      expect(JSON.parse((await text.innerText()).replaceAll('\u00a0', ' '))).toEqual(BEFORE)

      // A value that is wrong is marked where it stands, and said in the viewer's language.
      await retype(
        text,
        '{"type":"performed","event":"A","operator":"gte","value":1,"window":{"last":"soon"}}',
      )
      await page.getByRole('status').filter({ hasText: words.faulty }).waitFor()
      const mark = page.locator('.cm-lintRange-error')
      await mark.waitFor()
      const save = page.getByRole('button', { name: words.save, exact: true })
      expect(await save.isDisabled()).toBe(true)
      expect(await mark.innerText()).toBe('"soon"')
      await look(page, `condition-text-${locale}-fault`)
      await page.locator('.condition-text .cm-line').getByText('"performed"').hover()
      await page.locator('.condition-text-meaning', { hasText: words.performed }).waitFor()
      await page.mouse.move(0, 0)

      // From nothing to a whole condition, by what is offered.
      await retype(text, '{}')
      await text.press('Control+End')
      await page.keyboard.press('ArrowLeft')
      const offers = page.getByRole('listbox', { name: words.suggestions })
      await take(page, '"ty', 'type')
      await offers.getByRole('option', { name: '"performed"' }).waitFor()
      await picture(page, `condition-text-${locale}-offers`)
      await take(page, 'perf', '"performed"')
      await page.keyboard.type(', "ev')
      if (width > 400) await page.getByText(words.event).waitFor()
      await take(page, 'e', 'event')
      await take(page, '"Order Com', '"Order Completed"')
      await page.keyboard.type(', "operator": "gte"')
      await take(page, ', "val', 'value')
      await page.keyboard.type('2, "window": {"last": "P7D"}')
      await page.keyboard.press('Escape')
      await mark.waitFor({ state: 'detached' })
      expect(await text.innerText()).toContain('"event": "Order Completed"')
      expect(await offers.count()).toBe(0)
      await look(page, `condition-text-${locale}`)
      await save.press('Enter')
      await page.waitForURL(`${at.dashboard}/segments/${segment.id}`)
      expect(refused).toEqual([])
    })
    expect(await conditionOf(segment.id)).toEqual(AFTER)
  },
)
