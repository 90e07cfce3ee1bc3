import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { profileShard, workspaceObject } from '../../edge/objects/address.ts'
import { clock } from '../../edge/objects/clock.ts'
import type { ApiPreview } from '../../edge/protocol/api-segment.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { ApiCount } from '../../edge/protocol/count.ts'
import type { Json } from '../../edge/protocol/json.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import type { IngestRequest } from '../../edge/protocol/shard.ts'
import { DAY, HOUR, MINUTE } from '../../edge/protocol/time.ts'
import type { CountRecord } from '../../edge/storage/count-store.ts'
import { batch, openShop, send, type Shop } from './intake-fixture.ts'
import {
  bindings,
  claim,
  resetClock,
  seen,
  setClock,
  signIn,
  SOURCE,
  World,
} from './shard-fixture.ts'

afterEach(resetClock)

const fans: Condition = {
  type: 'performed',
  event: 'Product Viewed',
  operator: 'gte',
  value: 2,
  window: { last: 'P7D' },
}
const view = () => seen('Product Viewed')

/** People told of as an import tells: so many, each with so many views. */
async function bulk(world: World, people: number, views: number): Promise<void> {
  const requests = Array.from({ length: people }, (_, n): IngestRequest => {
    const identifier = { kind: 'userId', value: `user-${people}-${views}-${n}` }
    return {
      workspace: world.workspace,
      catalogVersion: world.catalog.version,
      source: SOURCE,
      consentMode: 'implied',
      subject: { type: 'identifier', identifier, profile: world.profileId(1) },
      events: Array.from({ length: views }, () => ({
        ...view(),
        identifiers: [claim(identifier.kind, identifier.value)],
        implied: true,
      })),
      refused: [],
      receivedAt: clock.now(),
    }
  })
  const outcomes = await world.shard(1).ingestMany(JSON.stringify(requests))
  expect(outcomes.every(({ ok }) => ok)).toBe(true)
}

describe('a shard that counts', () => {
  const id = 'cnt_one'
  const asked = { condition: fans, purposes: [] }

  test('tells whom a condition holds for at one instant, whatever happened since they were looked at', async () => {
    const world = new World()
    await world.publish()
    const { workspace } = world
    const shard = world.shard(1)
    const now = clock.now()
    const old = (days: number) => ({ ...view(), timestamp: now - days * DAY })
    const [stays, joins, enters, lapses] = [1, 1, 1, 1].map((home) => world.device(home))
    if (!stays || !joins || !enters || !lapses) throw new Error('There are four devices')
    await world.send(stays, 1, [view(), view()])
    await world.send(joins, 1, [view(), view()])
    await world.send(enters, 1, [view()])
    await world.send(lapses, 1, [old(6.9), old(1)])
    expect(await shard.count({ workspace, id, ...asked })).toEqual({
      done: 4,
      total: 4,
      isCounted: true,
    })
    await world.send(enters, 1, [view()])
    await world.send(stays, 1, [signIn(claim('userId', 'pat'))])
    await world.send(joins, 1, [signIn(claim('userId', 'pat'))])
    await bulk(world, 5, 2)
    await bulk(world, 5, 1)
    setClock(now + 4 * HOUR)
    // One of two who turned out to be one, one who entered, five who were born; nobody whose window is over.
    const answer = await shard.closeCount({ workspace, id, at: clock.now() })
    expect(answer).toEqual({ matched: 7, population: 13 })
  })

  test('goes on from slice to slice, and forgets what is ended', async () => {
    const world = new World()
    await world.publish()
    const { workspace } = world
    const shard = world.shard(1)
    for (let n = 0; n < 130; n++) await world.send(world.device(1), 1, [view(), view()])
    expect(await shard.count({ workspace, id, ...asked })).toEqual({
      done: 100,
      total: 130,
      isCounted: false,
    })
    expect(await shard.count({ workspace, id, ...asked })).toMatchObject({
      done: 130,
      isCounted: true,
    })
    expect(await shard.closeCount({ workspace, id, at: clock.now() })).toMatchObject({
      matched: 130,
    })
    await shard.endCount({ workspace, id })
    expect(await shard.closeCount({ workspace, id, at: clock.now() })).toBeNull()
    expect(await shard.count({ workspace, id, ...asked })).toMatchObject({ done: 100 })
  })

  test('begins anew under another catalog: a segment may mean others by then', async () => {
    const world = new World()
    await world.publish()
    const { workspace } = world
    const shard = world.shard(1)
    await world.send(world.device(1), 1, [view()])
    await shard.count({ workspace, id, ...asked })
    await world.publish({ ...world.catalog, version: 2 })
    expect(await shard.closeCount({ workspace, id, at: clock.now() })).toBeNull()
  })
})

