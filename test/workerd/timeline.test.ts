import { beforeAll, describe, expect, test } from 'vitest'
import type { ApiTimeline } from '../../edge/protocol/api.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import { basic, openShop, profileBy, send, type Shop } from './intake-fixture.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const iso = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString()
const HOUR = 60

let shop: Shop
let id: string
beforeAll(async () => {
  shop = await openShop()
  const say = (type: string, body: object) =>
    send(
      `/v1/${type}`,
      { userId: 'tim', sentAt: new Date().toISOString(), ...body },
      { headers: basic(shop.secretKey) },
    )
  // Not in their order: what is late stands at its own time.
  await say('track', { event: 'Product Viewed', messageId: 'm2', timestamp: iso(2 * HOUR) })
  await say('track', { event: 'Product Viewed', messageId: 'm0', timestamp: iso(0) })
  await say('page', { messageId: 'm3', timestamp: iso(3 * HOUR) })
  await say('track', { event: 'Order Completed', messageId: 'm1', timestamp: iso(HOUR) })
  const profile = await profileBy(shop, 'userId', 'tim')
  if (profile === undefined) throw new Error('nobody is called tim')
  id = profile.id
})

const ask = (search: string, profile = id) =>
  send(`/api/profiles/${profile}/events${search}`, undefined, {
    method: 'GET',
    headers: { authorization: `Bearer ${shop.secretKey}` },
  })

async function page(search: string): Promise<ApiTimeline> {
  const response = await ask(search)
  expect(response.status, await response.clone().text()).toBe(200)
  return response.json()
}

describe('a timeline', () => {
  test.each([
    ['everything, newest first', '', ['m3', 'm2', 'm1', 'm0']],
    ['one type of call', '?type=page', ['m3']],
    ['one name', '?event=Product%20Viewed', ['m2', 'm0']],
    ['the whole name, not a part of it', '?event=Product', []],
    ['from an instant on, which is included', `?from=${iso(HOUR)}`, ['m3', 'm2', 'm1']],
    ['until an instant, which is not', `?to=${iso(HOUR)}`, ['m0']],
    ['an offset from UTC', '?from=2026-11-20T16:00:00%2B01:00', ['m3']],
    ['all of it together', `?event=Product%20Viewed&from=${iso(HOUR)}&type=track`, ['m2']],
    ['a source nobody has', '?source=none', []],
  ])('shows %s', async (_, search, ids) => {
    expect((await page(search)).items.map((event) => event.id)).toEqual(ids)
  })

  test('narrowed to the source of its events shows them all', async () => {
    const [first] = (await page('')).items
    expect((await page(`?source=${first?.source}`)).items).toHaveLength(4)
  })

  test('says how many events of each name and source there are, whatever was asked for', async () => {
    const { counts, items } = await page('?event=Order%20Completed')
    expect(counts.events).toEqual({ 'Product Viewed': 2, 'Order Completed': 1, 'Page Viewed': 1 })
    expect(counts.sources).toEqual({ [items[0]?.source ?? '']: 4 })
  })

  test('is read page by page, narrowed, without a gap or a repetition', async () => {
    const first = await page('?type=track&limit=2')
    const second = await page(`?type=track&limit=2&cursor=${first.cursor}`)
    expect([...first.items, ...second.items].map((event) => event.id)).toEqual(['m2', 'm1', 'm0'])
    expect(second.cursor).toBeUndefined()
  })

  test.each([
    ['type', '?type=click', 'must be one of track, page'],
    ['from', '?from=yesterday', 'must be an instant'],
    ['to', `?from=${iso(1)}&to=${iso(1)}`, 'must be after "from"'],
    ['cursor', '?cursor=x', 'is not a cursor of this list'],
    ['limit', '?limit=0', 'must be at least 1'],
  ])('refuses a bad %s by its name', async (path, search, reason) => {
    const response = await ask(search)
    expect(response.status).toBe(400)
    const problem = await response.json<Problem>()
    expect(problem.errors?.[0]).toEqual({ path, reason: expect.stringContaining(reason) })
  })

  test('of nobody is not found', async () => {
    expect((await ask('', 'prf_nobody')).status).toBe(404)
  })
})
