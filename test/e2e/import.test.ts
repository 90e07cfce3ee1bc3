import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { AxeBuilder } from '@axe-core/playwright'
import { parse } from 'csv-parse/sync'
import { chromium } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import type { ApiImport } from '../../edge/protocol/import.ts'
import { CHROMIUM_FLAGS, ensureChromium } from '../chromium.ts'
import { dataFile } from '../data.ts'
import { DEMO } from '../demo/account.ts'
import type { Addresses } from '../demo/start.ts'
import { product } from './product.ts'

/**
 * Files on their way into profiles. What an import has brought stays there, so a second try would count other things.
 * @module-tag stepwise
 */
const LINES = 5_000
const FILE = dataFile('online_retail/until_2011-08-31.csv.gz')

let at: Addresses
beforeAll(async () => {
  at = await product()
})

async function api<T>(method: string, path: string, body?: string): Promise<T> {
  const response = await fetch(at.edge + path, {
    method,
    headers: { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body }),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

describe.skipIf(FILE === null)('5,000 invoice lines of a real shop', () => {
  const text =
    FILE === null
      ? ''
      : gunzipSync(readFileSync(FILE))
          .toString()
          .split('\n')
          .slice(0, LINES + 1)
          .join('\n')
  const lines = parse<{ readonly [column: string]: string }>(text, { columns: true })

  test('become orders whose number and revenue are those of the file', async () => {
    const made = await api<ApiImport>('POST', '/api/imports?name=Invoices', `${text}\n`)
    await api('POST', `/api/imports/${made.id}/start`, JSON.stringify({ mapping: made.suggested }))
    let now = made
    await expect
      .poll(async () => (now = await api<ApiImport>('GET', `/api/imports/${made.id}`)).state, {
        timeout: 60_000,
        interval: 250,
      })
      .toBe('done')
    const known = lines.filter((line) => line['CustomerID'] !== '')
    expect(now.counts).toEqual({
      read: LINES,
      accepted: known.length,
      duplicate: 0,
      rejected: LINES - known.length,
      failed: 0,
    })
    expect(now.errors.every(({ reason }) => reason === 'no-identifier')).toBe(true)

    const customers = [...new Set(known.map((line) => line['CustomerID'] ?? ''))].slice(0, 25)
    for (const customer of customers) {
      const own = known.filter((line) => line['CustomerID'] === customer)
      const spent = own.reduce(
        (sum, line) => sum + Number(line['Quantity']) * Number(line['UnitPrice']),
        0,
      )
      const profile = await api<ApiProfile>('GET', `/api/profiles?kind=userId&value=${customer}`)
      const orders = profile.events.filter(({ event }) => event?.startsWith('Order '))
      const revenue = orders.reduce((sum, { event, properties }) => {
        const sign = event === 'Order Refunded' ? -1 : 1
        return sum + sign * Number(properties['revenue'])
      }, 0)
      expect(orders.length).toBe(new Set(own.map((line) => line['InvoiceNo'])).size)
      expect(revenue).toBeCloseTo(spent, 2)
    }
  })
})

test('a file is uploaded, checked and imported in the dashboard, by names alone', async () => {
  const browser = await chromium.launch({
    executablePath: await ensureChromium(console.log),
    args: [...CHROMIUM_FLAGS],
  })
  try {
    const context = await browser.newContext({ locale: 'en-GB' })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    await page.goto(`${at.dashboard}/imports`)
    await page.getByRole('textbox', { name: 'E-mail' }).fill(DEMO.email)
    await page.getByRole('textbox', { name: 'Password' }).fill(DEMO.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'New import' }).first().click()
    const buffer = Buffer.from('customer_id;e-mail;points\nd-1;d1@example.com;1 250,5\nd-2;;x\n')
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'till.csv', mimeType: 'text/csv', buffer })
    await page.getByRole('button', { name: 'Upload' }).click()
    await page.getByRole('heading', { name: 'What the columns mean' }).waitFor()
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])

    await page.locator('input[aria-label="Type: points"]').click()
    await page.getByRole('option', { name: 'Number 1 234,5' }).click()
    await page.getByRole('button', { name: 'Check without effect' }).click()
    await page.getByText('Checked', { exact: true }).waitFor()
    await page.getByText('The cell is not a number of the chosen form.').waitFor()
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByText('Done', { exact: true }).waitFor()
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'All bad rows as a file' }).click(),
    ])
    expect(readFileSync(await download.path(), 'utf8')).toContain(
      '"3","points","not-a-number","d-2;;x"',
    )
    const profile = await api<ApiProfile>('GET', '/api/profiles?kind=userId&value=d-1')
    expect(profile.traits).toMatchObject({ points: 1_250.5 })
  } finally {
    await browser.close()
  }
})
