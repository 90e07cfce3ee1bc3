import { exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { Json } from '../../edge/protocol/json.ts'
import { HOUR } from '../../edge/protocol/time.ts'
import { batch, statuses } from './intake-fixture.ts'
import { ann, askSegment, asOwner, did, keys, now, pass, segment, shop } from './person-fixture.ts'

const call = (method: string, path: string, body?: Json) =>
  exports.default.fetch(
    new Request(`http://edge.test${path}`, {
      method,
      headers: asOwner(),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  )

const lately: Json = {
  type: 'performed',
  event: 'Product Viewed',
  operator: 'gte',
  value: 1,
  window: { last: 'PT2H' },
}

test('members of a segment are entered into those made of it by the same event, and leave at the same instant', async () => {
  const viewers = await segment('viewers', lately)
  await segment('others', { type: 'not', condition: { type: 'segment', segment: 'viewers' } })
  await segment('keen', {
    type: 'all',
    conditions: [
      { type: 'segment', segment: viewers.id },
      { type: 'trait', trait: 'plan', operator: 'not_exists' },
    ],
  })
  await did('Product Viewed')
  expect(await keys()).toEqual(['keen', 'viewers'])
  await pass(2 * HOUR + 1)
  expect(await keys()).toEqual(['others'])
})

test('a new key changes nothing; a segment that others are made of is not deleted', async () => {
  const viewers = await segment('viewers', lately)
  await segment('keen', { type: 'segment', segment: 'viewers' })
  const path = `/api/segments/${viewers.id}`
  const renamed = await call('PUT', `${path}?wait=live`, {
    name: 'Looked lately',
    key: 'looked',
    condition: lately,
  })
  expect(renamed.status).toBe(200)
  await did('Product Viewed')
  expect(await keys()).toEqual(['keen', 'looked'])
  const refused = await call('DELETE', path)
  expect(refused.status).toBe(409)
  expect(await refused.text()).toContain('the segment “keen”')
})

test('a segment cannot be made of itself, by way of others, nor its new version', async () => {
  const a = await segment('a', lately)
  await segment('b', { type: 'segment', segment: 'a' })
  const circle = { type: 'any', conditions: [lately, { type: 'segment', segment: 'b' }] }
  for (const [method, path] of [
    ['PUT', `/api/segments/${a.id}`],
    ['PUT', `/api/segments/${a.id}/candidate`],
  ] as const) {
    const body = path.endsWith('candidate')
      ? { condition: circle }
      : { name: 'a', condition: circle }
    const response = await call(method, path, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      errors: [
        {
          path: 'condition.conditions.1.segment',
          reason: expect.stringContaining('a → b → a') as string,
        },
      ],
    })
  }
  const missing = await askSegment({ name: 'c', condition: { type: 'segment', segment: 'nobody' } })
  expect(missing.status).toBe(400)
  expect(await missing.text()).toContain('There is no such segment')
})

test('who entered stays as long as the segment says, and is told so by the API', async () => {
  const patient = await segment('patient', lately, { minimumStay: 'P1D' })
  expect(patient.minimumStay).toBe('P1D')
  await segment('made', { type: 'segment', segment: 'patient' })
  await did('Product Viewed')
  await pass(20 * HOUR)
  expect(await keys()).toEqual(['made', 'patient'])
  await pass(5 * HOUR)
  expect(await keys()).toEqual([])
  const refused = await askSegment({ name: 'x', condition: lately, minimumStay: 'a day' })
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({ errors: [{ path: 'minimumStay' }] })
})

test('a birthday is met on its day, a place where it is, a reaction by what it is called', async () => {
  const today = new Date(now()).toISOString().slice(5, 10)
  await segment('birthday', { type: 'trait', trait: 'birthday', operator: 'anniversary' })
  await segment('paris', { type: 'context', near: { lat: 48.86, lon: 2.35, km: 20 } })
  await segment('readers', {
    type: 'reaction',
    kind: 'opened',
    channel: 'email',
    operator: 'gte',
    value: 1,
  })
  const identified = { type: 'identify', userId: 'ann', traits: { birthday: `1990-${today}` } }
  expect(statuses((await batch(shop, [identified])).verdicts)).toEqual(['accepted'])
  await did(
    'Email Opened',
    {},
    {
      context: { location: { latitude: 48.8049, longitude: 2.1204, city: 'Versailles' } },
    },
  )
  expect(await keys()).toEqual(['birthday', 'paris', 'readers'])
  const person = await ann()
  expect(JSON.stringify(person)).not.toContain('2.1204')
})
