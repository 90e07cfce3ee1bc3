import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { DAY } from '../../edge/protocol/time.ts'
import {
  SNIPPET,
  call,
  type TagWindow,
  type Site,
  answer,
  elapse,
  eventually,
  names,
  openSite,
  pause,
  queued,
  status,
  taken,
  visitor,
} from './tag-site.ts'

let site: Site
let guest: Awaited<ReturnType<typeof visitor>>

beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

beforeEach(async () => {
  site.received.length = 0
  site.mode = answer()
  site.settings = { consent: 'opt-in' }
  site.page('/', SNIPPET)
  guest = await visitor(site)
})
afterEach(async () => {
  await guest.context.close()
  expect(guest.complaints).toEqual([])
})

/** Everything that the page's origin keeps in the browser. */
const stored = (page: Page) =>
  page.evaluate(async () => ({
    local: { ...localStorage },
    session: { ...sessionStorage },
    cookies: document.cookie,
    databases: (await indexedDB.databases()).map(({ name }) => name),
  }))
const remembered = ({ local }: { readonly local: { readonly [name: string]: string } }): unknown =>
  JSON.parse(local['prisme.demo'] ?? '')
const NOTHING = { local: {}, session: {}, cookies: '', databases: [] }

test('before an answer nothing is stored and nothing sent, not even when the page ends', async () => {
  await guest.context.clock.install()
  const page = await guest.open()
  await call(page, 'track', 'A')
  await call(page, 'identify', 'u1', { email: 'demo-shopper@example.com' })
  await call(page, 'reset')
  await call(page, 'placements', ['hero'])
  await elapse(2_600, page)
  expect(await stored(page)).toEqual(NOTHING)
  await page.reload()
  await page.waitForFunction(() => 'loaded' in (window as unknown as TagWindow).prisme)
  expect(await stored(page)).toEqual(NOTHING)
  expect(site.received).toEqual([])
})

test('after a yes the events that waited are sent in order, each under that answer', async () => {
  const page = await guest.open()
  await call(page, 'track', 'A')
  await call(page, 'consent', { advertising: false })
  await call(page, 'track', 'B')
  await pause(500)
  expect(site.received).toEqual([])
  await call(page, 'consent', { analytics: true })
  await call(page, 'track', 'C')
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A', 'B', 'C']))
  for (const { context } of taken(site)) {
    expect(context.consent).toEqual({
      categoryPreferences: { analytics: true, advertising: false },
    })
  }
})

test('an answer is remembered on the next page', async () => {
  const page = await guest.open()
  await call(page, 'consent', { analytics: true })
  await eventually(() => expect(names(taken(site))).toEqual(['page']))
  await guest.open()
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'page']))
})

test('a yes lapses after its lifetime: events wait again, and the answer to that is a new one', async () => {
  await guest.context.clock.install()
  site.settings = { consent: 'opt-in', lifetime: 30 * DAY }
  const page = await guest.open()
  await call(page, 'consent', { analytics: true, advertising: false })
  await elapse(2_600, page)
  await eventually(() => expect(names(taken(site))).toEqual(['page']))
  await call(page, 'consent', { analytics: true })
  await page.clock.fastForward(29 * DAY)
  await call(page, 'track', 'A')
  await elapse(2_600, page)
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A']))
  await page.clock.fastForward(2 * DAY)
  await call(page, 'track', 'B')
  await elapse(2_600, page)
  expect(names(taken(site))).toEqual(['page', 'A'])
  await call(page, 'consent', { analytics: true })
  await elapse(2_600, page)
  await eventually(() =>
    expect(names(taken(site))).toEqual(['page', 'A', 'B', 'Segment Consent Preference Updated']),
  )
  expect(taken(site).at(-1)?.context.consent).toEqual({
    categoryPreferences: { advertising: false, analytics: true },
  })
})

test('an answer before the tag came holds for the page view, too', async () => {
  await guest.context.clock.install()
  site.settings = { consent: 'implied' }
  site.page(
    '/',
    `${SNIPPET}<script>prisme('track', 'A'); prisme('consent', { analytics: false })</script>`,
  )
  const page = await guest.open()
  await page.waitForFunction(() => 'loaded' in (window as unknown as TagWindow).prisme)
  await elapse(2_600, page)
  expect(site.received).toEqual([])
  expect(await stored(page)).toMatchObject({ databases: [], cookies: '' })
})

