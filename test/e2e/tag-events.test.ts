import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  SNIPPET,
  type TagWindow,
  type Site,
  answer,
  eventually,
  names,
  openSite,
  pause,
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

test('calls made before the tag came are taken in order, after the page view', async () => {
  site.page(
    '/early',
    `${SNIPPET}<script>
    prisme('track', 'A', { n: 1 }); prisme('identify', 'u1', { plan: 'gold' }, { userToken: 'jwt' })
    prisme('group', 'g1'); prisme('track', 'B')
  </script>`,
  )
  await guest.open('/early')
  await eventually(() =>
    expect(names(taken(site))).toEqual(['page', 'A', 'identify', 'group', 'B']),
  )
  expect(site.received).toHaveLength(1)
  const [page, a, identify] = taken(site)
  expect(page?.context).toMatchObject({
    page: { url: `${site.shop}/early`, path: '/early', title: 'Shop', search: '', referrer: '' },
    library: { name: 'prisme' },
  })
  expect(page?.context.consent).toBeUndefined()
  expect(a).toMatchObject({ type: 'track', properties: { n: 1 } })
  expect(identify).toMatchObject({
    userId: 'u1',
    traits: { plan: 'gold' },
    context: { userToken: 'jwt' },
  })
  expect(site.received[0]?.body).toMatchObject({ v: 1, writeKey: 'demo' })
  expect(site.received[0]?.body.deviceKey).toMatch(/^[\w-]{22}$/)
})

test('methods, a kept stub and the function itself all reach the tag', async () => {
  site.page(
    '/kept',
    `<script>
    window.prisme=function(){(prisme.q=prisme.q||[]).push(arguments)}; const kept = window.prisme
    prisme('ready', () => { kept('track', 'Kept'); window.prisme('track', 'Function'); window.prisme.track('Method') })
  </script><script async src="EDGE/t/demo.js"></script>`,
  )
  await guest.open('/kept')
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'Kept', 'Function', 'Method']))
})

test('a page that calls for its own page view gets that one alone', async () => {
  site.page('/own', `${SNIPPET}<script>prisme('page', 'Home', { season: 'autumn' })</script>`)
  await guest.open('/own')
  await eventually(() => expect(taken(site)).toHaveLength(1))
  expect(taken(site)[0]).toMatchObject({
    type: 'page',
    name: 'Home',
    properties: { season: 'autumn' },
  })
})

test('events that happen together travel together', async () => {
  const page = await guest.open()
  await eventually(() => expect(site.received).toHaveLength(1))
  await page.evaluate(() => {
    for (let i = 0; i < 10; i += 1) (window as unknown as TagWindow).prisme('track', `E${i}`)
  })
  await eventually(() => expect(taken(site)).toHaveLength(11))
  expect(site.received).toHaveLength(2)
})

test.each([
  ['with the Navigation API', ''],
  ['without it', '<script>delete window.navigation</script>'],
])(
  'history navigation is a page view, a fragment or the same address is not: %s',
  async (_, before) => {
    site.page('/', before + SNIPPET)
    const page = await guest.open()
    await eventually(() => expect(taken(site)).toHaveLength(1))
    await page.evaluate(async () => {
      const turn = () => new Promise((resolve) => setTimeout(resolve, 50))
      history.pushState({}, '', '/a')
      document.title = 'A'
      await turn()
      history.replaceState({ scroll: 1 }, '', '/a')
      await turn()
      location.hash = 'reviews'
      await turn()
      history.pushState({}, '', '/b?x=1')
      await turn()
      history.go(-1)
    })
    await eventually(() => expect(taken(site)).toHaveLength(4))
    await pause(400)
    expect(taken(site).map(({ context }) => context.page.url.slice(site.shop.length))).toEqual([
      '/',
      '/a',
      '/b?x=1',
      '/a#reviews',
    ])
    expect(taken(site)[1]?.context.page).toMatchObject({ title: 'A', referrer: `${site.shop}/` })
  },
)

