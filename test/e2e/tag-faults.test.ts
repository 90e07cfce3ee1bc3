import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  SNIPPET,
  call,
  type TagWindow,
  type EdgeMode,
  type Site,
  answer,
  eventually,
  names,
  openSite,
  pause,
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

/** A page whose first page view has arrived. */
const opened = async (path?: string): Promise<Page> => {
  const before = taken(site).length
  const page = await guest.open(path)
  await eventually(() => expect(taken(site).length).toBeGreaterThan(before))
  return page
}
const track = (page: Page, event: string) => call(page, 'track', event)

test.each<readonly [string, EdgeMode]>([
  ['answers 500', status(500)],
  ['answers 503', status(503)],
  ['drops the connection', { type: 'drop' }],
  ['answers 429 with Retry-After', status(429, { 'retry-after': '1' })],
])(
  'while the edge %s nothing is lost; when it is back all arrives once, in order',
  async (_, mode) => {
    const page = await opened()
    site.mode = mode
    await track(page, 'A')
    await eventually(() => expect(site.received.length).toBeGreaterThan(1))
    await track(page, 'B')
    await pause(200)
    site.mode = answer()
    await eventually(() => expect(names(taken(site))).toEqual(['page', 'A', 'B']))
    await pause(800)
    expect(names(taken(site))).toEqual(['page', 'A', 'B'])
  },
)

test('the edge’s Retry-After is kept', async () => {
  const page = await opened()
  site.mode = status(429, { 'retry-after': '3' })
  await track(page, 'A')
  await eventually(() => expect(site.received).toHaveLength(2))
  site.mode = answer()
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A']))
  const [, refused, again] = site.received
  expect((again?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThan(2_900)
})

test('an event that the edge was too busy for is sent again, its siblings are not', async () => {
  const page = await opened()
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
    const page = await opened()
    site.mode = status(code)
    await track(page, 'A')
    await eventually(() => expect(site.received).toHaveLength(2))
    site.mode = answer()
    await pause(1_500)
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
  const page = await opened()
  await track(page, 'A')
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A']))
  await pause(500)
  expect(names(taken(site))).toEqual(['page', 'A'])
  expect(await page.textContent('b')).toBe('Own')
})

test('an edge that hangs is given up after ten seconds, and tried again', async () => {
  site.mode = { type: 'hang' }
  const page = await guest.open()
  await eventually(() => expect(site.received).toHaveLength(1))
  await track(page, 'A')
  expect(await page.evaluate(() => document.readyState)).toBe('complete')
  site.mode = answer()
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A']), 20_000)
  const [hung, again] = site.received
  expect((again?.at ?? 0) - (hung?.at ?? 0)).toBeGreaterThan(9_900)
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
  const page = await opened()
  await guest.context.setOffline(true)
  await track(page, 'A')
  await pause(700)
  await track(page, 'B')
  await pause(1_000)
  expect(taken(site)).toHaveLength(1)
  await guest.context.setOffline(false)
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A', 'B']))
})

test('a network that comes back is reason to try at once', async () => {
  const page = await opened()
  site.mode = status(429, { 'retry-after': '600' })
  await track(page, 'A')
  await eventually(() => expect(site.received).toHaveLength(2))
  site.mode = answer()
  await guest.context.setOffline(true)
  await guest.context.setOffline(false)
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A']))
})

test('what could not be sent outlives the page, and is sent once by the next', async () => {
  const page = await opened()
  site.mode = status(503)
  for (const event of ['A', 'B', 'C']) await track(page, event)
  // At the second try the first is known to have failed: from then on any page may send them.
  await eventually(() => expect(site.received.length).toBeGreaterThan(2))
  const closed = page.waitForEvent('close')
  await page.close({ runBeforeUnload: true })
  await closed
  site.mode = answer()
  const stamps = site.received
    .at(-1)
    ?.body.batch.map(({ messageId, timestamp }) => [messageId, timestamp])
  await opened()
  await eventually(() =>
    expect(names(taken(site)).toSorted()).toEqual(['A', 'B', 'C', 'page', 'page']),
  )
  const late = taken(site).filter(({ type }) => type === 'track')
  expect(late.map(({ messageId, timestamp }) => [messageId, timestamp])).toEqual(
    expect.arrayContaining(stamps ?? []),
  )
  await opened()
  await pause(2_500)
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
  await pause(300)
  await page.close()
  site.mode = answer()
  const next = await guest.context.newPage()
  await next.clock.install()
  await next.goto(site.shop)
  await eventually(async () => {
    await next.clock.runFor(100)
    expect(names(taken(site))).toEqual(['page'])
  })
  await next.clock.runFor(10_000)
  await pause(500)
  expect(names(taken(site))).toEqual(['page'])
  await next.clock.runFor(40_000)
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'page', 'A']))
})

