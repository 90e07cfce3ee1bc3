import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  BLOCKED,
  SNIPPET,
  call,
  type TagWindow,
  type EdgeMode,
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
  site.settings = {}
  site.serving = true
  site.page('/', SNIPPET)
  guest = await visitor(site)
})
afterEach(async () => {
  await guest.context.close()
  expect(guest.complaints).toEqual([])
})

const track = (page: Page, event: string) => call(page, 'track', event)

test.each<readonly [string, EdgeMode]>([
  ['answers 500', status(500)],
  ['answers 503', status(503)],
  ['drops the connection', { type: 'drop' }],
  ['answers 429 with Retry-After', status(429, { 'retry-after': '1' })],
])(
  'while the edge %s nothing is lost; when it is back all arrives once, in order',
  async (_, mode) => {
    await guest.context.clock.install()
    const page = await guest.opened()
    site.mode = mode
    await track(page, 'A')
    await eventually(() => expect(site.received.length).toBeGreaterThan(1))
    await track(page, 'B')
    await pause(200)
    site.mode = answer()
    await eventually(() => expect(names(taken(site))).toEqual(['page', 'A', 'B']))
    await elapse(3_000, page)
    expect(names(taken(site))).toEqual(['page', 'A', 'B'])
  },
)

test('the edge’s Retry-After is kept', async () => {
  await guest.context.clock.install()
  const page = await guest.opened()
  site.mode = status(429, { 'retry-after': '600' })
  const refusal = page.waitForResponse((response) => response.status() === 429)
  await track(page, 'A')
  await (await refusal).finished()
  await pause(100)
  site.mode = answer()
  await page.clock.runFor(560_000)
  await pause(200)
  expect(site.received).toHaveLength(2)
  await page.clock.runFor(41_000)
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A']))
})

test('an event that the edge was too busy for is sent again, its siblings are not', async () => {
  const page = await guest.opened()
  site.mode = answer({
    verdicts: [
      { messageId: 'a', status: 'accepted' },
      { messageId: 'b', status: 'failed', reason: 'busy' },
    ],
  })
  await page.evaluate(() => {
    ;(window as unknown as TagWindow).prisme('track', 'A')
    ;(window as unknown as TagWindow).prisme('track', 'B')
  })
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A', 'B']))
  site.mode = answer()
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A', 'B', 'B']))
})

test.each([400, 401, 413])(
  'what the edge refuses with %i is given up, counted, and never sent again',
  async (code) => {
    await guest.context.clock.install()
    const page = await guest.opened()
    site.mode = status(code)
    await track(page, 'A')
    await eventually(() => expect(site.received).toHaveLength(2))
    site.mode = answer()
    await elapse(1_500, page)
    await track(page, 'B')
    await eventually(() => expect(names(taken(site))).toEqual(['page', 'B']))
    expect(await page.evaluate(() => (window as unknown as TagWindow).prisme.counts)).toEqual({
      lost: 1,
    })
  },
)

test.each([
  ['not JSON', '<html>oops'],
  ['nothing', ''],
  ['null', 'null'],
  ['a number', '7'],
  ['wrong shapes', '{"verdicts":7,"segments":"x","decisions":{"a":1}}'],
  ['wrong lists', '{"verdicts":[null,3],"segments":[null],"decisions":[null,5,{"placement":{}}]}'],
])('a 200 with garbage counts as delivered: %s', async (_, body) => {
  site.page(
    '/',
    `${SNIPPET}<div data-prisme-placement="hero"><b data-prisme-field="title">Own</b></div>`,
  )
  site.mode = { type: 'answer', status: 200, body }
  const page = await guest.opened()
  await track(page, 'A')
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A']))
  await pause(500)
  expect(names(taken(site))).toEqual(['page', 'A'])
  expect(await page.textContent('b')).toBe('Own')
})

test('an edge that hangs is given up after ten seconds, and tried again', async () => {
  // Notes how long each request had been on its way when it was given up.
  site.page(
    '/',
    `<script>
    window.waits = []
    const own = fetch
    window.fetch = (url, options) => {
      const start = Date.now()
      options.signal.addEventListener('abort', () => waits.push(Date.now() - start))
      return own(url, options)
    }
  </script>${SNIPPET}`,
  )
  await guest.context.clock.install()
  site.mode = { type: 'hang' }
  const page = await guest.open()
  await eventually(() => expect(site.received).toHaveLength(1))
  await track(page, 'A')
  expect(await page.evaluate(() => document.readyState)).toBe('complete')
  site.mode = answer()
  await elapse(11_000, page)
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A']))
  const waits = await page.evaluate(() => (window as unknown as { waits: number[] }).waits)
  expect(waits).toHaveLength(1)
  expect(waits[0]).toBeGreaterThan(9_900)
  expect(waits[0]).toBeLessThan(11_000)
})

test('without the edge the page is as it would be without the tag', async () => {
  site.serving = false
  site.page('/', `${SNIPPET}<script>prisme('track', 'A')</script><p>Shop</p>`)
  const page = await guest.open()
  await page.evaluate(() => (window as unknown as TagWindow).prisme('track', 'B'))
  expect(await page.textContent('p')).toBe('Shop')
  expect(site.received).toEqual([])
})

