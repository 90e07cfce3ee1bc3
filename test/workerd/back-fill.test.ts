import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { workspaceObject } from '../../edge/objects/address.ts'
import type { ApiMember, Page } from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { BackFillStatus } from '../../edge/protocol/back-fill.ts'
import type { DeviceId } from '../../edge/protocol/id.ts'
import { sweep } from '../../edge/sweep.ts'
import { views, Watched } from './candidate-fixture.ts'
import { resetClock } from './shard-fixture.ts'
import { SHARDS } from './telling-workspace.ts'

let shop: Watched

beforeEach(async () => {
  shop = new Watched()
  await shop.open()
})
afterEach(() => {
  resetClock()
  vi.restoreAllMocks()
})

const backFill = async (act: '' | '/pause' | '/resume' = '') =>
  (await shop.ask<BackFillStatus>(act === '' ? 'GET' : 'POST', `/api/back-fill${act}`)).body

const beside = (condition: unknown) => shop.ask('PUT', `${shop.segment}/candidate`, { condition })

const membersOf = async (segment: string) => {
  const { body } = await shop.ask<Page<ApiMember>>('GET', `/api/segments/${segment}/members`)
  return body.items.map(({ profile }) => profile)
}

/** All objects of the workspace end, and are made anew when they are next called. */
async function restart(): Promise<void> {
  for (let shard = 0; shard < SHARDS; shard++) {
    await evictDurableObject(shop.shard(shard) as unknown as DurableObjectStub)
  }
  await evictDurableObject(workspaceObject(env, shop.id) as unknown as DurableObjectStub)
}

/** Whoever would take a paused back-fill further tries to. */
async function tempt(): Promise<void> {
  await shop.wake()
  await sweep(env, Date.now())
  await shop.wake()
}

/** How often the alarm of a shard rings in a third of a second. */
const rings = (shard: ReturnType<Watched['shard']>) =>
  runInDurableObject(shard as unknown as DurableObjectStub, async (instance) => {
    const bell = vi.spyOn(instance as unknown as { alarm: () => Promise<void> }, 'alarm')
    await new Promise((resolve) => setTimeout(resolve, 300))
    return bell.mock.calls.length
  })

const finished = () =>
  vi.waitFor(async () => expect(await backFill()).toMatchObject({ state: 'idle', progress: 1 }), {
    timeout: 10_000,
  })

test('a count looks at few at a time where somebody waits for answers, at everybody where nobody does', async () => {
  const [quiet, busy] = [shop.shard(1), shop.shard(0)]
  for (let n = 0; n < 8; n++) await shop.visit(shop.device(1), 1)
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  for (let n = 0; n < 8; n++) await shop.visit(shop.device(0), 1)
  await backFill('/pause')
  await beside(views(2))
  const hold = { order: 1_000, paused: false }
  const looked = [quiet, busy].map((shard) => shard.hold({ workspace: shop.id, hold }))
  expect(await Promise.all(looked)).toMatchObject([
    { done: 8, total: 8 },
    { done: 5, total: 8 },
  ])
  await shop.wake()
  expect(await shop.candidate()).toMatchObject({ size: 0, leavers: 16 })
})

