import { env } from 'cloudflare:workers'
import { beforeEach, expect, test } from 'vitest'
import { rehearsalObject } from '../../edge/objects/address.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import { batch, openShop, profileBy, statuses, type Shop } from './intake-fixture.ts'
import {
  admin,
  ended,
  newSegment,
  ok,
  rehearse,
  sizeOf,
  switchTo,
  type ApiRehearsal,
} from './rehearsal-fixture.ts'

const REHEARSALS = '/api/settings/identity/rehearsals'
const KINDS = [
  { kind: 'badge', level: 'person' },
  { kind: 'userId', level: 'person' },
  { kind: 'email', level: 'person' },
  { kind: 'anonymousId', level: 'cookie', limit: 50 },
]

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})

const said = async (...events: JsonObject[]): Promise<void> => {
  expect(statuses((await batch(shop, events)).verdicts)).toEqual(events.map(() => 'accepted'))
}
const seen = (userId: string, more: JsonObject = {}): JsonObject => ({
  type: 'track',
  event: 'Seen',
  userId,
  ...more,
})
const wearing = (id: string): JsonObject => ({ context: { externalIds: [{ type: 'badge', id }] } })
const idOf = async (userId: string) => (await profileBy(shop, 'userId', userId))?.id

test('a kind that was not configured joins those whose past events name it', async () => {
  await said(seen('ada', wearing('b1')), seen('ben', wearing('b1')), seen('cleo', wearing('b2')))
  const { id, result } = await rehearse(shop, { kinds: KINDS })
  expect(result).toMatchObject({
    people: { now: 3, after: 2 },
    merged: { people: 2, groups: 1 },
    split: 0,
    unchanged: 1,
    gluing: [{ kind: 'badge', value: 'b1', people: 2 }],
  })
  expect(await idOf('ada')).not.toBe(await idOf('ben'))
  await switchTo(shop, id)
  expect(await idOf('ada')).toBe(await idOf('ben'))
  expect(await idOf('cleo')).not.toBe(await idOf('ada'))
  expect((await profileBy(shop, 'badge', 'b2'))?.id).toBe(await idOf('cleo'))
  // What comes later finds them by it.
  await said(seen('dan', wearing('b2')))
  expect(await idOf('dan')).toBe(await idOf('cleo'))
})

test('people of one shard or several are told of their exits and entries by a switch', async () => {
  const segment = await newSegment(shop, 'Twice', {
    type: 'performed',
    event: 'Seen',
    operator: 'gte',
    value: 2,
  })
  for (let at = 0; at < 8; at++) {
    await said(seen(`one${at}`, wearing(`b${at}`)), seen(`two${at}`, wearing(`b${at}`)))
  }
  const { id, result } = await rehearse(shop, { kinds: KINDS })
  expect(result.segments).toEqual([
    { id: segment.id, key: segment.key, name: 'Twice', now: 0, after: 8 },
  ])
  await switchTo(shop, id)
  expect(await sizeOf(shop, segment.id)).toBe(8)
})

test('a value that far too many bear joins no one, and is told', async () => {
  for (let at = 0; at < 60; at += 20) {
    await said(...Array.from({ length: 20 }, (_, one) => seen(`u${at + one}`, wearing('desk'))))
  }
  const { id, result } = await rehearse(shop, { kinds: KINDS })
  expect(result.merged.people).toBe(0)
  expect(result.gluing).toEqual([{ kind: 'badge', value: 'desk', people: 60, ignored: true }])
  await switchTo(shop, id)
  expect(await idOf('u1')).not.toBe(await idOf('u2'))
})

test('only people of the last days are looked at, with all their facts', async () => {
  const old = new Date(Date.now() - 20 * 86_400_000).toISOString()
  await said(
    seen('ada', { ...wearing('b1'), timestamp: old }),
    seen('ben', { ...wearing('b1') }),
    seen('cleo', { ...wearing('b2'), timestamp: old }),
  )
  const { result } = await rehearse(shop, { kinds: KINDS }, 10)
  expect(result.people).toEqual({ now: 2, after: 1 })
})

