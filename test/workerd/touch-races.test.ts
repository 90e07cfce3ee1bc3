import { runInDurableObject } from 'cloudflare:test'
import { afterEach, expect, test } from 'vitest'
import { counts, type Cap } from '../../edge/domain/score/pressure.ts'
import type { ExperienceDefinition } from '../../edge/protocol/decision.ts'
import type { ExperienceId, ProfileId } from '../../edge/protocol/id.ts'
import type { CapDefinition, StandingTouch } from '../../edge/protocol/touch.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../edge/protocol/time.ts'
import { parseDuration } from '../../edge/protocol/duration.ts'
import { drawsOf } from './draws.ts'
import { shardStub } from './shard-faults.ts'
import { claim, resetClock, seen, setClock, signIn, World } from './shard-fixture.ts'
import {
  activation,
  ask,
  cap,
  deliveriesOf,
  destination,
  keepDeliveries,
  segmentsOf,
  touchesOf,
} from './touch-fixture.ts'

const START = Date.UTC(2026, 2, 2, 12)
afterEach(() => resetClock())

const POPUP: ExperienceDefinition = {
  id: 'exp_popup' as ExperienceId,
  key: 'popup',
  name: 'Popup',
  placement: 'home',
  variations: [
    { key: 'loud', weight: 1, content: { title: 'Now!' } },
    { key: 'calm', weight: 1e-9, content: { title: 'Welcome' } },
  ],
  control: 0,
  priority: 0,
  touch: { fallback: 'calm' },
  enabled: true,
}

/** The most that any stretch of a cap's length holds, plainly: each stretch begins with some touch. */
function worst(touches: readonly StandingTouch[], definition: CapDefinition): number {
  const window = parseDuration(definition.window) ?? 0
  const one: Cap = { ...definition, window }
  const counted = touches.filter((touch) => touch.counts && counts(one, touch))
  return Math.max(
    0,
    ...counted.map(({ at: from }) =>
      counted
        .filter(({ at }) => at >= from && at < from + window)
        .reduce((sum, { weight }) => sum + weight, 0),
    ),
  )
}

test('1,000 decisions at once over three channels are as many as the caps let, and no more', async () => {
  const caps = [
    cap('mail', { channel: 'email', most: 7 }),
    cap('sms', { channel: 'sms', most: 5 }),
    cap('site', { channel: 'onsite', onSite: true, most: 11 }),
    cap('all', { most: 20, onSite: true }),
  ]
  const events = Array.from({ length: 100 }, (_, n) => `E${n}`)
  const world = new World({
    ...segmentsOf(...events),
    destinations: [destination('dst_mail')],
    activations: events.map((_, n) => activation(`act_${n}`, `seg_${n}`, ['dst_mail'])),
    experiences: [POPUP],
    caps,
  })
  await world.publish()
  await keepDeliveries(world, 1)
  const { workspace } = world
  const device = world.device(1)
  const { profile } = await world.send(device, 1, [seen('Begin')])
  let shown = 0
  const all = Array.from({ length: 1_000 }, async (_, n) => {
    if (n % 10 === 0) return void (await world.send(device, 1, [seen(`E${n / 10}`)]))
    if (n % 3 === 0) return void (await ask(world, profile, { channel: 'sms' }))
    if (n % 3 === 1) return void (await ask(world, profile))
    const answer = await world.shard(1).decide({
      workspace,
      subject: { type: 'device', device },
      consentMode: 'implied',
      placements: ['home'],
    })
    if (answer.type !== 'done') throw new Error(answer.type)
    const [decision] = answer.decisions
    if (decision?.variation === 'loud') shown++
    else expect(decision).toMatchObject({ variation: 'calm', reason: 'capped' })
  })
  await Promise.all(all)
  const { touches, budgets } = await touchesOf(world, profile)
  const of = (channel: string) => touches.filter((touch) => touch.channel === channel).length
  const pending = (await deliveriesOf(world, 1)).filter(({ state }) => state === 'pending')
  expect(touches).toHaveLength(20)
  expect(of('onsite')).toBe(shown)
  expect(of('email')).toBeGreaterThanOrEqual(pending.length)
  expect(budgets.find(({ cap: key }) => key === 'all')).toMatchObject({
    pressure: 20,
    remaining: 0,
  })
  for (const one of caps) expect(worst(touches, one)).toBeLessThanOrEqual(one.most)
}, 60_000)

/** Throws in transactions of calls, before anything or after everything, every so often. */
function breakCommits(world: World, shard: number, draw: () => number): Promise<() => void> {
  return runInDurableObject(shardStub(world, shard), (_, { storage }) => {
    const sound = storage.transactionSync.bind(storage)
    storage.transactionSync = <T>(work: () => T): T => {
      const isCall = new Error().stack?.includes('GroupCommit') === true
      return sound(() => {
        if (isCall && draw() < 0.08) throw new Error('before')
        const result = work()
        if (isCall && draw() < 0.08) throw new Error('after')
        return result
      })
    }
    return () => {
      storage.transactionSync = sound
    }
  })
}

