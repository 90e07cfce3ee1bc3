import { exports } from 'cloudflare:workers'
import { beforeAll, expect, test } from 'vitest'
import type { Page } from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { ApiSource } from '../../edge/protocol/api.ts'
import type { OnDeviceSegments } from '../../edge/protocol/on-device.ts'
import { birth, call } from './admin-fixture.ts'

beforeAll(async () => {
  await birth('a')
})

const viewed = { type: 'performed', event: 'Product Viewed', operator: 'gte', value: 3 } as const
const gold = { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' } as const

const make = (key: string, more: object = {}) =>
  call<ApiSegment>('POST', '/api/segments?wait=live', {
    name: key,
    key,
    condition: viewed,
    public: true,
    onDevice: true,
    ...more,
  })

async function told(headers: Record<string, string> = {}, writeKey?: string): Promise<Response> {
  const { items } = (await call<Page<ApiSource>>('GET', '/api/sources')).body
  const key = writeKey ?? items.find(({ kind }) => kind === 'browser')?.writeKey
  return exports.default.fetch(new Request(`http://edge.test/t/${key}/on-device.json`, { headers }))
}

test('pages are told the segments that are marked, and no other; caches keep the answer', async () => {
  const fans = await make('shoe-fans')
  expect(fans.status).toBe(201)
  expect(fans.body.onDevice).toBe(true)
  await make('elsewhere', { onDevice: false })
  const response = await told()
  expect(response.headers.get('cache-control')).toMatch(/^public, max-age=300/)
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(response.headers.get('set-cookie')).toBeNull()
  expect((await response.json()) as OnDeviceSegments).toMatchObject({
    v: 1,
    timezone: expect.any(String),
    segments: [{ id: fans.body.id, key: 'shoe-fans', condition: viewed }],
  })
  const etag = response.headers.get('etag') ?? ''
  expect((await told({ 'if-none-match': etag })).status).toBe(304)
  expect((await told({}, 'wk_nobody')).status).toBe(404)
})

test('what a browser cannot judge is refused with its path, saved, beside, or switched to', async () => {
  const refused = await make('gold', { condition: { type: 'all', conditions: [viewed, gold] } })
  expect([refused.status, refused.body]).toMatchObject([
    400,
    { errors: [{ path: 'condition.conditions.1' }] },
  ])
  const { id } = (await make('keen')).body
  const beside = await call('PUT', `/api/segments/${id}/candidate`, { condition: gold })
  expect([beside.status, beside.body]).toMatchObject([400, { errors: [{ path: 'condition' }] }])

  const later = (await make('later', { onDevice: false })).body
  await call('PUT', `/api/segments/${later.id}/candidate`, { condition: gold })
  const { name, key, condition } = later
  const marked = { name, key, condition, public: true, onDevice: true }
  expect((await call('PUT', `/api/segments/${later.id}`, marked)).status).toBe(200)
  expect((await call('POST', `/api/segments/${later.id}/switch`)).status).toBe(400)
})

test('a segment that others on the device are made of stays there', async () => {
  const part = (await make('part')).body
  await make('whole', { condition: { type: 'segment', segment: 'part' } })
  const body = { name: 'part', condition: viewed, public: true }
  const refused = await call('PUT', `/api/segments/${part.id}`, body)
  expect(refused.status).toBe(409)
  expect(JSON.stringify(refused.body)).toContain('whole')
})