test('after a no everything that waited is dropped, and only the answer is kept', async () => {
  await guest.context.clock.install()
  const page = await guest.open()
  await call(page, 'track', 'A')
  await call(page, 'consent', { analytics: false })
  await call(page, 'track', 'B')
  await elapse(2_600, page)
  expect(site.received).toEqual([])
  const { local, ...rest } = await stored(page)
  expect({ ...rest, local: {} }).toEqual(NOTHING)
  expect(remembered({ local })).toEqual({
    answers: { analytics: false },
    at: expect.any(Number),
  })
  await call(page, 'consent', { analytics: true })
  await call(page, 'track', 'C')
  await eventually(() => expect(names(taken(site))).toEqual(['C']))
})

test('a withdrawal drops the queue and the device, stops other tabs, and tells the edge that alone', async () => {
  await guest.context.clock.install()
  site.settings = { consent: 'implied' }
  const page = await guest.open()
  const other = await guest.open()
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'page']))
  const device = site.received[0]?.body.deviceKey
  site.mode = status(503)
  await call(page, 'track', 'Queued')
  await eventually(() => expect(site.received).toHaveLength(3))
  site.mode = answer()
  site.received.length = 0
  await call(page, 'consent', { analytics: false })
  await pause(100)
  await call(page, 'track', 'A')
  await call(other, 'track', 'B')
  await elapse(2_600, page, other)
  expect(site.received).toHaveLength(1)
  const notice = site.received[0]?.body
  expect(notice?.deviceKey).toBe(device)
  expect(notice?.batch).toHaveLength(1)
  expect(notice?.batch[0]).toMatchObject({
    type: 'track',
    event: 'Segment Consent Preference Updated',
    context: { consent: { categoryPreferences: { analytics: false } } },
  })
  expect(notice?.batch[0]?.context.page).toBeUndefined()
  expect(remembered(await stored(page))).toEqual({
    answers: { analytics: false },
    at: expect.any(Number),
  })
  expect(await queued(page)).toEqual([])
})

test('a withdrawal that the edge did not hear is told again by the next page', async () => {
  site.settings = { consent: 'implied' }
  const page = await guest.open()
  await eventually(() => expect(taken(site)).toHaveLength(1))
  site.mode = { type: 'drop' }
  await call(page, 'consent', { analytics: false })
  await eventually(() => expect(site.received.length).toBeGreaterThan(1))
  site.mode = answer()
  site.received.length = 0
  await guest.open()
  await eventually(() => expect(names(taken(site))).toEqual(['Segment Consent Preference Updated']))
  await guest.open()
  await pause(600)
  expect(site.received).toHaveLength(1)
})

test('a withdrawal while a request is on its way keeps nothing of it for later', async () => {
  await guest.context.clock.install()
  site.settings = { consent: 'implied' }
  const page = await guest.open()
  await eventually(() => expect(taken(site)).toHaveLength(1))
  site.mode = { type: 'hang' }
  await call(page, 'track', 'A')
  await eventually(() => expect(site.received).toHaveLength(2))
  site.mode = answer()
  site.received.length = 0
  await call(page, 'consent', { analytics: false })
  await elapse(3_000, page)
  expect(names(taken(site))).toEqual(['Segment Consent Preference Updated'])
})

test('a changed answer is told at once, the same answer again is not', async () => {
  const page = await guest.open()
  await call(page, 'consent', { analytics: true })
  await eventually(() => expect(names(taken(site))).toEqual(['page']))
  await call(page, 'consent', { analytics: true })
  await call(page, 'consent', { personalization: true })
  await eventually(() =>
    expect(names(taken(site))).toEqual(['page', 'Segment Consent Preference Updated']),
  )
  await pause(500)
  expect(taken(site)).toHaveLength(2)
})

test('the browser’s privacy signal denies advertising', async () => {
  site.settings = { consent: 'implied' }
  site.page(
    '/',
    `<script>Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })</script>
    ${SNIPPET}<script>prisme('consent', { advertising: true, email: true })</script>`,
  )
  await guest.open()
  await eventually(() => expect(taken(site)).toHaveLength(1))
  expect(taken(site)[0]?.context.consent).toEqual({
    categoryPreferences: { advertising: false, email: true },
  })
})

test('decisions are asked for only under consent to personalization', async () => {
  site.page('/', `${SNIPPET}<div data-prisme-placement="hero"></div>`)
  const page = await guest.open()
  await call(page, 'consent', { analytics: true })
  await eventually(() => expect(taken(site)).toHaveLength(1))
  expect(site.received[0]?.body.decide).toBeUndefined()
  await call(page, 'consent', { personalization: true })
  await eventually(() => expect(site.received).toHaveLength(2))
  expect(site.received[1]?.body.decide).toEqual(['hero'])
})
