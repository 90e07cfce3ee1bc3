import { randomUUID } from 'node:crypto'
import type { jitsuAnalytics } from '@jitsu/js'
import type { RudderAnalytics } from '@rudderstack/analytics-js/bundled'
import type { AnalyticsBrowser } from '@segment/analytics-next'
import type * as Snowplow from '@snowplow/browser-tracker'
import { expect, test } from 'vitest'
import { DEMO } from '../demo/account.ts'
import { clientPage, sentIds } from './client-page.ts'

declare global {
  interface Window {
    AnalyticsBrowser: typeof AnalyticsBrowser
    jitsuAnalytics: typeof jitsuAnalytics
    RudderAnalytics: typeof RudderAnalytics
    snowplow: typeof Snowplow
  }
}

/**
 * Browser clients of other products as their makers publish them, in a page of another origin: host and key are all
 * that is changed. The first event's answer is lost after the edge took it in.
 */
const BUNDLE = `
import { AnalyticsBrowser } from '@segment/analytics-next'
import { jitsuAnalytics } from '@jitsu/js'
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'
import * as snowplow from '@snowplow/browser-tracker'
Object.assign(window, { AnalyticsBrowser, jitsuAnalytics, RudderAnalytics, snowplow })`

const SOON = { timeout: 30_000, interval: 200 }
const CALLS = [
  'alias Aliased',
  'group Grouped',
  'identify Identified',
  'page Page Viewed',
  'screen Screen Viewed',
  'track Order Completed',
]

const clients = clientPage(BUNDLE)

test.each(['standard', 'batching'] as const)(
  '@segment/analytics-next, %s delivery: every call arrives once, though one was sent twice',
  async (strategy) => {
    const anonymousId = await clients.page.evaluate(
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
      { host: clients.host, writeKey: DEMO.writeKey, user: `sdk-${randomUUID()}`, strategy },
    )

    await expect.poll(() => new Set(sentIds(clients.events())).size, SOON).toBe(CALLS.length)
    await expect
      .poll(() => sentIds(clients.events()).length - new Set(sentIds(clients.events())).size, SOON)
      .toBeGreaterThan(0)
    await expect.poll(() => clients.timeline('anonymousId', anonymousId ?? ''), SOON).toEqual(CALLS)
    const paths = new Set(clients.events().map(({ path }) => path.replace(/[pitgsa]$/, '*')))
    expect([...paths]).toEqual([strategy === 'batching' ? '/v1/b' : '/v1/*'])
    expect(clients.events().every(({ status }) => status === 200)).toBe(true)
    expect(clients.events().some(({ headers }) => headers['x-retry-count'] !== undefined)).toBe(
      true,
    )
  },
)

test('@jitsu/js: every call of a page arrives once', async () => {
  const user = `sdk-${randomUUID()}`
  await clients.page.evaluate(
    async ({ host, writeKey, user }) => {
      const jitsu = window.jitsuAnalytics({ host, writeKey: `page:${writeKey}` })
      await jitsu.identify(user, { plan: 'gold' })
      await jitsu.page({ name: 'Home' })
      await jitsu.track('Order Completed', { total: 7 })
      await jitsu.group('club', { size: 3 })
    },
    { host: clients.host, writeKey: DEMO.writeKey, user },
  )
  await expect.poll(() => new Set(sentIds(clients.events())).size, SOON).toBe(4)
  const first = JSON.parse(clients.events()[0]?.body.toString() ?? '{}') as { anonymousId: string }
  await expect
    .poll(() => clients.timeline('anonymousId', first.anonymousId), SOON)
    .toEqual(['group Grouped', 'identify Identified', 'page Page Viewed', 'track Order Completed'])
  expect(new Set(clients.events().map(({ path }) => path))).toEqual(
    new Set(['/api/s/identify', '/api/s/page', '/api/s/track', '/api/s/group']),
  )
})

test.each([false, true])(
  '@rudderstack/analytics-js, batching: %s: every call arrives once, though one was sent twice',
  async (batches) => {
    const user = `sdk-${randomUUID()}`
    const anonymousId = await clients.page.evaluate(
      async ({ host, writeKey, user, batches }) => {
        const rudder = new window.RudderAnalytics()
        rudder.load(writeKey, host, {
          configUrl: host,
          queueOptions: {
            minRetryDelay: 200,
            ...(batches && { batch: { enabled: true, maxItems: 10, flushInterval: 500 } }),
          },
        })
        await new Promise<void>((ready) => rudder.ready(ready))
        rudder.identify(user, { plan: 'gold' })
        rudder.page('Home')
        rudder.track('Order Completed', { total: 7 })
        rudder.group('club', { size: 3 })
        rudder.alias(user)
        return rudder.getAnonymousId()
      },
      { host: clients.host, writeKey: DEMO.writeKey, user, batches },
    )
    const repeated = () =>
      sentIds(clients.events()).length - new Set(sentIds(clients.events())).size
    await expect.poll(() => new Set(sentIds(clients.events())).size, SOON).toBe(CALLS.length - 1)
    await expect.poll(repeated, SOON).toBeGreaterThan(0)
    await expect
      .poll(() => clients.timeline('anonymousId', anonymousId ?? ''), SOON)
      .toEqual(CALLS.filter((call) => call !== 'screen Screen Viewed'))
    expect(clients.events().every(({ status }) => status === 200)).toBe(true)
  },
)

test('@snowplow/browser-tracker: every call arrives once, though one was sent twice', async () => {
  const user = `sdk-${randomUUID()}`
  await clients.page.evaluate(
    ({ host, writeKey, user }) => {
      const { newTracker, setUserId, trackPageView } = window.snowplow
      newTracker('sp', host, { appId: writeKey, discoverRootDomain: true })
      setUserId(user)
      trackPageView()
    },
    { host: clients.host, writeKey: DEMO.writeKey, user },
  )
  const ids = () =>
    clients.events().flatMap(({ body }) => {
      const { data } = JSON.parse(body.toString()) as { data: readonly { eid: string }[] }
      return data.map(({ eid }) => eid)
    })
  // What was lost goes along with what comes next.
  await expect.poll(() => ids().length, SOON).toBe(1)
  await clients.page.evaluate(() => {
    const { trackStructEvent, trackSelfDescribingEvent } = window.snowplow
    trackStructEvent({ category: 'shop', action: 'Shared', label: 'shoe-12' })
    trackSelfDescribingEvent({
      event: { schema: 'iglu:com.example/order_completed/jsonschema/1-0-0', data: { total: 7 } },
    })
  })
  await expect.poll(() => new Set(ids()).size, SOON).toBe(3)
  await expect.poll(() => ids().length - new Set(ids()).size, SOON).toBeGreaterThan(0)
  await expect
    .poll(() => clients.timeline('userId', user), SOON)
    .toEqual(['page Page Viewed', 'track Shared', 'track order_completed'])
  expect(clients.events().every(({ status }) => status === 200)).toBe(true)
})