describe('a count', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
    const events = Array.from({ length: 40 }, (_, n) =>
      Array.from({ length: n % 4 }, () => ({
        type: 'track',
        userId: `shopper-${n}`,
        event: 'Product Viewed',
      })),
    )
    await batch(shop, events.flat())
  })

  async function ask<T>(method: string, path: string, body?: Json): Promise<T & Problem> {
    const response = await send(path, body, {
      method,
      headers: {
        authorization: `Bearer ${shop.secretKey}`,
        'content-type': 'application/json',
      },
    })
    return response.status === 204 ? ({} as T & Problem) : response.json()
  }
  const begin = () => ask<ApiCount>('POST', '/api/counts', { condition: fans as never })
  const statusOf = (id: string) => ask<ApiCount>('GET', `/api/counts/${id}`)
  const run = () => runDurableObjectAlarm(env.COUNTS.getByName(shop.id))
  const ended = async (id: string) => {
    for (;;) {
      const status = await statusOf(id)
      if (status.state !== 'running') return status
      await run()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  test('comes to what an estimate of few people knows already, as of an instant', async () => {
    const { exact, population } = await ask<ApiPreview>('POST', '/api/segments/preview', {
      condition: fans as never,
    })
    expect([exact, population]).toEqual([20, 30])
    const begun = Date.now()
    const { id } = await begin()
    const { state, done, total, result } = await ended(id)
    expect({ state, done, total, ...result }).toMatchObject({
      state: 'done',
      done: 30,
      total: 30,
      size: 20,
      population: 30,
    })
    expect(Date.parse(result?.at ?? '')).toBeGreaterThanOrEqual(begun)
  })

  test('goes on in a shard that forgot its part, as one that restarts does, and without its alarm', async () => {
    const { id } = await begin()
    const shards = await workspaceObject(bindings, shop.id).shards()
    const { COUNTS } = env
    // What is stored says that all but the end is done; no shard knows of it.
    await runInDurableObject(COUNTS.getByName(shop.id), async (_, { storage }) => {
      await storage.deleteAlarm()
      const [row] = storage.sql.exec<{ data: string }>('SELECT data FROM count WHERE id = ?', id)
      const record = JSON.parse(row?.data ?? '{}') as CountRecord
      const places = record.places.map((place) => ({ ...place, isCounted: true }))
      storage.sql.exec(
        'UPDATE count SET data = ? WHERE id = ?',
        JSON.stringify({ ...record, places }),
        id,
      )
    })
    for (const address of shards) {
      await profileShard(bindings, shop.id, address).endCount({ workspace: shop.id, id })
    }
    expect((await ended(id)).result).toMatchObject({ size: 20 })
  })

  test('ends when it is told to, and when nobody asks for it; the fifth has to wait', async () => {
    // One whose counts nobody has begun before: none is under way any more.
    const { id: workspace } = await openShop()
    const asked = (id: string) => ({ id, workspace, condition: fans, purposes: [] })
    await runInDurableObject(env.COUNTS.getByName(workspace), async (counts) => {
      // None is done with before it is told to end.
      const bell = vi.spyOn(counts, 'alarm').mockResolvedValue()
      const begun = await Promise.all(
        ['one', 'two', 'three', 'four', 'five'].map((id) => counts.begin(asked(`cnt_${id}`))),
      )
      expect(begun.map((status) => status?.state)).toEqual([
        ...Array.from({ length: 4 }, () => 'running'),
        undefined,
      ])
      await counts.cancel({ id: 'cnt_one' })
      setClock(Date.now() + 2 * MINUTE)
      bell.mockRestore()
      await counts.alarm()
      const [one, two] = await Promise.all(
        ['cnt_one', 'cnt_two'].map((id) => counts.status({ id })),
      )
      expect(one).toMatchObject({ state: 'cancelled' })
      expect(one?.reason).toBeUndefined()
      expect(two).toMatchObject({ state: 'cancelled', reason: 'unwatched' })
    })
  })

  test('that is not there, or of what is no condition, is refused', async () => {
    expect(await statusOf('cnt_none')).toMatchObject({ status: 404 })
    expect(await ask('DELETE', '/api/counts/cnt_none')).toMatchObject({ status: 404 })
    const { id } = await begin()
    expect(await ask('DELETE', `/api/counts/${id}`)).toEqual({})
    expect(await ask('POST', '/api/counts', { condition: { type: 'all' } })).toMatchObject({
      status: 400,
      errors: [{ path: 'condition.conditions' }],
    })
  })
})
