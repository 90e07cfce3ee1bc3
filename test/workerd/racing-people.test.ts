import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, test } from 'vitest'
import { SECOND } from '../../edge/protocol/time.ts'
import {
  breakOnce,
  flaws,
  heal,
  holdOnce,
  profilesOf,
  rowsOf,
  shardStub,
  wakeAll,
} from './shard-faults.ts'
import { claim, resetClock, seen, setClock, signIn, World } from './shard-fixture.ts'
import { shoe, telling } from './telling-catalog.ts'

afterEach(() => {
  heal()
  resetClock()
})

const pause = () => new Promise((resolve) => setTimeout(resolve, 3))

async function worldOf(): Promise<World> {
  const world = new World(telling)
  await world.publish()
  return world
}

/** The names of a profile's events. */
const namesOf = async (world: World, id: Parameters<World['view']>[0]) =>
  (await world.view(id)).events.map(({ event }) => event).sort()

describe('at the same time', () => {
  test('three devices of three shards sign in as one person: one profile, every event once', async () => {
    for (let round = 0; round < 5; round++) {
      const world = await worldOf()
      const homes = [0, 1, 2] as const
      const devices = homes.map((home) => world.device(home))
      await Promise.all(devices.map((device, home) => world.send(device, home, [shoe()])))
      await Promise.all(
        devices.map((device, home) =>
          world.send(device, home, [signIn(claim('userId', 'u1')), seen('Page Viewed')]),
        ),
      )
      await wakeAll(world)
      expect(await flaws(world)).toEqual([])
      const people = await profilesOf(world)
      expect(people).toHaveLength(1)
      const view = await world.view(people[0]!)
      expect(view.events).toHaveLength(9)
      expect(view.memberships).toHaveLength(1)
    }
  })

  test('a profile is joined into a second one while that is joined into a third', async () => {
    for (const first of ['young', 'middle'] as const) {
      const world = await worldOf()
      const [old, middle, young] = [world.device(1), world.device(2), world.device(3)]
      await world.send(old, 1, [signIn(claim('loyaltyId', 'l1')), shoe()])
      await pause()
      await world.send(middle, 2, [signIn(claim('phone', 'p1')), shoe()])
      await pause()
      await world.send(young, 3, [shoe()])
      const held = holdOnce('stage')
      const one = () => world.send(young, 3, [signIn(claim('phone', 'p1'))])
      const two = () => world.send(middle, 2, [signIn(claim('loyaltyId', 'l1'))])
      const begun = first === 'young' ? one() : two()
      await held.reached
      const other = first === 'young' ? two() : one()
      await pause()
      held.letGo()
      await Promise.all([begun, other])
      await wakeAll(world)
      expect(await flaws(world)).toEqual([])
      const people = await profilesOf(world)
      expect(people).toHaveLength(1)
      const view = await world.view(people[0]!)
      expect(view.events).toHaveLength(7)
      for (const [device, home] of [
        [old, 1],
        [middle, 2],
        [young, 3],
      ] as const) {
        expect((await world.send(device, home, [seen('Page Viewed')])).profile).toBe(view.id)
      }
    }
  })

  test('what both browsers do while their profiles are joined is kept', async () => {
    const world = await worldOf()
    const [old, young] = [world.device(1), world.device(2)]
    await world.send(old, 1, [signIn(claim('userId', 'u1'))])
    await pause()
    const early = shoe()
    await world.send(young, 2, [early])
    const held = holdOnce('stage')
    const joined = world.send(young, 2, [signIn(claim('userId', 'u1'))])
    await held.reached
    const waiting = [world.send(young, 2, [shoe()]), world.send(young, 2, [early])]
    const other = await world.send(old, 1, [shoe()])
    held.letGo()
    const { profile } = await joined
    await Promise.all(waiting)
    expect(other.profile).toBe(profile)
    await wakeAll(world)
    expect(await flaws(world)).toEqual([])
    const view = await world.view(profile)
    expect(view.events.filter(({ event }) => event === 'Product Viewed')).toHaveLength(3)
    expect(view.events).toHaveLength(5)
    expect(view.memberships).toHaveLength(1)
  })

  test('two people sign in on two devices of one profile: they become two, whoever is first', async () => {
    for (let round = 0; round < 5; round++) {
      const world = await worldOf()
      const [one, two] = [world.device(1), world.device(1)]
      await world.send(one, 1, [signIn(claim('email', 'h'))])
      await world.send(two, 1, [signIn(claim('email', 'h'))])
      const answers = await Promise.all([
        world.send(one, 1, [signIn(claim('userId', 'u1'))]),
        world.send(two, 1, [signIn(claim('userId', 'u2'))]),
      ])
      expect(answers[0].profile).not.toBe(answers[1].profile)
      expect(await flaws(world)).toEqual([])
    }
  })

  test('two profiles that turn out to be two people while they are joined stay two', async () => {
    const world = await worldOf()
    const [old, young] = [world.device(1), world.device(2)]
    const first = await world.send(old, 1, [signIn(claim('email', 'h')), seen('Old')])
    await pause()
    await world.send(young, 2, [seen('Young')])
    const held = holdOnce('stage')
    const joining = world.send(young, 2, [signIn(claim('userId', 'u2'), claim('email', 'h'))])
    await held.reached
    await world.send(old, 1, [signIn(claim('userId', 'u1'))])
    held.letGo()
    const second = await joining
    expect(await flaws(world)).toEqual([])
    // The address was given to u2 after the browser was seen with it, and the browser to u1 after that.
    const [u1, u2] = [await world.send(old, 1, []), await world.send(young, 2, [])]
    expect(u1.profile).not.toBe(u2.profile)
    expect(u1.profile).toBe(first.profile)
    expect(await namesOf(world, u1.profile)).toEqual(['Identified'])
    expect(await namesOf(world, u2.profile)).toEqual(['Identified', 'Identified', 'Old', 'Young'])
    expect((await world.send(young, 2, [seen('Page Viewed')])).profile).toBe(second.profile)
  })
})