test('events of a browser that was offline arrive when it is back', async () => {
  const page = await guest.opened()
  await guest.context.setOffline(true)
  await track(page, 'A')
  await eventually(async () => expect(await queued(page)).toMatchObject([{ free: true }]))
  await track(page, 'B')
  await eventually(async () => expect(await queued(page)).toHaveLength(2))
  expect(taken(site)).toHaveLength(1)
  await guest.context.setOffline(false)
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A', 'B']))
})

test('a network that comes back is reason to try at once', async () => {
  const page = await guest.opened()
  site.mode = status(429, { 'retry-after': '600' })
  await track(page, 'A')
  await eventually(() => expect(site.received).toHaveLength(2))
  site.mode = answer()
  await guest.context.setOffline(true)
  await guest.context.setOffline(false)
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A']))
})

test('what could not be sent outlives the page, and is sent once by the next', async () => {
  const page = await guest.opened()
  site.mode = status(503, { 'retry-after': '600' }) // no second try by this page
  for (const event of ['A', 'B', 'C']) await track(page, event)
  // Until the page knows that it was refused, its events are left to it for longer.
  await eventually(async () =>
    expect((await queued(page)).map(({ free }) => free)).toEqual([true, true, true]),
  )
  const closed = page.waitForEvent('close')
  await page.close({ runBeforeUnload: true })
  await closed
  site.mode = answer()
  const stamps = site.received
    .at(-1)
    ?.body.batch.map(({ messageId, timestamp }) => [messageId, timestamp])
  await guest.opened()
  await eventually(() =>
    expect(names(taken(site)).toSorted()).toEqual(['A', 'B', 'C', 'page', 'page']),
  )
  const late = taken(site).filter(({ type }) => type === 'track')
  expect(late.map(({ messageId, timestamp }) => [messageId, timestamp])).toEqual(
    expect.arrayContaining(stamps ?? []),
  )
  await guest.context.clock.install()
  await elapse(2_500, await guest.opened())
  expect(names(taken(site)).toSorted()).toEqual(['A', 'B', 'C', 'page', 'page', 'page'])
})

test('what a page that ended without a word had not sent is sent by a later one, once it is surely abandoned', async () => {
  site.page(
    '/',
    `<script>for (const type of ['pagehide', 'visibilitychange'])
    addEventListener(type, (event) => event.stopImmediatePropagation(), true)</script>${SNIPPET}`,
  )
  site.mode = { type: 'hang' }
  const page = await guest.open()
  await eventually(() => expect(site.received).toHaveLength(1))
  await track(page, 'A')
  await eventually(async () => expect(await queued(page)).toHaveLength(2))
  await page.close()
  site.mode = answer()
  const next = await guest.context.newPage()
  await next.clock.install()
  await next.goto(site.shop)
  await eventually(async () => {
    await next.clock.runFor(100)
    expect(names(taken(site))).toEqual(['page'])
  })
  await elapse(2_500, next)
  await next.clock.fastForward(25_000)
  await elapse(500, next)
  expect(names(taken(site))).toEqual(['page'])
  await elapse(6_000, next)
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'page', 'A']))
})

test('two tabs with a queue in common neither lose nor double', async () => {
  const tabs = await Promise.all([guest.open(), guest.open(), guest.open()])
  await eventually(() => expect(taken(site)).toHaveLength(3))
  // None tries again by itself: a try that the lost network cuts off would arrive, and rightly be made once more.
  site.mode = status(429, { 'retry-after': '600' })
  for (const [i, tab] of tabs.entries()) {
    for (const letter of 'abcde') await track(tab, `${letter}${i}`)
  }
  await eventually(async () => {
    const rows = await queued(tabs[0] as Page)
    expect(rows.filter(({ free }) => free)).toHaveLength(15)
  })
  // All try at the same instant, and the first is not done before the others have begun.
  site.mode = { ...(answer() as Extract<EdgeMode, { type: 'answer' }>), delay: 1_000 }
  await guest.context.setOffline(true)
  await guest.context.setOffline(false)
  const wanted = tabs.flatMap((_, i) => [...'abcde'].map((letter) => `${letter}${i}`)).toSorted()
  const tracks = () => names(taken(site).filter(({ type }) => type === 'track')).toSorted()
  await eventually(() => expect(new Set(tracks())).toEqual(new Set(wanted)), 15_000)
  await pause(4_000)
  expect(tracks()).toEqual(wanted)
})

test.each([
  ['in storage', ''],
  ['in memory', BLOCKED],
])('the queue of an offline browser is bounded, the oldest go: %s', async (_, before) => {
  site.page('/', before + SNIPPET)
  const page = await guest.opened()
  site.mode = status(503)
  await page.evaluate(async () => {
    for (let i = 0; i < 520; i += 1) (window as unknown as TagWindow).prisme('track', `E${i}`)
  })
  await eventually(() => expect(site.received.length).toBeGreaterThan(1))
  site.mode = answer()
  await eventually(() => expect(names(taken(site))).toContain('E519'), 8_000)
  const tracks = names(taken(site).filter(({ type }) => type === 'track'))
  expect(tracks).toHaveLength(500)
  expect(tracks[0]).toBe('E20')
})
