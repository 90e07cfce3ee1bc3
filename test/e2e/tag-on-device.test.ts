import type { Page, Request } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { SegmentId } from '../../edge/protocol/id.ts'
import type { OnDeviceSegments } from '../../edge/protocol/on-device.ts'
import { DAY, SECOND } from '../../edge/protocol/time.ts'
import {
  SNIPPET,
  answer,
  call,
  elapse,
  eventually,
  openSite,
  pause,
  visitor,
  type Site,
  type TagWindow,
} from './tag-site.ts'

const offered: OnDeviceSegments = {
  v: 1,
  timezone: 'Europe/Paris',
  retention: 750 * DAY,
  segments: [
    {
      id: 'seg_fans' as SegmentId,
      key: 'fans',
      condition: {
        type: 'performed',
        event: 'Product Viewed',
        where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
        operator: 'gte',
        value: 2,
        window: { last: 'PT40S' },
      },
    },
    {
      id: 'seg_open' as SegmentId,
      key: 'open-basket',
      condition: {
        type: 'notFollowedBy',
        event: 'Product Added',
        then: { event: 'Order Completed', same: 'cart_id' },
        within: 'PT20S',
      },
    },
    {
      id: 'seg_spring' as SegmentId,
      key: 'spring-fans',
      condition: {
        type: 'all',
        conditions: [
          { type: 'segment', segment: 'seg_fans' },
          { type: 'context', field: 'campaign', operator: 'equals', value: 'spring' },
        ],
      },
    },
  ],
}

let site: Site
let guest: Awaited<ReturnType<typeof visitor>>
let requests: Request[]

beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

beforeEach(async () => {
  site.received.length = 0
  site.mode = answer()
  site.settings = { consent: 'opt-in' }
  site.onDevice = offered
  site.page('/', SNIPPET)
  guest = await visitor(site)
  requests = []
  guest.context.on('request', (request) => requests.push(request))
})
afterEach(async () => {
  await guest.context.close()
  expect(guest.complaints).toEqual([])
})

type Told = { readonly told: (readonly string[])[] }

/** A page that keeps what it was told, and asks to judge by itself. */
async function judging(path = '/', keys?: readonly string[]): Promise<Page> {
  const page = await guest.open(path)
  await page.evaluate((chosen) => {
    const told: (readonly string[])[] = []
    Object.assign(window, { told })
    const { prisme } = window as unknown as TagWindow
    prisme('on', 'segments', (segments: readonly string[]) => told.push(segments))
    prisme('onDevice', chosen)
  }, keys)
  await toldOf(page, [])
  return page
}

const view = (page: Page, category = 'shoes') => call(page, 'track', 'Product Viewed', { category })

/** Waits until the page was told that last. */
const toldOf = (page: Page, segments: readonly string[]): Promise<void> =>
  eventually(async () =>
    expect(await page.evaluate(() => (window as unknown as Told).told.at(-1))).toEqual(segments),
  )

/** Everything that the page's origin keeps in the browser. */
const stored = (page: Page) =>
  page.evaluate(async () => [
    { ...localStorage },
    { ...sessionStorage },
    document.cookie,
    await indexedDB.databases(),
  ])

test('before an answer segments are entered and left in the page, at their instants; nothing is stored, and no request carries anything', async () => {
  await guest.context.clock.install()
  const page = await judging('/?utm_campaign=spring')
  await view(page)
  await view(page, 'hats')
  await pause(200)
  await toldOf(page, [])
  await call(page, 'identify', 'u-1729', { email: 'demo-shopper@example.com' })
  await view(page)
  await toldOf(page, ['fans', 'spring-fans'])
  await call(page, 'track', 'Product Added', { cart_id: 'c1' })
  await elapse(20 * SECOND, page)
  await toldOf(page, ['fans', 'open-basket', 'spring-fans'])
  await call(page, 'track', 'Order Completed', { cart_id: 'c1' })
  await pause(200)
  await toldOf(page, ['fans', 'open-basket', 'spring-fans']) // it came too late
  await elapse(20 * SECOND, page)
  await toldOf(page, ['open-basket'])

  expect(await stored(page)).toEqual([{}, {}, '', []])
  expect(site.received).toEqual([])
  const toEdge = requests.filter((request) => request.url().startsWith(site.edge))
  expect(toEdge.map((request) => new URL(request.url()).pathname)).toEqual([
    '/t/demo.js',
    expect.stringMatching(/^\/t\/demo\/[0-9a-f]{10}\.js$/),
    '/t/demo/on-device.json',
  ])
  for (const request of toEdge) {
    expect([request.method(), request.postData(), new URL(request.url()).search]).toEqual([
      'GET',
      null,
      '',
    ])
    const headers = await request.allHeaders()
    expect(headers).not.toHaveProperty('cookie')
    expect(new URL(headers['referer'] ?? site.shop).pathname).toBe('/')
    expect(JSON.stringify(headers)).not.toMatch(/utm_|spring|1729|shopper/)
  }
})

test('a page chooses which segments it judges', async () => {
  const page = await judging('/', ['spring-fans', 'no-such'])
  await view(page)
  await view(page)
  await pause(300)
  await toldOf(page, [])
  const other = await judging('/?utm_campaign=spring', ['spring-fans'])
  await view(other)
  await view(other)
  await toldOf(other, ['spring-fans'])
})

test('after a yes the answer of the edge takes the place of the page’s own, for good', async () => {
  site.mode = answer({ segments: ['fans', 'gold'] })
  const page = await judging()
  await view(page)
  await view(page)
  await toldOf(page, ['fans'])
  await call(page, 'consent', { analytics: true, personalization: true })
  await toldOf(page, ['fans', 'gold'])
  await call(page, 'track', 'Product Added', { cart_id: 'c1' })
  await pause(500)
  await toldOf(page, ['fans', 'gold'])
  expect(await page.evaluate(() => (window as unknown as Told).told)).toEqual([
    [],
    ['fans'],
    ['fans', 'gold'],
  ])
})

test('after a no nothing is judged any more', async () => {
  await guest.context.clock.install()
  const page = await judging()
  await call(page, 'track', 'Product Added', { cart_id: 'c1' })
  await view(page)
  await view(page)
  await toldOf(page, ['fans'])
  await call(page, 'consent', { analytics: false })
  await toldOf(page, [])
  await view(page)
  await view(page)
  await elapse(25 * SECOND, page)
  await toldOf(page, [])
  expect(site.received).toEqual([])
})

test('a page that does not ask, or need not, loads nothing for it; one whose edge cannot say goes on', async () => {
  await guest.open()
  await pause(300)
  site.settings = { consent: 'implied' }
  await call(await guest.open(), 'onDevice')
  await pause(300)
  const loaded = () => requests.filter((request) => /on-device|\/t\/demo\//.test(request.url()))
  expect(loaded()).toEqual([])
  site.settings = { consent: 'opt-in' }
  site.onDevice = undefined
  site.received.length = 0
  const page = await guest.open()
  await call(page, 'onDevice')
  await eventually(() => expect(loaded()).toHaveLength(2))
  await view(page)
  await call(page, 'consent', { analytics: true })
  await eventually(() => expect(site.received).toHaveLength(1))
})
