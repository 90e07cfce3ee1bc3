import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { consumeDeliveries } from '../../edge/delivery/consumer.ts'
import { profileShardName, workspaceObject } from '../../edge/objects/address.ts'
import { deliveryPorts } from '../../edge/routes/delivery-ports.ts'
import type { DeliveryMessage } from '../../edge/protocol/delivery.ts'
import { STEPS } from '../../edge/objects/erasure-steps.ts'
import { clock } from '../../edge/objects/clock.ts'
import { ERASURE_STEPS, type ErasureStep } from '../../edge/protocol/erasure.ts'
import { admin, ended, erase, flushLake, placesOf, type Receipt } from './erasure-fixture.ts'
import {
  batch,
  collect,
  deviceKey,
  openShop,
  profileBy,
  statuses,
  view,
  type Shop,
} from './intake-fixture.ts'
import { resetClock } from './shard-fixture.ts'

const healers: (() => void)[] = []
afterEach(() => {
  while (healers.length > 0) healers.pop()?.()
  vi.restoreAllMocks()
  resetClock()
})

/** The next run of a step goes wrong, before or after it has done its work. */
function breakStep(step: ErasureStep, when: 'before' | 'after'): () => boolean {
  const steps = STEPS as { [S in ErasureStep]: (typeof STEPS)[S] }
  const sound = steps[step]
  let isBroken = false
  steps[step] = async (...args) => {
    if (isBroken) return sound(...args)
    isBroken = true
    if (when === 'after') await sound(...args)
    throw new Error(`${step} breaks off`)
  }
  healers.push(() => {
    steps[step] = sound
  })
  return () => isBroken
}

async function person(shop: Shop, userId: string) {
  const key = deviceKey()
  const { anonymousId } = await collect(shop, { deviceKey: key, batch: [view()] })
  await batch(shop, [{ type: 'identify', userId, anonymousId, traits: { plan: 'gold' } }])
  const profile = await profileBy(shop, 'userId', userId)
  if (profile === undefined) throw new Error(`${userId} was not taken in`)
  return { userId, key, device: anonymousId, id: profile.id }
}

const cases = ERASURE_STEPS.flatMap((step) => [[step, 'before'] as const, [step, 'after'] as const])

test.each(cases)(
  'an erasure whose step %s breaks off %s its work ends all the same',
  async (step, when) => {
    const shop = await openShop()
    const ada = await person(shop, 'user-broken-ada')
    await flushLake(shop)
    const wasBroken = breakStep(step, when)
    const receipt = await erase(shop, ada.id)
    expect(wasBroken()).toBe(true)
    expect(receipt.counts.profiles).toBe(1)
    expect(await placesOf(shop, [ada.userId, ada.device, ada.id])).toEqual([])
    const { verdicts } = await batch(shop, [
      {
        type: 'track',
        event: 'Late',
        userId: ada.userId,
        timestamp: new Date(clock.now() - 100 * 60_000).toISOString(),
      },
    ])
    expect(statuses(verdicts)).toEqual(['erased'])
  },
)

describe('while others are at work', () => {
  test('a merge and late events that race an erasure leave nothing dated before it', async () => {
    const shop = await openShop()
    const ada = await person(shop, 'user-racing-ada')
    // A browser of hers that nobody knows to be hers yet: it lives in some shard, and moves or is moved to.
    const key = deviceKey()
    const { anonymousId } = await collect(shop, { deviceKey: key, batch: [view()] })
    const asked = await admin(shop, 'DELETE', `/api/profiles/${ada.id}`)
    const timestamp = new Date(Date.now() - 60_000).toISOString()
    const late = () => ({ type: 'track', event: 'Late', timestamp }) as const
    const sent = await Promise.all([
      batch(shop, [{ type: 'identify', userId: ada.userId, anonymousId, timestamp }]),
      ...Array.from({ length: 10 }, () => batch(shop, [{ ...late(), userId: ada.userId }])),
      ...Array.from({ length: 10 }, () =>
        collect(shop, { deviceKey: ada.key, batch: [view({ timestamp })] }),
      ),
    ])
    for (const { verdicts } of sent) {
      for (const status of statuses(verdicts))
        expect(['accepted', 'erased', 'busy']).toContain(status)
    }
    const receipt = await ended(shop, (await asked.json<Receipt>()).id)
    expect(receipt.counts.profiles).toBe(1)
    const rest = await profileBy(shop, 'userId', ada.userId)
    expect(rest?.events ?? []).toEqual([])
    const places = await placesOf(shop, [ada.device, ada.id])
    expect(places).toEqual([])
  })

  test('two people of one graph are erased at once, and nobody else', async () => {
    const shop = await openShop()
    const key = deviceKey()
    const { anonymousId } = await collect(shop, { deviceKey: key, batch: [view()] })
    const users = ['user-one-of-three', 'user-two-of-three', 'user-three-of-three']
    for (const userId of users) await batch(shop, [{ type: 'identify', userId, anonymousId }])
    const [one, two, three] = await Promise.all(users.map((id) => profileBy(shop, 'userId', id)))
    await Promise.all([one, two].map((profile) => erase(shop, profile?.id ?? '')))
    expect(
      await placesOf(shop, [users[0] ?? '', users[1] ?? '', one?.id ?? '', two?.id ?? '']),
    ).toEqual([])
    const left = await profileBy(shop, 'userId', users[2] ?? '')
    expect(left).toMatchObject({ id: three?.id, events: three?.events })
  })
})

