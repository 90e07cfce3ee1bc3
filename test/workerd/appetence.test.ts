import { beforeAll, describe, expect, test } from 'vitest'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import type { ApiAppetenceReport, ApiScoreSettings } from '../../edge/protocol/api-score.ts'
import { APPETENCE_SETTINGS } from '../../edge/protocol/appetence.ts'
import type { Json } from '../../edge/protocol/json.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import { DAY, HOUR } from '../../edge/protocol/time.ts'
import { bearer } from './import-fixture.ts'
import { batch, openShop, send, type Shop } from './intake-fixture.ts'

async function call(shop: Shop, method: string, path: string, body?: unknown): Promise<Response> {
  return send(path, body as never, {
    method,
    headers: { ...bearer(shop), 'content-type': 'application/json' },
  })
}
async function api<T>(shop: Shop, method: string, path: string, body?: unknown): Promise<T> {
  const response = await call(shop, method, path, body)
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return JSON.parse(text) as T
}

const NOW = Date.now()
const CONSENT = { consent: { categoryPreferences: { analytics: true, email: true, sms: true } } }
let serial = 0
const event = (user: string, name: string, at: number, properties: Json = {}): Json => ({
  type: 'track',
  event: name,
  userId: user,
  messageId: `e${serial++}`,
  timestamp: new Date(at).toISOString(),
  properties,
  context: CONSENT,
})
const identify = (user: string, traits: Json): Json => ({
  type: 'identify',
  userId: user,
  messageId: `e${serial++}`,
  timestamp: new Date(NOW - 80 * DAY).toISOString(),
  traits,
  context: CONSENT,
})

/** `rate`: of so many messages one is clicked. All are sent at eight in the morning, UTC. */
function messages(user: string, count: number, rate: number): Json[] {
  const morning = Math.floor(NOW / DAY) * DAY - 70 * DAY + 8 * HOUR
  return Array.from({ length: count }, (_, place): Json[] => {
    const at = morning + Math.floor((place * 66) / count) * DAY
    const message = { message_id: `${user}-${place}`, campaign_id: 'news' }
    return [
      event(user, 'Email Sent', at, message),
      event(user, 'Email Delivered', at + 1_000, message),
      ...(place % rate === 0
        ? [
            event(user, 'Email Opened', at + HOUR, message),
            event(user, 'Email Link Clicked', at + HOUR, message),
          ]
        : []),
    ]
  }).flat()
}