test('a click tells the attributes of its element, and never what was typed', async () => {
  site.page(
    '/',
    `${SNIPPET}
    <form><input name="card" value="4242-canary" data-prisme-event="Field Clicked">
    <button type="button" data-prisme-event="Product Clicked" data-prisme-product-id="p1" data-prisme-price="12">
      <b id="inner">Buy</b></button></form>
    <div id="host"></div><script>
      document.querySelector('#host').attachShadow({ mode: 'open' }).innerHTML = '<i data-prisme-event="Shadow Clicked">x</i>'
      document.querySelector('button').addEventListener('click', (event) => event.stopImmediatePropagation(), true)
    </script>`,
  )
  const page = await guest.open()
  await page.fill('input', 'typed-canary')
  await page.click('#inner')
  await page.click('input')
  await page.click('i')
  await eventually(() => expect(taken(site)).toHaveLength(4))
  expect(taken(site)[1]).toMatchObject({
    type: 'track',
    event: 'Product Clicked',
    properties: { product_id: 'p1', price: '12' },
  })
  expect(names(taken(site)).slice(2)).toEqual(['Field Clicked', 'Shadow Clicked'])
  expect(JSON.stringify(site.received)).not.toContain('canary')
})

test('what happens in the last instant before another page is not lost', async () => {
  site.page('/next', 'no tag here')
  const page = await guest.open()
  await eventually(() => expect(taken(site)).toHaveLength(1))
  await page.evaluate((next) => {
    for (let i = 0; i < 20; i += 1) (window as unknown as TagWindow).prisme('track', `E${i}`)
    location.href = next
  }, `${site.shop}/next`)
  await eventually(() => expect(taken(site)).toHaveLength(21))
  expect(names(taken(site)).slice(1)).toEqual(Array.from({ length: 20 }, (_, i) => `E${i}`))
  // A browser context that is closed in the middle of a navigation sometimes never answers.
  await page.waitForURL('**/next')
})

test('what happens in the last instant before the tab closes is not lost', async () => {
  const page = await guest.open()
  await eventually(() => expect(taken(site)).toHaveLength(1))
  await page.evaluate(() => (window as unknown as TagWindow).prisme('track', 'Last'))
  await page.close({ runBeforeUnload: true })
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'Last']))
})

test('a browser whose requests end with the page sends beacons', async () => {
  site.page('/', `<script>delete Request.prototype.keepalive</script>${SNIPPET}`)
  const page = await guest.open()
  await page.evaluate(() => (window as unknown as TagWindow).prisme('track', 'Last'))
  await page.close({ runBeforeUnload: true })
  await eventually(() => expect(names(taken(site))).toContain('Last'))
})

test('a device is one over pages and tabs, and a reset makes another after the last events of the old', async () => {
  const page = await guest.open()
  await eventually(() => expect(site.received).toHaveLength(1))
  await guest.open()
  await eventually(() => expect(site.received).toHaveLength(2))
  await page.evaluate(() => {
    ;(window as unknown as TagWindow).prisme('track', 'Before')
    ;(window as unknown as TagWindow).prisme('reset')
    ;(window as unknown as TagWindow).prisme('track', 'After')
  })
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'page', 'Before', 'After']))
  const [first, second, before, after] = site.received.map(({ body }) => body)
  expect(second?.deviceKey).toBe(first?.deviceKey)
  expect(before?.deviceKey).toBe(first?.deviceKey)
  expect(after?.deviceKey).not.toBe(first?.deviceKey)
  expect([before?.reset, after?.reset]).toEqual([undefined, true])
  await page.evaluate(() => (window as unknown as TagWindow).prisme('track', 'Later'))
  await eventually(() => expect(site.received).toHaveLength(5))
  expect(site.received[4]?.body.deviceKey).toBe(after?.deviceKey)
  expect(site.received[4]?.body.reset).toBeUndefined()
})

test('two tabs that open a site at once for the first time are one device', async () => {
  await Promise.all([guest.open(), guest.open(), guest.open()])
  await eventually(() => expect(taken(site)).toHaveLength(3))
  expect(new Set(site.received.map(({ body }) => body.deviceKey)).size).toBe(1)
})

test('a second copy of the tag does nothing', async () => {
  site.page('/', SNIPPET + SNIPPET + SNIPPET)
  const page = await guest.open()
  await page.waitForLoadState('load')
  await page.evaluate(() => (window as unknown as TagWindow).prisme('track', 'Once'))
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'Once']))
  await pause(500)
  expect(names(taken(site))).toEqual(['page', 'Once'])
})
