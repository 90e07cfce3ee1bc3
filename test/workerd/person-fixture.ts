import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect } from 'vitest'
import { addressOf } from '../../edge/domain/id.ts'
import { profileShard } from '../../edge/objects/address.ts'
import { clock } from '../../edge/objects/clock.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import { batch, openShop, profileBy, send, statuses, type Shop } from './intake-fixture.ts'

/** A shop of its own for each test of the files that import it, in which one person is known: Ann. */
export let shop: Shop
let skew = 0
export const now = () => Date.now() + skew

beforeEach(async () => {
  skew = 0
  clock.now = now
  shop = await openShop()
})
afterEach(() => {
  clock.now = () => Date.now()
})

export const asOwner = () => ({
  authorization: `Bearer ${shop.secretKey}`,
  'content-type': 'application/json',
})

/** Asks for a segment, and waits until it is in use. */
export const askSegment = (body: Json) =>
  send('/api/segments?wait=live', body, { headers: asOwner() })

export async function segment(
  key: string,
  condition: Json,
  more: JsonObject = {},
): Promise<ApiSegment> {
  const response = await askSegment({ name: key, key, condition, ...more })
  expect(response.status, await response.clone().text()).toBe(201)
  return response.json()
}

/** Ann did something just now. */
export async function did(event: string, properties: JsonObject = {}, more: JsonObject = {}) {
  const timestamp = new Date(now()).toISOString()
  const message = { type: 'track', event, properties, userId: 'ann', timestamp, ...more }
  expect(statuses((await batch(shop, [message])).verdicts)).toEqual(['accepted'])
}

export const ann = () => profileBy(shop, 'userId', 'ann')

/** Keys of the segments she is in. */
export const keys = async () => ((await ann())?.segments ?? []).map(({ key }) => key).sort()

/** Time passes, and her shard looks at what is due. */
export async function pass(time: number): Promise<void> {
  skew += time
  const address = addressOf((await ann())?.id ?? '')
  if (address === undefined) throw new Error('Lives nowhere')
  await profileShard(env, shop.id, address).wake({ workspace: shop.id })
}
