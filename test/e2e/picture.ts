import type { Page } from 'playwright-core'

const PICTURES = process.env['PRISME_PICTURES']

/** A picture of the whole page, for whoever wants to look: kept where `PRISME_PICTURES` says, if it does. */
export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) {
    await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true })
  }
}
