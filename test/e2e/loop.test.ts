import { randomBytes } from 'node:crypto'
import { HTTP, type CloudEvent } from 'cloudevents'
import { chromium, devices, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type {
  ApiActivation,
  ApiDestination,
  ApiProfile,
  Page as ListPage,
} from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { CollectResponse } from '../../edge/protocol/collect.ts'
import type { SegmentCloudEvent } from '../../edge/protocol/delivery.ts'
import { DAY, MINUTE } from '../../edge/protocol/time.ts'
import { CHROMIUM_FLAGS, ensureChromium } from '../chromium.ts'
import { DEMO } from '../demo/account.ts'
import { DEMO_PASSWORD } from '../demo/shop/customers.ts'
import { EXPERIENCE } from '../demo/starter-set.ts'
import type { Addresses } from '../demo/start.ts'
import { product } from './product.ts'

/**
 * The whole of Prisme as one person lives it, in the order in which it happens: each test goes on where the last one
 * stopped.
 * @module-tag stepwise
 */
const RUN = randomBytes(4).toString('hex')
const EMAIL = `walker-${RUN}@example.com`
const BOX = `loop-${RUN}`
const HERO = EXPERIENCE.variations[0].content.title
/** Far beyond what it takes; the inbox is asked often. */
const SOON = { timeout: 30_000, interval: 200 }

let at: Addresses
let browser: Browser
let phone: BrowserContext
let desktop: BrowserContext
let phonePage: Page
let secret = ''
let entered: SegmentCloudEvent
const complaints: string[] = []

beforeAll(async () => {
  at = await product()
  const executablePath = await ensureChromium(() => undefined)
  browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS })
  phone = await browser.newContext({ ...devices['iPhone 15'], locale: 'en-GB' })
  desktop = await browser.newContext({ ...devices['Desktop Chrome'], locale: 'en-GB' })
  for (const context of [phone, desktop]) {
    context.on('weberror', (error) => complaints.push(error.error().message))
  }
  phonePage = await phone.newPage()
  await receiveIn(BOX)
})

afterAll(async () => {
  await browser?.close()
  if (at) await setClock(Date.now())
})

test('three shoes viewed on a phone make a shoe fan, in the answer to the third view', async () => {
  await phonePage.goto(at.shop)
  expect(await hero(phonePage)).not.toBe(HERO)

  const segments: (readonly string[])[] = []
  for (const position of [0, 1, 2]) {
    await phonePage.goto(`${at.shop}/category/shoes`)
    const answered = collected(phonePage, 'Product Viewed')
    await phonePage.locator('main a[href^="/product/"]').nth(position).click()
    // Other tests of the same product leave segments behind.
    segments.push((await answered).segments.filter((key) => key === 'shoe-fans'))
  }
  expect(segments).toEqual([[], [], ['shoe-fans']])
})

test('the home page’s hero is theirs at once', async () => {
  await phonePage.goto(at.shop)
  await phonePage.locator('#hero-title', { hasText: HERO }).waitFor()
  expect(await phonePage.locator('#hero-link').getAttribute('href')).toBe('/category/shoes')
})

test('the destination learns of the entry by a signed CloudEvent, once', async () => {
  const [message] = await expect
    .poll(() => messages(), SOON)
    .toHaveLength(1)
    .then(messages)
  entered = verified(message)
  expect(entered).toMatchObject({
    type: 'segment.entered',
    data: { segment: { key: 'shoe-fans' }, cause: { type: 'event' } },
  })
})

test('signing in on the phone gives the visitor’s history a name', async () => {
  await signIn(phonePage)
  const profile = await profileOf(EMAIL)
  expect(profile.devices).toHaveLength(1)
  expect(profile.devices[0]).toMatchObject({ device: 'mobile' })
  expect(viewed(profile)).toHaveLength(3)
  expect(profile.segments.map(({ key }) => key)).toContain('shoe-fans')
})

test('on a desktop nobody is known, until they sign in: then it is the same person', async () => {
  const page = await desktop.newPage()
  await page.goto(at.shop)
  expect(await hero(page)).not.toBe(HERO)

  await signIn(page)
  await page.goto(at.shop)
  await page.locator('#hero-title', { hasText: HERO }).waitFor()

  const profile = await profileOf(EMAIL)
  expect(new Set(profile.devices.map(({ device }) => device))).toEqual(
    new Set(['mobile', 'desktop']),
  )
  expect(viewed(profile)).toHaveLength(3)
})

