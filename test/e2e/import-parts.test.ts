import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page, type Route } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiImport } from '../../edge/protocol/import.ts'
import { CHROMIUM_FLAGS, ensureChromium } from '../chromium.ts'
import { DEMO } from '../demo/account.ts'
import type { Addresses } from '../demo/start.ts'
import { product } from './product.ts'
import { signIn } from './sign-in.ts'

/** Rows of some 52 bytes: three parts of 16 MiB. */
const ROWS = 650_000
/** Rows without an order number, which the file of bad rows must name. */
const BAD = [2, 5_000, 9_999] as const

const folder = mkdtempSync(join(tmpdir(), 'prisme-parts-'))
const file = join(folder, 'tills.csv')
let at: Addresses
let browser: Browser
beforeAll(async () => {
  at = await product()
  await writeOrders()
  browser = await chromium.launch({
    executablePath: await ensureChromium(console.log),
    args: [...CHROMIUM_FLAGS],
  })
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function writeOrders(): Promise<void> {
  const out = createWriteStream(file)
  out.write('customer_id,order_id,date,total\n')
  for (let from = 0; from < ROWS; from += 10_000) {
    const lines = Array.from({ length: 10_000 }, (_, index) => {
      const row = from + index + 1
      const order = (BAD as readonly number[]).includes(row) ? '' : `till-order-${row}`
      return `till-customer-${row % 500},${order},2026-01-31,12.50\n`
    })
    if (!out.write(lines.join(''))) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}

const headers = { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' }
const find = async (id: string): Promise<ApiImport> =>
  (await fetch(`${at.edge}/api/imports/${id}`, { headers })).json() as Promise<ApiImport>

async function choose(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New import' }).first().click()
  await page.locator('input[type=file]').setInputFiles(file)
}

/**
 * What an import has brought stays, so a second try would count other things.
 * @module-tag stepwise
 */
test('a large file goes in parts, pauses, goes on after a reload, and its import is cancelled', async () => {
  const context = await browser.newContext({ locale: 'en-GB' })
  await signIn(context, at.dashboard)
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  await page.goto(`${at.dashboard}/imports`)
  await page.getByRole('heading', { name: 'Imports', level: 1 }).waitFor()

  // The third part is on its way for ever, so that the others are there when it is paused.
  const sent: string[] = []
  page.on('requestfinished', (request) => {
    const part = /parts\/(\d+)$/.exec(request.url())?.[1]
    if (part !== undefined) sent.push(part)
  })
  const held: Route[] = []
  await page.route('**/parts/3', (route) => void held.push(route))
  await choose(page)
  await page.getByRole('button', { name: 'Upload' }).click()
  await expect.poll(() => [...sent].sort(), { timeout: 60_000 }).toEqual(['1', '2'])
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText(/% of this file is there already/).waitFor()

  page.on('dialog', (dialog) => void dialog.accept())
  await page.unroute('**/parts/3')
  await page.reload()
  await choose(page)
  await page.getByText(/% of this file is there already/).waitFor()
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('heading', { name: 'What the columns mean' }).waitFor({ timeout: 60_000 })
  expect([...sent].sort()).toEqual(['1', '2', '3'])

  const id = /imports\/(\w+)/.exec(page.url())?.[1] ?? ''
  expect((await find(id)).suggested?.kind).toBe('orders')
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect
    .poll(async () => (await find(id)).counts.read, { timeout: 60_000 })
    .toBeGreaterThan(BAD[2])
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByText('Cancelled', { exact: true }).first().waitFor()
  const { counts, state } = await find(id)
  expect(state).toBe('cancelled')
  expect(counts.read).toBeLessThan(ROWS)
  expect(counts.accepted + counts.duplicate + counts.rejected + counts.failed).toBe(counts.read)

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'All bad rows as a file' }).click(),
  ])
  const rows = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
  // The heading is the first line of the file.
  expect(rows.map((row) => Number(/^"(\d+)"/.exec(row)?.[1]))).toEqual(BAD.map((row) => row + 1))
  expect(rows.every((row) => row.includes('no-order'))).toBe(true)
  await page.context().close()
}, 240_000)