describe('a shared device', () => {
  test('stays with whoever signed in last when the profile it was taken from is joined into another', async () => {
    const world = await worldOf()
    const [shared, own] = [world.device(1), world.device(2)]
    await world.send(own, 2, [signIn(claim('email', 'h'))])
    await pause()
    await world.send(shared, 1, [signIn(claim('userId', 'u1'))])
    const mine = await world.send(shared, 1, [signIn(claim('userId', 'u2'))])
    const phone = world.device(3)
    const joined = await world.send(phone, 3, [signIn(claim('userId', 'u1'), claim('email', 'h'))])
    expect(joined.profile).not.toBe(mine.profile)
    const next = await world.send(shared, 1, [seen('Page Viewed')])
    expect(next.profile).toBe(mine.profile)
  })

  test('is not taken back by a sign-in that is told once more', async () => {
    const world = await worldOf()
    const device = world.device(1)
    const old = signIn(claim('userId', 'u1'))
    await world.send(device, 1, [old])
    const present = await world.send(device, 1, [signIn(claim('userId', 'u2'))])
    const again = await world.send(device, 1, [old])
    expect(again.verdicts.map(({ status }) => status)).toEqual(['duplicate'])
    expect((await world.send(device, 1, [seen('Page Viewed')])).profile).toBe(present.profile)
  })

  test('that goes to and fro between two shards keeps each message id once', async () => {
    const world = await worldOf()
    const [shared, other] = [world.device(1), world.device(2)]
    await world.send(other, 2, [signIn(claim('userId', 'u2'))])
    let sent = 0
    for (let turn = 0; turn < 16; turn++) {
      await world.send(shared, 1, [signIn(claim('userId', turn % 2 === 0 ? 'u1' : 'u2'))])
      sent++
    }
    let kept = 0
    for (const shard of [1, 2]) {
      const [row] = await rowsOf(
        world,
        shard,
        `SELECT coalesce(sum(length(hashes)), 0) AS n FROM seen WHERE scope = '${shared}'`,
      )
      kept += Number(row?.['n'])
    }
    expect(kept).toBe(8 * sent)
  })
})

describe('a claim that broke off', () => {
  test('leaves its name to whoever bears it, not to who signed in on the device instead', async () => {
    const world = await worldOf()
    const [one, two] = [world.device(1), world.device(2)]
    await world.send(one, 1, [seen('Page Viewed')])
    // u1 is claimed for the profile of `one`, which never hears of it.
    const failures = breakOnce('resolveMany', 'loses its reply')
    await expect(world.send(one, 1, [signIn(claim('userId', 'u1'))])).rejects.toThrow('resolveMany')
    expect(failures()).toBe(1)
    const second = await world.send(one, 1, [signIn(claim('userId', 'u2'))])
    await world.send(two, 2, [seen('Before')])
    const first = await world.send(two, 2, [signIn(claim('userId', 'u1'))])
    expect(first.profile).not.toBe(second.profile)
    expect(await namesOf(world, first.profile)).toContain('Before')
    const back = await world.send(one, 1, [signIn(claim('userId', 'u1'))])
    expect(back.profile).toBe(first.profile)
    // Nobody waits until everybody is told where they live now.
    await expect.poll(() => flaws(world)).toEqual([])
  })
})

describe('a name that was claimed for somebody who never got it', () => {
  test('is told nothing of them', async () => {
    const world = await worldOf()
    const device = world.device(1)
    const { profile, segments } = await world.send(device, 1, [shoe(), shoe(), shoe()])
    expect(segments).not.toEqual([])
    breakOnce('resolveMany', 'loses its reply')
    await expect(world.send(device, 1, [signIn(claim('userId', 'u1'))])).rejects.toThrow()
    const identifier = { kind: 'userId', value: 'u1' }
    const answer = await world.shard(1).decide({
      workspace: world.workspace,
      subject: { type: 'identifier', identifier, profile },
      consentMode: 'implied',
      placements: [],
    })
    expect(answer).toMatchObject({ type: 'done', segments: [] })
  })
})

