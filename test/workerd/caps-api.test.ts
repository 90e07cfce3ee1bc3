import { exports } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import type {
  ApiAuditEntry,
  ApiExperience,
  ApiProfile,
  ApiSource,
  Page,
} from '../../edge/protocol/api.ts'
import type { ApiCap, ApiPressureReport, ApiTouches } from '../../edge/protocol/api-touch.ts'
import type { CollectResponse, DecideResponse } from '../../edge/protocol/collect.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import { birth, call, newSegment, ORIGIN } from './admin-fixture.ts'

const WEEK = { name: 'Two a week', window: 'P7D', most: 2 }

beforeAll(async () => {
  await birth('a')
})

describe('caps', () => {
  test('are made, changed, listed and deleted, and shards are told', async () => {
    const segment = await newSegment()
    const made = await call<ApiCap>('POST', '/api/caps', {
      ...WEEK,
      channel: 'email',
      tag: 'promotion',
      thresholds: [{ segment: segment.id, most: 0.5 }],
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      key: 'two-a-week',
      channel: 'email',
      tag: 'promotion',
      thresholds: [{ segment: segment.id, most: 0.5 }],
      onSite: false,
      enabled: true,
      meaning: 'Messages on email tagged “promotion” may weigh at most 2 together in any P7D.',
    })
    const path = `/api/caps/${made.body.id}`
    const none = await call<ApiCap>('PUT', path, { ...WEEK, most: 0, enabled: false })
    expect(none.body).toMatchObject({ key: 'two-a-week', channel: null, thresholds: [] })
    expect(none.body.meaning).toBe(
      'No message on any channel is allowed, once this cap is switched on.',
    )
    const listed = await call<Page<ApiCap>>('GET', '/api/caps')
    expect(listed.body.items.map(({ id }) => id)).toEqual([made.body.id])
    expect((await call('POST', '/api/caps', { ...WEEK, key: 'two-a-week' })).status).toBe(409)
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
    const audit = await call<Page<ApiAuditEntry>>('GET', '/api/audit')
    expect(
      audit.body.items
        .filter(({ subject }) => subject === made.body.id)
        .map(({ action }) => action),
    ).toEqual(['cap.deleted', 'cap.changed', 'cap.created'])
  })

  test('keep the segments of their thresholds from being deleted', async () => {
    const segment = await newSegment()
    const thresholds = [{ segment: segment.id, most: 1 }]
    const { body } = await call<ApiCap>('POST', '/api/caps', { ...WEEK, thresholds })
    const refused = await call('DELETE', `/api/segments/${segment.id}`)
    expect(refused.status).toBe(409)
    expect(refused.body.detail).toContain(`the cap “${WEEK.name}”`)
    expect((await call('DELETE', `/api/caps/${body.id}`)).status).toBe(204)
    expect((await call('DELETE', `/api/segments/${segment.id}`)).status).toBe(204)
  })

  test.each([
    ['no window', { window: 'a week' }, 'window'],
    ['months, which have no length', { window: 'P1M' }, 'window'],
    ['too long a window', { window: 'P366D' }, 'window'],
    ['less than none', { most: -1 }, 'most'],
    ['more than is kept of people', { most: 201 }, 'most'],
    ['a channel nobody knows', { channel: 'pigeon' }, 'channel'],
    ['an empty tag', { tag: '' }, 'tag'],
    ['pages alone, without counting them', { channel: 'onsite' }, 'onSite'],
    [
      'a segment of nobody',
      { thresholds: [{ segment: 'seg_x', most: 1 }] },
      'thresholds.0.segment',
    ],
    [
      'a segment twice',
      {
        thresholds: [
          { segment: 's', most: 1 },
          { segment: 's', most: 2 },
        ],
      },
      'thresholds',
    ],
    ['an unknown key', { limit: 2 }, 'limit'],
  ])('with %s are refused', async (_, change, path) => {
    const answer = await call('POST', '/api/caps', { ...WEEK, ...change })
    expect(answer.status).toBe(400)
    expect(answer.body.errors?.map((error) => error.path)).toEqual([path])
    expect(answer.body.errors?.[0]?.reason).toMatch(/\w+ \w+/)
  })
})

test('pages show what presses until a cap refuses it, and are told what is left if their source may know', async () => {
  const closed = await call<ApiSource>('POST', '/api/sources', {
    name: 'Site',
    kind: 'browser',
    consent: 'implied',
  })
  const open = await call<ApiSource>('POST', '/api/sources', {
    name: 'App',
    kind: 'browser',
    consent: 'implied',
    pressure: true,
  })
  expect([closed.body.pressure, open.body.pressure]).toEqual([false, true])
  const onSite = await call<ApiCap>('POST', '/api/caps', {
    ...WEEK,
    name: 'On site',
    channel: 'onsite',
    onSite: true,
    most: 1,
  })
  const popup = await call<ApiExperience>('POST', '/api/experiences', {
    name: 'Popup',
    placement: 'home',
    variations: [{ key: 'loud', weight: 1, content: { title: 'Now!' } }],
    touch: { weight: 1 },
  })
  expect(popup.body.touch).toEqual({ weight: 1, tags: [], fallback: null })
  const deviceKey = 'AAAAAAAAAAAAAAAAAAAAAA'
  const collected = await call<CollectResponse>(
    'POST',
    '/v1/collect',
    {
      v: 1,
      writeKey: open.body.writeKey,
      deviceKey,
      sentAt: new Date().toISOString(),
      decide: ['home'],
      batch: [
        {
          type: 'track',
          event: 'Visited',
          messageId: 'visit-1',
          timestamp: new Date().toISOString(),
          context: {
            page: { url: 'https://shop.example/', path: '/', referrer: '', search: '', title: '' },
            locale: 'en',
            library: { name: 'prisme', version: '1' },
          },
        },
      ],
    },
    { origin: 'https://shop.example' },
  )
  expect(collected.body.decisions).toMatchObject([{ variation: 'loud', reason: 'targeting-match' }])
  expect(collected.body.pressure).toMatchObject([{ cap: 'on-site', most: 1, remaining: 0 }])
  const decide = async (writeKey: string | undefined) =>
    (
      await call<DecideResponse>(
        'POST',
        '/v1/decide',
        { writeKey, deviceKey },
        { origin: 'https://shop.example' },
      )
    ).body
  const told = await decide(open.body.writeKey)
  expect(told.decisions).toEqual([
    { placement: 'home', experience: 'popup', reason: 'capped', cap: 'on-site' },
  ])
  expect(told.pressure?.[0]?.freeAt).toMatch(/^\d{4}-/)
  expect((await decide(closed.body.writeKey)).pressure).toBeUndefined()
  for (const path of [`/api/experiences/${popup.body.id}`, `/api/caps/${onSite.body.id}`]) {
    expect((await call('DELETE', path)).status).toBe(204)
  }
})

