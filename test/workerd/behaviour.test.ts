import { env, exports } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addressOf } from '../../edge/domain/id.ts'
import { profileShard } from '../../edge/objects/address.ts'
import { clock } from '../../edge/objects/clock.ts'
import type { ApiProfile, ApiSegment } from '../../edge/protocol/api.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import { HOUR, MINUTE } from '../../edge/protocol/time.ts'
import { batch, openShop, profileBy, send, statuses, type Shop } from './intake-fixture.ts'

let shop: Shop
let skew = 0
const now = () => Date.now() + skew

beforeEach(async () => {
  skew = 0
  clock.now = now
  shop = await openShop()
})
afterEach(() => {
  clock.now = () => Date.now()
})

const segment = async (name: string, condition: Json): Promise<ApiSegment> => {
  const response = await send(
    '/api/segments?wait=live',
    { name, condition },
    { headers: { authorization: `Bearer ${shop.secretKey}`, 'content-type': 'application/json' } },
  )
  expect(response.status, await response.clone().text()).toBe(201)
  return response.json()
}

async function did(event: string, properties: JsonObject = {}): Promise<void> {
  const message = { type: 'track', event, properties, userId: 'ann', timestamp: iso(now()) }
  expect(statuses((await batch(shop, [message])).verdicts)).toEqual(['accepted'])
}
const iso = (at: number) => new Date(at).toISOString()

async function memberOf(): Promise<ApiProfile['segments']> {
  return (await profileBy(shop, 'userId', 'ann'))?.segments ?? []
}

/** Time passes, and the shard of the person looks at what is due. */
async function pass(time: number): Promise<void> {
  skew += time
  const address = addressOf((await profileBy(shop, 'userId', 'ann'))?.id ?? '')
  if (address === undefined) throw new Error('Lives nowhere')
  await profileShard(env, shop.id, address).wake({ workspace: shop.id })
}

test('a basket that is left open is noticed at its instant, with no event, and closed by the order', async () => {
  await segment('Open basket', {
    type: 'notFollowedBy',
    event: 'Product Added',
    then: { event: 'Order Completed', same: 'cart_id' },
    within: 'PT2H',
    since: 'last',
  })
  await did('Product Added', { cart_id: 'c1' })
  await did('Order Completed', { cart_id: 'c1' })
  await pass(MINUTE)
  await did('Product Added', { cart_id: 'c2' })
  const [added] = (await profileBy(shop, 'userId', 'ann'))?.events ?? []
  await pass(2 * HOUR - MINUTE)
  expect(await memberOf()).toEqual([])
  await pass(2 * MINUTE)
  const due = Date.parse(added?.timestamp ?? '') + 2 * HOUR
  expect(await memberOf()).toMatchObject([{ key: 'open-basket', enteredAt: iso(due) }])

  // Another basket opens: of that one it is too early to say anything.
  await did('Product Added', { cart_id: 'c3' })
  expect(await memberOf()).toEqual([])
})

test('a sequence is noticed with its last event, and left when its first leaves the window', async () => {
  await segment('Quick buyers', {
    type: 'sequence',
    steps: [
      { event: 'Product Viewed' },
      { event: 'Product Added', within: 'PT30M' },
      { event: 'Order Completed', within: 'PT1H' },
    ],
    window: { last: 'PT6H' },
  })
  for (const event of ['Product Viewed', 'Product Added', 'Order Completed']) {
    expect(await memberOf()).toEqual([])
    await did(event)
    await pass(20 * MINUTE)
  }
  const events = (await profileBy(shop, 'userId', 'ann'))?.events ?? []
  const until = Date.parse(events.at(-1)?.timestamp ?? '') + 6 * HOUR
  expect(await memberOf()).toMatchObject([{ key: 'quick-buyers', until: iso(until) }])
  await pass(6 * HOUR)
  expect(await memberOf()).toEqual([])
})

test('a new segment over money knows what was spent before there was one', async () => {
  await did('Order Completed', { revenue: 19.99 })
  await did('Order Completed', { revenue: 19.99 })
  await did('Order Completed', { revenue: 19.99 })
  await segment('Spenders', {
    type: 'performed',
    event: 'Order Completed',
    measure: 'sum',
    property: 'revenue',
    operator: 'gte',
    value: 59.97,
    window: { calendar: 'year' },
  })
  expect(await memberOf()).toMatchObject([{ key: 'spenders' }])
})

test('a mistake in a condition is told with its path; the schema of conditions is public', async () => {
  const response = await send(
    '/api/segments',
    {
      name: 'Wrong',
      condition: { type: 'sequence', steps: [{ event: 'A' }, { event: 'B', within: 'soon' }] },
    },
    { headers: { authorization: `Bearer ${shop.secretKey}`, 'content-type': 'application/json' } },
  )
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ errors: [{ path: 'condition.steps.1.within' }] })
  const schema = await exports.default.fetch('http://127.0.0.1:8787/schemas/condition.json')
  expect(schema.headers.get('content-type')).toBe('application/schema+json')
  expect(JSON.stringify(await schema.json())).toContain('notFollowedBy')
})