describe('a count that is paused', () => {
  test('waits through wakes, the sweeper and restarts, and goes on', async () => {
    for (const shard of [0, 1]) await shop.visit(shop.device(shard), 2)
    expect(await backFill('/pause')).toMatchObject({ state: 'paused' })
    await beside(views(2))
    await tempt()
    await restart()
    await tempt()
    // Nor does its bell ring again and again for what may not be done.
    expect(await rings(shop.shard(0))).toBeLessThan(3)
    expect(await backFill()).toMatchObject({ state: 'paused', done: 0, total: 2 })
    expect(await shop.candidate()).toMatchObject({ state: 'building', size: 0, leavers: 0 })
    expect(await backFill('/resume')).toMatchObject({ state: expect.not.stringMatching('paused') })
    await finished()
    expect(await shop.candidate()).toMatchObject({ state: 'ready', size: 2, leavers: 0 })
  })

  test('judges whoever does something by the version in force all the same', async () => {
    const [active, idle] = [shop.device(0), shop.device(1)]
    for (const device of [active, idle]) await shop.visit(device, 1)
    await backFill('/pause')
    await beside(views(2))
    await shop.visit(active, 1)
    expect(await shop.candidate()).toMatchObject({ size: 1, joiners: 0, leavers: 0 })
    await backFill('/resume')
    await finished()
    expect(await shop.candidate()).toMatchObject({ size: 1, joiners: 0, leavers: 1 })
  })

  test('is heard of by shards that are born meanwhile', async () => {
    await backFill('/pause')
    await shop.visit(shop.device(0), 2)
    await beside(views(2))
    await tempt()
    // The other one was born after the change, and has nobody to look at.
    expect(await backFill()).toMatchObject({ state: 'paused', done: 1, total: 2 })
    await backFill('/resume')
    await finished()
    expect(await shop.candidate()).toMatchObject({ size: 1 })
  })

  test('is not undone by an older word that arrives late', async () => {
    await shop.visit(shop.device(0), 1)
    await backFill('/pause')
    await backFill('/resume')
    await backFill('/pause')
    const workspace = shop.id
    const shard = shop.shard(0)
    expect(await shard.hold({ workspace, hold: { order: 2, paused: false } })).toMatchObject({
      hold: 3,
    })
    await beside(views(2))
    await tempt()
    expect(await backFill()).toMatchObject({ state: 'paused', done: 1, total: 2 })
  })

  test('lets a switch hold at once for whoever is asked of, and tells the others when it goes on', async () => {
    const [asked, waiting] = [shop.device(0), shop.device(1)]
    for (const device of [asked, waiting]) await shop.visit(device, 1)
    await shop.receive()
    await beside(views(2))
    await finished()
    await backFill('/pause')
    await shop.ask('POST', `${shop.segment}/switch`)
    await tempt()
    expect(await shop.receive()).toEqual([])
    const decided = await vi.waitFor(async () => {
      const shown = await shop.decide(asked)
      expect(shown.segments).toEqual([])
      return shown
    })
    const [first, ...none] = await shop.receive()
    expect(first).toMatchObject({ type: 'segment.exited', profile: decided.profile })
    expect(none).toEqual([])
    await backFill('/resume')
    await finished()
    const rest = await shop.receive()
    expect(rest.map(({ type }) => type)).toEqual(['segment.exited'])
    expect(rest[0]?.profile).not.toBe(decided.profile)
  })
})

describe('a count', () => {
  test('in whose middle people go on, merge and pause it comes to what a count of the end would', async () => {
    const devices = Array.from({ length: 240 }, (_, at) => shop.device(at % 2))
    for (const device of devices) await shop.visit(device, 1)
    expect(await shop.receive()).toHaveLength(240)
    await backFill('/pause')
    await beside(views(3))
    // A slice or more of each shard, then a stop.
    await backFill('/resume')
    await backFill('/pause')
    for (const device of devices.slice(0, 20)) await shop.visit(device, 2)
    // Of one and two views, in two shards, one person of three is made.
    const both = [{ kind: 'userId', value: 'u1' }]
    await shop.visit(devices[30] as DeviceId, 1, both)
    const merged = await shop.visit(devices[31] as DeviceId, 1, both)
    await backFill('/resume')
    await finished()
    const candidate = await shop.candidate()
    expect(candidate).toMatchObject({ state: 'ready', size: 21, joiners: 0, leavers: 218 })
    await shop.ask('POST', `${shop.segment}/switch?wait=live`)
    const members = await membersOf(`seg_${shop.id}`)
    expect(members).toHaveLength(21)
    expect(members).toContain(merged.profile)
  })

  test('of a new segment that is cancelled takes the segment back', async () => {
    const device = shop.device(0)
    await shop.visit(device, 1)
    await backFill('/pause')
    const made = await shop.ask<ApiSegment>('POST', '/api/segments', {
      name: 'Twice',
      condition: views(2),
      public: true,
    })
    expect(await backFill()).toMatchObject({ counting: [made.body.id] })
    expect((await shop.visit(device, 1)).segments).toEqual(['twice', 'viewers'])
    const path = `/api/segments/${made.body.id}`
    const cancelled = await shop.ask<{ cancelled: string }>('POST', `${path}/cancel`)
    expect(cancelled.body).toEqual({ cancelled: 'segment' })
    expect((await shop.ask('GET', path)).status).toBe(404)
    await backFill('/resume')
    await finished()
    expect((await shop.decide(device)).segments).toEqual(['viewers'])
  })

  test('of a candidate that is cancelled discards it; of what is live nothing is left to cancel', async () => {
    await shop.visit(shop.device(0), 1)
    await backFill('/pause')
    await beside(views(2))
    const answer = await shop.ask<{ cancelled: string }>('POST', `${shop.segment}/cancel`)
    expect(answer.body).toEqual({ cancelled: 'candidate' })
    expect(await shop.found()).toMatchObject({ candidate: false, condition: views(1) })
    await backFill('/resume')
    await finished()
    const live = await shop.ask('POST', `${shop.segment}/cancel`)
    expect(live.body.detail).toContain('Nothing is being counted')
  })
})

