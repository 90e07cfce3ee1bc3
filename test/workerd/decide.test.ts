import { SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { DecideResponse } from '../../edge/protocol/collect.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'
import {
  batch,
  collect,
  deviceKey,
  openShop,
  population,
  send,
  TOKEN_SECRET,
  view,
  type Shop,
} from './intake-fixture.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  const headers = {
    authorization: `Bearer ${shop.secretKey}`,
    'content-type': 'application/json',
  }
  const created = await send(
    '/api/segments?wait=live',
    {
      name: 'Shoe fans',
      key: 'shoe-fans',
      public: true,
      condition: {
        type: 'performed',
        event: 'Product Viewed',
        measure: 'count',
        operator: 'gte',
        value: 3,
      },
    },
    { headers },
  )
  if (created.status !== 201) throw new Error(await created.text())
})

const fan = () => [view(), view(), view()]

async function decide(body: JsonObject, headers: HeadersInit = {}) {
  const response = await send('/v1/decide', { writeKey: shop.writeKey, ...body }, { headers })
  return { response, answer: await response.json<DecideResponse>() }
}

describe('a decision', () => {
  test('is the same as the one that came with the events: by cookie, device key or id', async () => {
    const key = deviceKey()
    const entered = await collect(shop, { deviceKey: key, batch: fan() })
    expect(entered.segments).toEqual(['shoe-fans'])
    const asked = [
      await decide({}, { cookie: entered.cookie }),
      await decide({ deviceKey: key }),
      await decide({ anonymousId: entered.anonymousId }),
    ]
    for (const { response, answer } of asked) {
      expect(answer.segments).toEqual(['shoe-fans'])
      expect(answer.ortb2.user.data).toEqual([{ name: 'prisme', segment: [{ id: 'shoe-fans' }] }])
      expect(answer.ttl).toBe(60)
      expect(response.headers.get('cache-control')).toBe('private, no-store')
    }
  })

  test('for a proven person comes by token, wherever they ask', async () => {
    await batch(
      shop,
      fan().map((event) => ({ ...event, userId: 'u-1' })),
    )
    const token = (aud: string) =>
      new SignJWT()
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject('u-1')
        .setAudience(aud)
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(TOKEN_SECRET))
    expect((await decide({ userToken: await token(shop.id) })).answer.segments).toEqual([
      'shoe-fans',
    ])
    expect((await decide({ userToken: await token('ws_other') })).answer.segments).toEqual([])
  })

  test('for a browser that claims to be somebody without proof is of its own events alone', async () => {
    await batch(
      shop,
      fan().map((event) => ({ ...event, userId: 'victim' })),
    )
    const key = deviceKey()
    const claim = view({ type: 'identify', userId: 'victim', traits: {} })
    const answer = await collect(shop, { deviceKey: key, batch: [claim] })
    expect(answer.segments).toEqual([])
    expect((await decide({ deviceKey: key })).answer.segments).toEqual([])
    expect((await decide({ anonymousId: answer.anonymousId })).answer.segments).toEqual([])
  })

  test('for a stranger is what everybody sees, and creates nobody', async () => {
    const before = await population(shop)
    for (const body of [
      {},
      { deviceKey: deviceKey() },
      { anonymousId: 'foreign' },
      { anonymousId: 'dev_x' },
      { userToken: 'x' },
    ]) {
      const { response, answer } = await decide(body)
      expect(response.status).toBe(200)
      expect(answer.segments).toEqual([])
    }
    expect(await population(shop)).toBe(before)
  })

  test.each<[string, JsonObject, string]>([
    ['placements that are no list', { placements: 'hero' }, 'placements'],
    ['an id that is no text', { anonymousId: 7 }, 'anonymousId'],
    ['a token that is no text', { userToken: {} }, 'userToken'],
  ])('about %s is refused with the place', async (_, body, path) => {
    const { response, answer } = await decide(body)
    expect(response.status).toBe(400)
    expect(answer).toMatchObject({ errors: [{ path }] })
  })
})

describe('the tag', () => {
  const get = (path: string, headers: HeadersInit = {}) =>
    send(path, undefined, { method: 'GET', headers })

  test('comes with the settings of its source, and once more only if it changed', async () => {
    const response = await get(`/t/${shop.writeKey}.js`)
    const text = await response.text()
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(text).toContain(`"writeKey":"${shop.writeKey}"`)
    expect(text).toContain('"consent":"implied"')
    expect(text).not.toContain('__PRISME_SETTINGS__')
    const etag = response.headers.get('etag') ?? ''
    expect((await get(`/t/${shop.writeKey}.js`, { 'if-none-match': `W/${etag}` })).status).toBe(304)
    const careful = await openShop('opt-in')
    expect((await get(`/t/${careful.writeKey}.js`)).headers.get('etag')).not.toBe(etag)
  })

  test('loads its parts for ever', async () => {
    const text = await (await get(`/t/${shop.writeKey}.js`)).text()
    const name = /"parts":\{"render":"([^"]+)"/.exec(text)?.[1] ?? 'no part is named'
    const part = await get(`/t/${shop.writeKey}/${name}`)
    expect(part.status).toBe(200)
    expect(part.headers.get('cache-control')).toContain('immutable')
    expect(part.headers.get('access-control-allow-origin')).toBe('*')
    expect((await get(`/t/${shop.writeKey}/constructor`)).status).toBe(404)
  })

  test('of an unknown or secret key is a comment that says so', async () => {
    for (const key of ['nobody', shop.secretKey, '%22%3E%3Cscript%3E']) {
      const response = await get(`/t/${key}.js`)
      expect(response.status).toBe(404)
      expect(await response.text()).toMatch(/^\/\* Prisme: no source has this write key.* \*\/\n$/)
    }
  })
})
