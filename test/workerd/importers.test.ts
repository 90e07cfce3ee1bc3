import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { Json } from '../../edge/protocol/json.ts'
import { openShop, profileBy, send, type Shop } from './intake-fixture.ts'

let shop: Shop
let other: Shop
beforeAll(async () => {
  shop = await openShop()
  other = await openShop()
})

const get = (path: string) => send(path, undefined, { method: 'GET' })

const timeline = async (userId: string, of = shop) =>
  (await profileBy(of, 'userId', userId))?.events.map(({ event }) => event) ?? []

const encoded = (value: Json) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')

const SCHEMA = 'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4'
const TP2 = '/com.snowplowanalytics.snowplow/tp2'
const tp2 = (...data: readonly Json[]) => send(TP2, { schema: SCHEMA, data })

describe("Snowplow's trackers", () => {
  test('post events, each kept once', async () => {
    const aid = shop.secretKey
    const events = [
      { e: 'pv', aid, uid: 'snow-1', eid: 'snow-e-1', page: 'Home' },
      { e: 'pp', aid, uid: 'snow-1', eid: 'snow-e-2' },
      { e: 'se', aid, uid: 'snow-1', eid: 'snow-e-3', se_ac: 'Basket Opened', vid: 3 },
    ]
    for (const _ of ['first', 'retry']) expect((await tp2(...events)).status).toBe(200)
    expect((await timeline('snow-1')).sort()).toEqual(['Basket Opened', 'Page Viewed'])
  })

  test('post what they encoded, and get an image for what they asked by image', async () => {
    const played = { schema: 'iglu:com.example/played/jsonschema/1-0-0', data: { mot: 'œuf ÿþ' } }
    const query = new URLSearchParams({
      e: 'ue',
      aid: shop.secretKey,
      uid: 'snow-2',
      ue_px: encoded({ schema: SCHEMA, data: played }),
    })
    const response = await get(`/i?${query}`)
    expect(response.headers.get('content-type')).toBe('image/gif')
    const profile = await profileBy(shop, 'userId', 'snow-2')
    expect(profile?.events.map(({ event, properties }) => [event, properties])).toEqual([
      ['played', { mot: 'œuf ÿþ' }],
    ])
  })

  test('speak for several apps at once', async () => {
    const both = [shop, other].map(({ secretKey: aid }) => ({ e: 'pv', aid, uid: 'snow-3' }))
    expect((await tp2(...both, { e: 'pv', aid: 'nobody', uid: 'snow-3' })).status).toBe(200)
    expect(await timeline('snow-3', shop)).toEqual(['Page Viewed'])
    expect(await timeline('snow-3', other)).toEqual(['Page Viewed'])
  })

  test.each<[string, () => Promise<Response>, number]>([
    ['an app nobody has', () => tp2({ e: 'pv', aid: 'nobody', uid: 'u' }), 401],
    ['no app', () => tp2({ e: 'pv', uid: 'u' }), 401],
    [
      'eleven apps',
      () => tp2(...Array.from({ length: 11 }, (_, at) => ({ e: 'pv', aid: `app-${at}` }))),
      400,
    ],
    ['no payloads', () => send(TP2, { schema: SCHEMA }), 400],
    ['no JSON', () => send(TP2, 'e=pv'), 400],
  ])('%s is refused', async (_, ask, status) => {
    expect((await ask()).status).toBe(status)
  })

  test('are told to come back when a shard does not answer', async () => {
    const broken = vi.spyOn(env.PROFILE, 'getByName').mockImplementation(() => {
      throw new Error('away')
    })
    const response = await tp2({ e: 'pv', aid: shop.secretKey, uid: 'snow-4' })
    broken.mockRestore()
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
  })

  test('of a page may send with credentials', async () => {
    const response = await send(TP2, undefined, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example.org', 'access-control-request-method': 'POST' },
    })
    expect(response.headers.get('access-control-allow-origin')).toBe('https://shop.example.org')
    expect(response.headers.get('access-control-allow-credentials')).toBe('true')
  })
})

const query = (fields: { readonly [name: string]: string }) =>
  new URLSearchParams({ idsite: shop.secretKey, rec: '1', ...fields }).toString()

describe("Matomo's trackers", () => {
  test('get an image, or nothing if they want none', async () => {
    const fields = { uid: 'matomo-1', url: 'https://shop.example.org/', rand: '1' }
    const response = await get(`/matomo.php?${query(fields)}`)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/gif'])
    expect((await get(`/piwik.php?${query({ ...fields, send_image: '0' })}`)).status).toBe(204)
    expect(await timeline('matomo-1')).toEqual(['Page Viewed', 'Page Viewed'])
  })

  test('are kept once if they say which request it is, each time if they do not', async () => {
    for (const _ of ['first', 'retry']) {
      await get(`/matomo.php?${query({ uid: 'matomo-2', rand: '5' })}`)
      await get(`/matomo.php?${query({ uid: 'matomo-3' })}`)
    }
    expect(await timeline('matomo-2')).toEqual(['Page Viewed'])
    expect(await timeline('matomo-3')).toEqual(['Page Viewed', 'Page Viewed'])
  })

  test('may send a form', async () => {
    const response = await send('/matomo.php', query({ uid: 'matomo-4', e_c: 'Shop', e_a: 'Seen' }))
    expect(response.status).toBe(200)
    expect(await timeline('matomo-4')).toEqual(['Seen'])
  })

  test('may send in bulk, with a token that speaks for all', async () => {
    const requests = [
      `?${query({ idsite: '1', uid: 'matomo-5', url: 'https://a.example/?b=1' })}`,
      query({ idsite: '1', url: 'https://a.example/' }),
      `?${query({ idsite: '1', uid: 'matomo-5', ping: '1' })}`,
      7,
    ]
    const response = await send('/matomo.php', { requests, token_auth: shop.secretKey })
    expect(await response.json()).toEqual({
      status: 'success',
      tracked: 2,
      invalid: 2,
      invalid_indices: [1, 3],
    })
    expect(await timeline('matomo-5')).toEqual(['Page Viewed'])
  })

  test.each<[string, () => Promise<Response>, number]>([
    ['a site nobody has', () => get('/matomo.php?idsite=1&uid=u'), 401],
    ['nothing', () => get('/matomo.php'), 401],
    ['a visit of nobody', () => get(`/matomo.php?${query({})}`), 400],
    ['a bulk that is none', () => send('/matomo.php', { requests: {} }), 400],
    ['half a bulk', () => send('/matomo.php', '{"requests":["?idsite'), 400],
  ])('%s is refused', async (_, ask, status) => {
    expect((await ask()).status).toBe(status)
  })
})
