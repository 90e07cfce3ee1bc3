import { SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import type { ApiCap, ApiTouches } from '../../edge/protocol/api-touch.ts'
import type { DecideResponse } from '../../edge/protocol/collect.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import {
  basic,
  batch,
  collect,
  deviceKey,
  openShop,
  profileBy,
  send,
  TOKEN_SECRET,
  statuses,
  view,
  type Collected,
  type Shop,
} from './intake-fixture.ts'

/** Two browsers: one of a known person who is in a segment, one that claims to be that person without any proof. */
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  const created = await send(
    '/api/segments?wait=live',
    {
      name: 'Secret',
      key: 'secret',
      public: true,
      condition: {
        type: 'any',
        conditions: [
          {
            type: 'performed',
            event: 'Product Viewed',
            measure: 'count',
            operator: 'gte',
            value: 3,
          },
          { type: 'trait', trait: 'vip', operator: 'equals', value: true },
        ],
      },
    },
    { headers: { authorization: `Bearer ${shop.secretKey}`, 'content-type': 'application/json' } },
  )
  if (created.status !== 201) throw new Error(await created.text())
})

interface Victim {
  readonly userId: string
  readonly email: string
  readonly phone: string
  readonly loyaltyId: string
  readonly foreign: string
  readonly key: string
  readonly browser: Collected
  readonly token: string
  readonly before: ApiProfile
}

interface Attacker {
  readonly key: string
  readonly browser: Collected
}

/** `VITE_ATTACKS=all` makes every attempt by a younger, an older and a known browser; else each is made by one. */
const ALL = import.meta.env['VITE_ATTACKS'] === 'all'

let people = 0

const sign = (secret: string, claims: JsonObject, aud: string, exp = '1h', alg = 'HS256') =>
  new SignJWT(claims)
    .setProtectedHeader({ alg })
    .setAudience(aud)
    .setExpirationTime(exp)
    .sign(new TextEncoder().encode(secret))

const profileOf = async (kind: string, value: string): Promise<ApiProfile> => {
  const found = await profileBy(shop, kind, value)
  if (found === undefined) throw new Error(`nobody has the ${kind} ${value}`)
  return found
}

async function victim(): Promise<Victim> {
  const n = ++people
  const [userId, email] = [`Victim-${n}`, `victim.${n}@example.com`]
  const [phone, loyaltyId] = [`+3361234${String(n).padStart(4, '0')}`, `CARD-${n}`]
  const foreign = `foreign-anon-${n}xyz`
  const token = await sign(TOKEN_SECRET, { sub: userId, email }, shop.id)
  const key = deviceKey()
  const browser = await collect(shop, {
    deviceKey: key,
    batch: [
      view(),
      view({
        type: 'identify',
        userId,
        traits: { email, vip: true },
        context: { userToken: token },
      }),
      view({ context: { userToken: token } }),
      view({ context: { userToken: token } }),
    ],
  })
  expect(browser.segments).toEqual(['secret'])
  // What the shop's server knows besides.
  await send(
    '/v1/identify',
    {
      userId,
      anonymousId: foreign,
      traits: { email, phone, city: 'Lyon' },
      context: { externalIds: [{ type: 'loyaltyId', id: loyaltyId }] },
    },
    { headers: basic(shop.secretKey) },
  )
  const before = await profileOf('userId', userId)
  return { userId, email, phone, loyaltyId, foreign, key, browser, token, before }
}

async function attacker(): Promise<Attacker> {
  const key = deviceKey()
  return {
    key,
    browser: await collect(shop, { deviceKey: key, batch: [view({ event: 'Looked' })] }),
  }
}

const post = (path: string, body: Json, headers: HeadersInit = {}) =>
  send(path, body, { headers: { 'content-type': 'text/plain', ...headers } })
const keyed = (body: JsonObject): JsonObject => ({ writeKey: shop.writeKey, ...body })
const get = (path: string) => send(path, undefined, { method: 'GET' })
const coded = (body: JsonObject) => encodeURIComponent(btoa(JSON.stringify(body)))

type Attempt = (victim: Victim, attacker: Attacker) => Promise<Response | Collected | undefined>

/** A call of the tag's own, by the attacker's browser. */
const byTag =
  (
    event: (victim: Victim) => JsonObject,
    more: (victim: Victim) => JsonObject = () => ({}),
  ): Attempt =>
  (v, a) =>
    collect(
      shop,
      { deviceKey: a.key, batch: [view({ event: 'Looked', ...event(v) })], decide: [], ...more(v) },
      { headers: { cookie: a.browser.cookie } },
    )
