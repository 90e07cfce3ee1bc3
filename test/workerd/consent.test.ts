import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, identityShardOf } from '../../edge/domain/id.ts'
import { identityShard, profileShard, workspaceObject } from '../../edge/objects/address.ts'
import { clock } from '../../edge/objects/clock.ts'
import type {
  ApiConsentSettings,
  ApiDelivery,
  ApiDestination,
  ApiSource,
  Page,
} from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { CrossingMessage } from '../../edge/protocol/delivery.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import { DAY, MINUTE } from '../../edge/protocol/time.ts'
import { deliveryPorts } from '../../edge/routes/delivery-ports.ts'
import { ALL, tcString } from '../parse/tc-string.ts'
import {
  batch,
  collect,
  deviceKey,
  openShop,
  population,
  profileBy,
  profileOfDevice,
  send,
  statuses,
  view,
  type Shop,
} from './intake-fixture.ts'

let shop: Shop
let skew = 0
const now = () => Date.now() + skew

beforeEach(async () => {
  skew = 0
  clock.now = now
  shop = await openShop('opt-in')
})
afterEach(() => {
  clock.now = () => Date.now()
})

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(path, body as Json, {
    method,
    headers: {
      authorization: `Bearer ${shop.secretKey}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
  })
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  return response.json<T>()
}

const VIEWED = { type: 'performed', event: 'Product Viewed', operator: 'gte', value: 1 }
const segment = (name: string, purposes: readonly string[], condition: unknown = VIEWED) =>
  api<ApiSegment>('POST', '/api/segments?wait=live', { name, purposes, condition, public: true })

const said = (categoryPreferences: JsonObject, changes: JsonObject = {}) =>
  view({
    timestamp: new Date(now()).toISOString(),
    ...changes,
    context: { consent: { categoryPreferences } },
  })
const YES = { analytics: true, advertising: true }
const answer = (preferences: JsonObject) =>
  said(preferences, { event: 'Segment Consent Preference Updated' })

const visit = (key: string, ...events: JsonObject[]) =>
  collect(shop, { deviceKey: key, sentAt: new Date(now()).toISOString(), batch: events })

describe('before anything is stored', () => {
  test.each([
    ['no answer', {}, 'no-consent'],
    ['a TC string that allows', { tcf: tcString(ALL, Date.now()) }, 'accepted'],
    ['a TC string that denies', { tcf: tcString([], Date.now()) }, 'no-consent'],
    ['junk', { tcf: 'junk' }, 'no-consent'],
    ['a granted storage', { gcm: { analytics_storage: 'granted' } }, 'accepted'],
    ['an unknown key', { choices: {} }, 'unknown-key'],
  ])('%s by any way in', async (_, consent, verdict) => {
    const event = (messageId: string) =>
      view({ messageId, userId: 'u-1', context: { consent } as never })
    const collected = await visit(deviceKey(), event('a'))
    expect(statuses(collected.verdicts)).toEqual([verdict])
    const batched = await batch(shop, [event('b')], shop.writeKey)
    expect(statuses(batched.verdicts)).toEqual([verdict])
    const single = await send('/v1/track', event('c') as Json, {
      headers: { authorization: `Basic ${btoa(`${shop.writeKey}:`)}` },
    })
    const { verdicts } = await single.json<{ verdicts: never[] }>()
    expect(statuses(verdicts)).toEqual([verdict])
    expect(await population(shop)).toBe(verdict === 'accepted' ? 1 : 0)
  })

  test('a source collects the events it names for the purpose it names', async () => {
    const { items } = await api<Page<ApiSource>>('GET', '/api/sources')
    const source = items.find(({ writeKey }) => writeKey === shop.writeKey) as ApiSource
    const { id, name, kind, consent } = source
    const purposes = [{ event: 'Newsletter Subscribed', purpose: 'email' }]
    const saved = await api<ApiSource>('PUT', `/api/sources/${id}`, {
      name,
      kind,
      consent,
      purposes,
    })
    expect(saved.purposes).toEqual(purposes)
    skew += MINUTE // the edge looks at settings again after seconds
    const key = deviceKey()
    const { verdicts, anonymousId } = await visit(
      key,
      said({ email: true }, { event: 'Newsletter Subscribed' }),
      said({ email: true }),
      said({ analytics: true }, { event: 'Newsletter Subscribed' }),
    )
    expect(statuses(verdicts)).toEqual(['accepted', 'no-consent', 'no-consent'])
    expect((await profileOfDevice(shop, anonymousId))?.events).toHaveLength(1)
  })
})

describe('a withdrawal', () => {
  test('empties segments in the answer to the very request, and granting again revives nothing', async () => {
    await segment('Ads', ['advertising'])
    await segment('All', [])
    const key = deviceKey()
    expect((await visit(key, said(YES))).segments).toEqual(['ads', 'all'])
    expect((await visit(key, answer({ ...YES, advertising: false }))).segments).toEqual(['all'])
    expect((await visit(key, answer(YES))).segments).toEqual(['all'])
    expect((await visit(key, answer({ analytics: false, advertising: false }))).segments).toEqual(
      [],
    )
    expect((await visit(key, said(YES))).segments).toEqual(['ads', 'all'])
  })

  test('holds against a source that takes consent for granted, and against what waited since before', async () => {
    const server = (changes: JsonObject) =>
      view({ userId: 'ada', timestamp: new Date(now()).toISOString(), ...changes })
    const first = await batch(shop, [server({})])
    expect(statuses(first.verdicts)).toEqual(['accepted'])
    const preferences = { consent: { categoryPreferences: { analytics: false } } }
    await batch(shop, [
      server({ event: 'Segment Consent Preference Updated', context: preferences }),
    ])
    skew += MINUTE
    const before = new Date(now() - 5 * MINUTE).toISOString()
    const later = await batch(shop, [
      server({}),
      server({ timestamp: before, context: { consent: { categoryPreferences: YES } } }),
    ])
    expect(statuses(later.verdicts)).toEqual(['no-consent', 'no-consent'])
    const profile = await profileBy(shop, 'userId', 'ada')
    expect(profile?.consent).toMatchObject({
      analytics: { granted: false },
      advertising: { granted: true },
    })
    expect(profile?.events.filter(({ event }) => event === 'Product Viewed')).toHaveLength(1)
    expect(profile?.consentHistory.map(({ purpose, granted }) => [purpose, granted])).toEqual(
      expect.arrayContaining([
        ['analytics', false],
        ['advertising', true],
      ]),
    )
  })

  test('is heard from an event that is itself refused', async () => {
    const { id } = await segment('All', [])
    const server = (answers: JsonObject, more: JsonObject = {}) =>
      view({
        userId: 'eve',
        timestamp: new Date(now()).toISOString(),
        ...more,
        context: { consent: { categoryPreferences: answers } },
      })
    await batch(shop, [server(YES)])
    expect((await profileBy(shop, 'userId', 'eve'))?.segments).toMatchObject([{ id }])
    skew += MINUTE
    const refused = await batch(shop, [
      server({ analytics: false }, { properties: { secret: 'boots' } }),
    ])
    expect(statuses(refused.verdicts)).toEqual(['no-consent'])
    const profile = await profileBy(shop, 'userId', 'eve')
    expect(profile?.segments).toEqual([])
    expect(profile?.consent).toMatchObject({ analytics: { granted: false } })
    expect(JSON.stringify(profile)).not.toContain('boots')
  })

  test.each([
    ['a server', (event: JsonObject) => batch(shop, [{ ...event, userId: 'nobody-yet' }])],
    ['a browser of a shop', (event: JsonObject) => visit(deviceKey(), event)],
  ])('of somebody nobody knows makes no one known: from %s', async (_, tell) => {
    const { verdicts } = await tell(said({ analytics: false }))
    expect(statuses(verdicts)).toEqual(['no-consent'])
    expect(await population(shop)).toBe(0)
    expect(await ownerOf('userId', 'nobody-yet')).toBeNull()
    // The next event under consent is the first of a new person.
    await batch(shop, [view({ userId: 'nobody-yet' })])
    expect(await population(shop)).toBe(1)
  })

  test('lets refused events claim no name', async () => {
    const server = (changes: JsonObject) =>
      view({ userId: 'ned', timestamp: new Date(now()).toISOString(), ...changes })
    const denial = { consent: { categoryPreferences: { analytics: false } } }
    await batch(shop, [server({})])
    await batch(shop, [server({ event: 'Segment Consent Preference Updated', context: denial })])
    skew += MINUTE
    const card = { externalIds: [{ type: 'loyaltyId', id: 'card-ned' }] }
    const later = await batch(shop, [
      server({ context: card }),
      server({ context: { ...card, ...denial } }),
    ])
    expect(statuses(later.verdicts)).toEqual(['no-consent', 'no-consent'])
    expect(await ownerOf('loyaltyId', 'card-ned')).toBeNull()
    const profile = await profileBy(shop, 'userId', 'ned')
    expect(profile?.identifiers.map(({ kind }) => kind)).toEqual(['userId'])
  })

  test('keeps back what is in the outbox and in the queue, and tells the exit with its reason', async () => {
    const { id } = await segment('Ads', ['advertising'])
    const hook = await api<ApiDestination>('POST', '/api/destinations', {
      name: 'Ads',
      kind: 'webhook',
      url: 'https://ads.example.com/hook',
      purposes: ['advertising'],
    })
    await api('POST', '/api/activations', {
      name: 'Ads',
      segment: id,
      destinations: [hook.id],
      on: ['entered', 'exited'],
    })
    skew += MINUTE
    const key = deviceKey()
    const { anonymousId } = await collect(shop, { deviceKey: key, batch: [] })
    const queue = await queueOf(anonymousId)
    await visit(key, said(YES))
    const [entry] = queue as [CrossingMessage]
    expect(entry).toMatchObject({ type: 'entered' })
    expect(await mayLeave(entry)).toBe(true)

    await visit(key, answer({ ...YES, advertising: false }))
    expect(await mayLeave(entry)).toBe(false)
    const { items } = await api<Page<ApiDelivery>>('GET', '/api/deliveries')
    const exit = items.find(({ type }) => type === 'exited')
    expect(exit?.cause).toEqual({ type: 'consent', purposes: ['advertising'] })

    // The lease of the entry runs out: it is asked again, refused, and makes way for the exit.
    skew += 10 * MINUTE
    const address = addressOf(entry.profile)
    if (address === undefined) throw new Error('Lives nowhere')
    await profileShard(env, shop.id, address).wake({ workspace: shop.id })
    await profileShard(env, shop.id, address).wake({ workspace: shop.id })
    const told = await api<Page<ApiDelivery>>('GET', '/api/deliveries')
    expect(told.items.find(({ type }) => type === 'entered')).toMatchObject({ state: 'refused' })
    expect(queue.filter(({ type }) => type === 'entered')).toHaveLength(1)
    const exited = queue.find(({ type }) => type === 'exited') as CrossingMessage
    expect(await mayLeave(exited)).toBe(true)
  })
})

test('a destination that loses its purpose is told, though the person stays in the segment', async () => {
  const { id } = await segment('All', [])
  const hook = await api<ApiDestination>('POST', '/api/destinations', {
    name: 'Ads',
    kind: 'webhook',
    url: 'https://ads.example.com/hook',
    purposes: ['advertising'],
  })
  await api('POST', '/api/activations', {
    name: 'Ads',
    segment: id,
    destinations: [hook.id],
    on: ['entered', 'exited'],
  })
  skew += MINUTE
  const key = deviceKey()
  await visit(key, said(YES))
  const { segments } = await visit(key, answer({ ...YES, advertising: false }))
  expect(segments).toEqual(['all'])
  const { items } = await api<Page<ApiDelivery>>('GET', '/api/deliveries')
  expect(items.map(({ type, cause }) => [type, cause?.type])).toEqual([
    ['exited', 'consent'],
    ['entered', 'event'],
  ])
})

test('a grant lapses when the workspace says so, and the profile says until when it stands', async () => {
  expect(await api<ApiConsentSettings>('GET', '/api/settings/consent')).toEqual({
    grantLifetime: 'P395D',
    tcfVendor: null,
  })
  await api('PUT', '/api/settings/consent', { grantLifetime: 'P30D' })
  await segment('Ads', ['advertising'])
  await segment('Asked', [], { type: 'consent', purpose: 'advertising' })
  const key = deviceKey()
  const event = said(YES)
  const { anonymousId, segments } = await visit(key, event)
  expect(segments).toEqual(['ads', 'asked'])
  const profile = await profileOfDevice(shop, anonymousId)
  // Corrected by how long the event was on its way.
  const at = profile?.events[0] === undefined ? 0 : Date.parse(profile.events[0].timestamp)
  expect(at).toBeGreaterThanOrEqual(Date.parse(event['timestamp'] as string))
  expect(profile?.consent['advertising']).toEqual({ granted: true, at, until: at + 30 * DAY })

  skew += 30 * DAY
  const address = addressOf(profile?.id ?? '')
  if (address === undefined) throw new Error('Lives nowhere')
  await profileShard(env, shop.id, address).wake({ workspace: shop.id })
  expect((await profileOfDevice(shop, anonymousId))?.memberships).toEqual([])
})

test.each([
  [{ grantLifetime: 'soon' }, 'grantLifetime'],
  [{ grantLifetime: 'PT1H' }, 'grantLifetime'],
  [{ tcfVendor: 0 }, 'tcfVendor'],
])('settings of consent are refused where they are wrong: %j', async (settings, path) => {
  const response = await send('/api/settings/consent', settings as Json, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${shop.secretKey}`,
      'content-type': 'application/json',
    },
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ errors: [{ path }] })
})

/** What the index of identifiers holds of one. */
async function ownerOf(kind: string, value: string): Promise<string | null> {
  const catalog = await workspaceObject(env, shop.id).catalog({ workspace: shop.id })
  const shard = identityShardOf(kind, value, catalog?.shards ?? 0)
  return identityShard(env, shop.id, shard).lookup({ kind, value })
}

const mayLeave = async (message: CrossingMessage) => {
  const { workspace, shard } = message
  return (await deliveryPorts(env).permits(workspace, shard, [message]))[0]
}

/** What the shard of a device hands to the queue from now on is kept here instead. */
async function queueOf(device: string): Promise<CrossingMessage[]> {
  const queue: CrossingMessage[] = []
  const address = addressOf(device)
  if (address === undefined) throw new Error(`${device} lives nowhere`)
  await runInDurableObject(profileShard(env, shop.id, address) as never, (instance: object) => {
    const own = (instance as { env: { DELIVERIES: object } }).env
    Object.defineProperty(own, 'DELIVERIES', {
      configurable: true,
      value: {
        sendBatch: async (messages: Iterable<{ body: CrossingMessage }>) => {
          for (const { body } of messages) queue.push(body)
        },
      },
    })
  })
  return queue
}
