import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  BLOCKED,
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
  const page = await guest.opened()
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
  const page = await guest.opened()
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
  const page = await guest.opened()
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
  const page = await guest.opened()
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
  const page = await guest.opened()
  await eventually(async () => expect(await page.textContent('b')).toBe('New'))
})

test('a page that may not reach the edge at all is not disturbed', async () => {
  await guest.context.clock.install()
  site.page('/', SNIPPET, { 'content-security-policy': "connect-src 'none'" })
  const page = await guest.open()
  await track(page, 'A')
  await elapse(3_000, page)
  expect(site.received).toEqual([])
  guest.complaints.splice(
    0,
    Infinity,
    ...guest.complaints.filter((line) => !/Content Security Policy/.test(line)),
  )
})