/** A call of the Segment API with the public key, for the attacker's own device. */
const byApi =
  (path: string, event: (victim: Victim) => JsonObject): Attempt =>
  (v, a) =>
    post(path, keyed({ anonymousId: a.browser.anonymousId, ...event(v) }))

const VARIANTS: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['in capitals', (text) => text.toUpperCase()],
  ['in small letters', (text) => text.toLowerCase()],
  ['padded', (text) => `  ${text}\t`],
  [
    'in full width',
    (text) => text.replaceAll(/[0-9]/g, (d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0)),
  ],
  ['with an invisible letter', (text) => `${text}\u200b`],
  ['in quotes', (text) => `"${text}"`],
]

const attempts: (readonly [string, Attempt])[] = [
  ...VARIANTS.flatMap(([how, vary]): (readonly [string, Attempt])[] => [
    [`identify by user id ${how}`, byTag((v) => ({ type: 'identify', userId: vary(v.userId) }))],
    [
      `identify by e-mail ${how}`,
      byTag((v) => ({ type: 'identify', traits: { email: vary(v.email) } })),
    ],
    [
      `identify by phone ${how}`,
      byTag((v) => ({ type: 'identify', traits: { phone: vary(v.phone) } })),
    ],
    [
      `a track with external ids ${how}`,
      byTag((v) => ({
        context: {
          externalIds: [
            { type: 'loyaltyId', id: vary(v.loyaltyId) },
            { type: 'userId', id: vary(v.userId) },
            { type: 'anonymousId', id: vary(v.foreign) },
            { type: 'anonymousId', id: v.browser.anonymousId },
          ],
        },
      })),
    ],
    [
      `addresses in the context ${how}`,
      byTag((v) => ({ context: { traits: { email: vary(v.email), phone: vary(v.phone) } } })),
    ],
    [
      `a track that names the user ${how}`,
      byApi('/v1/track', (v) => ({ event: 'X', userId: vary(v.userId) })),
    ],
    [
      `an API identify ${how}`,
      byApi('/v1/identify', (v) => ({ userId: vary(v.userId), traits: { email: vary(v.email) } })),
    ],
    [
      `an API identify by e-mail alone ${how}`,
      byApi('/v1/identify', (v) => ({ traits: { email: vary(v.email) } })),
    ],
    [
      `an alias to the user ${how}`,
      (v, a) =>
        post('/v1/alias', keyed({ userId: vary(v.userId), previousId: a.browser.anonymousId })),
    ],
    [
      `an alias from the user ${how}`,
      byApi('/v1/alias', (v) => ({ userId: 'attacker', previousId: vary(v.userId) })),
    ],
    [`a group ${how}`, byApi('/v1/group', (v) => ({ userId: vary(v.userId), groupId: 'club' }))],
  ]),
  [
    'the short paths',
    async (v, a) => {
      const own = { anonymousId: a.browser.anonymousId, userId: v.userId }
      await post('/v1/i', keyed({ ...own, traits: { email: v.email } }))
      await post('/v1/t', keyed({ ...own, event: 'X' }))
      await post('/v1/p', keyed(own))
      await post('/v1/s', keyed(own))
      await post('/v1/g', keyed({ ...own, groupId: 'club' }))
      return post('/v1/a', keyed({ ...own, previousId: a.browser.anonymousId }))
    },
  ],
  [
    'a batch of all of it',
    (v, a) =>
      post(
        '/v1/batch',
        keyed({
          batch: ['identify', 'track', 'page', 'screen', 'group', 'alias'].map((type) => ({
            type,
            event: 'X',
            groupId: 'g',
            previousId: a.browser.anonymousId,
            userId: v.userId,
            anonymousId: a.browser.anonymousId,
          })),
        }),
      ),
  ],
  [
    'the pixel',
    (v, a) =>
      get(
        `/v1/pixel/identify?data=${coded(keyed({ anonymousId: a.browser.anonymousId, userId: v.userId, traits: { email: v.email } }))}`,
      ),
  ],
  [
    'Jitsu’s path',
    (v, a) =>
      send(
        '/api/s/identify',
        { anonymousId: a.browser.anonymousId, userId: v.userId, traits: { email: v.email } },
        { headers: { 'x-write-key': `id:${shop.writeKey}` } },
      ),
  ],
  [
    'Snowplow’s path',
    (v, a) =>
      send('/com.snowplowanalytics.snowplow/tp2', {
        schema: 'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4',
        data: [
          {
            e: 'pv',
            eid: crypto.randomUUID(),
            aid: shop.writeKey,
            uid: v.userId,
            duid: a.browser.anonymousId,
            p: 'web',
            url: 'https://shop.example/',
          },
        ],
      }),
  ],
  [
    'Matomo’s path',
    (v, a) =>
      get(
        `/matomo.php?idsite=${shop.writeKey}&rec=1&uid=${v.userId}&_id=${a.browser.anonymousId}&url=https://shop.example/`,
      ),
  ],
  [
    'a token of another shop',
    (v, a) =>
      sign(TOKEN_SECRET, { sub: v.userId }, 'ws_other').then((userToken) =>
        byTag(() => ({ type: 'identify', userId: v.userId, context: { userToken } }))(v, a),
      ),
  ],
  [
    'a token signed with a guess',
    (v, a) =>
      sign('x'.repeat(40), { sub: v.userId }, shop.id).then((userToken) =>
        byTag(() => ({ type: 'identify', userId: v.userId, context: { userToken } }))(v, a),
      ),
  ],
  [
    'a token that has expired',
    (v, a) =>
      sign(TOKEN_SECRET, { sub: v.userId }, shop.id, '-1h').then((userToken) =>
        byTag(() => ({ type: 'identify', userId: v.userId, context: { userToken } }))(v, a),
      ),
  ],
  [
    'a token without a signature',
    (v, a) => {
      const part = (value: JsonObject) => btoa(JSON.stringify(value)).replaceAll('=', '')
      const userToken = `${part({ alg: 'none' })}.${part({ sub: v.userId, aud: shop.id, exp: 9_999_999_999 })}.`
      return Promise.resolve(
        byTag(() => ({ type: 'identify', userId: v.userId, context: { userToken } }))(v, a),
      )
    },
  ],
  [
    'the victim’s device key beside one’s own cookie',
    (v, a) =>
      collect(
        shop,
        { deviceKey: v.key, batch: [view({ event: 'Looked' })] },
        { headers: { cookie: a.browser.cookie } },
      ),
  ],
  [
    'a cookie that was tampered with',
    (v, a) => {
      const cookie = v.browser.cookie.slice(0, -4) + 'AAAA'
      return collect(
        shop,
        { deviceKey: a.key, batch: [view({ event: 'Looked' })] },
        { headers: { cookie } },
      )
    },
  ],
  [
    'a secret key that is none',
    (v) =>
      send(
        '/v1/identify',
        { userId: v.userId, traits: { email: 'x@example.com' } },
        { headers: basic('not-the-key') },
      ),
  ],
  [
    'a decision with a forged token',
    (v) => post('/v1/decide', keyed({ userToken: `${v.token}x` })),
  ],
  [
    'a decision by a foreign id of the victim',
    (v) => post('/v1/decide', keyed({ anonymousId: v.foreign })),
  ],
  ['a decision by the user id', (v) => post('/v1/decide', keyed({ anonymousId: v.userId }))],
]