/** The object ends at once: what is not on its disk is gone. */
const crash = (world: World, shard: number): Promise<void> =>
  runInDurableObject(shardStub(world, shard), (_, state) => state.abort('a crash'))

test.each([1, 2, 3])(
  'whatever breaks in whatever order, no cap is exceeded and nothing that was allowed is lost (seed %i)',
  async (seed) => {
    const draw = drawsOf(seed)
    let now = START
    setClock(now)
    const caps = [
      cap('hour', { window: 'PT1H', most: 2 }),
      cap('mail', { window: 'P1D', channel: 'email', most: 4.5 }),
      cap('news', { window: 'PT6H', tag: 'news', most: 3 }),
    ]
    const world = new World({
      ...segmentsOf('A', 'B'),
      destinations: [destination('dst_mail'), destination('dst_sms', { channel: 'sms' })],
      activations: [
        activation('act_a', 'seg_0', ['dst_mail'], { touch: { weight: 1.5 } }),
        activation('act_b', 'seg_1', ['dst_sms'], { touch: { tags: ['news'] } }),
      ],
      caps,
    })
    await world.publish()
    await keepDeliveries(world, 1)
    const devices = [world.device(1), world.device(1)]
    const people: ProfileId[] = []
    for (const device of devices)
      people.push((await world.send(device, 1, [seen('Begin')])).profile)
    const allowed = new Set<string>()
    let crashes = 0
    const noteCrash = () => void crashes++
    const cancelled = new Set<string>()
    let plans = 0
    for (let turn = 0; turn < 25; turn++) {
      now += Math.floor(draw() * HOUR)
      setClock(now)
      // Another object may be there by now than a turn ago.
      await keepDeliveries(world, 1)
      const mend = await breakCommits(world, 1, draw)
      const tries = Array.from({ length: 6 }, async (_, n) => {
        const which = draw() < 0.5 ? 0 : 1
        const person = people[which] as ProfileId
        const kind = draw()
        if (kind < 0.25) {
          await world.send(devices[which] ?? devices[0]!, 1, [seen(kind < 0.12 ? 'A' : 'B')])
          return
        }
        const messageId = kind < 0.4 ? `plan-${plans++}` : `${turn}-${n}`
        const answer = await ask(world, person, {
          messageId,
          channel: draw() < 0.5 ? 'email' : 'sms',
          weight: [0.5, 1, 1, 2][Math.floor(draw() * 4)] ?? 1,
          tags: draw() < 0.5 ? ['news'] : [],
          ...(kind < 0.4 && { at: now + Math.floor(draw() * 3 * HOUR) + SECOND }),
        })
        if (answer.type === 'allowed' && answer.touch.state === 'sent') allowed.add(messageId)
        if (answer.type === 'allowed' && kind > 0.35 && kind < 0.4) {
          const { workspace } = world
          await world.shard(1).cancelTouch({ workspace, profile: person, messageId })
          cancelled.add(messageId)
        }
      })
      // What fails meanwhile is heard of at once.
      const settled = Promise.allSettled(tries)
      // Now and then the whole object ends in the middle of it, and begins again from its disk.
      if (draw() < 0.2) await crash(world, 1).then(noteCrash, noteCrash)
      await settled
      mend()
      for (const person of people) {
        const sent = (await touchesOf(world, person)).touches.filter(
          ({ state }) => state === 'sent',
        )
        for (const one of caps) expect(worst(sent, one)).toBeLessThanOrEqual(one.most + 1e-9)
      }
    }
    const standing = new Map(
      (await Promise.all(people.map((person) => touchesOf(world, person))))
        .flatMap(({ touches }) => touches)
        .map((touch) => [touch.messageId, touch]),
    )
    for (const messageId of allowed)
      expect(standing.get(messageId)).toMatchObject({ state: 'sent' })
    for (const messageId of cancelled) expect(standing.get(messageId)).toBeUndefined()
    // Whatever waits to be sent has its place, and nothing else of the shard's own has one.
    const open = (await deliveriesOf(world, 1)).filter(({ state }) => state !== 'refused')
    expect(open.map(({ id }) => id).sort()).toEqual(
      [...standing.keys()].filter((id) => id?.startsWith('dlv_')).sort(),
    )
    expect(allowed.size).toBeGreaterThan(10)
    expect(crashes).toBeGreaterThan(1)

    // They turn out to be one: the sum stands, and nothing more goes until it has left.
    await world.send(devices[0]!, 1, [signIn(claim('userId', 'u'))])
    const { profile } = await world.send(devices[1]!, 1, [signIn(claim('userId', 'u'))])
    expect((await touchesOf(world, profile)).touches).toHaveLength(standing.size)
    setClock(now + 2 * DAY + MINUTE)
    expect((await ask(world, profile)).type).toBe('allowed')
  },
  60_000,
)
