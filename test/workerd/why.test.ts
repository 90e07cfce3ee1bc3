import { exports } from 'cloudflare:workers'
import { beforeEach, expect, test } from 'vitest'
import type { ApiSegment } from '../../edge/protocol/api.ts'
import type { Json } from '../../edge/protocol/json.ts'
import type { ApiWhy } from '../../edge/protocol/why.ts'
import { batch, openShop, profileBy, send, statuses, type Shop } from './intake-fixture.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})

const headers = () => ({
  authorization: `Bearer ${shop.secretKey}`,
  'content-type': 'application/json',
})

async function segment(condition: Json): Promise<string> {
  const body = { name: 'Shoes', condition }
  const response = await send('/api/segments?wait=live', body, { headers: headers() })
  expect(response.status, await response.clone().text()).toBe(201)
  return ((await response.json()) as ApiSegment).id
}

const ask = (profile: string, of: string) =>
  exports.default.fetch(
    new Request(`http://edge.test/api/profiles/${profile}/why?segment=${of}`, {
      headers: headers(),
    }),
  )

async function why(of: string): Promise<ApiWhy> {
  const response = await ask((await profileBy(shop, 'userId', 'ann'))?.id ?? '', of)
  expect(response.status, await response.clone().text()).toBe(200)
  return response.json()
}

const did = async (event: string, properties: Json, messageId?: string) => {
  const message = {
    type: 'track',
    userId: 'ann',
    event,
    properties,
    ...(messageId && { messageId }),
  }
  expect(statuses((await batch(shop, [message])).verdicts)).toEqual(['accepted'])
}

test('what the API says would turn a membership turns it when it is sent', async () => {
  const shoes = await segment({
    type: 'performed',
    event: 'Product Viewed',
    where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
    operator: 'gte',
    value: 2,
    window: { last: 'P7D' },
  })
  await did('Product Viewed', { category: 'shoes' }, 'first-view')
  const before = await why(shoes)
  expect(before).toMatchObject({
    holds: false,
    clauses: [{ path: 'condition', holds: false, evidence: [{ id: 'first-view' }], more: 0 }],
    flip: { sayings: [{ event: 'Product Viewed', properties: { category: 'shoes' } }] },
  })
  for (const { event, properties = {} } of before.flip?.sayings ?? []) await did(event, properties)
  const after = await why(shoes)
  expect(after.holds).toBe(true)
  expect(Date.parse(after.until ?? '')).toBeGreaterThan(Date.now() + 6 * 86_400_000)
  expect(after.clauses[0]?.evidence).toHaveLength(2)
})

test('is told of people and segments there are, to who may read people', async () => {
  const gold = await segment({ type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' })
  await did('Product Viewed', {})
  const ann = (await profileBy(shop, 'userId', 'ann'))?.id ?? ''
  expect((await ask(ann, 'seg_nobody')).status).toBe(404)
  expect((await ask('prf_nobody', gold)).status).toBe(404)
  const path = `http://edge.test/api/profiles/${ann}/why`
  expect((await exports.default.fetch(new Request(path, { headers: headers() }))).status).toBe(400)
  const open = await exports.default.fetch(new Request(`${path}?segment=${gold}`))
  expect(open.status).toBe(401)
})