async function decide(body: JsonObject, cookie = ''): Promise<DecideResponse> {
  const response = await send('/v1/decide', keyed(body), { headers: { cookie } })
  return response.json<DecideResponse>()
}

/** What an answer says of segments, whoever it is to. */
async function told(answer: Response | Collected | undefined): Promise<string> {
  if (answer === undefined) return ''
  return answer instanceof Response ? answer.text() : JSON.stringify(answer)
}

const CANARIES = (v: Victim): readonly string[] => [
  'secret',
  'Lyon',
  v.before.id,
  v.browser.anonymousId,
]

async function gainsNothing(
  v: Victim,
  a: Attacker,
  answer: Response | Collected | undefined,
): Promise<void> {
  const next = await collect(
    shop,
    { deviceKey: a.key, batch: [view({ event: 'Looked' })], decide: [] },
    { headers: { cookie: a.browser.cookie } },
  )
  const texts = [
    await told(answer),
    JSON.stringify(next),
    JSON.stringify(await decide({ deviceKey: a.key })),
    JSON.stringify(await decide({}, a.browser.cookie)),
    JSON.stringify(await decide({ anonymousId: a.browser.anonymousId })),
  ]
  for (const text of texts) {
    for (const canary of CANARIES(v)) expect(text).not.toContain(canary)
  }
}