describe('touches', () => {
  let path: string
  let cap: ApiCap

  beforeAll(async () => {
    await exports.default.fetch(`${ORIGIN}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('secret-a:')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userId: 'reader', event: 'Signed Up' }),
    })
    const { body } = await call<ApiProfile>('GET', '/api/profiles?kind=userId&value=reader')
    path = `/api/profiles/${body.id}/touches`
    cap = (await call<ApiCap>('POST', '/api/caps', { ...WEEK, key: 'week', channel: 'email' })).body
    expect(cap.key).toBe('week')
  })

  test('are allowed until the cap is full; the refusal names the rule, and when it is over', async () => {
    const first = await call('POST', path, { channel: 'email', messageId: 'm-1', tags: ['news'] })
    expect(first.status).toBe(201)
    expect(first.body).toMatchObject({
      allowed: true,
      touch: { messageId: 'm-1', channel: 'email', weight: 1, tags: ['news'], state: 'sent' },
    })
    expect((await call('POST', path, { channel: 'email', messageId: 'm-1' })).status).toBe(200)
    const refused = await call<Problem & { refusal: object }>('POST', path, {
      channel: 'email',
      weight: 1.5,
    })
    expect(refused.status).toBe(409)
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
    expect(refused.body.detail).toMatch(
      /^Cap “Two a week” \(week\) allows 2: 1 stand, and this weighs 1.5; free at \d{4}-/,
    )
    expect(refused.body.refusal).toMatchObject({ cap: 'week', most: 2, pressure: 1, weight: 1.5 })
    expect((await call('POST', path, { channel: 'sms', weight: 50 })).status).toBe(201)
    const at = new Date(Date.now() + 3_600_000).toISOString()
    const planned = await call('POST', path, { channel: 'email', messageId: 'p 1', at })
    expect(planned.body.errors?.[0]?.path).toBe('messageId')
    expect((await call('POST', path, { channel: 'email', messageId: 'p-1', at })).status).toBe(201)
    const { body } = await call<ApiTouches>('GET', path)
    expect(body.items.map(({ messageId, state }) => [messageId, state]).slice(0, 1)).toEqual([
      ['p-1', 'planned'],
    ])
    expect(body.pressure).toMatchObject([{ cap: 'week', most: 2, pressure: 2, remaining: 0 }])
    expect((await call('DELETE', `${path}/m-1`)).status).toBe(409)
    expect((await call('DELETE', `${path}/p-1`)).status).toBe(204)
    expect((await call('DELETE', `${path}/p-1`)).status).toBe(404)
    expect((await call('POST', path, { channel: 'email', messageId: 'm-2' })).status).toBe(201)
  })

  test.each([
    ['no channel', {}, 'channel'],
    ['a weight of nothing', { channel: 'email', weight: 0 }, 'weight'],
    ['what is over', { channel: 'email', at: '2020-01-01T00:00:00Z' }, 'at'],
    ['what is years ahead', { channel: 'email', at: '2099-01-01T00:00:00Z' }, 'at'],
    ['no instant', { channel: 'email', at: 'tomorrow' }, 'at'],
    ['an unknown key', { channel: 'email', wieght: 2 }, 'wieght'],
  ])('with %s are refused', async (_, body, field) => {
    const answer = await call('POST', path, body)
    expect(answer.status).toBe(400)
    expect(answer.body.errors?.map((error) => error.path)).toEqual([field])
  })

  test('are told together: what each cap allowed and refused, and how full it is for whom', async () => {
    const report = async () =>
      (await call<ApiPressureReport>('GET', '/api/reports/pressure?days=2')).body
    // Shards learn of a cap one after the other.
    await expect.poll(report).toMatchObject({
      days: 2,
      population: 2,
      sampled: 2,
      caps: [
        {
          id: cap.id,
          key: 'week',
          name: WEEK.name,
          allowed: 3,
          refused: 1,
          people: { none: 1, low: 0, high: 0, full: 1 },
        },
      ],
    })
    const wrong = await call('GET', '/api/reports/pressure?days=91')
    expect(wrong.body.errors?.[0]?.path).toBe('days')
  })

  test('of nobody are not found', async () => {
    const nobody = '/api/profiles/prf_aaaacfkmtkoylzmybhczc/touches'
    expect((await call('POST', nobody, { channel: 'email' })).status).toBe(404)
    expect((await call('GET', '/api/profiles/reader/touches')).status).toBe(404)
  })
})
