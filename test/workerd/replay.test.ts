import { env } from 'cloudflare:workers'
import { SignJWT } from 'jose'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { profileShard, workspaceObject } from '../../edge/objects/address.ts'
import { ProfileShard } from '../../edge/objects/profile-shard.ts'
import type { ApiFailedEvent, ApiOverview, Page } from '../../edge/protocol/api.ts'
import type { Catalog } from '../../edge/protocol/catalog.ts'
import type { SourceId } from '../../edge/protocol/id.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import type { SourceCounts } from '../../edge/protocol/live.ts'
import { DAY, HOUR, MINUTE } from '../../edge/protocol/time.ts'
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
  TOKEN_SECRET,
  view,
  type Shop,
} from './intake-fixture.ts'
import { resetClock, setClock } from './shard-fixture.ts'

afterEach(() => {
  vi.restoreAllMocks()
  resetClock()
})

const bearer = (shop: Shop) => ({ authorization: `Bearer ${shop.secretKey}` })

async function failed(shop: Shop, query = ''): Promise<readonly ApiFailedEvent[]> {
  const response = await send(`/api/failed-events${query}`, undefined, {
    method: 'GET',
    headers: bearer(shop),
  })
  return (await response.json<Page<ApiFailedEvent>>()).items
}

async function only(shop: Shop): Promise<ApiFailedEvent> {
  const [item, ...others] = await failed(shop)
  if (item === undefined || others.length > 0) throw new Error('Not exactly one failed event')
  return item
}

const post = (shop: Shop, path: string, body?: Json) =>
  send(path, body, {
    headers: { ...bearer(shop), ...(body !== undefined && { 'content-type': 'application/json' }) },
  })

/** Verdict of a replay, or the status of its refusal. */
async function replay(shop: Shop, id: string, event?: JsonObject): Promise<string | number> {
  const body = event === undefined ? undefined : { event }
  const response = await post(shop, `/api/failed-events/${id}/replay`, body)
  if (!response.ok) return response.status
  return statuses([(await response.json<{ verdict: Verdict }>()).verdict])[0] ?? ''
}

/** The counts of all sources of a workspace, from its shards. */
const COUNTED = ['accepted', 'duplicate', 'rejected', 'failed', 'replayed'] as const
/** Of two reports of a shard, and more. */
const CALM = 250

/** What all sources count together, once it has stood still: shards report one after the other. */
async function counts(shop: Shop): Promise<SourceCounts> {
  const read = async () => {
    const path = '/api/reports/overview'
    const response = await send(path, undefined, { method: 'GET', headers: bearer(shop) })
    const sources = Object.values((await response.json<ApiOverview>()).sources)
    const sum = (key: keyof SourceCounts) => sources.reduce((all, one) => all + one[key], 0)
    return Object.fromEntries(COUNTED.map((key) => [key, sum(key)])) as unknown as SourceCounts
  }
  for (let before = await read(); ;) {
    await new Promise((resolve) => setTimeout(resolve, CALM))
    const now = await read()
    if (JSON.stringify(now) === JSON.stringify(before)) return now
    before = now
  }
}

const SOON = { timeout: 10_000 }
const counted = (shop: Shop) => expect.poll(() => counts(shop), SOON)

/** However often it came, it is one. */
const receivedOnce = (shop: Shop) =>
  expect
    .poll(async () => {
      const { accepted, duplicate, rejected, failed } = await counts(shop)
      return accepted + duplicate + rejected + failed
    }, SOON)
    .toBe(1)

/** Makes the retention longer, and waits until the edge knows. */
async function keepLonger(shop: Shop): Promise<void> {
  const retention = 1_000 * DAY
  await env.DB.prepare('update workspace set retention = ? where id = ?')
    .bind(retention, shop.id)
    .run()
  await workspaceObject(env, shop.id).publish({ workspace: shop.id })
  await vi.waitFor(async () => {
    const catalog = await env.CACHE.get<Catalog>(`catalog:${shop.id}`, 'json')
    expect(catalog?.retention).toBe(retention)
  }, 10_000)
  // An isolate knows a catalog for three seconds.
  setClock(Date.now() + 10_000)
}