describe('a direct change that is taken back while it is counted', () => {
  const at = '2026-01-31T12:00:00.000Z'
  const viewed = { event: 'Product Viewed', timestamp: '2026-01-31T11:30:00.000Z' }
  const example = (count: number) => ({
    name: 'Seen',
    matches: true,
    at,
    events: Array.from({ length: count }, () => viewed),
  })
  beforeEach(async () => {
    await shop.visit(shop.device(1), 1)
  })

  test('has the version that was counted last in force again, with its people and its examples', async () => {
    const device = shop.device(0)
    await shop.visit(device, 1)
    await shop.ask('PUT', `${shop.segment}?wait=live`, {
      name: 'Viewers',
      condition: views(1),
      public: true,
      examples: [example(1)],
    })
    await backFill('/pause')
    for (const times of [3, 4]) {
      const changed = await shop.ask('PUT', shop.segment, {
        name: 'Fans',
        condition: views(times),
        public: true,
        examples: [example(times)],
      })
      expect(changed.status, JSON.stringify(changed.body)).toBe(200)
    }
    expect((await shop.visit(device, 1)).segments).toEqual([])
    const cancelled = await shop.ask<{ cancelled: string }>('POST', `${shop.segment}/cancel`)
    expect(cancelled.body).toEqual({ cancelled: 'change' })
    await backFill('/resume')
    await finished()
    expect(await shop.found()).toMatchObject({
      name: 'Viewers',
      condition: views(1),
      examples: [example(1)],
    })
    expect((await shop.decide(device)).segments).toEqual(['viewers'])
    const live = await shop.ask('POST', `${shop.segment}/cancel`)
    expect(live.body.detail).toContain('Nothing is being counted')
  })

  test('deletes a segment that had never been counted to the end', async () => {
    await backFill('/pause')
    const made = await shop.ask<ApiSegment>('POST', '/api/segments', {
      name: 'Twice',
      condition: views(2),
    })
    const path = `/api/segments/${made.body.id}`
    await shop.ask('PUT', path, { name: 'Thrice', condition: views(3) })
    const cancelled = await shop.ask<{ cancelled: string }>('POST', `${path}/cancel`)
    expect(cancelled.body).toEqual({ cancelled: 'segment' })
    expect((await shop.ask('GET', path)).status).toBe(404)
    await backFill('/resume')
  })

  test('stays where a segment that it was made of is no more, and says so', async () => {
    const made = await shop.ask<ApiSegment>('POST', '/api/segments?wait=live', {
      name: 'Twice',
      condition: views(2),
    })
    const link = { type: 'segment', segment: made.body.id }
    await shop.ask('PUT', `${shop.segment}?wait=live`, { name: 'Linked', condition: link })
    await backFill('/pause')
    await shop.ask('PUT', shop.segment, { name: 'Free', condition: views(3) })
    expect((await shop.ask('DELETE', `/api/segments/${made.body.id}`)).status).toBe(204)
    const refused = await shop.ask('POST', `${shop.segment}/cancel`)
    expect(refused.status).toBe(409)
    expect(refused.body.detail).toContain('made of a segment that is no more')
    await backFill('/resume')
  })
})

describe('a segment that is deleted', () => {
  test('names what uses it, and goes with its activations once that is said', async () => {
    const people = await Promise.all([0, 1].map((shard) => shop.visit(shop.device(shard), 1)))
    await shop.receive()
    const refused = await shop.ask('DELETE', shop.segment)
    expect(refused.status).toBe(409)
    expect(refused.body.detail).toContain('the activation “Tell”')
    expect((await shop.ask('DELETE', `${shop.segment}?with=activations`)).status).toBe(204)
    await finished()
    const told = await shop.receive()
    expect(told.map(({ type }) => type)).toEqual(['segment.exited', 'segment.exited'])
    expect(told.map(({ profile }) => profile)).toEqual(people.map(({ profile }) => profile).sort())
    expect(told[0]?.segment).toMatchObject({ key: 'viewers', name: 'Viewers' })
    expect((await shop.ask<Page<unknown>>('GET', '/api/activations')).body.items).toEqual([])
    expect(await shop.receive()).toEqual([])
  })

  test('is not taken from an experience that shows something to its members', async () => {
    await shop.ask('POST', '/api/experiences', {
      name: 'Hero',
      placement: 'hero',
      segment: `seg_${shop.id}`,
      variations: [{ key: 'a', weight: 1, content: {} }],
    })
    const refused = await shop.ask('DELETE', `${shop.segment}?with=activations`)
    expect(refused.status).toBe(409)
    expect(refused.body.detail).toContain('the experience “Hero”')
    expect(refused.body.detail).not.toContain('Tell')
    // Nothing was deleted of it.
    expect((await shop.ask<Page<unknown>>('GET', '/api/activations')).body.items).toHaveLength(1)
  })
})