describe('how people react to messages', () => {
  let shop: Shop
  const people = Array.from({ length: 30 }, (_, place) => `u${place}`)
  beforeAll(async () => {
    shop = await openShop()
    for (const [place, user] of people.entries()) {
      const rate = place < 6 ? 1 : place < 16 ? 3 : 12
      await batch(shop, [
        identify(user, { email: `${user}@example.com` }),
        ...messages(user, 12, rate),
      ])
    }
    await batch(shop, [
      identify('reachless', { plan: 'gold' }),
      ...messages('reachless', 12, 1),
      identify('new', { email: 'new@example.com' }),
    ])
  })

  test('is fitted on all of them, and told by channel, with what was foretold before', async () => {
    expect((await api<{ version: number }>(shop, 'POST', '/api/scores/refresh')).version).toBe(1)
    const report = await api<ApiAppetenceReport>(shop, 'GET', '/api/reports/appetence')
    const { version, channels, halfLife } = report
    expect([version, halfLife]).toEqual([1, 'P90D'])
    const email = channels.find(({ channel }) => channel === 'email')
    // 7 react to all of 12, 10 to 4, 14 to one.
    expect(email).toMatchObject({ people: 31, messages: 372, reacted: 138, purpose: 'email' })
    expect(email?.prior?.mean).toBeGreaterThan(0.3)
    expect(email?.prior?.mean).toBeLessThan(0.5)
    expect(email?.tenths).toHaveLength(9)
    expect(email?.histogram.reduce((sum, count) => sum + count, 0)).toBe(31)
    const {
      points = [],
      before = 0,
      messages: since = 0,
      lift = 0,
      error = 1,
    } = email?.calibration ?? {}
    expect(before + since).toBe(372)
    expect(points.reduce((sum, point) => sum + point.messages, 0)).toBe(since)
    expect(points.at(-1)?.actual).toBeGreaterThan(0.9)
    expect(lift).toBeGreaterThan(2)
    expect(error).toBeLessThan(0.15)
    // All were sent in the morning.
    const bands = email?.bands.map(({ messages: count }) => count > 0)
    expect(bands).toEqual([false, true, false, false])
    expect(channels.find(({ channel }) => channel === 'sms')).toMatchObject({
      people: 0,
      notEnough: { detail: 'not enough data: 0 of 100 messages' },
    })
    expect((await api<{ version: number }>(shop, 'POST', '/api/scores/refresh')).version).toBe(1)
  })

  test('is told of a person with counts, interval and bands, and why a channel is the best', async () => {
    const of = async (user: string) => {
      const { scores } = await api<ApiProfile>(
        shop,
        'GET',
        `/api/profiles?kind=userId&value=${user}`,
      )
      return scores?.appetence
    }
    // What was found is on its way to the shards.
    await expect
      .poll(async () => (await of('u0'))?.channels[0]?.probability, { timeout: 10_000 })
      .toBeDefined()
    const told = await of('u0')
    const email = told?.channels.find(({ channel }) => channel === 'email')
    expect(email).toMatchObject({ messages: 12, reacted: 12, isConsented: true, isReachable: true })
    const { probability = 0, low = 0, high = 0, population = 0 } = email ?? {}
    expect(population).toBeLessThan(low)
    expect(low).toBeLessThan(probability)
    expect(probability).toBeLessThan(high)
    expect(probability).toBeGreaterThan(0.85)
    expect(email?.bands.map(({ messages: count }) => count)).toEqual([0, 12, 0, 0])
    expect(told?.best).toEqual({ channel: 'email', why: 'only' })

    const unreached = await of('reachless')
    expect(unreached?.best).toBeUndefined()
    expect(unreached?.channels.find(({ channel }) => channel === 'email')).toMatchObject({
      isReachable: false,
      reacted: 12,
    })
    const unknown = (await of('new'))?.channels.find(({ channel }) => channel === 'email')
    expect(unknown).toMatchObject({ messages: 0, probability: unknown?.population })
  })

  test('makes segments, which an identifier alone lets somebody enter', async () => {
    const segment = await api<{ id: string }>(shop, 'POST', '/api/segments?wait=live', {
      name: 'Keen',
      condition: { type: 'score', score: 'appetence.email', operator: 'gte', value: 0.6 },
    })
    const members = async () =>
      (await api<{ items: readonly unknown[] }>(shop, 'GET', `/api/segments/${segment.id}/members`))
        .items.length
    await expect.poll(members, { timeout: 10_000 }).toBe(6)
    const linked = {
      ...(event('reachless', 'Linked', NOW) as object),
      context: { ...CONSENT, externalIds: [{ type: 'email', id: 'r@example.com' }] },
    }
    await batch(shop, [linked as Json])
    await expect.poll(members, { timeout: 10_000 }).toBe(7)
  })

  test('a past instant is looked at as it was', async () => {
    const day = new Date(NOW - 50 * DAY).toISOString().slice(0, 10)
    const report = await api<ApiAppetenceReport>(shop, 'GET', `/api/reports/appetence?asOf=${day}`)
    const email = report.channels.find(({ channel }) => channel === 'email')
    expect(report.version).toBeNull()
    expect(email?.messages).toBeGreaterThan(60)
    expect(email?.messages).toBeLessThan(186)
  })
})

