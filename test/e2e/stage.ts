import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { CHROMIUM_FLAGS, ensureChromium } from '../chromium.ts'
import type { Addresses } from '../demo/start.ts'
import { product } from './product.ts'

/** Where the whole product runs, and a browser to look at it with; for each test file that imports them. */
export let at: Addresses
export let browser: Browser

beforeAll(async () => {
  at = await product()
  browser = await chromium.launch({
    executablePath: await ensureChromium(console.log),
    args: [...CHROMIUM_FLAGS],
  })
})
afterAll(() => browser?.close())
