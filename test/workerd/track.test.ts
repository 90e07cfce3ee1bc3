import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { Json } from '../../edge/protocol/json.ts'
import { DAY } from '../../edge/protocol/time.ts'
import type { Verdict } from '../../edge/protocol/verdict.ts'
import {
  basic,
  batch,
  collect,
  deviceKey,
  openShop,
  profileBy,
  profileOfDevice,
  send,
  statuses,
  view,
  type Shop,
} from './intake-fixture.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})

async function pressed(text: string, codec: 'gzip' | 'deflate'): Promise<Uint8Array> {
  const stream = new Response(text).body?.pipeThrough(new CompressionStream(codec))
  return new Uint8Array(await new Response(stream as ReadableStream).arrayBuffer())
}

const event = () => JSON.stringify({ batch: [view({ userId: 'key-user' })] })

const text = () => JSON.stringify({ batch: [view({ userId: 'packed' })] })

const answerOf = async (response: Response) => ({
  status: response.status,
  verdicts: statuses((await response.json<{ verdicts?: readonly Verdict[] }>()).verdicts ?? []),
})

describe('keys', () => {
  test.each<[string, () => HeadersInit]>([
    ['Basic user name', () => basic(shop.writeKey)],
    ['Basic without the colon', () => ({ authorization: `Basic ${btoa(shop.writeKey)}` })],
    ['Bearer', () => ({ authorization: `Bearer ${shop.secretKey}` })],
    ['X-Write-Key', () => ({ 'x-write-key': shop.writeKey })],
    ["X-Write-Key as Jitsu's clients send it", () => ({ 'x-write-key': `id:${shop.writeKey}` })],
  ])('as %s', async (_, headers) => {
    expect(await answerOf(await send('/v1/batch', event(), { headers: headers() }))).toEqual({
      status: 200,
      verdicts: ['accepted'],
    })
  })

  test('as writeKey in the body; the header wins over a masked one', async () => {
    const body = (writeKey: string) => ({ batch: [view({ userId: 'key-user' })], writeKey })
    expect((await send('/v1/batch', body(shop.writeKey))).status).toBe(200)
    const masked = await send('/v1/batch', body('pk:***'), { headers: basic(shop.writeKey) })
    expect(masked.status).toBe(200)
    const wrong = await send('/v1/batch', body(shop.writeKey), { headers: basic('nobody') })
    expect(wrong.status).toBe(401)
  })

  test('history needs a secret key, and may be older than the retention', async () => {
    const old = {
      batch: [view({ userId: 'old', timestamp: new Date(Date.now() - 900 * DAY).toISOString() })],
    }
    expect((await send('/v1/import', old, { headers: basic(shop.writeKey) })).status).toBe(403)
    expect(
      await answerOf(await send('/v1/import', old, { headers: basic(shop.secretKey) })),
    ).toEqual({ status: 200, verdicts: ['accepted'] })
    const late = {
      batch: [view({ userId: 'old', timestamp: new Date(Date.now() - 900 * DAY).toISOString() })],
    }
    expect(
      await answerOf(await send('/v1/batch', late, { headers: basic(shop.secretKey) })),
    ).toEqual({ status: 200, verdicts: ['too-old'] })
  })

  test('a database that does not answer is no wrong key', async () => {
    const prepare = vi.spyOn(env.DB, 'prepare').mockImplementation(() => {
      throw new Error('D1 is down')
    })
    const response = await send('/v1/batch', event(), { headers: basic('never-seen-before') })
    prepare.mockRestore()
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
  })
})

