import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { CHROMIUM_FLAGS, findChromium } from '../chromium.ts'
import type { Listening } from '../demo/listen.ts'
import { DEMO_PASSWORD } from '../demo/shop/customers.ts'
import { startShop } from '../demo/shop/server.ts'
import { looksOf } from './looks.ts'

type Recorded = readonly [method: string, ...rest: readonly (string | Record<string, unknown>)[]]

/** In place of the tag: writes down every call, those that waited in the stub first. */
const RECORDER = `
  const waiting = prisme.q || []
  const calls = JSON.parse(sessionStorage.calls || '[]')
  const take = (call) => { calls.push(Array.from(call)); sessionStorage.calls = JSON.stringify(calls) }
  for (const call of waiting) take(call)
  window.prisme = function () { take(arguments) }
`

/** What stands where Prisme's edge would: the recorder, or an edge in trouble. */
let answerTag: 'record' | 'hang' | 'garbage' = 'record'
const edge = createServer((request, response) => {
  if (answerTag === 'hang') return
  response.setHeader('Content-Type', 'text/javascript')
  const isTag = request.url === '/t/demo.js'
  response.writeHead(isTag ? 200 : 404).end(answerTag === 'garbage' ? '<html>502</html>' : RECORDER)
})

let shop: Listening
let deserted: Listening
let browser: Browser
const contexts: BrowserContext[] = []
const problems: string[] = []

beforeAll(async () => {
  await new Promise<void>((ready) => edge.listen(0, '127.0.0.1', ready))
  const { port } = edge.address() as AddressInfo
  const settings = { port: 0, writeKey: 'demo', tokenKey: 'k'.repeat(40), workspace: 'ws_test' }
  shop = await startShop({ ...settings, edgeOrigin: `http://127.0.0.1:${port}` })
  // Port 9 (discard): nobody answers there.
  deserted = await startShop({ ...settings, edgeOrigin: 'http://127.0.0.1:9' })
  const executablePath = findChromium()
  if (executablePath === null) throw new Error('no Chromium')
  browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS })
})

afterEach(async () => {
  answerTag = 'record'
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  expect(problems.splice(0)).toEqual([])
})

afterAll(async () => {
  await browser?.close()
  await Promise.all([shop?.close(), deserted?.close()])
  edge.closeAllConnections()
  edge.close()
})

interface Look {
  readonly colorScheme?: 'light' | 'dark'
  readonly width?: number
  readonly locale?: string
}

async function open({
  colorScheme = 'light',
  width = 1280,
  locale = 'en-GB',
}: Look = {}): Promise<Page> {
  const context = await browser.newContext({
    colorScheme,
    locale,
    viewport: { width, height: 800 },
  })
  contexts.push(context)
  const page = await context.newPage()
  page.on('pageerror', (error) => {
    if (answerTag !== 'garbage') problems.push(error.message)
  })
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) problems.push(message.text())
  })
  return page
}

/** All calls of this tab so far. */
async function calls(page: Page): Promise<readonly Recorded[]> {
  return JSON.parse(
    await page.evaluate(() => sessionStorage['calls'] ?? '[]'),
  ) as readonly Recorded[]
}

const tracked = async (page: Page): Promise<readonly string[]> =>
  (await calls(page)).flatMap(([method, event]) => (method === 'track' ? [String(event)] : []))

async function addShoes(page: Page, origin = shop.origin): Promise<void> {
  await page.goto(`${origin}/product/jetty-sneaker`)
  await page.getByRole('radio', { name: '41' }).check()
  await page.getByRole('button', { name: 'Add to basket' }).click()
  await page.getByRole('status').getByText('Jetty sneaker is in your basket.').waitFor()
}

test('a visit from the home page to the order tells Prisme each step, in order', async () => {
  const page = await open()
  await page.goto(shop.origin)
  await expect.poll(() => tracked(page)).toEqual(['Promotion Viewed'])
  await page
    .getByRole('navigation', { name: 'Departments' })
    .getByRole('link', { name: 'Shoes' })
    .click()
  await page.getByRole('link', { name: 'Harbour Chelsea boot' }).click()
  await page.getByRole('searchbox').fill('sneaker')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Jetty sneaker' }).click()
  await page.getByRole('radio', { name: '41' }).check()
  await page.getByRole('button', { name: 'Add to basket' }).click()
  await page.getByRole('link', { name: /1 item in your basket/ }).click()
  await page.getByRole('link', { name: 'Check out' }).click()
  for (const [label, value] of [
    ['E-mail', 'guest@example.com'],
    ['Full name', 'Demo shopper'],
    ['Street and number', '1 quay'],
    ['Postal code', '29000'],
    ['City', 'Quimper'],
  ] as const) {
    await page.getByRole('main').getByLabel(label).fill(value)
  }
  await page.getByRole('button', { name: /Place the order/ }).click()
  await page.getByRole('heading', { name: 'Thank you!' }).waitFor()

  await expect
    .poll(() => tracked(page))
    .toEqual([
      'Promotion Viewed',
      'Product List Viewed',
      'Product Viewed',
      'Products Searched',
      'Product Viewed',
      'Product Added',
      'Cart Viewed',
      'Checkout Started',
      'Order Completed',
    ])
  const recorded = await calls(page)
  const propertiesOf = (event: string) => recorded.findLast(([, name]) => name === event)?.[2]
  expect(propertiesOf('Product Viewed')).toEqual({
    product_id: 'jetty-sneaker',
    sku: 'RV-SH-001',
    category: 'shoes',
    name: 'Jetty sneaker',
    brand: 'Estran',
    price: 95,
    currency: 'EUR',
    quantity: 1,
    url: `${shop.origin}/product/jetty-sneaker`,
    image_url: `${shop.origin}/pictures/jetty-sneaker.svg`,
  })
  expect(propertiesOf('Product Added')).toMatchObject({
    variant: '41',
    quantity: 1,
    cart_id: expect.stringMatching(/^cart_/),
  })
  expect(propertiesOf('Order Completed')).toMatchObject({ total: 99.9, currency: 'EUR' })
})