const corrected = (raw: JsonObject | null): JsonObject => ({ ...raw, event: 'Order Completed' })
/** A track call that forgot its name. */
const nameless = (changes: JsonObject = {}): JsonObject => {
  const { event: _event, ...rest } = view(changes)
  return rest
}

const provenOf = async (shop: Shop, kind: string, value: string) =>
  (await profileBy(shop, kind, value))?.identifiers
    .map((one) => `${one.kind} ${one.value} ${one.proven}`)
    .sort()

/** So many that were too old, of as many people, in as many shards as there are. */
async function tooOld(shop: Shop, people: number): Promise<void> {
  for (let at = 0; at < people; at++) {
    const timestamp = iso(Date.now() - 800 * DAY)
    await batch(shop, [
      view({ userId: `u-${at}`, timestamp }),
      view({ userId: `u-${at}`, event: 'Kept' }),
    ])
  }
}
describe('a failed event', () => {
  test('that is corrected and replayed happened when it happened, and leaves the list', async () => {
    const shop = await openShop()
    const sentAt = Date.now() - HOUR
    const body = {
      batch: [
        nameless({ messageId: 'late', userId: 'u-1', timestamp: iso(sentAt - MINUTE) }),
        view({ userId: 'u-1' }),
      ],
      sentAt: iso(sentAt),
      context: { locale: 'fr-CA' },
    }
    await send('/v1/batch', body, { headers: basic(shop.writeKey) })
    const item = await only(shop)
    expect(item.verdict).toMatchObject({ status: 'rejected', reason: 'missing-event' })
    expect(await replay(shop, item.id)).toBe('missing-event')

    setClock(Date.now() + 2 * DAY)
    expect(await replay(shop, item.id, corrected(item.raw))).toBe('accepted')
    expect(await failed(shop)).toEqual([])
    const profile = await profileBy(shop, 'userId', 'u-1')
    const order = profile?.events.find(({ event }) => event === 'Order Completed')
    expect(order).toMatchObject({
      id: 'late',
      receivedAt: item.receivedAt,
      // The clock that was an hour slow is corrected by the arrival of then.
      timestamp: iso(Date.parse(item.receivedAt) - MINUTE),
      source: item.source,
      context: { language: 'fr-CA' },
    })
    await counted(shop).toEqual({
      accepted: 2,
      duplicate: 0,
      rejected: 0,
      failed: 0,
      replayed: 1,
    })
    expect(await replay(shop, item.id, corrected(item.raw))).toBe(404)
  })

  test('that was sent again meanwhile is a duplicate, however long ago that was', async () => {
    for (const wait of [0, 30 * DAY]) {
      const shop = await openShop()
      const bad = nameless({ userId: 'u-1' })
      await batch(shop, [bad])
      await batch(shop, [corrected(bad)])
      const { id, raw } = await only(shop)
      setClock(Date.now() + wait)
      expect(await replay(shop, id, corrected(raw))).toBe('duplicate')
      expect((await profileBy(shop, 'userId', 'u-1'))?.events).toHaveLength(1)
      expect(await failed(shop)).toEqual([])
      await counted(shop).toMatchObject({ accepted: 1, duplicate: 1, replayed: 1 })
      resetClock()
    }
  })

  test('keeps its message id, whatever the correction says', async () => {
    const shop = await openShop()
    await batch(shop, [nameless({ userId: 'u-1', messageId: 'first' })])
    const { id, raw } = await only(shop)
    await replay(shop, id, { ...corrected(raw), messageId: 'second' })
    expect((await profileBy(shop, 'userId', 'u-1'))?.events[0]?.id).toBe('first')
  })

  test('that is still wrong stays as it came, and its source is told nothing new', async () => {
    const shop = await openShop()
    await batch(shop, [nameless({ userId: 'u-1' })])
    const before = await only(shop)
    expect(await replay(shop, before.id, { ...before.raw, event: 7 })).toBe('wrong-type')
    expect(await only(shop)).toEqual(before)
    await counted(shop).toMatchObject({ accepted: 0, rejected: 1, replayed: 0 })
  })

  test('that was too old is taken in once the retention is longer', async () => {
    const shop = await openShop()
    await batch(shop, [view({ userId: 'u-1', timestamp: iso(Date.now() - 900 * DAY) })])
    const { id } = await only(shop)
    expect(await replay(shop, id)).toBe('too-old')
    await keepLonger(shop)
    // Whoever takes it in may have heard of it a moment later.
    await expect.poll(() => replay(shop, id)).toBe('accepted')
    await counted(shop).toMatchObject({ accepted: 1, failed: 0, replayed: 1 })
  })

  test('of which nothing is kept needs another in its place', async () => {
    const shop = await openShop()
    await batch(shop, [view({ userId: 'u-1', properties: { text: 'x'.repeat(40_000) } })])
    const { id, raw } = await only(shop)
    expect(raw).toBeNull()
    expect(await replay(shop, id)).toBe(409)
    expect(await replay(shop, id, view({ userId: 'u-1' }))).toBe('accepted')
  })

  test('of a shard that is away stays until it is back', async () => {
    const shop = await openShop()
    await batch(shop, [nameless({ userId: 'u-1' })])
    const { id, raw } = await only(shop)
    vi.spyOn(ProfileShard.prototype, 'ingestMany').mockRejectedValue(new Error('away'))
    expect(await replay(shop, id, corrected(raw))).toBe(503)
    vi.restoreAllMocks()
    expect(await replay(shop, id, corrected(raw))).toBe('accepted')
  })

  test('is taken in once if the word that it was taken in is lost', async () => {
    const shop = await openShop()
    await batch(shop, [nameless({ userId: 'u-1' })])
    const { id, raw } = await only(shop)
    vi.spyOn(ProfileShard.prototype, 'settleReplays').mockRejectedValueOnce(new Error('lost'))
    expect(await replay(shop, id, corrected(raw))).toBe(500)
    expect(await replay(shop, id, corrected(raw))).toBe('duplicate')
    expect((await profileBy(shop, 'userId', 'u-1'))?.events).toHaveLength(1)
    await receivedOnce(shop)
  })

  test('that two people replay at once is taken in once', async () => {
    const shop = await openShop()
    await batch(shop, [nameless({ userId: 'u-1' })])
    const { id, raw } = await only(shop)
    const answers = await Promise.all([1, 2, 3].map(() => replay(shop, id, corrected(raw))))
    expect(answers.filter((answer) => answer === 'accepted')).toHaveLength(1)
    expect(['accepted', 'duplicate', 404]).toEqual(expect.arrayContaining(answers))
    expect((await profileBy(shop, 'userId', 'u-1'))?.events).toHaveLength(1)
    await receivedOnce(shop)
  })

  test.each(['0.0.1', '9.9.9', 'x', '0.0.0', '0.0.1.1'])('called %s is not there', async (id) => {
    const shop = await openShop()
    expect(await replay(shop, id, view({ userId: 'u-1' }))).toBe(404)
  })

  test('of another workspace is not there', async () => {
    const [shop, other] = [await openShop(), await openShop()]
    for (const each of [shop, other]) await batch(each, [nameless({ userId: 'u-1' })])
    const mine = await only(shop)
    await replay(other, mine.id, corrected(mine.raw))
    expect(await only(shop)).toEqual(mine)
    expect(await profileBy(shop, 'userId', 'u-1')).toBeUndefined()
  })

  test.each([{ event: [] }, { event: 'x' }, { events: {} }])(
    '%j is no correction',
    async (body) => {
      const shop = await openShop()
      await batch(shop, [nameless({ userId: 'u-1' })])
      const { id } = await only(shop)
      expect((await post(shop, `/api/failed-events/${id}/replay`, body as Json)).status).toBe(400)
    },
  )
})

