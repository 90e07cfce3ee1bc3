import { jwtVerify } from 'jose'
import { assert, integer, property } from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Call } from '../demo/shop/calls.ts'
import { PRODUCTS, search, sorted } from '../demo/shop/catalogue/catalogue.ts'
import { CATEGORIES } from '../demo/shop/catalogue/product.ts'
import { DEMO_PASSWORD } from '../demo/shop/customers.ts'
import { totalsOf } from '../demo/shop/money.ts'
import { startShop } from '../demo/shop/server.ts'
import type { Listening } from '../demo/listen.ts'

const TOKEN_KEY = 'a-shared-secret-of-more-than-32-bytes'
let shop: Listening

beforeAll(async () => {
  shop = await startShop({
    port: 0,
    edgeOrigin: 'http://127.0.0.1:9',
    writeKey: 'demo',
    tokenKey: TOKEN_KEY,
    workspace: 'ws_test',
  })
})
afterAll(() => shop.close())

/** A browser without scripts: keeps cookies, follows nothing. */
function browser() {
  const cookies = new Map<string, string>()
  const send = async (
    path: string,
    form?: Record<string, string>,
    headers: Record<string, string> = {},
  ) => {
    const answer = await fetch(shop.origin + path, {
      redirect: 'manual',
      headers: {
        Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form && { Origin: shop.origin }),
        ...headers,
      },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    return answer
  }
  return { cookies, send }
}

/** The calls that a page hands to the tag. */
function callsIn(html: string): readonly Call[] {
  const [, json] = /for\s*\(const call of (\[.*?\])\)\s*prisme/.exec(html) ?? []
  if (json === undefined) throw new Error('the page has no calls')
  return JSON.parse(json) as readonly Call[]
}

test('the catalogue has at least four categories of six products, each with its own id, sku and picture', async () => {
  for (const category of CATEGORIES) {
    expect(
      PRODUCTS.filter((product) => product.category === category).length,
    ).toBeGreaterThanOrEqual(6)
  }
  expect(CATEGORIES.length).toBeGreaterThanOrEqual(4)
  for (const value of ['id', 'sku', 'drawing'] as const) {
    expect(new Set(PRODUCTS.map((product) => product[value])).size).toBe(PRODUCTS.length)
  }
  for (const { id } of PRODUCTS) {
    const answer = await fetch(`${shop.origin}/pictures/${id}.svg`)
    expect(answer.headers.get('content-type')).toContain('image/svg+xml')
    expect(await answer.text()).not.toMatch(/NaN|undefined/)
  }
})

test('what is paid is what is earned, plus delivery, plus tax', () => {
  assert(
    property(integer({ min: 0, max: 500_000 }), (goods) => {
      const { revenue, netShipping, tax, total, shipping } = totalsOf(goods)
      expect(revenue + netShipping + tax).toBe(total)
      expect(total).toBe(goods + shipping)
      expect(Math.abs(tax - total / 6)).toBeLessThanOrEqual(1)
    }),
  )
})

test.each([
  [99_99, 4_90],
  [100_00, 0],
  [0, 0],
])('delivery of goods for %i cents costs %i', (goods, shipping) => {
  expect(totalsOf(goods).shipping).toBe(shipping)
})

test.each([
  ['boots', ['harbour-chelsea', 'spring-tide-boot']],
  ['Bottes', ['spring-tide-boot']],
  ['theiere', ['fog-teapot']],
  ['THÉIÈRE', ['fog-teapot']],
  ['jaune ciré', ['squall-raincoat']],
  ['zzz', []],
  ['  ', []],
])('a search for %j finds %j', (query, ids) => {
  expect(search(query).map(({ id }) => id)).toEqual(ids)
})

test('sorting by price keeps every product', () => {
  const prices = sorted(PRODUCTS, 'price-asc').map(({ price }) => price)
  expect(prices).toEqual(prices.toSorted((a, b) => a - b))
  expect(sorted(PRODUCTS, 'price-desc').map(({ price }) => price)).toEqual(prices.toReversed())
})

test('a sign-in is told to Prisme once, with a token that only the shop’s server can sign', async () => {
  const { send } = browser()
  const form = { email: 'Demo-Shopper@example.com ', password: DEMO_PASSWORD }
  expect((await send('/sign-in', form)).headers.get('location')).toBe('/account')
  const calls = callsIn(await (await send('/account')).text())
  const identify = calls.find((call) => call[0] === 'identify')
  const [, id, traits, options] = identify as Extract<
    Call,
    readonly [unknown, unknown, unknown, unknown]
  >
  expect(traits).toMatchObject({ email: 'demo-shopper@example.com' })
  const { payload } = await jwtVerify(options.userToken, new TextEncoder().encode(TOKEN_KEY), {
    audience: 'ws_test',
    algorithms: ['HS256'],
    requiredClaims: ['exp', 'sub'],
  })
  expect(payload).toMatchObject({ sub: id, email: 'demo-shopper@example.com' })
  expect(callsIn(await (await send('/account')).text())).toEqual([])
})

test.each([
  ['another password', { email: 'demo-shopper@example.com', password: 'x' }],
  ['another domain', { email: 'demo-shopper@example.org', password: DEMO_PASSWORD }],
  ['no form', {}],
])('nobody signs in with %s', async (_, form) => {
  const { send } = browser()
  const answer = await send('/sign-in', form)
  expect(answer.status).toBe(422)
  expect((await send('/account')).headers.get('location')).toBe('/sign-in')
})

test('the session cookie is HttpOnly and changes at sign-in', async () => {
  const { send, cookies } = browser()
  const added = await send('/basket/add', { product: 'dawn-mug', quantity: '1' })
  expect(added.headers.getSetCookie().join()).toMatch(
    /rivage_session=[^;]{20,};.*HttpOnly.*SameSite=Lax/,
  )
  const before = cookies.get('rivage_session')
  await send('/sign-in', { email: 'gift-buyer@example.com', password: DEMO_PASSWORD })
  expect(cookies.get('rivage_session')).not.toBe(before)
  expect(await (await send('/basket')).text()).toContain('Dawn mug')
  const old = browser()
  old.cookies.set('rivage_session', before ?? '')
  expect((await old.send('/account')).headers.get('location')).toBe('/sign-in')
})

test('looking around sets no cookie', async () => {
  for (const path of ['/', '/category/shoes', '/product/dawn-mug', '/search?q=wool', '/basket']) {
    expect((await fetch(shop.origin + path)).headers.getSetCookie()).toEqual([])
  }
})

test('signing out tells Prisme to forget before the page is told', async () => {
  const { send } = browser()
  await send('/sign-in', { email: 'gift-buyer@example.com', password: DEMO_PASSWORD })
  await send('/account')
  await send('/sign-out', {})
  expect(callsIn(await (await send('/')).text())).toEqual([['reset'], ['page']])
  expect(callsIn(await (await send('/')).text())).toEqual([])
})

test('an order carries amounts that add up, and empties the basket', async () => {
  const { send } = browser()
  await send('/basket/add', { product: 'dawn-mug', quantity: '3' })
  await send('/basket/add', { product: 'jetty-sneaker', size: '41', quantity: '1' })
  await send('/basket')
  const started = callsIn(await (await send('/checkout')).text())
  expect(started.map(([, event]) => event)).toEqual(['Checkout Started'])
  const address = {
    name: 'Demo shopper',
    street: '1 quay',
    postalCode: '29000',
    city: 'Quimper',
    country: 'FR',
  }
  const placed = await send('/checkout', { email: 'guest@example.com', ...address })
  const calls = callsIn(await (await send(placed.headers.get('location') ?? '')).text())
  expect(calls[0]).toEqual(['identify', { email: 'guest@example.com' }])
  const [, event, properties] = calls[1] as readonly ['track', string, Record<string, unknown>]
  expect(event).toBe('Order Completed')
  const { revenue, shipping, tax, total, currency, products, order_id: id } = properties
  expect({ total, currency, shipping }).toEqual({ total: 161, currency: 'EUR', shipping: 0 })
  expect(Math.round((Number(revenue) + Number(shipping) + Number(tax)) * 100)).toBe(16_100)
  expect(placed.headers.get('location')).toBe(`/orders/${id}`)
  expect(products).toMatchObject([
    { product_id: 'dawn-mug', quantity: 3, price: 22, category: 'home' },
    { product_id: 'jetty-sneaker', quantity: 1, price: 95, category: 'shoes', variant: '41' },
  ])
  expect((await send('/checkout')).headers.get('location')).toBe('/basket')
  expect((await browser().send(`/orders/${id}`)).status).toBe(404)
})

test('an incomplete address is refused field by field, and nothing typed is lost', async () => {
  const { send } = browser()
  await send('/basket/add', { product: 'dawn-mug', quantity: '1' })
  const answer = await send('/checkout', { email: 'x', name: '"><b>me', country: 'ZZ' })
  const html = await answer.text()
  expect(answer.status).toBe(422)
  for (const field of ['email', 'street', 'postalCode', 'city', 'country'])
    expect(html).toContain(`href="#${field}"`)
  expect(html).not.toContain('href="#name"')
  expect(html).toContain('value="&quot;&gt;&lt;b&gt;me"')
})

test('more and less of a thing are events of the difference', async () => {
  const { send } = browser()
  await send('/basket/add', { product: 'dawn-mug', quantity: '2' })
  await send('/basket')
  await send('/basket/line', { key: 'dawn-mug', quantity: '5' })
  await send('/basket/line', { key: 'dawn-mug', quantity: '4' })
  await send('/basket/line', { key: 'dawn-mug', remove: 'yes' })
  await send('/basket/line', { key: 'unknown', quantity: '4' })
  const calls = callsIn(await (await send('/basket')).text())
  const tracked = calls.flatMap((call) =>
    call[0] === 'track' ? [[call[1], call[2]['quantity']]] : [],
  )
  expect(tracked).toEqual([
    ['Product Added', 3],
    ['Product Removed', 1],
    ['Product Removed', 4],
    ['Cart Viewed', undefined],
  ])
})

test('shoes are not added without a size', async () => {
  const { send } = browser()
  const answer = await send(
    '/basket/add',
    { product: 'jetty-sneaker', size: '99', quantity: '1' },
    { Accept: 'application/json' },
  )
  expect(await answer.json()).toMatchObject({
    count: 0,
    calls: [],
    message: 'Please choose a size.',
  })
})

test('consent is told first on every page once it was given', async () => {
  const { send } = browser()
  expect(callsIn(await (await send('/')).text())).toEqual([])
  await send('/privacy', { granted: 'analytics', all: 'chosen' })
  const [first] = callsIn(await (await send('/product/dawn-mug')).text())
  const denied = { personalization: false, advertising: false, email: false, sms: false }
  expect(first).toEqual(['consent', { analytics: true, ...denied }])
  await send('/privacy', { all: 'denied', granted: 'analytics' })
  expect(callsIn(await (await send('/')).text())).toEqual([
    ['consent', { analytics: false, ...denied }],
  ])
})

test('the newsletter asks consent for e-mail and tells the address', async () => {
  const { send } = browser()
  expect(
    (
      await send('/newsletter', { email: 'reader@example.com', back: '/category/bags' })
    ).headers.get('location'),
  ).toBe('/category/bags')
  expect(callsIn(await (await send('/category/bags')).text()).slice(0, 3)).toEqual([
    ['consent', { email: true }],
    ['identify', { email: 'reader@example.com', newsletter: true }],
    ['track', 'Newsletter Subscribed', { form: 'footer' }],
  ])
  await send('/newsletter', { email: 'nonsense', back: '/' })
  expect(callsIn(await (await send('/')).text())).toEqual([])
})

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', ''])(
  'a way back to %j leads home',
  async (back) => {
    const answer = await browser().send(`/language/fr?back=${encodeURIComponent(back)}`)
    expect(answer.headers.get('location')).toBe('/')
  },
)

