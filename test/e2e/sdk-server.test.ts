import { randomUUID } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { jitsuAnalytics } from '@jitsu/js'
import Rudder from '@rudderstack/rudder-sdk-node'
import { Analytics } from '@segment/analytics-node'
import {
  buildPageView,
  buildSelfDescribingEvent,
  buildStructEvent,
  newTracker,
} from '@snowplow/node-tracker'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { DEMO } from '../demo/account.ts'
import type { Addresses } from '../demo/start.ts'
import { lossyProxy, type LossyProxy } from './lossy-proxy.ts'
import { product } from './product.ts'
import { timelineOf } from './timeline.ts'

/**
 * Clients of other products as their makers publish them: host and key are all that is changed. The first answer to
 * each is lost after the edge took the request in.
 */
interface MatomoTracker extends EventEmitter {
  track(fields: { readonly [name: string]: string }): void
  trackBulk(
    requests: readonly { readonly [name: string]: string }[],
    done: (answer: string) => void,
  ): void
}
const MatomoTracker = createRequire(import.meta.url)('matomo-tracker') as new (
  site: string,
  url: string,
) => MatomoTracker

const SOON = { timeout: 30_000, interval: 200 }
const SEGMENT_CALLS = [
  'alias Aliased',
  'group Grouped',
  'identify Identified',
  'page Page Viewed',
  'screen Screen Viewed',
  'track Order Completed',
]

let at: Addresses
let proxy: LossyProxy
let user = ''

beforeAll(async () => {
  at = await product()
})
afterEach(() => proxy.close())

/** A proxy that loses the first answer, and a person nobody knows. */
async function begin(): Promise<void> {
  proxy = await lossyProxy(at.edge, (_, sent) => sent === 0)
  user = `sdk-${randomUUID()}`
}

const timeline = () => timelineOf(at.edge, 'userId', user)

const statuses = () => proxy.passed.map(({ status, isLost }) => (isLost ? 'lost' : status))

test('@segment/analytics-node: every call arrives once, though the batch was sent twice', async () => {
  await begin()
  const analytics = new Analytics({ writeKey: DEMO.secretKey, host: proxy.origin, maxRetries: 5 })
  const failures: unknown[] = []
  analytics.on('error', (error) => failures.push(error))
  analytics.identify({ userId: user, traits: { plan: 'gold' } })
  analytics.track({ userId: user, event: 'Order Completed', properties: { total: 7 } })
  analytics.page({ userId: user, name: 'Home' })
  analytics.screen({ userId: user, name: 'Home' })
  analytics.group({ userId: user, groupId: 'club' })
  analytics.alias({ userId: user, previousId: `before-${user}` })
  await analytics.closeAndFlush()

  expect(failures).toEqual([])
  expect(statuses()).toEqual(['lost', 200])
  expect(proxy.passed[1]?.headers['x-retry-count']).toBe('1')
  await expect.poll(timeline, SOON).toEqual(SEGMENT_CALLS)
})

test('@rudderstack/rudder-sdk-node: every call arrives once, gzipped and sent twice', async () => {
  await begin()
  const rudder = new Rudder(DEMO.secretKey, { dataPlaneUrl: proxy.origin, flushInterval: 100 })
  rudder.identify({ userId: user, traits: { plan: 'gold' } })
  rudder.track({ userId: user, event: 'Order Completed', properties: { total: 7 } })
  rudder.page({ userId: user, name: 'Home' })
  rudder.screen({ userId: user, name: 'Home' })
  rudder.group({ userId: user, groupId: 'club' })
  rudder.alias({ userId: user, previousId: `before-${user}` })
  await rudder.flush()

  await expect.poll(statuses, SOON).toContain(200)
  await expect.poll(timeline, SOON).toEqual(SEGMENT_CALLS)
  expect(statuses()[0]).toBe('lost')
  expect(proxy.passed.every(({ headers }) => headers['content-encoding'] === 'gzip')).toBe(true)
})

test('@jitsu/js: every call arrives once, and the answer satisfies the client', async () => {
  await begin()
  const complaints: string[] = []
  const jitsu = jitsuAnalytics({
    host: proxy.origin,
    writeKey: `server:${DEMO.secretKey}`,
    s2s: true,
    errorPolicy: (message: string) => complaints.push(message),
  })
  await jitsu.identify(user, { plan: 'gold' })
  await jitsu.track('Order Completed', { total: 7 })
  await jitsu.page({ name: 'Home' })
  await jitsu.group('club', { size: 3 })

  await expect
    .poll(timeline, SOON)
    .toEqual(['group Grouped', 'identify Identified', 'page Page Viewed', 'track Order Completed'])
  // It does not send again; what it complains of is the one answer that was lost.
  expect(statuses()).toEqual(['lost', 200, 200, 200])
  expect(complaints).toHaveLength(1)
})

test('@snowplow/node-tracker: every call arrives once, though its first post was sent twice', async () => {
  await begin()
  const { hostname, port } = new URL(proxy.origin)
  const tracker = newTracker(
    { namespace: 'test', appId: DEMO.secretKey, encodeBase64: true },
    { endpoint: hostname, port: Number(port), protocol: 'http', bufferSize: 10 },
  )
  tracker.setUserId(user)
  tracker.track(buildPageView({ pageUrl: 'https://shop.example.org/', pageTitle: 'Home' }))
  tracker.track(buildStructEvent({ category: 'Shop', action: 'Basket Opened', value: 2.5 }))
  const event = { schema: 'iglu:com.example/played/jsonschema/1-0-0', data: { length: 7 } }
  tracker.track(buildSelfDescribingEvent({ event }))
  for (const _ of ['lost', 'again']) await tracker.flush()

  expect(statuses()).toEqual(['lost', 200])
  await expect
    .poll(timeline, SOON)
    .toEqual(['page Page Viewed', 'track Basket Opened', 'track played'])
})

test('matomo-tracker: every call arrives once, though the caller repeats the one that was lost', async () => {
  await begin()
  const tracker = new MatomoTracker(DEMO.secretKey, `${proxy.origin}/matomo.php`)
  const lost = new Promise((resolve) => tracker.once('error', resolve))
  const visit = { url: 'https://shop.example.org/', uid: user, rand: randomUUID() }
  tracker.track({ ...visit })
  await lost
  tracker.track({ ...visit })
  const answer = await new Promise<string>((resolve) =>
    tracker.trackBulk(
      [
        { uid: user, e_c: 'Shop', e_a: 'Basket Opened' },
        { uid: user, idgoal: '0', ec_id: 'o-1', revenue: '7' },
      ],
      resolve,
    ),
  )

  expect(JSON.parse(answer)).toMatchObject({ status: 'success', tracked: 2, invalid: 0 })
  await expect.poll(statuses, SOON).toHaveLength(3)
  expect(statuses().toSorted()).toEqual([200, 200, 'lost'])
  await expect
    .poll(timeline, SOON)
    .toEqual(['page Page Viewed', 'track Basket Opened', 'track Order Completed'])
})
