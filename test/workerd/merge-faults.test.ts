import { afterEach, describe, expect, test } from 'vitest'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { DeviceId } from '../../edge/protocol/id.ts'
import { SECOND } from '../../edge/protocol/time.ts'
import { breakOnce, flaws, heal, hurry, profilesOf, wakeAll, type Call } from './shard-faults.ts'
import { claim, resetClock, seen, setClock, shardOf, signIn, World } from './shard-fixture.ts'
import { shoe, telling } from './telling-catalog.ts'

afterEach(() => {
  heal()
  resetClock()
})

/** A client's tries of one batch: the same message ids, whatever happened to the one before. */
async function insist(
  world: World,
  device: DeviceId,
  home: number,
  events: readonly EventRecord[],
) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await world.send(device, home, events)
    } catch (error) {
      if (attempt === 5) throw error
    }
  }
}

async function settle(world: World): Promise<void> {
  for (let round = 1; round <= 3; round++) {
    setClock(Date.now() + round * 11 * SECOND)
    await wakeAll(world)
    await expect
      .poll(async () => (await flaws(world)).length, { timeout: 3_000 })
      .toBe(0)
      .catch(() => undefined)
  }
}

/** Which of the two signs in second, so that its profile is the loser or the survivor. */
const cases: readonly (readonly [Call, 'the younger' | 'the older'])[] = [
  ['resolveMany', 'the younger'],
  ['brief', 'the younger'],
  ['stage', 'the younger'],
  ['applyMerge', 'the younger'],
  ['resolveMany', 'the older'],
  ['brief', 'the older'],
  ['merge', 'the older'],
  ['stage', 'the older'],
  ['applyMerge', 'the older'],
  ['moveMany', 'the older'],
]

describe('a merge over two shards', () => {
  for (const kind of ['throws', 'loses its reply', 'hangs'] as const) {
    test.each(cases)(
      `loses and doubles nothing when %s ${kind} once and %s signs in second`,
      async (call, second) => {
        const world = new World(telling)
        await world.publish()
        const [old, young] = [world.device(1), world.device(2)]
        await world.send(old, 1, [shoe(), shoe()])
        await new Promise((resolve) => setTimeout(resolve, 3))
        await world.send(young, 2, [shoe()])
        const [first, last] = second === 'the older' ? [young, old] : [old, young]
        await world.send(first, shardOf(first), [
          signIn(claim('userId', 'u1'), claim('email', 'h1')),
        ])
        if (kind === 'hangs') hurry()
        const failures = breakOnce(call, kind)
        const batch = [signIn(claim('userId', 'u1')), shoe()]
        const done = await insist(world, last, shardOf(last), batch)
        await settle(world)
        expect(failures()).toBe(1)
        const again = await world.send(last, shardOf(last), batch)
        expect(again.verdicts.map(({ status }) => status)).toEqual(['duplicate', 'duplicate'])

        expect(await flaws(world)).toEqual([])
        const people = await profilesOf(world)
        expect(people).toHaveLength(1)
        const view = await world.view(done.profile)
        expect(view.id).toBe(people[0])
        expect(view.events).toHaveLength(6)
        expect(new Set(view.events.map(({ id }) => id)).size).toBe(6)
        expect(view.memberships.map(({ segment }) => segment)).toEqual(['seg_0'])
        expect(view.merges).toHaveLength(1)
        for (const device of [old, young]) {
          const next = await world.send(device, shardOf(device), [seen('Page Viewed')])
          expect(next.profile).toBe(view.id)
        }
      },
    )
  }
})