describe('what it proved when it came it proves again', () => {
  const identify = { type: 'identify', userId: 'u-1', traits: { email: 'Ann@Example.com ' } }
  test('by a secret key, all of it', async () => {
    const shop = await openShop()
    await batch(shop, [{ ...identify, context: 7 }])
    const { id, raw } = await only(shop)
    expect(await replay(shop, id, { ...raw, context: {} })).toBe('accepted')
    expect(await provenOf(shop, 'email', 'ann@example.com')).toEqual([
      'email ann@example.com true',
      'userId u-1 true',
    ])
  })

  test('by a write key, nothing', async () => {
    const shop = await openShop()
    await batch(shop, [{ ...identify, context: 7 }], shop.writeKey)
    const { id, raw } = await only(shop)
    expect(await replay(shop, id, { ...raw, context: {} })).toBe('accepted')
    expect(await provenOf(shop, 'email', 'ann@example.com')).toEqual([
      'email ann@example.com false',
      'userId u-1 false',
    ])
  })

  test('by a user token, what the token says, though the token is not kept', async () => {
    const shop = await openShop()
    const userToken = await new SignJWT({ email: 'ann@example.com' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('u-1')
      .setAudience(shop.id)
      .setExpirationTime('10m')
      .sign(new TextEncoder().encode(TOKEN_SECRET))
    const bad = { ...identify, traits: 7, context: { userToken } }
    await batch(shop, [bad], shop.writeKey)
    const { id, raw } = await only(shop)
    expect(JSON.stringify(raw)).not.toContain(userToken)
    setClock(Date.now() + DAY)
    const traits = { email: 'ann@example.com', phone: '+33612345678' }
    expect(await replay(shop, id, { ...raw, traits })).toBe('accepted')
    expect(await provenOf(shop, 'userId', 'u-1')).toEqual([
      'email ann@example.com true',
      'phone +33612345678 false',
      'userId u-1 true',
    ])
  })
})

describe('addresses', () => {
  test('are hashed in what is kept and shown, wherever they stand, and are there again for the replay', async () => {
    const shop = await openShop()
    await batch(shop, [
      {
        type: 'identify',
        userId: 'u-1',
        context: { traits: { phone: '+33 6 12 34 56 78' }, ip: '203.0.113.7' },
        traits: [{ 'E-Mail': 'ann@example.com' }],
        properties: { contact: 'ann@example.com', friends: [{ mobile_phone: 33612345678 }] },
      },
    ])
    const { id, raw } = await only(shop)
    expect(JSON.stringify(raw)).not.toMatch(/ann@|3361|33 6|203\.0/)
    const [{ 'E-Mail': email }] = (raw ?? {})['traits'] as unknown as [{ 'E-Mail': string }]
    expect(await replay(shop, id, { ...raw, traits: { email } })).toBe('accepted')
    const profile = await profileBy(shop, 'email', 'ann@example.com')
    expect(profile?.traits['email']).toBe('ann@example.com')
    expect(profile?.identifiers.map(({ value }) => value)).toContain('+33612345678')
    expect(profile?.events[0]?.properties).toEqual({
      contact: 'ann@example.com',
      friends: [{ mobile_phone: 33612345678 }],
    })
  })

  test('beyond any number an event has are not even hashed', async () => {
    const shop = await openShop()
    const many = Array.from({ length: 3_000 }, (_, at) => `${at}@x.y`)
    const bad = nameless({ userId: 'u-1', properties: { many } })
    await batch(shop, [bad, { ...bad, messageId: 'other' }, nameless({ userId: 'u-2' })])
    const kept = (await failed(shop)).map(({ raw }) => raw !== null)
    expect(kept.filter(Boolean)).toHaveLength(1)
    expect(kept).toHaveLength(3)
  })
})

test("a tag's event comes again from the browser and the place it came from", async () => {
  const shop = await openShop()
  const key = deviceKey()
  const { anonymousId } = await collect(
    shop,
    { deviceKey: key, batch: [nameless({ messageId: 'from-tag' })] },
    {
      cf: { country: 'CA', city: 'Montréal' },
      headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' },
    },
  )
  const { id, raw } = await only(shop)
  expect(await replay(shop, id, corrected(raw))).toBe('accepted')
  const profile = await profileOfDevice(shop, anonymousId)
  expect(profile?.events[0]).toMatchObject({
    id: 'from-tag',
    device: anonymousId,
    context: { country: 'CA', city: 'Montréal', browser: 'Firefox' },
  })
  expect(profile?.identifiers).toEqual([])
  // The tag sends it once more, corrected: the browser's own memory of message ids knows it.
  const again = await collect(shop, { deviceKey: key, batch: [view({ messageId: 'from-tag' })] })
  expect(statuses(again.verdicts)).toEqual(['duplicate'])
})

test('nothing is kept of an event without consent', async () => {
  const shop = await openShop('opt-in')
  await collect(shop, { deviceKey: deviceKey(), batch: [view(), nameless()] })
  const kept = await failed(shop)
  expect(kept.map(({ verdict }) => 'reason' in verdict && verdict.reason)).toEqual([
    'missing-event',
  ])
  expect(kept[0]?.raw).toBeNull()
  const [address = { region: 0, shard: 0 }] = await workspaceObject(env, shop.id).shards()
  const range = { filter: {}, after: 0, limit: 10 }
  const { items } = await profileShard(env, shop.id, address).keptEvents({
    workspace: shop.id,
    ...range,
  })
  expect(items.map(({ origin }) => origin)).toEqual([{}])
})

describe('many at once', () => {
  interface Part {
    readonly accepted: number
    readonly rejected: number
    readonly skipped: number
    readonly busy: boolean
    readonly cursor?: string
  }
  async function replayAll(shop: Shop, filter: JsonObject, limit = 3) {
    const parts: Part[] = []
    let cursor: string | undefined
    do {
      const body = { ...filter, limit, ...(cursor !== undefined && { cursor }) }
      const response = await post(shop, '/api/failed-events/replay', body)
      if (!response.ok) throw new Error(await response.text())
      const part = await response.json<Part>()
      parts.push(part)
      cursor = part.cursor
    } while (cursor !== undefined && parts.length < 100)
    const sum = (key: 'accepted' | 'rejected' | 'skipped') =>
      parts.reduce((total, part) => total + part[key], 0)
    return {
      accepted: sum('accepted'),
      rejected: sum('rejected'),
      skipped: sum('skipped'),
      parts: parts.length,
    }
  }

  test('those that a filter means are taken in, part by part; others stay', async () => {
    const shop = await openShop()
    await tooOld(shop, 10)
    await batch(shop, [nameless({ userId: 'u-1' })])
    await keepLonger(shop)
    const { parts, ...done } = await replayAll(shop, { reason: 'too-old' })
    expect(done).toEqual({ accepted: 10, rejected: 0, skipped: 0 })
    expect(parts).toBeGreaterThan(3)
    const left = await failed(shop)
    expect(left.map(({ verdict }) => 'reason' in verdict && verdict.reason)).toEqual([
      'missing-event',
    ])
    for (let at = 0; at < 10; at++) {
      expect((await profileBy(shop, 'userId', `u-${at}`))?.events).toHaveLength(2)
    }
    await counted(shop).toEqual({
      accepted: 20,
      duplicate: 0,
      rejected: 1,
      failed: 0,
      replayed: 10,
    })
  })

  test('those that are refused again end it all the same, and stay', async () => {
    const shop = await openShop()
    for (let at = 0; at < 7; at++) await batch(shop, [nameless({ userId: `u-${at}` })])
    await batch(shop, [view({ userId: 'u', properties: { text: 'x'.repeat(40_000) } })])
    expect(await replayAll(shop, {})).toMatchObject({ accepted: 0, rejected: 7, skipped: 1 })
    expect(await failed(shop)).toHaveLength(8)
  })

  test('a shard that is away is waited for, with nothing lost or doubled', async () => {
    const shop = await openShop()
    const timestamp = iso(Date.now() - 800 * DAY)
    // Of one request: all in one shard.
    await batch(
      shop,
      Array.from({ length: 6 }, (_, at) => view({ userId: `u-${at}`, timestamp })),
    )
    await keepLonger(shop)
    const sound = ProfileShard.prototype.ingestMany
    let calls = 0
    vi.spyOn(ProfileShard.prototype, 'ingestMany').mockImplementation(function (
      this: ProfileShard,
      requests,
    ) {
      // Two failures in a row are a shard that is away.
      return ++calls % 6 < 2 ? Promise.reject(new Error('away')) : sound.call(this, requests)
    })
    expect(await replayAll(shop, { reason: 'too-old' })).toMatchObject({ accepted: 6 })
    vi.restoreAllMocks()
    expect(await failed(shop)).toEqual([])
    await counted(shop).toMatchObject({ accepted: 6, duplicate: 0, replayed: 6 })
  })

  test.each([
    { cursor: 'x' },
    { cursor: '0.0' },
    { limit: 0 },
    { limit: 201 },
    { reasons: [] },
    { source: 7 },
  ])('%j is no part of them', async (body) => {
    const shop = await openShop()
    expect((await post(shop, '/api/failed-events/replay', body as JsonObject)).status).toBe(400)
  })
})

describe('the list', () => {
  test('is filtered by source and reason, and counted by both', async () => {
    const shop = await openShop()
    await batch(shop, [nameless({ userId: 'u-1' }), view({})])
    await batch(shop, [nameless({ userId: 'u-1' })], shop.writeKey)
    const all = await failed(shop)
    const sources = [...new Set(all.map(({ source }) => source))]
    expect(sources).toHaveLength(2)
    for (const source of sources) {
      const own = all.filter((item) => item.source === source)
      expect(await failed(shop, `?source=${source}`)).toEqual(own)
      expect(await failed(shop, `?source=${source}&reason=missing-event&limit=1`)).toHaveLength(1)
    }
    expect(await failed(shop, '?reason=missing-identity')).toHaveLength(1)
    expect(await failed(shop, '?reason=nothing')).toEqual([])
    const response = await send('/api/failed-events/totals', undefined, {
      method: 'GET',
      headers: bearer(shop),
    })
    const totals = await response.json<{ sources: Record<string, unknown> }>()
    expect(Object.values(totals.sources)).toEqual(
      expect.arrayContaining([
        { reasons: { 'missing-event': 1, 'missing-identity': 1 }, dropped: 0 },
        { reasons: { 'missing-event': 1 }, dropped: 0 },
      ]),
    )
  })

  test.each([
    ['by number', 1_000, 1_100, 'x'],
    ['by bytes', 133, 150, 'é'.repeat(15_000)],
  ])(
    'is bounded %s for each source: the oldest make room and are counted',
    async (_, most, sent, text) => {
      const shop = await openShop()
      await batch(shop, [nameless({ messageId: 'of-another', userId: 'u' })], shop.writeKey)
      for (let at = 0; at < sent; at += 10) {
        const events = Array.from({ length: 10 }, (_, index) =>
          nameless({ messageId: `m-${at + index}`, userId: 'u', properties: { text } }),
        )
        await batch(shop, events)
      }
      const kept: ApiFailedEvent[] = []
      const response = await send('/api/failed-events/totals', undefined, {
        method: 'GET',
        headers: bearer(shop),
      })
      const { sources } = await response.json<{ sources: Record<string, { dropped: number }> }>()
      // A list ends after 1,000: both sources may be kept by one shard.
      for (const source of Object.keys(sources) as SourceId[]) {
        for (const address of await workspaceObject(env, shop.id).shards()) {
          const stub = profileShard(env, shop.id, address)
          const filter = { source }
          kept.push(...(await stub.failedEvents({ workspace: shop.id, filter, limit: 1_000 })))
        }
      }
      const ids = kept.map(({ verdict }) => verdict.messageId)
      expect(ids).toContain('of-another')
      const own = ids.filter((id) => id !== 'of-another')
      expect(own.length).toBeLessThanOrEqual(most)
      expect(own.length).toBeGreaterThan(most - 5)
      expect(own).toEqual(own.map((_, index) => `m-${sent - 1 - index}`))
      const dropped = Object.values(sources).reduce((sum, source) => sum + source.dropped, 0)
      expect(dropped + own.length).toBe(sent)
    },
  )
})

function iso(at: number): string {
  return new Date(at).toISOString()
}