describe('bodies', () => {
  test.each(['gzip', 'deflate'] as const)(
    '%s is unpacked, whatever the headers say of it',
    async (codec) => {
      const headers = {
        ...basic(shop.writeKey),
        'content-type': 'application/x-www-form-urlencoded',
      }
      for (const more of [{ 'content-encoding': codec }, {}]) {
        const response = await send('/v1/batch', await pressed(text(), codec), {
          headers: { ...headers, ...more },
        })
        expect(await answerOf(response)).toEqual({ status: 200, verdicts: ['accepted'] })
      }
    },
  )

  test.each<
    [string, () => Promise<Uint8Array | string>, { readonly [name: string]: string }, number]
  >([
    ['more than 500 KB', async () => `{"batch":["${'x'.repeat(512_001)}"]}`, {}, 413],
    [
      'a gzip bomb',
      () => pressed('0'.repeat(60_000_000), 'gzip'),
      { 'content-encoding': 'gzip' },
      413,
    ],
    ['a gzip bomb that does not say so', () => pressed('0'.repeat(60_000_000), 'gzip'), {}, 413],
    ['text that calls itself gzip', async () => text(), { 'content-encoding': 'gzip' }, 400],
    ['half a gzip', async () => (await pressed(text(), 'gzip')).slice(0, 40), {}, 400],
    ['another codec', async () => text(), { 'content-encoding': 'br' }, 415],
    ['malformed JSON', async () => '{"batch":[}', {}, 400],
    ['no batch', async () => '{}', {}, 400],
    ['a single message that is a list', async () => '[]', {}, 400],
    ['nothing', async () => '', {}, 400],
  ])('%s is refused', async (_, body, headers, status) => {
    const content = await body()
    const started = Date.now()
    const response = await send('/v1/batch', content as Json, {
      headers: { ...basic(shop.writeKey), ...headers },
    })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ status })
    expect(Date.now() - started).toBeLessThan(1_500)
  })
})

describe('single messages', () => {
  test.each([
    ['track', { event: 'Order Completed' }],
    ['page', { name: 'Home' }],
    ['screen', { name: 'Home' }],
    ['identify', { traits: { plan: 'gold' } }],
    ['group', { groupId: 'club' }],
    ['alias', { previousId: 'visitor-before' }],
  ])('/v1/%s', async (type, fields) => {
    const body = { userId: 'single', messageId: `single-${type}`, ...fields }
    const response = await send(`/v1/${type}`, body, { headers: basic(shop.secretKey) })
    expect(await answerOf(response)).toEqual({ status: 200, verdicts: ['accepted'] })
  })
})

