import { beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../edge/protocol/json.ts'
import type { Verdict } from '../../edge/protocol/verdict.ts'
import { basic, openShop, profileBy, send, statuses, type Shop } from './intake-fixture.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})

const PHONE =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36'

const get = (path: string, headers: HeadersInit = {}) =>
  send(path, undefined, { method: 'GET', headers })

const timeline = async (userId: string) =>
  (await profileBy(shop, 'userId', userId))?.events.map(({ type, event }) => [type, event]) ?? []

const jitsu = (path: string, body: JsonObject, key = `id:${shop.secretKey}`) =>
  send(path, body, { headers: { 'x-write-key': key, 'user-agent': PHONE } })

/** The context of a browser's first event. */
const seenAt = async (path: string, anonymousId: string) => {
  await jitsu(path, { anonymousId, event: 'Seen' }, `id:${shop.writeKey}`)
  return (await profileBy(shop, 'anonymousId', anonymousId))?.events[0]?.context
}

describe("Segment's short paths", () => {
  test.each([
    ['t', 'track', { event: 'Seen' }],
    ['p', 'page', {}],
    ['s', 'screen', {}],
    ['i', 'identify', { traits: { plan: 'gold' } }],
    ['g', 'group', { groupId: 'club' }],
    ['a', 'alias', { previousId: 'before-short' }],
  ])('/v1/%s is a %s', async (letter, type, fields) => {
    const body = { userId: `short-${letter}`, ...fields }
    const response = await send(`/v1/${letter}`, body, { headers: basic(shop.secretKey) })
    expect(response.status).toBe(200)
    expect((await timeline(`short-${letter}`)).map(([said]) => said)).toEqual([type])
  })

  test('/v1/b is a batch', async () => {
    const batch = [{ type: 'track', event: 'Seen', userId: 'short-b' }]
    const response = await send('/v1/b', { batch, writeKey: shop.secretKey })
    const { verdicts } = await response.json<{ verdicts: readonly Verdict[] }>()
    expect(statuses(verdicts)).toEqual(['accepted'])
  })

  test('what a batch says once holds for each message: context, its external ids, integrations', async () => {
    const batch = [
      { type: 'track', event: 'Seen', userId: 'shared-1' },
      { type: 'track', event: 'Seen', userId: 'shared-1', integrations: { Mail: true } },
    ]
    const context = { locale: 'fr', externalIds: [{ type: 'crmId', id: 'crm-shared-1' }] }
    const body = { batch, context, integrations: { All: false } }
    await send('/v1/batch', body, { headers: basic(shop.secretKey) })
    const profile = await profileBy(shop, 'crmId', 'crm-shared-1')
    expect(profile?.identifiers).toContainEqual(
      expect.objectContaining({ kind: 'userId', value: 'shared-1' }),
    )
    const contexts = profile?.events.map(({ context: kept }) => kept)
    expect(contexts).toHaveLength(2)
    expect(contexts).toContainEqual({ language: 'fr', integrations: { All: false } })
    expect(contexts).toContainEqual({ language: 'fr', integrations: { All: false, Mail: true } })
  })

  test.each(['t', 'b', 'track', 'batch'])('a page may send to /v1/%s, and retry', async (call) => {
    const response = await send(`/v1/${call}`, undefined, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example.org',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-retry-count,rsa-retry-attempt',
      },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('https://shop.example.org')
    expect(response.headers.get('access-control-allow-headers')).toMatch(
      /x-retry-count.*rsa-retry-attempt/,
    )
    const sent = await send(`/v1/${call}`, {}, { headers: { origin: 'https://shop.example.org' } })
    expect(sent.headers.get('access-control-expose-headers')).toContain('Retry-After')
  })
})

describe('settings', () => {
  test("Segment's say that Prisme is all there is", async () => {
    const response = await get(`/v1/projects/${shop.writeKey}/settings`, {
      origin: 'https://shop.example.org',
    })
    expect(response.headers.get('access-control-allow-origin')).toBe('https://shop.example.org')
    expect(await response.json()).toMatchObject({
      integrations: {
        'Segment.io': {
          apiKey: shop.writeKey,
          apiHost: 'data.example.com/v1',
          protocol: 'https',
        },
      },
    })
  })

  test("RudderStack's are enabled, without destinations", async () => {
    for (const response of [
      await get(`/sourceConfig/?p=npm&writeKey=${shop.writeKey}`),
      await get('/sourceConfig/', basic(shop.writeKey)),
    ]) {
      expect(await response.json()).toMatchObject({
        source: { writeKey: shop.writeKey, enabled: true, destinations: [] },
      })
    }
  })

  test.each([
    ['an unknown key', () => 'nobody', 401],
    ['a secret key', () => shop.secretKey, 403],
  ])('of %s there are none', async (_, key, status) => {
    expect((await get(`/v1/projects/${key()}/settings`)).status).toBe(status)
    expect((await get(`/sourceConfig/?writeKey=${key()}`)).status).toBe(status)
  })
})

const data = (message: JsonObject) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(message))))

