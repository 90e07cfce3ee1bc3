import { exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { ApiWhy } from '../../edge/protocol/why.ts'
import { ann, asOwner, did, segment } from './person-fixture.ts'

const ask = (profile: string, of: string) =>
  exports.default.fetch(
    new Request(`http://edge.test/api/profiles/${profile}/why?segment=${of}`, {
      headers: asOwner(),
    }),
  )

async function why(of: string): Promise<ApiWhy> {
  const response = await ask((await ann())?.id ?? '', of)
  expect(response.status, await response.clone().text()).toBe(200)
  return response.json()
}

test('what the API says would turn a membership turns it when it is sent', async () => {
  const { id: shoes } = await segment('asked', {
    type: 'performed',
    event: 'Product Viewed',
    where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
    operator: 'gte',
    value: 2,
    window: { last: 'P7D' },
  })
  await did('Product Viewed', { category: 'shoes' }, { messageId: 'first-view' })
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
  const { id: gold } = await segment('gold', {
    type: 'trait',
    trait: 'plan',
    operator: 'equals',
    value: 'gold',
  })
  await did('Product Viewed', {})
  const id = (await ann())?.id ?? ''
  expect((await ask(id, 'seg_nobody')).status).toBe(404)
  expect((await ask('prf_nobody', gold)).status).toBe(404)
  const path = `http://edge.test/api/profiles/${id}/why`
  expect((await exports.default.fetch(new Request(path, { headers: asOwner() }))).status).toBe(400)
  const open = await exports.default.fetch(new Request(`${path}?segment=${gold}`))
  expect(open.status).toBe(401)
})