test('another policy of a trait holds for the past once it is switched to', async () => {
  const plan = (value: string, day: number) => ({
    type: 'identify',
    userId: 'ada',
    traits: { plan: value },
    timestamp: new Date(Date.now() - day * 86_400_000).toISOString(),
  })
  await said(plan('gold', 3), plan('blue', 1))
  const { id, result } = await rehearse(shop, { kinds: null, traits: { plan: 'oldest' } })
  expect(result.traits).toEqual(['plan'])
  expect((await profileBy(shop, 'userId', 'ada'))?.traits['plan']).toBe('blue')
  await switchTo(shop, id)
  expect((await profileBy(shop, 'userId', 'ada'))?.traits['plan']).toBe('gold')
})

test('settings that were only put are applied to the past by a switch of their own', async () => {
  await said(seen('ada', wearing('b1')), seen('ben', wearing('b1')))
  await ok(admin(shop, 'PUT', '/api/settings/identity', { kinds: KINDS }), 200)
  expect(await idOf('ada')).not.toBe(await idOf('ben'))
  const begun = await ok<ApiRehearsal>(admin(shop, 'POST', '/api/settings/identity/switch'), 201)
  expect((await ended(shop, begun.id)).state).toBe('switched')
  expect(await idOf('ada')).toBe(await idOf('ben'))
  const { items } = await ok<{ items: { action: string }[] }>(admin(shop, 'GET', '/api/audit'), 200)
  expect(items.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['identity.changed', 'identity.switched']),
  )
})

test.each<[string, JsonObject, string, string]>([
  [
    'a kind named twice',
    { kinds: [KINDS[1], KINDS[1]] as never },
    'settings.kinds.1.kind',
    'twice',
  ],
  ['no browsers', { kinds: [KINDS[1]] as never }, 'settings.kinds', 'anonymousId'],
  [
    'a period without a limit',
    { kinds: [{ ...KINDS[1], period: 'P1D' }, KINDS[3]] as never },
    'settings.kinds.0.period',
    'limit',
  ],
])('a rehearsal of %s is refused, at its field', async (_, settings, path, reason) => {
  const response = await admin(shop, 'POST', REHEARSALS, { settings, days: 30 })
  expect(response.status).toBe(400)
  const [error] = (await response.json<Problem>()).errors ?? []
  expect(error?.path).toBe(path)
  expect(error?.reason).toContain(reason)
})

test.each([0, 1.5, 100_000, 'all'])(
  'days must be whole, and no more than is kept: %s',
  async (days) => {
    const body = { settings: { kinds: null }, days } as JsonObject
    const response = await admin(shop, 'POST', REHEARSALS, body)
    expect(response.status).toBe(400)
    expect((await response.json<Problem>()).errors?.[0]?.path).toBe('days')
  },
)

test('a rehearsal that was stopped changes nothing and cannot be switched to', async () => {
  await said(seen('ada'))
  const body = { settings: { kinds: null }, days: 30 }
  const { id } = await ok<ApiRehearsal>(admin(shop, 'POST', REHEARSALS, body), 201)
  // Should the machine be so fast that it has ended, there is nothing to stop.
  expect((await admin(shop, 'DELETE', `${REHEARSALS}/${id}`)).status).toBe(204)
  const { state } = await ended(shop, id)
  const response = await admin(shop, 'POST', `${REHEARSALS}/${id}/switch`)
  expect(['cancelled', 'rehearsed']).toContain(state)
  expect(response.status).toBe(state === 'cancelled' ? 409 : 201)
})

test('a switch is begun once', async () => {
  await said(seen('ada'))
  const { id } = await rehearse(shop, { kinds: null })
  await switchTo(shop, id)
  expect((await admin(shop, 'POST', `${REHEARSALS}/${id}/switch`)).status).toBe(409)
})

test('rehearsals of others, and ids that are none, are not found', async () => {
  const body = { settings: { kinds: null }, days: 30 }
  const { id } = await ok<ApiRehearsal>(admin(shop, 'POST', REHEARSALS, body), 201)
  const other = await openShop()
  for (const one of [id, 'reh_aaaaaaaaaaaaaaaa', 'x', 'reh_..%2F']) {
    expect((await admin(other, 'GET', `${REHEARSALS}/${one}`)).status).toBe(404)
    expect((await admin(other, 'DELETE', `${REHEARSALS}/${one}`)).status).toBe(404)
    expect((await admin(other, 'POST', `${REHEARSALS}/${one}/switch`)).status).toBe(404)
  }
  expect(await rehearsalObject(env, shop.id, id).status()).not.toBeNull()
})