test('signing in identifies with a token, signing out resets, and the keyboard is enough', async () => {
  const page = await open()
  await page.goto(`${shop.origin}/sign-in`)
  await page.getByRole('main').getByLabel('E-mail').focus()
  await page.keyboard.type('loyal-customer@example.com')
  await page.keyboard.press('Tab')
  await page.keyboard.type(DEMO_PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
  await expect
    .poll(async () => (await calls(page)).map(([method]) => method).slice(0, 3))
    .toEqual(['identify', 'reset', 'page'])
  const [identify] = await calls(page)
  expect(identify).toEqual([
    'identify',
    expect.stringMatching(/^customer-/),
    { email: 'loyal-customer@example.com', loyaltyTier: 'silver', language: 'en' },
    { userToken: expect.stringMatching(/^ey.+\..+\..+/) },
  ])
})

test('a click on a product carries the attributes that the tag reads', async () => {
  const page = await open()
  await page.goto(`${shop.origin}/category/bags`)
  const attributes = await page
    .getByRole('link', { name: 'Shell crossbody bag' })
    .evaluate((link) => ({ ...(link as HTMLElement).dataset }))
  expect(attributes).toMatchObject({
    prismeEvent: 'Product Clicked',
    prismeProductId: 'shell-crossbody',
    prismeCategory: 'bags',
  })
})

const REPLACEMENT = {
  title: 'New soles for your next long walk along the coast',
  text: 'You have an eye for shoes: this season’s are here, for you first, before anybody else.',
  label: 'See the shoes',
}

test('nothing moves when the hero’s words and picture are replaced', async () => {
  for (const width of [360, 768, 1280]) {
    const page = await open({ width })
    await page.goto(shop.origin)
    const below = page.getByRole('heading', { name: 'Shop by department' })
    const before = await below.boundingBox()
    await page.evaluate((texts) => {
      for (const [name, text] of Object.entries(texts)) {
        document.querySelector(`[data-prisme-field~="${name}"]`)!.textContent = text
      }
      document.querySelector('.hero img')!.setAttribute('src', '/pictures/hero-shoes.svg')
    }, REPLACEMENT)
    const hero = page.locator('[data-prisme-placement="home-hero"]')
    expect(await below.boundingBox()).toEqual(before)
    expect(await hero.evaluate((element) => element.scrollHeight <= element.clientHeight)).toBe(
      true,
    )
    expect(
      await page
        .locator('.hero-words')
        .evaluate((words) => words.scrollHeight <= words.clientHeight),
    ).toBe(true)
  }
})

test('the shop is whole while the edge is down', async () => {
  const page = await open()
  await addShoes(page, deserted.origin)
  await page.getByRole('link', { name: /1 item in your basket/ }).click()
  await page.getByRole('heading', { name: 'Summary' }).waitFor()
})

test.each(['hang', 'garbage'] as const)(
  'the shop is whole while the edge answers with: %s',
  async (trouble) => {
    answerTag = trouble
    const page = await open()
    await page.goto(`${shop.origin}/product/dawn-mug`, { waitUntil: 'domcontentloaded' })
    await page.getByRole('button', { name: 'Add to basket' }).click()
    await page.getByRole('status').getByText('Dawn mug is in your basket.').waitFor()
  },
)

test('without scripts one can still buy', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' })
  contexts.push(context)
  const page = await context.newPage()
  await page.goto(`${shop.origin}/product/dawn-mug`)
  await page.getByRole('button', { name: 'Add to basket' }).click()
  await page.getByRole('heading', { name: 'Basket' }).waitFor()
  await page.getByRole('link', { name: 'Check out' }).click()
  await page.getByRole('button', { name: /Place the order/ }).waitFor()
})

const PAGES = [
  '/',
  '/category/shoes',
  '/product/jetty-sneaker',
  '/search?q=wool',
  '/search?q=zzz',
  '/basket',
  '/checkout',
  '/sign-in',
  '/privacy',
  '/nothing',
]

test.each(
  looksOf([
    { colorScheme: 'light', width: 1280, locale: 'en-GB' },
    { colorScheme: 'dark', width: 360, locale: 'fr-FR' },
  ] as const),
)(
  'every page is accessible and fits the screen: $colorScheme, $width px, $locale',
  async (look) => {
    const page = await open(look)
    const audit = async (name: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze()
      const found = violations.map(
        ({ id, nodes }) => `${name}: ${id} ${nodes.map(({ html }) => html).join(' ')}`,
      )
      expect(found).toEqual([])
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect({ name, overflow: Math.max(0, overflow) }).toEqual({ name, overflow: 0 })
    }
    await page.goto(`${shop.origin}/basket`)
    await audit('empty basket')
    await page.goto(`${shop.origin}/product/jetty-sneaker`)
    await page.getByRole('radio', { name: '41' }).check()
    await page.locator('#add button').click()
    await page.locator('#notice:not(:empty)').waitFor()
    for (const path of PAGES) {
      await page.goto(shop.origin + path)
      await audit(path)
    }
    await page.goto(`${shop.origin}/checkout`)
    await page.locator('main form button[type=submit]').click()
    await page.getByRole('alert').waitFor()
    await audit('checkout with errors')
    await page.goto(`${shop.origin}/sign-in`)
    await page.locator('main .summary button').first().click()
    await page.waitForURL('**/account')
    await audit('account')
  },
  // Thirteen audits on a machine that may be busy.
  4 * 60_000,
)
