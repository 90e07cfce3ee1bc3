import { runInDurableObject } from 'cloudflare:test'
import { afterEach, expect, test } from 'vitest'
import { newProfile } from '../../edge/domain/profile.ts'
import type { Draw } from '../../edge/domain/sample.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import { sampleRows } from '../../edge/storage/profile-sample.ts'
import { ProfileStore } from '../../edge/storage/profile-store.ts'
import { catalogOf } from '../domain/build.ts'
import { drawsOf } from './draws.ts'
import { resetClock, seen, World } from './shard-fixture.ts'

afterEach(resetClock)

const ALL = { sample: 100, characters: Infinity }
const shoeFan: Condition = {
  type: 'performed',
  event: 'Product Viewed',
  where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
  operator: 'gte',
  value: 3,
  window: { last: 'P7D' },
}
const shoe = () => seen('Product Viewed', { category: 'shoes' })

/** Work on the storage of a shard that nobody else uses. */
const inShard = <T>(world: World, work: (sql: SqlStorage) => T): Promise<T> =>
  runInDurableObject(world.shard(1) as never, (_: object, { storage }: DurableObjectState) =>
    work(storage.sql),
  )

const drawOf = (seed: number): Draw => {
  const draws = drawsOf(seed)
  return (below) => Math.floor(draws() * below)
}

/** Names of those drawn, over many draws. */
function tallied(sql: SqlStorage, population: number, count: number, runs: number, draw: Draw) {
  const counts = new Map<string, number>()
  const store = new ProfileStore(sql)
  for (let run = 0; run < runs; run++) {
    const rows = sampleRows(sql, count, population, draw)
    expect(new Set(rows).size).toBe(Math.min(count, population))
    for (const { id } of store.numbered(rows).values()) {
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
  }
  return counts
}

test.each([
  ['few rows lead elsewhere', 1],
  ['nearly all rows lead elsewhere', 60],
])(
  'everybody is drawn equally often, whoever was merged, erased or came back: %s',
  async (_, moved) => {
    const world = new World()
    await world.publish()
    const counts = await inShard(world, (sql) => {
      const store = new ProfileStore(sql)
      const born = (name: string) => {
        const id = `prf_${name}` as ProfileId
        store.save(newProfile(id, id, 0))
        return id
      }
      const kept = Array.from({ length: 40 }, (__, n) => {
        // Between those who stay: some who are joined with them, and some who are erased.
        for (let more = 0; more < moved; more++)
          store.forward(born(`moved-${n}-${more}`), born(`kept-${n}`))
        store.remove(born(`erased-${n}`))
        return born(`kept-${n}`)
      })
      for (const id of kept.slice(0, 10)) {
        store.forward(id, 'prf_elsewhere' as ProfileId)
        store.save(newProfile(id, id, 0))
      }
      expect(store.population()).toBe(40)
      return tallied(sql, 40, 5, 800, drawOf(moved))
    })
    expect(counts.size).toBe(40)
    // Of a sample without replacement the statistic is smaller by (N − n) / (N − 1); 72.1: once in a thousand.
    const statistic = [...counts.values()].reduce((sum, one) => sum + (one - 100) ** 2 / 100, 0)
    expect(statistic / (35 / 39)).toBeLessThan(72.1)
  },
)

test('people of a condition that was never saved are counted and named', async () => {
  const world = new World()
  await world.publish()
  const { profile } = await world.send(world.device(1), 1, [shoe(), shoe(), shoe()])
  await world.send(world.device(1), 1, [shoe()])
  const { workspace } = world
  const shard = world.shard(1)
  const answer = await shard.preview({ workspace, condition: shoeFan, ...ALL })
  expect(answer).toEqual({
    population: 2,
    verdicts: expect.arrayContaining([true, false]),
    members: [profile],
  })
  const asked = { workspace, condition: shoeFan, profiles: [profile, world.profileId(1)] }
  expect(await shard.reasons(asked)).toMatchObject([
    { profile, reasons: [{ path: 'condition', condition: shoeFan, evidence: [{}, {}, {}] }] },
  ])
})

test('what segments keep already is not read from histories again, whatever else they ask for is', async () => {
  const world = new World(catalogOf(shoeFan))
  await world.publish()
  await world.send(world.device(1), 1, [shoe(), shoe(), shoe()])
  const verdictOf = async (condition: Condition) => {
    const { workspace } = world
    return (await world.shard(1).preview({ workspace, condition, ...ALL })).verdicts
  }
  const more: Condition = { ...shoeFan, value: 4 }
  const any: Condition = {
    type: 'sequence',
    steps: [{ event: 'Product Viewed' }, { event: 'Product Viewed', immediately: true }],
  }
  expect(await verdictOf(shoeFan)).toEqual([true])
  expect(await verdictOf(more)).toEqual([false])
  expect(await verdictOf(any)).toEqual([true])
  // Without the history only what is kept of it can answer.
  await inShard(world, (sql) => void sql.exec('DELETE FROM tail'))
  expect(await verdictOf(shoeFan)).toEqual([true])
  expect(await verdictOf(any)).toEqual([false])
})

test('long histories let fewer people be looked at', async () => {
  const world = new World()
  await world.publish()
  for (let n = 0; n < 60; n++) await world.send(world.device(1), 1, [shoe()])
  const { workspace } = world
  const asked = { workspace, condition: shoeFan, sample: 60 }
  const shard = world.shard(1)
  expect((await shard.preview({ ...asked, characters: Infinity })).verdicts).toHaveLength(60)
  expect((await shard.preview({ ...asked, characters: 1_000 })).verdicts).toHaveLength(25)
})