test('destinations that were told of somebody are told to erase them, and then nothing is left', async () => {
  const received: { type: string; data: unknown }[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
    received.push(JSON.parse(String(init?.body)))
    return new Response(null, { status: 204 })
  })
  const shop = await openShop()
  const post = async (path: string, body: object) => {
    const made = await admin(shop, 'POST', path, body as never)
    expect(made.status, path).toBe(201)
    return made.json<{ id: string }>()
  }
  const condition = { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' }
  const segment = await post('/api/segments?wait=live', { name: 'Gold', condition })
  const destination = await post('/api/destinations', {
    name: 'Hook',
    kind: 'webhook',
    url: 'https://example.com/hook',
    purposes: ['analytics'],
  })
  await post('/api/destinations', {
    name: 'Other',
    kind: 'webhook',
    url: 'https://example.com/other',
    purposes: ['analytics'],
  })
  await post('/api/activations', {
    name: 'Tell',
    segment: segment.id,
    destinations: [destination.id],
    on: ['entered', 'exited'],
    frequency: 'every-time',
  })
  const queue = await queueOf(shop)
  await vi.waitFor(async () => {
    const { live } = await workspaceObject(env, shop.id).status({ workspace: shop.id })
    expect(live).toBe(true)
  })
  const ada = await person(shop, 'user-told-of-ada')
  await queue.consumed(() => expect(typesOf(received)).toEqual(['segment.entered']))
  const receipt = await erase(shop, ada.id)
  expect(receipt.counts.destinations).toBe(1)
  await queue.consumed(() =>
    expect(typesOf(received)).toEqual(['segment.entered', 'profile.erased']),
  )
  expect(received.at(-1)).toMatchObject({ subject: ada.id, data: { profile: ada.id } })
  expect(JSON.stringify(received.at(-1))).not.toContain(ada.userId)
  expect(await placesOf(shop, [ada.id])).toEqual([])
})

const typesOf = (received: readonly { type: string }[]) => received.map(({ type }) => type)

/** What the shards hand to the queue, kept until the test lets the consumer have it. */
async function queueOf(shop: Shop) {
  const waiting: DeliveryMessage[] = []
  const sendBatch = async (messages: Iterable<{ readonly body: DeliveryMessage }>) => {
    for (const { body } of messages) waiting.push(structuredClone(body))
  }
  const catalog = await workspaceObject(env, shop.id).catalog({ workspace: shop.id })
  for (let shard = 0; shard < (catalog?.shards ?? 0); shard++) {
    const stub = env.PROFILE.getByName(profileShardName(shop.id, { region: 0, shard }))
    await runInDurableObject(stub, (instance) => {
      const { env: own } = instance as unknown as { env: object }
      Object.defineProperty(own, 'DELIVERIES', { value: { sendBatch }, configurable: true })
    })
  }
  const consumed = (check: () => void) =>
    vi.waitFor(
      async () => {
        const messages = waiting.splice(0).map((body) => ({ body, ack() {}, retry() {} }))
        await consumeDeliveries({ messages }, deliveryPorts(env))
        check()
      },
      { timeout: 15_000, interval: 100 },
    )
  return { consumed }
}

test('the access file holds all events and identifiers of a person, readable, and is noted', async () => {
  const shop = await openShop()
  const ada = await person(shop, 'user-access-ada')
  const email = 'ada-access@example.com'
  await batch(shop, [
    { type: 'identify', userId: ada.userId, traits: { email } },
    ...Array.from({ length: 150 }, (_, n) => ({
      type: 'track',
      event: `Seen ${n}`,
      userId: ada.userId,
    })),
  ])
  const answer = await admin(shop, 'GET', `/api/profiles/${ada.id}/export`)
  expect(answer.headers.get('content-type')).toContain('application/json')
  expect(answer.headers.get('content-disposition')).toContain('attachment')
  const file = await answer.json<{
    identifiers: { value: string }[]
    events: { name: string; traits?: object }[]
  }>()
  expect(file.identifiers.map(({ value }) => value)).toEqual(
    expect.arrayContaining([ada.userId, email]),
  )
  expect(file.events).toHaveLength(153)
  expect(file.events.some(({ traits }) => JSON.stringify(traits)?.includes(email))).toBe(true)
  expect(file).toMatchObject({
    consent: {},
    consentHistory: [],
    devices: [{ id: ada.device }],
    deliveries: [],
    merges: expect.any(Array),
  })
  const audit = await (await admin(shop, 'GET', '/api/audit')).text()
  expect(audit).toContain('profile.exported')
  expect((await admin(await openShop(), 'GET', `/api/profiles/${ada.id}/export`)).status).toBe(404)
})
