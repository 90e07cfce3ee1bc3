import { beforeAll, expect, test } from 'vitest'
import type { Page } from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { ExamplePerson } from '../../edge/protocol/example.ts'
import { birth, call } from './admin-fixture.ts'

beforeAll(async () => {
  await birth('a')
})

const at = '2026-01-31T12:00:00.000Z'
const bought = (revenue: number, day = 30) => ({
  event: 'Order Completed',
  timestamp: `2026-01-${day}T12:00:00.000Z`,
  properties: { revenue },
})
const spends = (value: number) => ({
  type: 'all',
  conditions: [
    { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' },
    {
      type: 'performed',
      event: 'Order Completed',
      measure: 'sum',
      property: 'revenue',
      operator: 'gte',
      value,
      window: { last: 'P7D' },
    },
  ],
})
const people: readonly ExamplePerson[] = [
  { name: 'Spends', matches: true, at, traits: { plan: 'gold' }, events: [bought(60), bought(50)] },
  {
    name: 'Spent long ago',
    matches: false,
    at,
    traits: { plan: 'gold' },
    events: [bought(90, 10)],
  },
]

test('example people are kept with their segment, and left out of lists', async () => {
  const body = { name: 'Gold', condition: spends(100), examples: people }
  const made = await call<ApiSegment>('POST', '/api/segments', body)
  expect(made.status).toBe(201)
  expect(made.body.examples).toEqual(people)
  const path = `/api/segments/${made.body.id}`
  expect((await call<ApiSegment>('GET', path)).body.examples).toEqual(people)
  const { items } = (await call<Page<ApiSegment>>('GET', '/api/segments')).body
  expect(items.find(({ id }) => id === made.body.id)).not.toHaveProperty('examples')
})

test('a condition that is wrong about somebody is refused: who, what was expected and which clause decided', async () => {
  const body = { name: 'Too strict', condition: spends(200), examples: people }
  const refused = await call('POST', '/api/segments', body)
  expect(refused.status).toBe(422)
  expect(refused.body.errors).toEqual([
    {
      path: 'examples.0',
      reason: `“Spends” must match and does not at ${at}: condition.conditions.1 (performed) does not hold`,
    },
  ])
  const { items } = (await call<Page<ApiSegment>>('GET', '/api/segments')).body
  expect(items.some(({ name }) => name === 'Too strict')).toBe(false)
})

test('who must not match and does is told by the clause that joins what made it so', async () => {
  const [spender] = people
  const examples = [{ ...spender, matches: false }]
  const { status, body } = await call('POST', '/api/segments', {
    name: 'Wrong',
    condition: spends(100),
    examples,
  })
  expect(status).toBe(422)
  expect(body.errors?.[0]?.reason).toBe(
    `“Spends” must not match and does at ${at}: the whole condition (all) decides`,
  )
})

test('a change without examples is asked of those the segment has; an empty list lets them go', async () => {
  const body = { name: 'Kept', condition: spends(100), examples: people }
  const { id } = (await call<ApiSegment>('POST', '/api/segments', body)).body
  const change = { name: 'Kept', condition: spends(200) }
  expect((await call('PUT', `/api/segments/${id}`, change)).status).toBe(422)
  const same = await call<ApiSegment>('PUT', `/api/segments/${id}`, {
    ...change,
    condition: spends(90),
  })
  expect([same.status, same.body.examples]).toEqual([200, people])
  const freed = await call<ApiSegment>('PUT', `/api/segments/${id}`, { ...change, examples: [] })
  expect([freed.status, freed.body.examples]).toEqual([200, []])
  expect((await call('DELETE', `/api/segments/${id}`)).status).toBe(204)
})

test('what is wrong with an example is told with its path', async () => {
  const examples = [
    { ...people[0], at: 'soon' },
    { ...people[0], events: [{ event: '', timestamp: at, when: 1 }] },
    { ...people[1], matches: 'yes', consent: { 'E-mail': true } },
  ]
  const body = { name: 'Wrong', condition: spends(100), examples }
  const { status, body: problem } = await call('POST', '/api/segments', body)
  expect(status).toBe(400)
  expect(problem.errors?.map(({ path }) => path)).toEqual([
    'examples.0.at',
    'examples.1.events.0.event',
    'examples.1.events.0.when',
    'examples.2.matches',
    'examples.2.consent.E-mail',
  ])
  const crowd = Array.from({ length: 21 }, (_, place) => ({ ...people[0], name: `P${place}` }))
  const many = await call('POST', '/api/segments', { ...body, examples: crowd })
  expect(many.body.errors).toEqual([{ path: 'examples', reason: 'must have at most 20 entries' }])
  const busy = [{ ...people[0], events: Array.from({ length: 201 }, () => bought(1)) }]
  const long = await call('POST', '/api/segments', { ...body, examples: busy })
  expect(long.body.errors?.[0]?.path).toBe('examples.0.events')
})

test('what a segment is kept for is asked of its example people as well', async () => {
  const [spender] = people
  const asked = [
    { ...spender, name: 'Agreed', consent: { email: true } },
    { ...spender, name: 'Never asked', matches: false },
  ]
  const body = { condition: spends(100), purposes: ['email'], examples: asked }
  expect((await call('POST', '/api/segments', { name: 'By mail', ...body })).status).toBe(201)
  const refused = await call('POST', '/api/segments', { name: 'For all', ...body, purposes: [] })
  expect(refused.status).toBe(422)
  expect(refused.body.errors).toMatchObject([{ path: 'examples.1' }])
})

test('example people are scored as the workspace scores', async () => {
  const settings = (await call<{ rfm: object }>('GET', '/api/settings/scores')).body
  const cutPoints = { recency: [1, 2, 3, 4], frequency: [2, 3, 4, 5], monetary: [50, 75, 100, 200] }
  const rfm = { ...settings.rfm, cutPoints }
  const saved = await call('PUT', '/api/settings/scores', { ...settings, rfm })
  expect(saved.status).toBe(200)
  const condition = { type: 'score', score: 'rfm.monetary', operator: 'gte', value: 4 }
  const body = { name: 'Worth', condition, examples: people }
  expect((await call('POST', '/api/segments', body)).status).toBe(201)
  const higher = { ...body, name: 'Worth more', condition: { ...condition, value: 5 } }
  expect((await call('POST', '/api/segments', higher)).status).toBe(422)
})