describe("Segment's library", () => {
  const path = (key: string) => `/analytics.js/v1/${key}/analytics.min.js`

  test('is served as its makers publish it, behind its licence, and told its key and where it came from', async () => {
    const response = await get(path(shop.writeKey))
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    const text = await response.text()
    expect(text.length).toBeGreaterThan(100_000)
    expect(text).toContain('Permission is hereby granted')
    expect(text).toContain(`window.analyticsWriteKey="${shop.writeKey}"`)
    expect(text).not.toContain('cdn.segment.com')
    expect(text).toContain('https://data.example.com/analytics-next/bundles/')
  })

  test('finds its parts here, by the names it knows', async () => {
    const text = await (await get(path(shop.writeKey))).text()
    const hash = /248:"(\w+)"/.exec(text)?.[1] ?? ''
    const part = await get(`/analytics-next/bundles/auto-track.bundle.${hash}.js`)
    expect(part.status).toBe(200)
    expect(part.headers.get('cache-control')).toContain('immutable')
    expect(await part.text()).toContain('HTMLFormElement')
    for (const name of ['constructor', 'ajs-destination.bundle.40628baed746e9904edc.js']) {
      expect((await get(`/analytics-next/bundles/${name}`)).status).toBe(404)
    }
  })

  test.each([
    ['an unknown key', () => 'nobody'],
    ['a secret key', () => shop.secretKey],
  ])('with %s there is none', async (_, key) => {
    const response = await get(path(key()))
    expect(response.status).toBe(404)
    expect(await response.text()).toMatch(/^\/\* Prisme: no source has this write key/)
  })
})

describe("Segment's pixel", () => {
  test('sends one message and answers with an image', async () => {
    const message = { writeKey: shop.secretKey, userId: 'pixel-1', event: 'Lu à l’été ÿþ>?' }
    const response = await get(`/v1/pixel/track?data=${encodeURIComponent(data(message))}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('image/gif')
    expect([...new Uint8Array(await response.arrayBuffer())].slice(0, 3)).toEqual([71, 73, 70])
    expect(await timeline('pixel-1')).toEqual([['track', 'Lu à l’été ÿþ>?']])
  })

  test('reads base64 whose plus signs became spaces, and without padding', async () => {
    const message = { writeKey: shop.secretKey, userId: 'pixel-2', name: '>>>???~~~' }
    const text = data(message)
    expect(text).toContain('+')
    expect((await get(`/v1/pixel/page?data=${text.replace(/=+$/, '')}`)).status).toBe(200)
    expect(await timeline('pixel-2')).toEqual([['page', 'Page Viewed']])
  })

  test('a scanner that asks for the head sends nothing', async () => {
    const message = data({ writeKey: shop.secretKey, userId: 'pixel-3', event: 'Opened' })
    const response = await send(`/v1/pixel/track?data=${message}`, undefined, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(await timeline('pixel-3')).toEqual([])
  })

  test.each([
    ['nothing', '', 400],
    ['no base64', '%%%', 400],
    ['no JSON', btoa('{"a":'), 400],
    ['no key', btoa('{"event":"Opened"}'), 401],
    ['a list', btoa('[]'), 401],
  ])('%s is refused', async (_, text, status) => {
    const response = await get(`/v1/pixel/track?data=${encodeURIComponent(text)}`)
    expect(response.status).toBe(status)
  })
})

describe("Jitsu's paths", () => {
  test.each(['/api/s/track', '/api/s/s2s/track', '/api/s/event'])(
    '%s takes the key of the header, not the masked one, and names no destinations',
    async (path) => {
      const userId = `jitsu${path.replaceAll('/', '-')}`
      const body = { type: 'track', event: 'Seen', userId, writeKey: 'id:***' }
      const response = await jitsu(path, body)
      expect(await response.json()).toMatchObject({ ok: true, destinations: [] })
      expect(await timeline(userId)).toEqual([['track', 'Seen']])
    },
  )

  test('a batch', async () => {
    const batch = [{ type: 'page', userId: 'jitsu-batch' }]
    expect((await jitsu('/api/s/batch', { batch })).status).toBe(200)
    expect(await timeline('jitsu-batch')).toEqual([['page', 'Page Viewed']])
  })

  test('what a server says of somebody is not mixed with what the edge sees of the server', async () => {
    expect(await seenAt('/api/s/track', 'jitsu-browser')).toMatchObject({ os: 'Android' })
    expect(await seenAt('/api/s/s2s/track', 'jitsu-server')).toEqual({})
  })

  test('the rest of /api stays closed to them', async () => {
    expect((await jitsu('/api/s/segments', {})).status).toBe(401)
    expect((await jitsu('/api/segments', {})).status).toBe(401)
  })

  test('a page may ask', async () => {
    const response = await send('/api/s/page', undefined, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example.org',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-write-key,x-ip-policy',
      },
    })
    expect(response.headers.get('access-control-allow-headers')).toMatch(/x-write-key.*x-ip-policy/)
  })
})