describe('identifiers that contradict each other', () => {
  test('by a lesser one: the person named by the greater one keeps the event', async () => {
    const world = await worldOf()
    const device = world.device(1)
    const first = await world.send(device, 1, [signIn(claim('userId', 'u1'), claim('crmId', 'c1'))])
    const both = signIn(claim('userId', 'u1'), claim('crmId', 'c2'), claim('email', 'h'))
    const second = await world.send(device, 1, [both])
    expect(second.profile).toBe(first.profile)
    const view = await world.view(first.profile)
    // What is said last stands: by then c1 is somebody else's.
    expect(view.identifiers.map(({ value }) => value).sort()).toEqual(['c2', 'h', 'u1'])
  })

  test('two names in one message: the first counts, the message is kept', async () => {
    const world = await worldOf()
    const device = world.device(1)
    const both = signIn(claim('userId', 'u1'), claim('userId', 'u2'))
    const { profile, verdicts } = await world.send(device, 1, [both])
    expect(verdicts.map(({ status }) => status)).toEqual(['accepted'])
    expect((await world.view(profile)).identifiers.map(({ value }) => value)).toEqual(['u1'])
  })

  test('a sign-in by name that another lesser name contradicts is a switch', async () => {
    const world = await worldOf()
    const [one, two] = [world.device(1), world.device(2)]
    const first = await world.send(one, 1, [signIn(claim('userId', 'u1'), claim('crmId', 'c1'))])
    const second = await world.send(two, 2, [signIn(claim('crmId', 'c2'))])
    expect(second.profile).not.toBe(first.profile)
    const third = await world.send(two, 2, [signIn(claim('userId', 'u1'))])
    expect(third.profile).toBe(first.profile)
  })

  test('a message with as many identifiers as may be is settled at once', async () => {
    const world = await worldOf()
    const loyalty = Array.from({ length: 25 }, (_, n) => claim('loyaltyId', `l${n}`))
    const { profile } = await world.send(world.device(1), 1, [signIn(...loyalty)])
    expect((await world.view(profile)).identifiers).toHaveLength(25)
  })

  test('no profile has more than 1,000 identifiers; its events are kept', async () => {
    const world = await worldOf()
    const device = world.device(1)
    for (let batch = 0; batch < 41; batch++) {
      const claims = Array.from({ length: 25 }, (_, n) => claim('loyaltyId', `l${batch}.${n}`))
      await world.send(device, 1, [signIn(...claims)])
    }
    const { profile } = await world.send(device, 1, [seen('Page Viewed')])
    const view = await world.view(profile)
    // One of the 1,000 is the device.
    expect(view.identifiers).toHaveLength(999)
    expect(view.events).toHaveLength(42)
  })
})

describe('a graph that has no room', () => {
  test('is joined with no other; what names both is kept, with whom it came from', async () => {
    const world = await worldOf()
    const [one, two] = [world.device(1), world.device(2)]
    for (const [device, home] of [
      [one, 1],
      [two, 2],
    ] as const) {
      for (let batch = 0; batch < 21; batch++) {
        const claims = Array.from({ length: 25 }, (_, n) =>
          claim('loyaltyId', `${home}.${batch}.${n}`),
        )
        await world.send(device, home, [signIn(...claims)])
      }
    }
    const first = await world.send(one, 1, [signIn(claim('loyaltyId', '1.0.0'))])
    const joint = await world.send(two, 2, [
      signIn(claim('loyaltyId', '2.0.0'), claim('loyaltyId', '1.0.0')),
    ])
    expect(joint.verdicts.map(({ status }) => status)).toEqual(['accepted'])
    expect(joint.profile).not.toBe(first.profile)
    expect((await world.view(first.profile)).identifiers).toHaveLength(525)
    expect(await flaws(world)).toEqual([])
  })
})

describe('a merge whose object ends', () => {
  test.each(['stage', 'applyMerge'] as const)(
    'while %s is under way goes on when the alarm rings',
    async (call) => {
      const world = await worldOf()
      const [old, young] = [world.device(1), world.device(2)]
      const first = await world.send(old, 1, [signIn(claim('userId', 'u1')), shoe()])
      await pause()
      await world.send(young, 2, [signIn(claim('email', 'h')), shoe()])
      const held = holdOnce(call)
      const both = signIn(claim('userId', 'u1'), claim('email', 'h'))
      const cutOff = expect(world.send(young, 2, [both])).rejects.toThrow()
      await held.reached
      // The loser's shard runs the saga.
      await runInDurableObject(shardStub(world, 2), (_, ctx) => ctx.abort('the end')).catch(
        () => undefined,
      )
      await cutOff
      held.letGo()
      expect(await flaws(world)).not.toEqual([])
      const bell = await runInDurableObject(shardStub(world, 2), (_, ctx) => ctx.storage.getAlarm())
      expect(bell).toBeLessThan(Date.now() + 11 * SECOND)
      setClock(Date.now() + 11 * SECOND)
      expect(await runDurableObjectAlarm(shardStub(world, 2))).toBe(true)
      await expect.poll(() => flaws(world), { timeout: 5_000 }).toEqual([])
      // Its sender had no answer, so it comes again.
      await world.send(young, 2, [both])
      expect(await profilesOf(world)).toEqual([first.profile])
      expect((await world.view(first.profile)).events).toHaveLength(5)
    },
  )
})
