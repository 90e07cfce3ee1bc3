import { runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { conditionsOf, drawCondition, drawEvents } from './back-fill-draws.ts'
import { drawsOf } from './draws.ts'
import { resetClock, seen, setClock, World } from './shard-fixture.ts'
import type { Catalog } from '../../edge/protocol/catalog.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { DeviceId, ProfileId } from '../../edge/protocol/id.ts'
import { DAY, HOUR } from '../../edge/protocol/time.ts'

const RUNS = Number(import.meta.env['VITE_RUNS'] ?? 6)
const PEOPLE = 12
const CATALOGS = 4
const SHARD = 1

afterEach(() => {
  resetClock()
  vi.restoreAllMocks()
})

const stubOf = (world: World) => world.shard(SHARD) as unknown as DurableObjectStub

async function finish(world: World): Promise<void> {
  const { workspace } = world
  for (let turn = 0; turn < 50; turn++) {
    const { done, total } = await world.shard(SHARD).wake({ workspace })
    if (done === total) return
  }
  throw new Error('The back-fill comes to no end')
}

async function publish(world: World, version: number, conditions: readonly Condition[]) {
  const catalog: Catalog = { ...world.catalog, version, segments: conditionsOf(conditions) }
  await world.shard(SHARD).publish({ workspace: world.workspace, catalog })
}

/** What somebody is a member of. */
async function segmentsOf(world: World, profile: ProfileId): Promise<readonly string[]> {
  const { memberships } = await world.view(profile)
  return memberships.map(({ segment }) => segment).sort()
}

async function tell(world: World, device: DeviceId, events: readonly EventRecord[]) {
  const { profile } = await world.send(device, SHARD, events)
  return profile
}

test('who is counted after the event is where the events would have brought them one by one', async () => {
  const draw = drawsOf(20_261_133)
  const start = Date.UTC(2026, 5, 1)
  for (let run = 0; run < RUNS; run++) {
    setClock(start)
    const counted = new World()
    const devices = Array.from({ length: PEOPLE }, () => counted.device(SHARD))
    const told: [DeviceId, readonly EventRecord[]][] = []
    const profiles = new Map<DeviceId, ProfileId>()
    const asked: Condition[][] = [Array.from({ length: 4 }, () => drawCondition(draw))]
    for (let version = 1; version <= CATALOGS; version++) {
      const present = asked.at(-1) ?? []
      await publish(counted, version, present)
      // Not always to the end: the next one comes in between.
      if (version === CATALOGS || draw() < 0.7) await finish(counted)
      if (version === CATALOGS) break
      setClock(start + version * DAY)
      for (const device of devices) {
        if (draw() < 0.3) continue
        const events = drawEvents(draw, start + (version - 1) * DAY, DAY / HOUR)
        profiles.set(device, await tell(counted, device, events))
        told.push([device, events])
      }
      // One goes and one comes, perhaps one that went before.
      const former = asked[Math.floor(draw() * asked.length)]?.[0]
      asked.push([
        ...present.slice(1),
        draw() < 0.3 && former !== undefined ? former : drawCondition(draw),
      ])
    }
    const live = new World()
    await publish(live, CATALOGS, asked.at(-1) ?? [])
    const others = new Map(devices.map((device) => [device, live.device(SHARD)]))
    const found = new Map<DeviceId, ProfileId>()
    for (const [device, events] of told) {
      found.set(device, await tell(live, others.get(device) ?? device, events))
    }
    for (const [device, profile] of profiles) {
      const other = found.get(device) ?? profile
      expect([run, device, await segmentsOf(counted, profile)]).toEqual([
        run,
        device,
        await segmentsOf(live, other),
      ])
    }
  }
}, 60_000)

describe('a new segment', () => {
  /** People who viewed a hundred things each, all looked at once; what a back-fill of one more segment asks for. */
  async function statementsFor(condition: Condition, people = 60): Promise<readonly string[]> {
    const world = new World()
    const plain: Condition = { type: 'performed', event: 'Viewed', operator: 'gte', value: 5 }
    await publish(world, 1, [plain])
    await finish(world)
    for (let n = 0; n < people; n++) {
      await tell(
        world,
        world.device(SHARD),
        Array.from({ length: 20 }, () => seen('Viewed', { n })),
      )
    }
    await publish(world, 2, [plain])
    await finish(world)
    // By then nobody waits for answers any more, to whom it would give way.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const asked: string[] = []
    await runInDurableObject(stubOf(world), (_, { storage }) => {
      const { sql } = storage
      const exec = sql.exec.bind(sql)
      vi.spyOn(sql, 'exec').mockImplementation((query, ...bindings) => {
        asked.push(query)
        return exec(query, ...bindings)
      })
    })
    await publish(world, 3, [plain, condition])
    await finish(world)
    return asked
  }
  const opens = (asked: readonly string[]) => asked.filter((one) => one.includes('heads')).length
  const writes = (asked: readonly string[]) =>
    asked.filter((one) =>
      /(INSERT( OR REPLACE)? INTO|UPDATE) (profile|addition|tail|sealed|timer)\b/.test(one),
    ).length

  test('of events that nobody did opens no history and writes nobody', async () => {
    const bought: Condition = { type: 'performed', event: 'Bought', operator: 'gte', value: 1 }
    const asked = await statementsFor(bought, 80)
    expect([opens(asked), writes(asked)]).toEqual([0, 0])
    // However many they are, they are looked up together.
    expect(asked.length - (await statementsFor(bought, 20)).length).toBeLessThan(20)
  })

  test('that some enter reads and writes many of them with a statement', async () => {
    const asked = await statementsFor({
      type: 'performed',
      event: 'Viewed',
      where: [{ property: 'n', operator: 'gte', value: 30 }],
      operator: 'gte',
      value: 1,
    })
    for (const count of [opens(asked), writes(asked)]) {
      expect(count).toBeGreaterThan(0)
      expect(count).toBeLessThan(10)
    }
  })
})
