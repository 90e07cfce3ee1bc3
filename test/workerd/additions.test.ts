import { afterEach, describe, expect, test } from 'vitest'
import { additions, count, freezeClock, inShard, standOf } from './additions-fixture.ts'
import { resetClock, seen, World } from './shard-fixture.ts'
import { segmentsOf } from './touch-fixture.ts'
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

/** So many segments, each counted after the other, of people who viewed a thing. */
async function counted(people: number, segments: number) {
  freezeClock(START)
  const world = new World()
  const publish = (version: number) => {
    const conditions = Array.from({ length: version - 1 }, (_, place) => did(place))
    const { segments: all } = catalogOf(
      ...segmentsOf('Never').segments.map(conditionOf),
      ...conditions,
    )
    return count(world, { ...world.catalog, version, segments: all })
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

const conditionOf = ({ condition }: { readonly condition: Condition }): Condition => condition

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

  test('is there for whoever does something next, once', async () => {
    const { world, profiles } = await counted(1, 1)
    const [profile] = profiles as [ProfileId]
    freezeClock(START + DAY)
    const { memberships } = await world.view(profile)
    expect(memberships).toMatchObject([{ segment: 'seg_1', enteredAt: START }])
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
    const catalogFor = (version: number) => ({
      ...world.catalog,
      version,
      segments: catalogOf(
        ...Array.from({ length: version }, (_, place) => did(100 * place)),
      ).segments.map((one, place) =>
        place === 0 ? { ...one, condition: { ...did(0), event: 'Never' } as Condition } : one,
      ),
    })
    await count(world, catalogFor(1))
    const profiles: ProfileId[] = []
    for (let n = 0; n < 130; n++) {
      const { profile } = await world.send(world.device(SHARD), SHARD, [seen('Viewed', { n })])
      profiles.push(profile)
    }
    await world.shard(SHARD).publish({ workspace, catalog: catalogFor(2) })
    const half = await additions(world)
    await count(world, catalogFor(3))
    expect([half, half > 0 && half < 130]).toEqual([half, true])
    await inShard(world, SHARD, (sql) => {
      const sizes = sql.exec('SELECT segment, n, entered FROM size ORDER BY segment').toArray()
      expect(sizes).toEqual([
        { segment: 'seg_1', n: 130, entered: 130 },
        { segment: 'seg_2', n: 130, entered: 130 },
      ])
      const read = new ProfileStore(sql).some(profiles)
      expect(new Set(read.map((profile) => segmentsIn(profile).join()))).toEqual(
        new Set(['seg_1,seg_2']),
      )
    })
  })
})