test('two tabs with a queue in common neither lose nor double', async () => {
  const tabs = await Promise.all([opened(), opened(), opened()])
  site.mode = status(503)
  for (const [i, tab] of tabs.entries()) {
    for (const letter of 'abcde') await track(tab, `${letter}${i}`)
  }
  await pause(1_500)
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

/** Makes every use of storage throw, as browsers do where it is blocked. */
const BLOCKED = `<script>
  for (const name of ['localStorage', 'indexedDB', 'sessionStorage'])
    Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })
  Object.defineProperty(navigator, 'locks', { get() { throw new DOMException('denied', 'SecurityError') } })
</script>`

test.each([
  ['in storage', ''],
  ['in memory', BLOCKED],
])('the queue of an offline browser is bounded, the oldest go: %s', async (_, before) => {
  site.page('/', before + SNIPPET)
  const page = await opened()
  site.mode = status(503)
  await page.evaluate(async () => {
    for (let i = 0; i < 520; i += 1) (window as unknown as TagWindow).prisme('track', `E${i}`)
  })
  await pause(2_000)
  site.mode = answer()
  await eventually(() => expect(names(taken(site))).toContain('E519'), 8_000)
  const tracks = names(taken(site).filter(({ type }) => type === 'track'))
  expect(tracks).toHaveLength(500)
  expect(tracks[0]).toBe('E20')
})

test.each([
  ['storage throws', BLOCKED],
  ['databases never open', '<script>indexedDB.open = () => new EventTarget()</script>'],
  ['databases refuse', '<script>indexedDB.open = () => { throw new Error("no") }</script>'],
  [
    'writing refuses',
    '<script>IDBObjectStore.prototype.put = () => { throw new Error("full") }</script>',
  ],
])('with storage blocked the page’s events still arrive: %s', async (_, before) => {
  site.page('/', before + SNIPPET)
  const page = await opened()
  await track(page, 'A')
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A']))
  site.mode = status(503)
  await track(page, 'B')
  await eventually(() => expect(site.received).toHaveLength(3))
  site.mode = answer()
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A', 'B']))
  expect(new Set(site.received.map(({ body }) => body.deviceKey)).size).toBe(1)
})

test.each([
  [
    'frozen prototypes',
    `<script>
    for (const it of [Object, Array, Function, Promise, Map, Set, String, Element, Event, EventTarget, History])
      { Object.freeze(it.prototype); Object.freeze(it) }
    Object.freeze(history); Object.freeze(JSON); Object.freeze(navigator)
  </script>`,
  ],
  ['no Web Locks', '<script>delete Navigator.prototype.locks</script>'],
  [
    'no Navigation API and a frozen history',
    '<script>delete window.navigation; Object.freeze(history)</script>',
  ],
  [
    'an element called prisme',
    '<p id="prisme"></p>',
    '<script async src="EDGE/t/demo.js"></script>',
  ],
  [
    'a fetch that the page replaced',
    '<script>const own = fetch; window.fetch = (...args) => own(...args)</script>',
  ],
])('works on a page with %s', async (_, before, snippet = SNIPPET) => {
  site.page('/', before + snippet)
  const page = await opened()
  await page.waitForFunction(() => typeof (window as unknown as TagWindow).prisme === 'function')
  await track(page, 'A')
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A']))
})

test('a page that does not let its stub be replaced still reaches the tag', async () => {
  site.page(
    '/',
    `<script>const stub = function () { (stub.q = stub.q || []).push(arguments) }
    Object.defineProperty(window, 'prisme', { value: stub, writable: false })
    prisme('track', 'Early')</script><script async src="EDGE/t/demo.js"></script>`,
  )
  const page = await opened()
  await track(page, 'Late')
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'Early', 'Late']))
})

