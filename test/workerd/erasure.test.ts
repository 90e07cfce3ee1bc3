import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test } from 'vitest'
import { identifierHash } from '../../edge/crypto/identifier-hash.ts'
import { workspaceKeys } from '../../edge/crypto/workspace-keys.ts'
import { admin, erase, flushLake, placesOf, type Receipt } from './erasure-fixture.ts'
import {
  basic,
  batch,
  collect,
  deviceKey,
  openShop,
  profileBy,
  send,
  statuses,
  view,
  type Shop,
} from './intake-fixture.ts'
import { resetClock } from './shard-fixture.ts'

afterEach(resetClock)

const LATER = () => new Date(Date.now() + 60_000).toISOString()
const EARLIER = () => new Date(Date.now() - 60_000).toISOString()

/** Somebody who signed in on a browser, and of whom a server knows. */
async function signIn(shop: Shop, userId: string, key = deviceKey()) {
  const { anonymousId } = await collect(shop, { deviceKey: key, batch: [view()] })
  await batch(shop, [
    { type: 'identify', userId, anonymousId, traits: { email: `${userId}@example.com` } },
    { type: 'track', event: 'Order Completed', userId, properties: { revenue: 42 } },
  ])
  const profile = await profileBy(shop, 'userId', userId)
  if (profile === undefined) throw new Error(`${userId} was not taken in`)
  const keys = await workspaceKeys(env.PRISME_SECRET, shop.id)
  const address = await identifierHash(keys, 'email', `${userId}@example.com`)
  return { userId, key, device: anonymousId, profile, address }
}

describe('a person is erased', () => {
  test('nothing by which they were known is left anywhere, and another is as before', async () => {
    const shop = await openShop()
    const ada = await signIn(shop, 'user-ada-lovelace')
    const bob = await signIn(shop, 'user-bob-dylan')
    // Refused, and kept as it was sent.
    await batch(shop, [{ type: 'track', userId: ada.userId, properties: { secret: 'of ada' } }])
    await batch(shop, [{ type: 'track', userId: bob.userId }])
    await flushLake(shop)
    await batch(shop, [{ type: 'track', event: 'Waits', userId: ada.userId }])
    const names = [ada.userId, ada.device, ada.profile.id, ada.address]
    for (const name of names) expect(await placesOf(shop, [name])).not.toEqual([])
    const before = new Set(await placesOf(shop, names))
    for (const place of ['profile', 'tail', 'device', 'refusal', 'seen', 'lake_row']) {
      expect(
        [...before].some((one) => one.endsWith(` ${place}`)),
        place,
      ).toBe(true)
    }
    expect([...before].some((one) => one.startsWith('lake '))).toBe(true)
    const bobBefore = await profileBy(shop, 'userId', bob.userId)

    const receipt = await erase(shop, ada.profile.id)

    expect(await placesOf(shop, names)).toEqual([])
    expect(receipt.counts).toMatchObject({
      profiles: 1,
      events: 4,
      devices: 1,
      identifiers: 2,
      failedEvents: 1,
      waitingEvents: 1,
    })
    expect(receipt.counts.lakeRows).toBe(3)
    expect(JSON.stringify(receipt)).not.toContain(ada.userId)
    expect(await profileBy(shop, 'userId', ada.userId)).toBeUndefined()
    // Engagement wanes from one look to the next.
    const scores = expect.anything()
    expect(await profileBy(shop, 'userId', bob.userId)).toEqual({ ...bobBefore, scores })
    const kept = new Set(await placesOf(shop, [bob.userId]))
    expect([...kept].some((one) => one.startsWith('lake '))).toBe(true)
    expect([...kept].some((one) => one.endsWith(' refusal'))).toBe(true)
  })

  test('asked for again it is the same receipt; nobody, or of another workspace, is not found', async () => {
    const [shop, other] = [await openShop(), await openShop()]
    const { profile } = await signIn(shop, 'user-asked-twice')
    expect((await admin(other, 'DELETE', `/api/profiles/${profile.id}`)).status).toBe(404)
    expect((await admin(shop, 'DELETE', '/api/profiles/nobody')).status).toBe(404)
    const receipt = await erase(shop, profile.id)
    const again = await admin(shop, 'DELETE', `/api/profiles/${profile.id}`)
    expect(again.status).toBe(202)
    expect((await again.json<Receipt>()).id).toBe(receipt.id)
    expect((await admin(other, 'GET', `/api/erasures/${receipt.id}`)).status).toBe(404)
    const list = await (await admin(shop, 'GET', '/api/erasures')).json<{ items: Receipt[] }>()
    expect(list.items.map(({ id }) => id)).toEqual([receipt.id])
    const audit = await (
      await admin(shop, 'GET', '/api/audit')
    ).json<{
      items: { action: string; subject: string }[]
    }>()
    expect(audit.items).toContainEqual(
      expect.objectContaining({ action: 'profile.erased', subject: profile.id }),
    )
  })
})

