import { afterEach, describe, expect, test } from 'vitest'
import { additions, count, freezeClock, inShard, standOf } from './additions-fixture.ts'
import { resetClock, seen, World } from './shard-fixture.ts'
import { clock } from '../../edge/objects/clock.ts'
import type { Catalog } from '../../edge/protocol/catalog.ts'
import type { Profile } from '../../edge/domain/profile.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import { DAY } from '../../edge/protocol/time.ts'
import { ProfileStore } from '../../edge/storage/profile-store.ts'
import { catalogOf } from '../domain/build.ts'

const START = Date.UTC(2026, 5, 1)
const SHARD = 1

afterEach(() => {
  resetClock()
})

/** Whoever did it at least so often; each of these asks for events of its own. */
const did = (place: number): Condition => ({
  type: 'performed',
  event: 'Viewed',
  where: [{ property: 'n', operator: 'gte', value: -place }],
  operator: 'gte',
  value: 1,
})

const never: Condition = { type: 'performed', event: 'Never', operator: 'gte', value: 1 }

const everybody: Condition = { type: 'not', condition: never }

const withSegments = (
  world: World,
  version: number,
  conditions: readonly Condition[],
): Catalog => ({
  ...world.catalog,
  version,
  segments: catalogOf(...conditions).segments,
})

/** So many segments, each counted after the other, of people who viewed a thing. */
async function counted(people: number, segments: number) {
  freezeClock(START)
  const world = new World()
  const publish = (version: number) => {
    const conditions = Array.from({ length: version - 1 }, (_, place) => did(place))
    return count(world, withSegments(world, version, [never, ...conditions]))
  }
  await publish(1)
  const profiles: ProfileId[] = []
  for (let n = 0; n < people; n++) {
    const { profile } = await world.send(world.device(SHARD), SHARD, [seen('Viewed', { n })])
    profiles.push(profile)
  }
  for (let version = 2; version <= segments + 1; version++) await publish(version)
  return { world, profiles }
}

/** Who entered what, and when: as profiles have it, and as lists of members do. */
const entriesTold = (profiles: readonly Profile[]): readonly string[] =>
  profiles
    .flatMap(({ id, memberships }) =>
      [...memberships.values()].map(({ segment, enteredAt }) => `${segment} ${id} ${enteredAt}`),
    )
    .sort()

const entriesKept = (sql: SqlStorage): readonly string[] =>
  sql
    .exec<{ segment: string; profile: string; at: number }>(
      'SELECT segment, profile, entered_at AS at FROM membership',
    )
    .toArray()
    .map(({ segment, profile, at }) => `${segment} ${profile} ${at}`)
    .sort()

const segmentsIn = ({ memberships }: Profile): readonly string[] => [...memberships.keys()].sort()

