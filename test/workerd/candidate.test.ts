import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { liveMonitor } from '../../edge/objects/address.ts'
import type { ApiMember, ApiProfile, Page } from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { ApiCandidate } from '../../edge/protocol/candidate.ts'
import { MINUTE } from '../../edge/protocol/time.ts'
import { views, Watched } from './candidate-fixture.ts'
import { resetClock } from './shard-fixture.ts'

let shop: Watched

beforeEach(async () => {
  shop = new Watched()
  await shop.open()
})
afterEach(() => {
  resetClock()
  vi.restoreAllMocks()
})

const sideOf = async (side: 'joiners' | 'leavers') => {
  const { body } = await shop.ask<Page<ApiMember>>('GET', `${shop.segment}/candidate/${side}`)
  return body.items.map(({ profile }) => profile)
}

/** One, two and three views in each of two shards: members all, by the version in force. */
async function visitors(): Promise<readonly (readonly [string, string])[]> {
  const people: (readonly [string, string])[] = []
  for (const count of [1, 2, 3]) {
    const [here, there] = [shop.device(0), shop.device(1)]
    const one = await shop.visit(here, count)
    const other = await shop.visit(there, count)
    people.push([one.profile, other.profile])
  }
  return people
}

const beside = (condition: unknown) =>
  shop.ask<ApiCandidate>('PUT', `${shop.segment}/candidate?wait=live`, { condition })

describe('a new version of a segment in use', () => {
  test('is judged beside the one in force, and nobody is told of it', async () => {
    const [once = []] = await visitors()
    expect(await shop.receive()).toHaveLength(6)
    const answer = await beside(views(2))
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ state: 'ready', size: 4, joiners: 0, leavers: 2 })
    expect(await sideOf('leavers')).toEqual([...once].sort())
    expect(await sideOf('joiners')).toEqual([])
    // Neither to destinations, nor to pages, nor to whoever looks at a person or a list of segments.
    expect(await shop.receive()).toEqual([])
    const told = await shop.visit(shop.device(0), 2)
    expect(told.segments).toEqual(['viewers'])
    const { body } = await shop.ask<ApiProfile>('GET', `/api/profiles/${told.profile}`)
    expect(body.segments.map(({ key }) => key)).toEqual(['viewers'])
    expect(await shop.found()).toMatchObject({ version: 1, condition: views(1), candidate: true })
    const list = await shop.ask<Page<ApiSegment>>('GET', '/api/segments')
    expect(list.body.items).toHaveLength(1)
    // It follows events, and time at its instant.
    expect(await shop.candidate()).toMatchObject({ size: 5, leavers: 2 })
    await shop.pass(61 * MINUTE)
    expect(await shop.candidate()).toMatchObject({ size: 0, joiners: 0, leavers: 0 })
    // Reports and the live page know the segment alone.
    await vi.waitFor(async () => {
      const { sizes, history } = await liveMonitor(env, shop.id).overview()
      expect(sizes).toEqual({ [`seg_${shop.id}`]: 0 })
      expect([...new Set(history.map(({ segment }) => segment))]).toEqual([`seg_${shop.id}`])
    })
  })

  test('is switched to in one act, of which only the difference is told', async () => {
    await shop.visit(shop.device(0), 1)
    const [once = [], twice = [], thrice = []] = await visitors()
    await shop.receive()
    await shop.ask('PUT', shop.segment, { name: 'Viewers', key: 'viewers', condition: views(2) })
    await vi.waitFor(async () => expect(await shop.found()).toMatchObject({ state: 'live' }))
    await shop.receive()
    const before = await shop.ask<Page<ApiMember>>('GET', `${shop.segment}/members`)
    const candidate = await beside({
      type: 'any',
      conditions: [views(3), { type: 'not', condition: views(2) }],
    })
    // Those of three views stay, those of two leave, those of one join.
    expect(candidate.body).toMatchObject({ size: 5, joiners: 3, leavers: 2 })
    shop.now += MINUTE
    const switched = await shop.ask<ApiSegment>('POST', `${shop.segment}/switch?wait=live`, {
      candidate: candidate.body.id,
    })
    expect(switched.body).toMatchObject({ state: 'live', version: 3, candidate: false })
    const told = await shop.receive()
    expect(told).toHaveLength(5)
    expect(told.every(({ cause }) => cause.type === 'definition')).toBe(true)
    const [entered, exited] = (['segment.entered', 'segment.exited'] as const).map((type) =>
      told.filter((one) => one.type === type).map(({ profile }) => profile),
    )
    expect(entered).toEqual(expect.arrayContaining([...once]))
    expect(exited?.toSorted()).toEqual(twice.toSorted())
    // Who is in both versions entered when they did.
    const { body } = await shop.ask<Page<ApiMember>>('GET', `${shop.segment}/members`)
    for (const profile of thrice) {
      const at = (page: Page<ApiMember>) => page.items.find((one) => one.profile === profile)
      expect(at(body)).toEqual(at(before.body))
    }
    expect((await shop.ask('GET', `${shop.segment}/candidate`)).status).toBe(404)
    expect(await shop.receive()).toEqual([])
  })

  test('that is discarded leaves no trace', async () => {
    await visitors()
    await shop.receive()
    await beside(views(3))
    expect((await shop.ask('DELETE', `${shop.segment}/candidate`)).status).toBe(204)
    expect((await shop.ask('DELETE', `${shop.segment}/candidate`)).status).toBe(404)
    await vi.waitFor(async () => expect(await shop.found()).toMatchObject({ state: 'live' }))
    expect(await shop.receive()).toEqual([])
    // One of the same condition begins anew.
    expect((await beside(views(3))).body).toMatchObject({ size: 2, leavers: 4 })
  })

  test('is not switched to unseen: another that took its place is a conflict', async () => {
    const { body: first } = await beside(views(2))
    await beside(views(3))
    const answer = await shop.ask('POST', `${shop.segment}/switch`, { candidate: first.id })
    expect(answer.status).toBe(409)
    expect(answer.body.errors?.[0]?.path).toBe('candidate')
    const refused = await shop.ask('PUT', `${shop.segment}/candidate`, { condition: { type: 'x' } })
    expect(refused.status).toBe(400)
    expect(refused.body.errors?.[0]?.path).toBe('condition.type')
  })

  test('stands beside a hundred segments at most; one takes the place of another', async () => {
    const candidate = JSON.stringify({
      id: 'cnd_x',
      condition: views(9),
      purposes: [],
      createdAt: 0,
    })
    await env.DB.prepare(
      `with recursive n (i) as (select 1 union all select i + 1 from n where i < 100)
       insert into segment (id, workspace, key, name, condition, public, version, candidate, createdAt, updatedAt)
       select ?1 || i, ?2, 'k' || i, 'K', '{"type":"all","conditions":[]}', 0, 1, replace(?3, 'cnd_x', 'cnd_x' || i), 0, 0 from n`,
    )
      .bind(`seg_${shop.id}x`, shop.id, candidate)
      .run()
    const refused = await shop.ask('PUT', `${shop.segment}/candidate`, { condition: views(2) })
    expect(refused.status).toBe(409)
    expect(refused.body.detail).toContain('At most 100')
    const other = `/api/segments/seg_${shop.id}x1/candidate`
    expect((await shop.ask('PUT', other, { condition: views(2) })).status).toBe(200)
  })
})