describe('what comes after an erasure', () => {
  test('events dated before it are refused by any route, and nothing is kept of them', async () => {
    const shop = await openShop()
    const ada = await signIn(shop, 'user-late-ada')
    await erase(shop, ada.profile.id)
    const late = { timestamp: EARLIER() }
    const { verdicts } = await batch(shop, [
      { type: 'track', event: 'Late', userId: ada.userId, ...late },
      { type: 'track', event: 'Late', anonymousId: ada.device, ...late },
      { type: 'track', event: 'Late', userId: 'user-somebody', anonymousId: ada.device, ...late },
    ])
    expect(statuses(verdicts)).toEqual(['erased', 'erased', 'erased'])
    const imported = await send(
      '/v1/import',
      { batch: [{ type: 'track', event: 'Late', userId: ada.userId, ...late }] },
      { headers: basic(shop.secretKey) },
    )
    expect(statuses((await imported.json<{ verdicts: never[] }>()).verdicts)).toEqual(['erased'])
    const tag = await collect(shop, { deviceKey: ada.key, batch: [view(late)] })
    expect(statuses(tag.verdicts)).toEqual(['erased'])
    expect(await placesOf(shop, [ada.userId, ada.device, ada.profile.id])).toEqual([])
  })

  test('later events begin a new person and device, whom the late ones do not reach', async () => {
    const shop = await openShop()
    const ada = await signIn(shop, 'user-new-ada')
    await erase(shop, ada.profile.id)
    const timestamp = LATER()
    const seen = await collect(shop, {
      deviceKey: ada.key,
      batch: [view({ timestamp: new Date().toISOString() })],
    })
    expect(statuses(seen.verdicts)).toEqual(['accepted'])
    const { verdicts } = await batch(shop, [
      { type: 'track', event: 'New', userId: ada.userId, timestamp },
      { type: 'track', event: 'Late', userId: ada.userId, timestamp: EARLIER() },
    ])
    expect(statuses(verdicts)).toEqual(['accepted', 'erased'])
    const again = await batch(shop, [
      { type: 'track', event: 'Late', userId: ada.userId, timestamp: EARLIER() },
      { type: 'track', event: 'Late', anonymousId: ada.device, timestamp: EARLIER() },
    ])
    expect(statuses(again.verdicts)).toEqual(['erased', 'erased'])
    const person = await profileBy(shop, 'userId', ada.userId)
    expect(person?.id).not.toBe(ada.profile.id)
    expect(person?.events.map(({ event }) => event)).toEqual(['New'])
    const browser = await profileBy(shop, 'anonymousId', ada.device)
    expect(browser?.events).toHaveLength(1)
    expect(await placesOf(shop, [ada.profile.id])).toEqual([])
  })
})

describe('people who share a browser', () => {
  test.each(['first', 'second'])(
    'the %s is erased, the other stays as they were',
    async (which) => {
      const shop = await openShop()
      const key = deviceKey()
      const one = await signIn(shop, 'user-first-one', key)
      const two = await signIn(shop, 'user-second-two', key)
      const [gone, stays] = which === 'first' ? [one, two] : [two, one]
      const before = await profileBy(shop, 'userId', stays.userId)
      const { profile } = gone
      const id = (await profileBy(shop, 'userId', gone.userId))?.id ?? profile.id
      await erase(shop, id)
      const after = await profileBy(shop, 'userId', stays.userId)
      expect(after).toMatchObject({
        id: before?.id,
        traits: before?.traits,
        identifiers: before?.identifiers,
        events: before?.events,
      })
      expect(await placesOf(shop, [gone.userId, id])).toEqual([])
      // Reached as before, by whatever leads there.
      await batch(shop, [{ type: 'track', event: 'Goes On', userId: stays.userId }])
      const events = (await profileBy(shop, 'userId', stays.userId))?.events
      expect(events?.[0]?.event).toBe('Goes On')
    },
  )
})
