import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { addressOf } from '../../edge/domain/id.ts'
import { profileShard } from '../../edge/objects/address.ts'
import type {
  ApiComputedPreview,
  ApiComputedTrait,
} from '../../edge/protocol/api-computed-trait.ts'
import type { ApiAuditEntry, Page } from '../../edge/protocol/api.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import { DAY, HOUR } from '../../edge/protocol/time.ts'
import { batch, send } from './intake-fixture.ts'
import { ann, asOwner, askSegment, did, keys, now, pass, segment, shop } from './person-fixture.ts'

/** A busy machine takes its time. */
const SOON = { timeout: 20_000 }

const PATH = '/api/computed-traits'

const ask = (method: string, path: string, body?: Json) =>
  send(path, body, { method, headers: asOwner() })

async function api<T>(method: string, path: string, body?: Json): Promise<T> {
  const response = await ask(method, path, body)
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return JSON.parse(text) as T
}

async function refusal(method: string, path: string, body?: Json) {
  const response = await ask(method, path, body)
  const { detail, errors } = await response.json<Problem>()
  return { status: response.status, detail, errors }
}

const define = (body: JsonObject) => api<ApiComputedTrait>('POST', PATH, body)

/** Ann says something of herself. */
const said = (traits: JsonObject) => did('Identified', {}, { type: 'identify', traits })

const SPENT = {
  name: 'Spent in a day',
  key: 'spent',
  event: 'Order Completed',
  measure: 'sum',
  property: 'revenue',
  window: { last: 'P1D' },
} as const
const asks = (trait: string, operator: string, value: Json) => ({
  type: 'trait',
  trait,
  operator,
  value,
})

/** What a trait is of Ann, and for how long from now on by itself. */
async function traitOfAnn(key: string) {
  const profile = await ann()
  const told = profile?.computedTraits.find((one) => one.key === key)
  expect(profile?.traits[key]).toEqual(told?.value)
  const until = told?.until === undefined ? undefined : Date.parse(told.until) - now()
  return { value: told?.value, until }
}

test('a computed trait is in the profile, segments on it are entered by events and left by time, and a new definition is asked at once', async () => {
  const made = await define(SPENT)
  expect(made).toMatchObject({ ...SPENT, purposes: [], segments: [] })
  const { id } = await segment('spenders', asks('spent', 'gte', 50))
  expect((await api<ApiComputedTrait>('GET', `${PATH}/${made.id}`)).segments).toEqual([
    { id, name: 'spenders' },
  ])

  await did('Order Completed', { revenue: 30 })
  await pass(HOUR)
  await did('Order Completed', { revenue: 20 })
  // What is said of the same name is not asked.
  await said({ spent: 1_000 })
  expect(await keys()).toEqual(['spenders'])
  const { value, until = 0 } = await traitOfAnn('spent')
  expect(value).toBe(50)
  expect(Math.abs(until - 23 * HOUR)).toBeLessThan(HOUR / 2)

  await pass(23 * HOUR + HOUR / 2)
  expect(await keys()).toEqual([])
  expect((await traitOfAnn('spent')).value).toBe(20)
  await pass(DAY)
  expect(await traitOfAnn('spent')).toEqual({ value: 0, until: undefined })

  await api('PUT', `${PATH}/${made.id}`, { ...SPENT, window: { last: 'P7D' } })
  await expect.poll(keys, SOON).toEqual(['spenders'])
  expect((await traitOfAnn('spent')).value).toBe(50)
  const { key: _, ...renamed } = SPENT
  await api('PUT', `${PATH}/${made.id}`, { ...renamed, name: 'Never', event: 'Nothing' })
  await expect.poll(keys, SOON).toEqual([])

  const refused = {
    status: 409,
    detail: expect.stringContaining('the segment “spenders”') as string,
  }
  expect(await refusal('DELETE', `${PATH}/${made.id}`)).toMatchObject(refused)
  expect(await refusal('PUT', `${PATH}/${made.id}`, { ...SPENT, key: 'other' })).toMatchObject(
    refused,
  )
  expect((await ask('DELETE', `/api/segments/${id}`)).status).toBe(204)
  expect((await ask('DELETE', `${PATH}/${made.id}`)).status).toBe(204)
  await expect.poll(async () => (await ann())?.computedTraits, SOON).toEqual([])
  expect((await ann())?.traits['spent']).toBe(1_000)

  const { items } = await api<Page<ApiAuditEntry>>('GET', '/api/audit')
  expect(items.filter(({ subject }) => subject === made.id).map(({ action }) => action)).toEqual([
    'computed-trait.deleted',
    'computed-trait.changed',
    'computed-trait.changed',
    'computed-trait.created',
  ])
})

