import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { picture } from './picture.ts'
import { signIn } from './sign-in.ts'
import { at, browser } from './stage.ts'

export interface Look {
  readonly locale: string
  readonly colorScheme: 'light' | 'dark'
  readonly width: number
}

/** Walks through the dashboard as somebody who is signed in. */
export async function visit(
  { locale, colorScheme, width }: Look,
  walk: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({
    locale,
    colorScheme,
    viewport: { width, height: 900 },
  })
  try {
    await signIn(context, at.dashboard)
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    await walk(page)
  } finally {
    await context.close()
  }
}

/** Replaces all of an editor's text as a hand does: what is chosen is the editor's own, however it is drawn meanwhile. */
export async function retype(editor: Locator, text: string): Promise<void> {
  await editor.press('Control+a')
  await editor.page().keyboard.insertText(text)
}

/** Texts that may break anywhere and stand in a column in which hardly a word fits. */
const SQUEEZED = `[...document.querySelectorAll('.breakable')]
  .filter((one) => one.clientWidth > 0 && one.clientWidth < 100 && one.clientHeight > 120)
  .map((one) => one.textContent)`

/** A page can be used by everybody, fits its screen and can be read there; kept as a picture if asked for. */
export async function look(page: Page, name: string): Promise<void> {
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
  const { width = 0 } = page.viewportSize() ?? {}
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  expect(await page.evaluate(SQUEEZED)).toEqual([])
  await picture(page, name)
}