test('the dashboard shows the person, by e-mail', async () => {
  const context = await browser.newContext({ ...devices['Desktop Chrome'], locale: 'en-GB' })
  try {
    const page = await context.newPage()
    await page.goto(at.dashboard)
    await page.locator('[autocomplete=username]').fill(DEMO.email)
    await page.locator('[autocomplete=current-password]').fill(DEMO.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()

    await page.goto(`${at.dashboard}/profiles?kind=email&value=${encodeURIComponent(EMAIL)}`)
    await page.getByRole('heading', { name: EMAIL, level: 1 }).waitFor()
    await page.getByRole('link', { name: 'Shoe fans' }).waitFor()
    await page.getByText('Product Viewed').first().waitFor()
    const card = page.getByRole('heading', { name: /device/ }).locator('xpath=..')
    for (const { id, browser: program, os } of (await profileOf(EMAIL)).devices) {
      const shown = card.locator('div', { hasText: id }).last().locator('xpath=..')
      expect(await shown.textContent()).toContain(`${program} · ${os}`)
    }
  } finally {
    await context.close()
  }
})

test('when the window passes, the person leaves, at the instant the first of three views is too old', async () => {
  const profile = await profileOf(EMAIL)
  const due = Math.min(...viewed(profile).map(({ timestamp }) => Date.parse(timestamp))) + 7 * DAY
  await setClock(due - MINUTE)
  expect((await profileOf(EMAIL)).segments.map(({ key }) => key)).toContain('shoe-fans')

  await setClock(due + MINUTE)
  expect((await profileOf(EMAIL)).segments.map(({ key }) => key)).not.toContain('shoe-fans')

  const received = await expect
    .poll(() => messages(), SOON)
    .toHaveLength(2)
    .then(messages)
  const events = received.map(verified)
  expect(events[1]).toMatchObject({
    type: 'segment.exited',
    data: {
      segment: { key: 'shoe-fans' },
      cause: { type: 'time' },
      at: new Date(due).toISOString(),
    },
  })
  expect(new Set(events.map(({ id }) => id)).size).toBe(2)

  await phonePage.goto(at.shop)
  await phonePage.waitForLoadState('networkidle')
  expect(await hero(phonePage)).not.toBe(HERO)
})

test('no page of the walk threw an error', () => {
  expect(complaints).toEqual([])
})

/** A destination of this test alone, told of every entry and exit of shoe fans. */
async function receiveIn(box: string): Promise<void> {
  const { items } = await api<ListPage<ApiSegment>>('GET', 'segments')
  const segment = items.find(({ key }) => key === 'shoe-fans')
  const destination = await api<ApiDestination>('POST', 'destinations', {
    name: box,
    kind: 'webhook',
    url: `${at.inbox}/hooks/${box}`,
    purposes: ['analytics'],
  })
  secret = destination.secret ?? ''
  await api<ApiActivation>('POST', 'activations?wait=live', {
    name: box,
    segment: segment?.id,
    destinations: [destination.id],
    on: ['entered', 'exited'],
    frequency: 'every-time',
  })
}

interface Received {
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

async function messages(): Promise<readonly Received[]> {
  const response = await fetch(`${at.inbox}/messages?box=${BOX}`)
  return ((await response.json()) as { items: Received[] }).items
}

/** What a message says, if the official libraries of both standards accept it; throws if they do not. */
function verified(message: Received | undefined): SegmentCloudEvent {
  if (!message) throw new Error('no message')
  const { headers, body } = message
  new Webhook(secret).verify(body, { ...headers })
  const event = HTTP.toEvent({ headers: { ...headers }, body }) as CloudEvent<unknown>
  event.validate()
  return event.toJSON() as unknown as SegmentCloudEvent
}

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${at.edge}/api/${path}`, {
    method,
    headers: { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  expect(response.ok, `${method} ${path}: ${response.status} ${text}`).toBe(true)
  return JSON.parse(text) as T
}

const profileOf = (email: string) =>
  api<ApiProfile>('GET', `profiles?kind=email&value=${encodeURIComponent(email)}`)

const viewed = ({ events }: ApiProfile) => events.filter(({ event }) => event === 'Product Viewed')

async function setClock(now: number): Promise<void> {
  const response = await fetch(`${at.edge}/test/clock`, {
    method: 'POST',
    body: JSON.stringify({ now }),
  })
  expect(response.status).toBe(200)
}

/** What the edge answers to the next batch that holds a call of this name. */
async function collected(page: Page, event: string): Promise<CollectResponse> {
  const response = await page.waitForResponse(
    (answer) =>
      answer.url().endsWith('/v1/collect') &&
      (answer.request().postData() ?? '').includes(`"${event}"`),
  )
  return (await response.json()) as CollectResponse
}

async function hero(page: Page): Promise<string | null> {
  return await page.locator('#hero-title').textContent()
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${at.shop}/sign-in`)
  const form = page
    .locator('form', { has: page.locator('[autocomplete=current-password]') })
    .first()
  await form.locator('[name=email]').fill(EMAIL)
  await form.locator('[name=password]').fill(DEMO_PASSWORD)
  const identified = collected(page, 'identify')
  await form.getByRole('button').click()
  const { verdicts } = await identified
  // A page that was left before its answer came sends again.
  for (const { status } of verdicts) expect(['accepted', 'duplicate']).toContain(status)
}
