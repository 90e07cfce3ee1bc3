import { SignJWT } from 'jose'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../edge/protocol/json.ts'
import {
  collect,
  deviceKey,
  openShop,
  population,
  profileOfDevice,
  send,
  statuses,
  TOKEN_SECRET,
  view,
  type Shop,
} from './intake-fixture.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})

const token = (
  claims: { readonly sub?: string; readonly email?: string; readonly aud?: string },
  secret = TOKEN_SECRET,
  exp = '1h',
) =>
  new SignJWT({ ...(claims.email !== undefined && { email: claims.email }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(claims.sub ?? 'u-1')
    .setAudience(claims.aud ?? shop.id)
    .setExpirationTime(exp)
    .sign(new TextEncoder().encode(secret))

const unsigned = (claims: JsonObject) =>
  `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(claims))}.`

describe('a browser', () => {
  test('is known again by its cookie, and by its device key alone', async () => {
    const shop = await openShop()
    const key = deviceKey()
    const first = await collect(shop, { deviceKey: key, batch: [view()] })
    expect(first.status).toBe(200)
    expect(statuses(first.verdicts)).toEqual(['accepted'])
    expect(first.anonymousId).toMatch(/^dev_[a-z2-7]{21}$/)

    const byCookie = await collect(
      shop,
      { deviceKey: deviceKey(), batch: [view()] },
      { headers: { cookie: first.cookie } },
    )
    expect(byCookie.anonymousId).toBe(first.anonymousId)
    const byKey = await collect(shop, { deviceKey: key, batch: [view()] })
    expect(byKey.anonymousId).toBe(first.anonymousId)
    expect((await profileOfDevice(shop, first.anonymousId))?.events).toHaveLength(3)
    expect(await population(shop)).toBe(1)
  })

  test('gets a cookie that scripts cannot read, and a new one only when it says something new', async () => {
    const first = await collect(shop, { deviceKey: deviceKey(), batch: [view()] })
    expect(first.setCookie).toMatch(
      /^prisme_id=[\w-]+; Max-Age=34128000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(first.setCookie).not.toContain(first.anonymousId)
    const again = await collect(shop, { batch: [view()] }, { headers: { cookie: first.cookie } })
    expect(again.setCookie).toBeNull()
  })

  test('on another site gets a partitioned cookie', async () => {
    const answer = await collect(
      shop,
      { deviceKey: deviceKey(), batch: [view()] },
      { headers: { 'sec-fetch-site': 'cross-site', origin: 'https://shop.example.org' } },
    )
    expect(answer.setCookie).toMatch(/; Secure; SameSite=None; Partitioned$/)
  })

  test('that forges a cookie, or brings one of another workspace, is new and not told what it claimed', async () => {
    const other = await openShop()
    const foreign = await collect(other, { deviceKey: deviceKey(), batch: [view()] })
    for (const cookie of [
      foreign.cookie,
      `prisme_id=${foreign.anonymousId}`,
      'prisme_id=AQID',
      'prisme_id=',
    ]) {
      const answer = await collect(
        shop,
        { deviceKey: deviceKey(), batch: [view()] },
        { headers: { cookie } },
      )
      expect(statuses(answer.verdicts)).toEqual(['accepted'])
      expect(answer.anonymousId).not.toBe(foreign.anonymousId)
    }
  })

  test('that was reset is another device, whatever its cookie says', async () => {
    const before = await collect(shop, { deviceKey: deviceKey(), batch: [view()] })
    const after = await collect(
      shop,
      { deviceKey: deviceKey(), batch: [view()], reset: true },
      { headers: { cookie: before.cookie } },
    )
    expect(after.anonymousId).not.toBe(before.anonymousId)
    expect(after.setCookie).toContain('prisme_id=')
  })

  test('that claims an anonymous id in its events stays itself', async () => {
    const victim = await collect(shop, { deviceKey: deviceKey(), batch: [view()] })
    const answer = await collect(shop, {
      deviceKey: deviceKey(),
      batch: [view({ anonymousId: victim.anonymousId })],
    })
    expect(answer.anonymousId).not.toBe(victim.anonymousId)
    expect((await profileOfDevice(shop, victim.anonymousId))?.events).toHaveLength(1)
  })
})

describe('verdicts', () => {
  test('come one an event, in order; the same message twice counts once', async () => {
    const key = deviceKey()
    const twice = view()
    const batch = [
      view(),
      null,
      twice,
      { type: 'track' },
      twice,
      view({ properties: { a: '\ud800' } }),
    ]
    const answer = await collect(shop, { deviceKey: key, batch })
    expect(statuses(answer.verdicts)).toEqual([
      'accepted',
      'not-an-object',
      'accepted',
      'missing-event',
      'duplicate',
      'ill-formed-text',
    ])
    const again = await collect(shop, { deviceKey: key, batch: [twice] })
    expect(statuses(again.verdicts)).toEqual(['duplicate'])
  })

  test('a poisoned event at any place of a batch costs its siblings nothing', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`)
    for (const at of [0, 10, 19]) {
      const batch = Array.from({ length: 20 }, (_, index) =>
        index === at ? view({ properties: { deep } }) : view(),
      )
      const answer = await collect(shop, { deviceKey: deviceKey(), batch })
      expect(
        answer.verdicts.map(({ status }) => status).filter((status) => status === 'accepted'),
      ).toHaveLength(19)
      expect(answer.verdicts[at]).toMatchObject({ status: 'rejected', reason: 'too-deep' })
    }
  })
})

describe('consent', () => {
  test('where the source asks first, nothing is kept and nobody is remembered without an answer', async () => {
    const careful = await openShop('opt-in')
    const answer = await collect(careful, { deviceKey: deviceKey(), batch: [view()] })
    expect(statuses(answer.verdicts)).toEqual(['no-consent'])
    expect(answer.setCookie).toBeNull()
    expect(await population(careful)).toBe(0)
  })

  test('a withdrawal is recorded and takes the cookie back', async () => {
    const key = deviceKey()
    const first = await collect(shop, { deviceKey: key, batch: [view()] })
    const withdrawal = view({
      event: 'Segment Consent Preference Updated',
      context: { consent: { categoryPreferences: { analytics: false } } },
    })
    const answer = await collect(
      shop,
      { deviceKey: key, batch: [withdrawal] },
      { headers: { cookie: first.cookie } },
    )
    expect(statuses(answer.verdicts)).toEqual(['accepted'])
    expect(answer.setCookie).toMatch(/^prisme_id=; Max-Age=0;/)
    const profile = await profileOfDevice(shop, first.anonymousId)
    expect(profile?.consent['analytics']).toMatchObject({ granted: false })
  })

  test('Global Privacy Control denies advertising', async () => {
    const answer = await collect(
      shop,
      { deviceKey: deviceKey(), batch: [view()] },
      { headers: { 'sec-gpc': '1' } },
    )
    const profile = await profileOfDevice(shop, answer.anonymousId)
    expect(profile?.consent['advertising']).toMatchObject({ granted: false })
  })
})

describe('what the edge attaches', () => {
  const PHONE =
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36'

  test('place, device, language and campaign of the visitor; the address nowhere', async () => {
    const context = {
      page: {
        url: 'https://shop.example.com/shoes?utm_source=news&utm_medium=email&utm_campaign=spring',
        referrer: 'https://www.google.fr/',
        title: 'Shoes',
      },
      locale: 'fr-FR',
      library: { name: 'prisme', version: '1' },
      ip: '203.0.113.9',
    }
    const answer = await collect(
      shop,
      { deviceKey: deviceKey(), batch: [view({ context })] },
      {
        headers: {
          'user-agent': PHONE,
          'cf-connecting-ip': '203.0.113.9',
          'sec-ch-ua-mobile': '?1',
          'sec-ch-ua-platform': '"Android"',
        },
        cf: {
          country: 'FR',
          region: 'Bretagne',
          city: 'Rennes',
          postalCode: '35000',
          timezone: 'Europe/Paris',
        },
      },
    )
    const profile = await profileOfDevice(shop, answer.anonymousId)
    expect(profile?.events[0]?.context).toEqual({
      country: 'FR',
      region: 'Bretagne',
      city: 'Rennes',
      postalCode: '35000',
      timezone: 'Europe/Paris',
      device: 'mobile',
      os: 'Android',
      browser: 'Chrome',
      language: 'fr-FR',
      source: 'news',
      medium: 'email',
      campaign: 'spring',
      referrerClass: 'email',
      referrer: 'https://www.google.fr/',
      url: context.page.url,
      path: '/shoes',
      title: 'Shoes',
      library: 'prisme',
    })
    expect(JSON.stringify(profile)).not.toContain('203.0.113.9')
  })

  test('a crawler is flagged', async () => {
    const answer = await collect(
      shop,
      { deviceKey: deviceKey(), batch: [view()] },
      {
        headers: {
          'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
        },
      },
    )
    const profile = await profileOfDevice(shop, answer.anonymousId)
    expect(profile?.events[0]?.context).toMatchObject({ device: 'bot', bot: true })
  })
})

describe('who may claim whom', () => {
  // A person for each test: what one of them proved would hold for the next.
  let user = ''
  beforeEach(() => {
    user = `u-${deviceKey()}`
  })
  const addressOf = (name: string): string => `${name}@example.com`
  const claims = async (userToken: string | undefined) => {
    const event = view({
      type: 'identify',
      userId: user,
      traits: { email: addressOf(user), plan: 'gold' },
      context: { ...(userToken !== undefined && { userToken }) },
    })
    const { anonymousId } = await collect(shop, { deviceKey: deviceKey(), batch: [event] })
    const profile = await profileOfDevice(shop, anonymousId)
    return Object.fromEntries(profile?.identifiers.map(({ kind, proven }) => [kind, proven]) ?? [])
  }

  test('a token of the shop proves its subject and its address', async () => {
    const proven = await token({ sub: user, email: ` ${addressOf(user).toUpperCase()}` })
    expect(await claims(proven)).toMatchObject({ userId: true, email: true })
  })

  test('a token proves no other address than its own', async () => {
    const proven = await token({ sub: user, email: addressOf('someone-else') })
    expect(await claims(proven)).toMatchObject({ userId: true, email: false })
  })

  test.each<[string, () => Promise<string | undefined>]>([
    ['no token', async () => undefined],
    ['another secret', () => token({ sub: user }, 'another-secret-that-is-long-enough-too')],
    ['another workspace', () => token({ sub: user, aud: 'ws_other' })],
    ['an expired token', () => token({ sub: user }, TOKEN_SECRET, '1 minute ago')],
    ['another subject', () => token({ sub: `${user}-2` })],
    ['no signature', async () => unsigned({ sub: user, aud: shop.id, exp: 9e9 })],
    ['rubbish', async () => 'rubbish'],
  ])('%s proves nothing', async (_, make) => {
    expect(await claims(await make())).toMatchObject({ userId: false })
  })

  test('a proven page is that person without saying so', async () => {
    const event = view({ context: { userToken: await token({ sub: 'u-9' }) } })
    const { anonymousId } = await collect(shop, { deviceKey: deviceKey(), batch: [event] })
    const profile = await profileOfDevice(shop, anonymousId)
    expect(profile?.identifiers).toContainEqual(
      expect.objectContaining({ kind: 'userId', value: 'u-9', proven: true }),
    )
  })

  test('addresses are nowhere readable: not in identifiers, traits, events or refusals', async () => {
    const batch = [
      view({ type: 'identify', userId: user, traits: { email: 'demo-shopper@example.com' } }),
      view({ event: 7, traits: { email: 'demo-shopper@example.com' } }),
      view({ context: { traits: { email: 'demo-shopper@example.com', phone: '+33612345678' } } }),
    ]
    const { anonymousId } = await collect(shop, { deviceKey: deviceKey(), batch })
    const profile = await profileOfDevice(shop, anonymousId)
    const failed = await send('/api/failed-events', undefined, {
      method: 'GET',
      headers: { authorization: `Bearer ${shop.secretKey}` },
    })
    const all = JSON.stringify(profile) + (await failed.text())
    expect(all).toContain('wrong-type')
    expect(all).not.toContain('demo-shopper@example.com')
    expect(all).not.toContain('612345678')
  })
})

describe('requests that are refused as a whole', () => {
  test.each<[string, string, number]>([
    ['an unknown key', '{"writeKey":"nobody","batch":[]}', 401],
    ['no key', '{"batch":[]}', 401],
    ['no JSON', '{"batch":[}', 400],
    ['no object', '[]', 401],
  ])('%s', async (_, body, status) => {
    const response = await send('/v1/collect', body)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ status })
  })

  test('malformed JSON is told the place', async () => {
    const response = await send('/v1/collect', '{\n  "batch": [,]\n}')
    expect(await response.json()).toMatchObject({
      detail: expect.stringContaining('line 2, column 13'),
    })
  })

  test('pages of any origin may read the answer', async () => {
    const response = await send('/v1/collect', '{}', {
      headers: { origin: 'https://shop.example.org' },
    })
    expect(response.headers.get('access-control-allow-origin')).toBe('https://shop.example.org')
    expect(response.headers.get('access-control-allow-credentials')).toBe('true')
    expect(response.headers.get('access-control-expose-headers')).toBe('Retry-After,ETag')
  })
})
