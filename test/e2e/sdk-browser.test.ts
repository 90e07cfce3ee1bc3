import { randomUUID } from 'node:crypto'
import type { jitsuAnalytics } from '@jitsu/js'
import type { AnalyticsBrowser } from '@segment/analytics-next'
import { build } from 'esbuild'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { CHROMIUM_FLAGS, ensureChromium } from '../chromium.ts'
import { ROOT } from '../command.ts'
import { DEMO } from '../demo/account.ts'
import { listen, type Listening } from '../demo/listen.ts'
import type { Addresses } from '../demo/start.ts'
import { lossyProxy, type LossyProxy } from './lossy-proxy.ts'
import { product } from './product.ts'
import { timelineOf } from './timeline.ts'

declare global {
  interface Window {
    AnalyticsBrowser: typeof AnalyticsBrowser
    jitsuAnalytics: typeof jitsuAnalytics
  }
}

/**
 * Browser clients of other products as their makers publish them, in a page of another origin: host and key are all
 * that is changed. The first event's answer is lost after the edge took it in.
 */
const BUNDLE = `
import { AnalyticsBrowser } from '@segment/analytics-next'
import { jitsuAnalytics } from '@jitsu/js'
Object.assign(window, { AnalyticsBrowser, jitsuAnalytics })`

const SOON = { timeout: 30_000, interval: 200 }
const CALLS = [
  'alias Aliased',
  'group Grouped',
  'identify Identified',
  'page Page Viewed',
  'screen Screen Viewed',
  'track Order Completed',
]

let at: Addresses
let site: Listening
let browser: Browser
let page: Page
let proxy: LossyProxy

beforeAll(async () => {
  at = await product()
  const bundle = await build({
    stdin: { contents: BUNDLE, resolveDir: ROOT },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    write: false,
    logLevel: 'silent',
  })
  const script = bundle.outputFiles[0]?.text ?? ''
  site = await listen({
    name: 'page',
    port: 0,
    fetch: (request) =>
      request.url.endsWith('/clients.js')
        ? new Response(script, { headers: { 'content-type': 'text/javascript' } })
        : new Response('<!doctype html><title>Home</title><script src="/clients.js"></script>', {
            headers: { 'content-type': 'text/html' },
          }),
  })
  const executablePath = await ensureChromium(() => undefined)
  browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS })
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

beforeEach(async () => {
  let isFirst = true
  proxy = await lossyProxy(at.edge, ({ path }) => {
    const loses = isFirst && !path.endsWith('/settings')
    if (loses) isFirst = false
    return loses
  })
  page = await browser.newPage()
  await page.goto(site.origin)
})
afterEach(async () => {
  await page.context().close()
  await proxy.close()
})

const events = () => proxy.passed.filter(({ method }) => method === 'POST')
const timeline = (anonymousId: string) => timelineOf(at.edge, 'anonymousId', anonymousId)

/** Message ids of all that was sent, repetitions included. */
const sentIds = () =>
  events().flatMap(({ body }) => {
    const said = JSON.parse(body.toString()) as Sent & { readonly batch?: readonly Sent[] }
    return (said.batch ?? [said]).map(({ messageId }) => messageId)
  })
interface Sent {
  readonly messageId: string
}

test.each(['standard', 'batching'] as const)(
  '@segment/analytics-next, %s delivery: every call arrives once, though one was sent twice',
  async (strategy) => {
    const anonymousId = await page.evaluate(
      async ({ host, writeKey, user, strategy }) => {
        const analytics = window.AnalyticsBrowser.load(
          { writeKey, cdnURL: host },
          {
            integrations: {
              'Segment.io': {
                deliveryStrategy:
                  strategy === 'batching'
                    ? { strategy, config: { size: 10, timeout: 300 } }
                    : { strategy, config: {} },
              },
            },
          },
        )
        await analytics.ready()
        const id = (await analytics.user()).anonymousId() ?? ''
        // What is lost comes again by itself: the calls need not be waited for.
        void analytics.identify(user, { plan: 'gold' })
        void analytics.page('Home')
        void analytics.track('Order Completed', { total: 7 })
        void analytics.screen('Home')
        void analytics.group('club', { size: 3 })
        void analytics.alias(user)
        return id
      },
      { host: proxy.origin, writeKey: DEMO.writeKey, user: `sdk-${randomUUID()}`, strategy },
    )

    await expect.poll(() => new Set(sentIds()).size, SOON).toBe(CALLS.length)
    await expect.poll(() => sentIds().length - new Set(sentIds()).size, SOON).toBeGreaterThan(0)
    await expect.poll(() => timeline(anonymousId), SOON).toEqual(CALLS)
    const paths = new Set(events().map(({ path }) => path.replace(/[pitgsa]$/, '*')))
    expect([...paths]).toEqual([strategy === 'batching' ? '/v1/b' : '/v1/*'])
    expect(events().every(({ status }) => status === 200)).toBe(true)
    expect(events().some(({ headers }) => headers['x-retry-count'] !== undefined)).toBe(true)
  },
)

test('@jitsu/js: every call of a page arrives once', async () => {
  const user = `sdk-${randomUUID()}`
  await page.evaluate(
    async ({ host, writeKey, user }) => {
      const jitsu = window.jitsuAnalytics({ host, writeKey: `page:${writeKey}` })
      await jitsu.identify(user, { plan: 'gold' })
      await jitsu.page({ name: 'Home' })
      await jitsu.track('Order Completed', { total: 7 })
      await jitsu.group('club', { size: 3 })
    },
    { host: proxy.origin, writeKey: DEMO.writeKey, user },
  )
  await expect.poll(() => new Set(sentIds()).size, SOON).toBe(4)
  const first = JSON.parse(events()[0]?.body.toString() ?? '{}') as { anonymousId: string }
  await expect
    .poll(() => timeline(first.anonymousId), SOON)
    .toEqual(['group Grouped', 'identify Identified', 'page Page Viewed', 'track Order Completed'])
  expect(new Set(events().map(({ path }) => path))).toEqual(
    new Set(['/api/s/identify', '/api/s/page', '/api/s/track', '/api/s/group']),
  )
})