test('a definition that is deleted leaves a segment to what was said', async () => {
  const { id } = await define({
    name: 'Plan',
    key: 'plan',
    event: 'Order Completed',
    measure: 'count',
  })
  await said({ plan: 'gold' })
  await define({ name: 'Sizes', key: 'sizes', event: 'Viewed', measure: 'list', property: 'size' })
  await segment('sized', asks('sizes', 'contains', 'x'))
  await did('Viewed', { size: 'xl' })
  await did('Viewed', { size: 's' })
  expect(await keys()).toEqual(['sized'])
  expect((await traitOfAnn('sizes')).value).toEqual(['s', 'xl'])
  expect((await ask('DELETE', `${PATH}/${id}`)).status).toBe(204)
  await segment('gold', asks('plan', 'equals', 'gold'))
  await expect.poll(keys, SOON).toEqual(['gold', 'sized'])
})

test('what some people have is told before anything is saved, and examples of segments are asked with it', async () => {
  await did('Viewed', { price: 3 })
  await did('Viewed', { price: 4 })
  const by = { event: 'Viewed', measure: 'avg', property: 'price' }
  const preview = await api<ApiComputedPreview>('POST', `${PATH}/preview`, by)
  const { id } = (await ann()) ?? {}
  expect(preview).toEqual({
    sampled: 1,
    known: 1,
    people: [{ profile: id, value: 3.5, until: expect.any(String) as string, bounded: false }],
  })
  await define({ name: 'Views', key: 'views', event: 'Viewed', measure: 'count' })
  const at = new Date(now()).toISOString()
  const viewer = { name: 'Viewer', at, events: [{ event: 'Viewed', timestamp: at }] }
  const body = { name: 'Viewers', key: 'viewers', condition: asks('views', 'gte', 1) }
  const wrong = await askSegment({ ...body, examples: [{ ...viewer, matches: false }] })
  expect(wrong.status).toBe(422)
  const right = await askSegment({ ...body, examples: [{ ...viewer, matches: true }] })
  expect(right.status).toBe(201)
})

test('who was born last is named, however few of the others are drawn', async () => {
  const others = Array.from({ length: 200 }, (_, n) => ({
    type: 'track',
    event: 'Passed by',
    userId: `other-${n}`,
  }))
  await batch(shop, others)
  await did('Viewed', { price: 3 })
  const profile = (await ann())?.id ?? ''
  const address = addressOf(profile)
  if (address === undefined) throw new Error('Lives nowhere')
  const told = await profileShard(env, shop.id, address).computedPreview({
    workspace: shop.id,
    trait: { key: '', event: ['Viewed'], measure: 'sum', property: 'price' },
    sample: 0,
  })
  expect(told).toMatchObject({ sampled: 0, known: 0, people: [{ profile, value: 3 }] })
})

test.each([
  [{ key: '9' }, 'key'],
  [{ key: 'email' }, 'key'],
  [{ event: [] }, 'event'],
  [{ measure: 'median' }, 'measure'],
  [{ measure: 'count' }, 'property'],
  [{ property: undefined }, 'property'],
  [{ where: [{ property: 'a', operator: 'is' }] }, 'where.0.operator'],
  [{ window: { last: 'soon' } }, 'window.last'],
  [{ more: 1 }, 'more'],
])('a definition that is none is refused with the field named: %o', async (part, path) => {
  const { status, errors } = await refusal('POST', PATH, { ...SPENT, ...part } as JsonObject)
  expect([status, errors?.map((one) => one.path)]).toEqual([400, [path]])
})

test('a key that another has is refused, and one that is not given is made of the name', async () => {
  const { key: _, ...unnamed } = SPENT
  expect((await define(unnamed)).key).toBe('spent-in-a-day')
  expect((await define(unnamed)).key).toBe('spent-in-a-day-2')
  const { status, errors } = await refusal('POST', PATH, { ...SPENT, key: 'spent-in-a-day' })
  expect([status, errors?.[0]?.path]).toEqual([409, 'key'])
})

test('what is missing is named, whatever it might have been', async () => {
  const { errors } = await refusal('POST', PATH, { name: 'Spent' })
  expect(errors).toContainEqual({ path: 'measure', reason: 'is required' })
  expect(errors).toContainEqual({ path: 'event', reason: 'is required' })
})