test('a form sent from another site is refused', async () => {
  const answer = await browser().send(
    '/newsletter',
    { email: 'x@example.com' },
    { Origin: 'https://evil.example' },
  )
  expect(answer.status).toBe(403)
})

test.each([
  ['/product/nothing', 404],
  ['/category/nothing', 404],
  ['/nothing', 404],
  ['/pictures/nothing.svg', 404],
])('%s answers %i', async (path, status) => {
  expect((await fetch(shop.origin + path)).status).toBe(status)
})

test('a query is shown as text, in the page and in the script', async () => {
  const html = await (
    await fetch(`${shop.origin}/search?q=${encodeURIComponent('</script><b>x')}`)
  ).text()
  expect(html).not.toContain('</script><b>')
  expect(callsIn(html)).toEqual([
    ['track', 'Products Searched', { query: '</script><b>x', results: 0 }],
  ])
})

test.each([
  ['fr-FR,fr;q=0.9', 'fr', 'Chaussures'],
  ['en', 'en', 'Shoes'],
  ['ja', 'en', 'Shoes'],
])('Accept-Language %s is answered in %s', async (accept, language, word) => {
  const html = await (
    await fetch(`${shop.origin}/category/shoes`, { headers: { 'Accept-Language': accept } })
  ).text()
  expect(html).toContain(`<html lang="${language}"`)
  expect(html).toContain(`<h1>${word}</h1>`)
})

test('the chosen language is kept, and events stay in English', async () => {
  const { send } = browser()
  await send('/language/fr?back=/')
  const html = await (
    await send('/product/squall-raincoat', undefined, { 'Accept-Language': 'en' })
  ).text()
  expect(html).toContain('Ciré Grain')
  expect(callsIn(html)[0]?.[2]).toMatchObject({
    name: 'Squall raincoat',
    category: 'coats',
    price: 135,
    currency: 'EUR',
    quantity: 1,
  })
})