describe('what a count adds beside a profile', () => {
  test('is part of it for whoever reads it', async () => {
    const { world, profiles } = await counted(3, 2)
    expect(await additions(world)).toBe(6)
    await inShard(world, SHARD, (sql) => {
      const store = new ProfileStore(sql)
      const numbers = sql.exec<{ n: number }>('SELECT rowid AS n FROM profile').toArray()
      const found = profiles.map((id) => {
        const one = store.find(id)
        if (one === undefined || 'forward' in one) throw new Error('Nobody')
        return one.profile
      })
      for (const read of [
        found,
        store.page('', 10),
        store.some(profiles),
        [...store.numbered(numbers.map(({ n }) => n)).values()],
      ]) {
        expect(read.map(segmentsIn)).toEqual(profiles.map(() => ['seg_1', 'seg_2']))
        expect(read.map(({ version }) => version)).toEqual([3, 3, 3])
        expect(read.map(({ occurrences }) => occurrences.size)).toEqual([2, 2, 2])
      }
    })
  })

  test('goes with the first that writes it, forwards it or removes it', async () => {
    const { world, profiles } = await counted(3, 1)
    const [written, forwarded, removed] = profiles as [ProfileId, ProfileId, ProfileId]
    const left = await inShard(world, SHARD, (sql) => {
      const store = new ProfileStore(sql)
      const rows = () => sql.exec('SELECT 1 FROM addition').toArray().length
      const before = rows()
      const one = store.find(written)
      if (one !== undefined && 'profile' in one) store.save(one.profile)
      const saved = rows()
      store.forward(forwarded, written)
      const moved = rows()
      store.remove(removed)
      return [before, saved, moved, rows()]
    })
    expect(left).toEqual([3, 2, 1, 0])
    expect(await standOf(world, written)).toMatchObject({ memberships: [['seg_1', {}]] })
  })

  test('ends by itself when its time is over', async () => {
    const { world, profiles } = await counted(2, 0)
    const lately = { ...did(0), window: { last: 'P1D' } } as Condition
    await count(world, withSegments(world, 2, [never, lately]))
    expect(await additions(world)).toBe(2)
    freezeClock(START + 2 * DAY)
    const { workspace } = world
    await world.shard(SHARD).wake({ workspace })
    for (const id of profiles) {
      expect(await standOf(world, id)).toMatchObject({ memberships: [], rows: { members: [] } })
    }
  })

  test('goes when all are written because of a newer catalog', async () => {
    const { world, profiles } = await counted(3, 1)
    await count(world, withSegments(world, 3, [never, did(0), everybody]))
    expect(await additions(world)).toBe(0)
    for (const id of profiles) {
      const { memberships } = (await standOf(world, id)) as { readonly memberships: unknown[] }
      expect(memberships).toMatchObject([
        ['seg_1', {}],
        ['seg_2', {}],
      ])
    }
  })

  test('is not for whoever is about to live elsewhere', async () => {
    const { world, profiles } = await counted(2, 0)
    const [held] = profiles as [ProfileId]
    await inShard(world, SHARD, (sql) => new ProfileStore(sql).hold(held, 'saga'))
    await count(world, withSegments(world, 2, [never, did(0)]))
    const left = await inShard(world, SHARD, (sql) => [
      sql.exec('SELECT count(*) AS n FROM addition').one()['n'],
      sql.exec('SELECT version FROM profile WHERE id = ?', held).one()['version'],
      sql.exec('SELECT 1 FROM membership WHERE profile = ?', held).toArray().length,
    ])
    expect(left).toEqual([1, 0, 0])
  })

  test('is the same though some are looked at before all others', async () => {
    const { world, profiles } = await counted(200, 0)
    const { workspace } = world
    // All are written, a hundred at a time.
    await count(world, withSegments(world, 2, [never, everybody, did(0)]))
    let ticks = START + DAY
    clock.now = () => ticks++
    // What is deleted moves its members first; before they all have left it is there again, and another with it.
    const catalog = withSegments(world, 3, [never, everybody])
    await world.shard(SHARD).publish({ workspace, catalog })
    await count(world, withSegments(world, 4, [never, everybody, did(0), did(1)]))
    await inShard(world, SHARD, (sql) => {
      const read = new ProfileStore(sql).some(profiles)
      expect(entriesTold(read)).toEqual(entriesKept(sql))
      expect(entriesTold(read).length).toBe(3 * 200)
    })
  })

  test('is folded into whoever has much of it', async () => {
    const { world, profiles } = await counted(2, 18)
    expect(await additions(world)).toBeLessThanOrEqual(2 * 16)
    for (const id of profiles) {
      const { memberships, rows } = (await standOf(world, id)) as {
        readonly memberships: readonly unknown[]
        readonly rows: { readonly members: readonly unknown[] }
      }
      expect([memberships.length, rows.members.length]).toEqual([18, 18])
    }
  })

  test('by one that a newer one comes in the middle of is counted no second time', async () => {
    freezeClock(START)
    const world = new World()
    const { workspace } = world
    const catalogFor = (version: number) => {
      const conditions = Array.from({ length: version - 1 }, (_, place) => did(100 * place))
      return withSegments(world, version, [never, ...conditions])
    }
    await count(world, catalogFor(1))
    const profiles: ProfileId[] = []
    for (let n = 0; n < 130; n++) {
      const { profile } = await world.send(world.device(SHARD), SHARD, [seen('Viewed', { n })])
      profiles.push(profile)
    }
    await world.shard(SHARD).publish({ workspace, catalog: catalogFor(2) })
    const half = await additions(world)
    freezeClock(START + DAY)
    await count(world, catalogFor(3))
    expect([half, half > 0 && half < 130]).toEqual([half, true])
    await inShard(world, SHARD, (sql) => {
      const sizes = sql.exec('SELECT segment, n, entered FROM size ORDER BY segment').toArray()
      expect(sizes).toEqual([
        { segment: 'seg_1', n: 130, entered: 130 },
        { segment: 'seg_2', n: 130, entered: 130 },
      ])
      const read = new ProfileStore(sql).some(profiles)
      expect(entriesTold(read)).toEqual(entriesKept(sql))
      expect(new Set(read.map((profile) => segmentsIn(profile).join()))).toEqual(
        new Set(['seg_1,seg_2']),
      )
    })
  })
})