test.each([
  ['no fetch', 'delete window.fetch'],
  ['no IndexedDB', 'delete window.indexedDB'],
  ['no crypto', 'Object.defineProperty(window, "crypto", { value: undefined })'],
  ['no AbortController', 'delete window.AbortController'],
  ['a JSON that throws', 'JSON.stringify = () => { throw new Error("mine") }'],
])('breaks nothing in a browser with %s', async (_, before) => {
  site.page('/', `<script>${before}</script>${SNIPPET}<p data-prisme-event="Clicked">Shop</p>`)
  const page = await guest.open()
  await page.evaluate(() => {
    ;(window as unknown as TagWindow).prisme('track', 'A')
    ;(window as unknown as TagWindow).prisme('reset')
    ;(window as unknown as TagWindow).prisme('consent', { analytics: true })
  })
  await page.click('p')
  await pause(500)
  expect(await page.textContent('p')).toBe('Shop')
})

test('nonsense from the page breaks nothing', async () => {
  const page = await opened()
  const answers = await page.evaluate(() => {
    const loop: { self?: unknown } = {}
    loop.self = loop
    const hostile = {
      get x() {
        throw new Error('mine')
      },
    }
    const calls = [
      [],
      [undefined],
      [null],
      [7],
      ['nothing'],
      ['track'],
      ['track', loop],
      ['track', 'A', { big: 1n }],
      ['track', 'A', hostile],
      ['identify', Symbol('s')],
      ['ready', 7],
      [
        'ready',
        () => {
          throw new Error('mine')
        },
      ],
      ['on', 'decisions'],
      ['on', 7, 7],
      ['consent'],
      ['consent', 'yes'],
      ['placements', 7],
      ['placements', [null, {}]],
    ]
    return calls.map((call) => (window as unknown as TagWindow).prisme(...call))
  })
  expect(new Set(answers)).toEqual(new Set([undefined]))
  await track(page, 'Fine')
  await eventually(() => expect(names(taken(site))).toContain('Fine'))
})

test('works under a strict content security policy that names the edge', async () => {
  const policy = `default-src 'none'; script-src ${site.edge} 'nonce-abc'; connect-src ${site.edge}; img-src data:; require-trusted-types-for 'script'`
  site.page(
    '/',
    `${SNIPPET.replace('<script>', '<script nonce="abc">')}<b data-prisme-placement="hero" data-prisme-field="title">Own</b>`,
    { 'content-security-policy': policy },
  )
  site.mode = answer({
    decisions: [{ placement: 'hero', experience: 'e', content: { title: 'New' } }],
  })
  const page = await opened()
  await eventually(async () => expect(await page.textContent('b')).toBe('New'))
})

test('a page that may not reach the edge at all is not disturbed', async () => {
  site.page('/', SNIPPET, { 'content-security-policy': "connect-src 'none'" })
  const page = await guest.open()
  await track(page, 'A')
  await pause(1_500)
  expect(site.received).toEqual([])
  guest.complaints.splice(
    0,
    Infinity,
    ...guest.complaints.filter((line) => !/Content Security Policy/.test(line)),
  )
})