describe('a batch about many people', () => {
  test('gives each their own, in order, and counts what was sent', async () => {
    const events = Array.from({ length: 60 }, (_, at) =>
      at % 10 === 9
        ? { type: 'nothing', messageId: `bad-${at}` }
        : view({ userId: `many-${at % 6}` }),
    )
    const { status, verdicts } = await batch(shop, events)
    expect(status).toBe(200)
    expect(verdicts.map(({ messageId }) => messageId)).toEqual(
      events.map((event) => event['messageId']),
    )
    expect(statuses(verdicts).filter((said) => said === 'unknown-type')).toHaveLength(6)
    expect(statuses(verdicts).filter((said) => said === 'accepted')).toHaveLength(54)
    const profile = await profileBy(shop, 'userId', 'many-0')
    expect(profile?.events).toHaveLength(10)
  })

  test('sent again changes nothing', async () => {
    const events = Array.from({ length: 5 }, (_, at) => view({ userId: `again-${at}` }))
    await batch(shop, events)
    expect(statuses((await batch(shop, events)).verdicts)).toEqual(events.map(() => 'duplicate'))
    expect((await profileBy(shop, 'userId', 'again-0'))?.events).toHaveLength(1)
  })

  test('a server speaks for others: only what it says of them counts', async () => {
    const context = {
      ip: '203.0.113.9',
      location: { country: 'be', city: 'Gent' },
      userAgent:
        'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1',
    }
    const body = { batch: [view({ userId: 'said', context }), view({ userId: 'unsaid' })] }
    await send('/v1/batch', body, {
      headers: { ...basic(shop.secretKey), 'user-agent': 'analytics-node', 'sec-gpc': '1' },
      cf: { country: 'US', city: 'Ashburn' },
    })
    const said = await profileBy(shop, 'userId', 'said')
    expect(said?.events[0]?.context).toEqual({
      country: 'BE',
      city: 'Gent',
      device: 'mobile',
      os: 'iOS',
      browser: 'Mobile Safari',
    })
    const unsaid = await profileBy(shop, 'userId', 'unsaid')
    expect(unsaid?.events[0]?.context).toEqual({})
    expect(unsaid?.consent['advertising']?.at ?? null).toBeNull()
  })

  test("a browser's own id leads to its own profile", async () => {
    const { anonymousId } = await collect(shop, { deviceKey: deviceKey(), batch: [view()] })
    const { verdicts } = await batch(shop, [view({ anonymousId, userId: 'buyer-7' })])
    expect(statuses(verdicts)).toEqual(['accepted'])
    const profile = await profileOfDevice(shop, anonymousId)
    expect(profile?.events).toHaveLength(2)
    expect(profile?.identifiers).toContainEqual(
      expect.objectContaining({ kind: 'userId', value: 'buyer-7', proven: true }),
    )
  })

  test('an id that looks like ours but cannot be is a foreign id', async () => {
    const { verdicts } = await batch(shop, [
      view({ anonymousId: `dev_${'7'.repeat(21)}` }),
      view({ anonymousId: 'foreign-visitor-1' }),
    ])
    expect(statuses(verdicts)).toEqual(['accepted', 'accepted'])
    expect((await profileBy(shop, 'anonymousId', 'foreign-visitor-1'))?.events).toHaveLength(1)
  })

  test('who claims a known person without proof is marked as unproven, and is answered with verdicts alone', async () => {
    await batch(shop, [view({ userId: 'victim' })])
    const claim = [view({ anonymousId: 'attacker-visitor', userId: 'victim' })]
    const { status, ...answer } = await batch(shop, claim, shop.writeKey)
    expect(status).toBe(200)
    expect(Object.keys(answer)).toEqual(['success', 'verdicts'])
    const profile = await profileBy(shop, 'userId', 'victim')
    const proven = Object.fromEntries(
      profile?.identifiers.map(({ value, proven }) => [value, proven]) ?? [],
    )
    expect(proven).toMatchObject({ victim: true, 'attacker-visitor': false })
  })

  test('an alias that would join two known people is rejected', async () => {
    await batch(shop, [view({ userId: 'person-a' }), view({ userId: 'person-b' })])
    const alias = { type: 'alias', userId: 'person-a', previousId: 'person-b' }
    const itself = { type: 'alias', userId: 'person-a', previousId: 'person-a' }
    expect((await batch(shop, [alias, itself])).verdicts).toMatchObject([
      { status: 'rejected', reason: 'alias-conflict', path: 'previousId' },
      { status: 'accepted' },
    ])
  })

  test('whose shard does not answer is answered busy, so that it is sent again', async () => {
    const event = view({ userId: 'unlucky' })
    const broken = vi.spyOn(env.PROFILE, 'getByName').mockImplementation(() => {
      throw new Error('broken stub')
    })
    const first = await batch(shop, [event])
    const calls = broken.mock.calls.length
    broken.mockRestore()
    expect(first).toMatchObject({ status: 503, success: false })
    expect(statuses(first.verdicts)).toEqual(['busy'])
    expect(calls).toBe(2)
    expect(statuses((await batch(shop, [event])).verdicts)).toEqual(['accepted'])
  })

  test('an overloaded shard is not asked again, and the client is told when to come back', async () => {
    const broken = vi.spyOn(env.PROFILE, 'getByName').mockImplementation(() => {
      throw Object.assign(new Error('too much'), { overloaded: true })
    })
    const response = await send(
      '/v1/batch',
      { batch: [view({ userId: 'crowd' })] },
      { headers: basic(shop.secretKey) },
    )
    const calls = broken.mock.calls.length
    broken.mockRestore()
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(calls).toBe(1)
  })
})