async function losesNothing(v: Victim): Promise<void> {
  const after = await profileOf('userId', v.userId)
  expect(after.id).toBe(v.before.id)
  for (const { kind, value } of v.before.identifiers) {
    expect(
      after.identifiers.some((one) => one.kind === kind && one.value === value),
      kind,
    ).toBe(true)
  }
  expect(after.segments.map(({ key }) => key)).toContain('secret')
  expect(after.devices.map(({ id }) => id)).toContain(v.browser.anonymousId)
  const again = await collect(
    shop,
    { deviceKey: v.key, batch: [view({ event: 'Looked' })] },
    { headers: { cookie: v.browser.cookie } },
  )
  expect(again.segments).toEqual(['secret'])
  for (const kind of ['email', 'phone', 'loyaltyId'] as const) {
    expect((await profileOf(kind, v[kind])).id).toBe(v.before.id)
  }
}

describe('a browser that claims to be somebody without proof', () => {
  const sides = ['younger', 'older', 'known'] as const
  const matrix = attempts.flatMap(([name, attempt], index) =>
    sides
      .filter((_, side) => ALL || side === index % sides.length)
      .map((side) => [name, side, attempt] as const),
  )

  test.each(matrix)(
    'gains nothing and takes nothing: %s, from a browser that is %s',
    async (_, side, attempt) => {
      const early = side === 'older' ? await attacker() : undefined
      if (early !== undefined) await new Promise((resolve) => setTimeout(resolve, 2))
      const v = await victim()
      const a = early ?? (await attacker())
      if (side === 'known') {
        await collect(
          shop,
          { deviceKey: a.key, batch: [view({ type: 'identify', userId: `me-${a.key}` })] },
          { headers: { cookie: a.browser.cookie } },
        )
      }
      const answer = await attempt(v, a)
      await gainsNothing(v, a, answer)
      await losesNothing(v)
      if (side === 'known')
        expect((await profileOf('userId', `me-${a.key}`)).id).not.toBe(v.before.id)
    },
  )

  test('and who claims a name before its bearer comes reads nothing of them afterwards', async () => {
    const a = await attacker()
    const n = ++people
    const userId = `Late-${n}`
    await byTag(() => ({ type: 'identify', userId, traits: { email: `late.${n}@example.com` } }))(
      undefined as never,
      a,
    )
    const token = await sign(TOKEN_SECRET, { sub: userId }, shop.id)
    const key = deviceKey()
    const browser = await collect(shop, {
      deviceKey: key,
      batch: [1, 2, 3].map(() => view({ context: { userToken: token } })),
    })
    expect(browser.segments).toEqual(['secret'])
    const next = await collect(
      shop,
      { deviceKey: a.key, batch: [view({ event: 'Looked' })], decide: [] },
      { headers: { cookie: a.browser.cookie } },
    )
    expect(next.segments).toEqual([])
    expect((await decide({ deviceKey: a.key })).segments).toEqual([])
  })

  test('and what a public key says was sent to them fills none of their caps; what they prove or a server says does', async () => {
    const headers = {
      authorization: `Bearer ${shop.secretKey}`,
      'content-type': 'application/json',
    }
    const cap = { name: `Mail ${++people}`, window: 'P7D', most: 3, channel: 'email' }
    const { key } = await (await send('/api/caps', cap, { headers })).json<ApiCap>()
    const { userId, token, before } = await victim()
    const pressure = async () => {
      const path = `/api/profiles/${before.id}/touches`
      const response = await send(path, undefined, { method: 'GET', headers })
      const touches = await response.json<ApiTouches>()
      return touches.pressure.find((one) => one.cap === key)?.pressure
    }
    const sent = (event: string, context: JsonObject = {}) => ({
      type: 'track',
      event,
      userId,
      properties: { channel: 'email', weight: 100, message_id: `forged-${++people}` },
      context,
    })
    const accepted = async (event: JsonObject, key: string) =>
      expect(statuses((await batch(shop, [event], key)).verdicts)).toEqual(['accepted'])
    for (const name of ['Message Sent', 'Email Delivered', 'Message Planned']) {
      await accepted(sent(name), shop.writeKey)
    }
    await expect.poll(pressure).toBe(0)
    await accepted(sent('Email Sent', { userToken: token }), shop.writeKey)
    await expect.poll(pressure).toBe(100)
    await accepted(sent('Email Sent'), shop.secretKey)
    await expect.poll(pressure).toBe(200)
  })

  test('many such claims evict none of a person’s devices and do not make their name one that too many bear', async () => {
    const v = await victim()
    for (let n = 0; n < 60; n++) {
      const key = deviceKey()
      await collect(shop, {
        deviceKey: key,
        batch: [view({ event: 'Looked' }), view({ type: 'identify', userId: v.userId })],
      })
    }
    await losesNothing(v)
    const { graph } = await profileOf('userId', v.userId)
    expect(graph.nodes.filter(({ blocked }) => blocked)).toEqual([])
  }, 60_000)
})