test('an activation on the best channel says in its delivery which one that was, and why', async () => {
  const shop = await openShop()
  await api(shop, 'PUT', '/api/settings/scores', { appetence: { prior: 'none', exploration: 0 } })
  const made = async (path: string, body: object) =>
    (await api<{ id: string }>(shop, 'POST', path, body)).id
  const destination = (channel: string | null) =>
    made('/api/destinations', {
      name: `to ${channel}`,
      kind: 'webhook',
      url: 'https://hooks.example.com/prisme',
      purposes: ['analytics'],
      channel,
    })
  const [email, sms, list] = [
    await destination('email'),
    await destination('sms'),
    await destination(null),
  ]
  const segment = await made('/api/segments?wait=live', {
    name: 'Bought',
    condition: { type: 'performed', event: 'Bought', operator: 'gte', value: 1 },
  })
  const activation = { name: 'Thanks', segment, on: ['entered'], channel: 'best' }
  const refused = await call(shop, 'POST', '/api/activations', {
    ...activation,
    destinations: [email, list],
  })
  expect((await refused.json<Problem>()).errors).toMatchObject([{ path: 'destinations.1' }])
  await made('/api/activations', { ...activation, destinations: [email, sms] })
  await batch(shop, [
    identify('u', { email: 'u@example.com', phone: '+33612345678' }),
    ...messages('u', 4, 2),
    ...['Message Sent', 'Message Clicked'].map((name, place) =>
      event('u', name, NOW - DAY + place, { channel: 'sms', message_id: 's' }),
    ),
  ])
  // The catalog of the activation is on its way to the shards.
  const of = async () =>
    (
      await api<{ items: readonly { destination: string; choice?: object }[] }>(
        shop,
        'GET',
        '/api/deliveries',
      )
    ).items
  let turn = 0
  await expect
    .poll(
      async () => {
        const user = `u${turn++}`
        await batch(shop, [
          identify(user, { email: `${user}@example.com` }),
          event(user, 'Bought', NOW),
        ])
        return (await of()).length
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(0)
  expect((await of())[0]).toMatchObject({ destination: email, choice: { why: 'only' } })
  await batch(shop, [event('u', 'Bought', NOW)])
  const found = (await of()).find(({ destination: id }) => id === sms)
  expect(found?.choice).toEqual({ channel: 'sms', why: 'likeliest', probability: 1 })
})

describe('settings of appetence', () => {
  const path = '/api/settings/scores'
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
  })

  test('are the defaults until they are changed, and may have no half-life', async () => {
    const before = await api<ApiScoreSettings>(shop, 'GET', path)
    expect(before.appetence).toEqual({ ...APPETENCE_SETTINGS, halfLife: 'P90D' })
    const appetence = {
      halfLife: null,
      reactions: ['clicked'],
      exploration: 0.1,
      prior: 'none',
      channels: { whatsapp: { purpose: 'whatsapp', identifiers: ['phone'], traits: [] } },
    }
    expect((await api<ApiScoreSettings>(shop, 'PUT', path, { appetence })).appetence).toEqual(
      appetence,
    )
    expect((await api<ApiScoreSettings>(shop, 'GET', path)).appetence).toEqual(appetence)
    expect((await api<ApiScoreSettings>(shop, 'PUT', path, {})).appetence).toEqual(before.appetence)
  })

  test.each([
    [{ halfLife: 'soon' }, 'appetence.halfLife'],
    [{ reactions: [] }, 'appetence.reactions'],
    [{ reactions: ['sent'] }, 'appetence.reactions.0'],
    [{ exploration: 5 }, 'appetence.exploration'],
    [{ prior: 'flat' }, 'appetence.prior'],
    [{ channels: { Fax: { purpose: 'fax', traits: ['fax'] } } }, 'appetence.channels.Fax'],
    [{ channels: { fax: { purpose: 'fax' } } }, 'appetence.channels.fax'],
  ])('%j is refused at %s', async (appetence, at) => {
    const response = await call(shop, 'PUT', path, { appetence })
    expect(response.status).toBe(400)
    const { errors = [] } = await response.json<Problem>()
    expect(errors.map((error) => error.path)).toContain(at)
  })
})
