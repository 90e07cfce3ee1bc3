import { afterEach, describe, expect, test } from 'vitest'
import type { Receipt } from '../../edge/protocol/delivery.ts'
import type { DeliveryId, ProfileId } from '../../edge/protocol/id.ts'
import { DAY, HOUR, MINUTE } from '../../edge/protocol/time.ts'
import { wakeAll } from './shard-faults.ts'
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

const MONDAY = Date.UTC(2026, 2, 2, 12)
afterEach(() => resetClock())

/** Everybody who does A or B is written to, by what the catalog adds. */
async function worldOf(changes: Partial<World['catalog']>): Promise<World> {
  const world = new World({
    ...segmentsOf('A', 'B'),
    destinations: [destination('dst_mail'), destination('dst_sms', { channel: 'sms' })],
    ...changes,
  })
  await world.publish()
  await keepDeliveries(world, 1)
  return world
}

const visit = async (world: World, ...names: readonly string[]): Promise<ProfileId> => {
  const sent = await world.send(
    world.device(1),
    1,
    names.map((name) => seen(name)),
  )
  return sent.profile
}

const receipt = (id: string, outcome: Receipt['outcome']): Receipt => ({
  id: id as DeliveryId,
  attempt: 1,
  startedAt: 0,
  duration: 1,
  outcome,
})

describe('what activations send', () => {
  test('takes its place in the history of its person, and is refused where a cap is full', async () => {
    setClock(MONDAY)
    const world = await worldOf({
      activations: [activation('act_a', 'seg_0', ['dst_mail', 'dst_sms'])],
      caps: [cap('week', { most: 1, channel: 'email' }), cap('sms', { most: 0, channel: 'sms' })],
    })
    const device = world.device(1)
    const { profile } = await world.send(device, 1, [seen('A')])
    const [mail, sms] = await deliveriesOf(world, 1)
    expect(mail).toMatchObject({ state: 'pending', touch: { messageId: mail?.id } })
    expect(sms).toMatchObject({
      state: 'refused',
      refusal: { cap: 'sms', most: 0, pressure: 0, weight: 1 },
      log: [{ reason: 'Cap “sms” (sms) allows none' }],
    })
    const { events } = await world.view(profile)
    expect(events.find(({ event }) => event === 'Message Sent')).toMatchObject({
      source: 'src_prisme',
      properties: { message_id: mail?.id, channel: 'email', campaign_id: 'act_a' },
    })

    // They leave and enter again: the same cap stands, and says when it will not.
    setClock(MONDAY + 2 * HOUR)
    await world.send(device, 1, [seen('A')])
    const again = (await deliveriesOf(world, 1)).filter(({ destination: to }) => to === 'dst_mail')
    expect(again.at(-1)).toMatchObject({
      state: 'refused',
      refusal: { cap: 'week', most: 1, pressure: 1 },
    })
    const freeAt = again.at(-1)?.refusal.freeAt
    expect(freeAt).toBeGreaterThanOrEqual(MONDAY + 7 * DAY)
    setClock(freeAt)
    await world.send(device, 1, [seen('A')])
    expect((await deliveriesOf(world, 1)).at(-2)).toMatchObject({ state: 'pending' })
  })

  test('exits are told, transactional ones are sent and count for nothing', async () => {
    setClock(MONDAY)
    const world = await worldOf({
      activations: [
        activation('act_a', 'seg_0', ['dst_mail'], { touch: { transactional: true } }),
        activation('act_b', 'seg_1', ['dst_mail'], { on: ['entered', 'exited'] }),
      ],
      caps: [cap('none', { most: 1 })],
    })
    const device = world.device(1)
    await world.send(device, 1, [seen('A'), seen('B')])
    expect((await deliveriesOf(world, 1)).map(({ state }) => state)).toEqual(['pending', 'pending'])
    setClock(MONDAY + 2 * HOUR)
    await world.send(device, 1, [seen('A'), seen('B')])
    const states = (await deliveriesOf(world, 1)).map(({ type, state }) => `${type} ${state}`)
    expect(states.slice(2).sort()).toEqual(['entered pending', 'entered refused', 'exited pending'])
  })

  test('the heavier takes the last place, and what is sent once is not used up by a refusal', async () => {
    setClock(MONDAY)
    const world = await worldOf({
      activations: [
        activation('act_a', 'seg_0', ['dst_mail'], { frequency: 'once' }),
        activation('act_b', 'seg_1', ['dst_sms'], { touch: { weight: 2 } }),
      ],
      caps: [cap('both', { most: 2, window: 'P1D' })],
    })
    const device = world.device(1)
    await world.send(device, 1, [seen('A'), seen('B')])
    const first = await deliveriesOf(world, 1)
    expect(first.map(({ destination: to, state }) => [to, state])).toEqual([
      ['dst_mail', 'refused'],
      ['dst_sms', 'pending'],
    ])
    setClock(MONDAY + DAY + MINUTE)
    await world.send(device, 1, [seen('A')])
    expect((await deliveriesOf(world, 1)).at(-1)).toMatchObject({
      destination: 'dst_mail',
      state: 'pending',
    })
  })

  test('a segment has a threshold of its own, the first one somebody is in', async () => {
    const thresholds = [
      { segment: 'seg_1', most: 0 },
      { segment: 'seg_0', most: 2 },
    ] as never
    const world = await worldOf({ caps: [cap('calm', { most: 1, thresholds })] })
    const [nobody, fan, vip] = [
      await visit(world, 'C'),
      await visit(world, 'A'),
      await visit(world, 'A', 'B'),
    ]
    const allowed = async (profile: ProfileId) =>
      (await Promise.all([ask(world, profile), ask(world, profile), ask(world, profile)])).filter(
        ({ type }) => type === 'allowed',
      ).length
    expect([await allowed(nobody), await allowed(fan), await allowed(vip)]).toEqual([1, 2, 0])
  })

  test('what is given up gives its place back, and takes it again when it is replayed, if there is room', async () => {
    const world = await worldOf({
      activations: [activation('act_a', 'seg_0', ['dst_mail'])],
      caps: [cap('one', { most: 1 })],
    })
    const { workspace } = world
    const profile = await visit(world, 'A')
    const [row] = await deliveriesOf(world, 1)
    const delivery = row?.id as DeliveryId
    expect((await ask(world, profile)).type).toBe('refused')
    const lost = receipt(delivery, { type: 'refused', status: 400, reason: 'HTTP 400' })
    await world.shard(1).receipts({ workspace, receipts: [lost, lost] })
    expect((await touchesOf(world, profile)).touches).toEqual([])

    // The same place, once again, by its own id.
    const asks = await world.shard(1).replay({ workspace, delivery })
    expect(asks).toMatchObject({ profile, asks: { messageId: delivery, channel: 'email' } })
    if (typeof asks !== 'object') throw new Error('It asks for nothing')
    expect((await ask(world, profile, asks.asks)).type).toBe('allowed')
    expect(await ask(world, profile, asks.asks)).toMatchObject({ type: 'allowed', isNew: false })
    expect(await world.shard(1).replay({ workspace, delivery, isAllowed: true })).toBe(true)
    expect((await touchesOf(world, profile)).touches).toHaveLength(1)
    expect((await ask(world, profile)).type).toBe('refused')
  })

  test('what providers tell of is one touch a message, which a bounce takes back', async () => {
    setClock(MONDAY)
    const world = await worldOf({ caps: [cap('all', { most: 3, channel: 'email' })] })
    const device = world.device(1)
    const { profile } = await world.send(device, 1, [
      seen('Message Sent', { message_id: 'm1', channel: 'email', weight: 2 }),
      seen('Email Delivered', { email_id: 'm1' }),
      seen('Message Sent', { message_id: 'm2', channel: 'Email' }),
    ])
    expect((await ask(world, profile)).type).toBe('refused')
    await world.send(device, 1, [seen('Email Bounced', { message_id: 'm2' })])
    const { touches, budgets } = await touchesOf(world, profile)
    expect(touches).toMatchObject([{ messageId: 'm1', weight: 2, state: 'sent', counts: true }])
    expect(budgets).toMatchObject([{ cap: 'all', most: 3, pressure: 2, remaining: 1 }])
    expect((await ask(world, profile)).type).toBe('allowed')
  })
})

test('a new segment that is counted over the past writes to its people within the caps', async () => {
  const world = await worldOf({ caps: [cap('one', { most: 1 })] })
  const people: ProfileId[] = []
  for (let n = 0; n < 5; n++) people.push(await visit(world, 'Past'))
  expect((await ask(world, people[0] as ProfileId)).type).toBe('allowed')
  const { segments } = segmentsOf('A', 'B', 'Past')
  await world.publish({
    ...world.catalog,
    version: 2,
    segments,
    activations: [activation('act_past', 'seg_2', ['dst_mail'])],
  })
  await wakeAll(world)
  const rows = await deliveriesOf(world, 1)
  expect(rows.map(({ state }) => state).sort()).toEqual([
    'pending',
    'pending',
    'pending',
    'pending',
    'refused',
  ])
  for (const profile of people) {
    const { touches } = await touchesOf(world, profile)
    expect(touches).toHaveLength(1)
    const { events } = await world.view(profile)
    expect(events.filter(({ event }) => event === 'Message Sent')).toHaveLength(1)
  }
})

describe('planned messages', () => {
  test('hold their place against lighter ones, and give it to heavier ones', async () => {
    setClock(MONDAY)
    const world = await worldOf({ caps: [cap('two', { most: 2, window: 'P1D' })] })
    const profile = await visit(world, 'C')
    const at = MONDAY + 3 * HOUR
    const plan = { messageId: 'plan', at, weight: 2 }
    expect(await ask(world, profile, plan)).toMatchObject({
      type: 'allowed',
      isNew: true,
      touch: { state: 'planned', at, weight: 2 },
    })
    expect(await ask(world, profile, plan)).toMatchObject({ type: 'allowed', isNew: false })
    // Lighter ones are refused in whatever stretch the planned one would be in.
    expect(await ask(world, profile, { messageId: 'light' })).toMatchObject({
      type: 'refused',
      refusal: { cap: 'two', most: 2, pressure: 2, weight: 1, freeAt: at + DAY },
    })
    expect((await ask(world, profile, { messageId: 'equal', weight: 2 })).type).toBe('refused')
    // A transactional one asks nobody, and leaves the place as it is.
    expect((await ask(world, profile, { messageId: 'order', transactional: true })).type).toBe(
      'allowed',
    )
    const { workspace } = world
    expect(await world.shard(1).cancelTouch({ workspace, profile, messageId: 'plan' })).toEqual({
      type: 'released',
    })
    expect(await world.shard(1).cancelTouch({ workspace, profile, messageId: 'order' })).toEqual({
      type: 'sent',
    })
    expect((await ask(world, profile, { messageId: 'light' })).type).toBe('allowed')
  })

  test('are decided again at their instant, and let go of their place if they are refused', async () => {
    setClock(MONDAY)
    const world = await worldOf({ caps: [cap('three', { most: 3, window: 'P1D' })] })
    const profile = await visit(world, 'C')
    const plan = { messageId: 'plan', at: MONDAY + HOUR, weight: 1 }
    expect((await ask(world, profile, plan)).type).toBe('allowed')
    expect((await ask(world, profile, { messageId: 'heavy', weight: 3 })).type).toBe('allowed')
    setClock(MONDAY + HOUR)
    expect((await ask(world, profile, { messageId: 'plan', weight: 1 })).type).toBe('refused')
    expect((await touchesOf(world, profile)).touches.map(({ messageId }) => messageId)).toEqual([
      'heavy',
    ])
  })

  test('that are put off, or sent before their instant, take no place that is held by then', async () => {
    setClock(MONDAY)
    const world = await worldOf({ caps: [cap('one', { most: 1, window: 'P1D' })] })
    const profile = await visit(world, 'C')
    const first = { messageId: 'first', at: MONDAY + 10 * DAY }
    expect((await ask(world, profile, first)).type).toBe('allowed')
    expect((await ask(world, profile, { messageId: 'other', at: MONDAY + 5 * DAY })).type).toBe(
      'allowed',
    )
    const moved = { messageId: 'first', at: MONDAY + 5 * DAY + HOUR }
    expect((await ask(world, profile, moved)).type).toBe('refused')
    setClock(MONDAY + 5 * DAY - HOUR)
    expect((await ask(world, profile, { messageId: 'first' })).type).toBe('refused')
    expect(
      (await touchesOf(world, profile)).touches.map(({ messageId, at }) => [messageId, at]),
    ).toEqual([
      ['first', MONDAY + 10 * DAY],
      ['other', MONDAY + 5 * DAY],
    ])
    setClock(MONDAY + 5 * DAY)
    expect((await ask(world, profile, { messageId: 'other' })).type).toBe('allowed')
    setClock(MONDAY + 10 * DAY)
    expect((await ask(world, profile, { messageId: 'first' })).type).toBe('allowed')
  })

  test('that nobody comes back for let their place go a day after their instant', async () => {
    setClock(MONDAY)
    const world = await worldOf({ caps: [cap('one', { most: 1, window: 'P30D' })] })
    const profile = await visit(world, 'C')
    expect((await ask(world, profile, { at: MONDAY + HOUR })).type).toBe('allowed')
    setClock(MONDAY + HOUR + DAY - MINUTE)
    expect((await ask(world, profile)).type).toBe('refused')
    setClock(MONDAY + HOUR + DAY + MINUTE)
    expect((await ask(world, profile)).type).toBe('allowed')
  })
})

describe('any window', () => {
  test('midnight frees nobody: what stands leaves a whole length later', async () => {
    const eve = Date.UTC(2026, 2, 2, 23)
    setClock(eve)
    const world = await worldOf({ caps: [cap('day', { most: 1, window: 'P1D' })] })
    const profile = await visit(world, 'C')
    expect((await ask(world, profile)).type).toBe('allowed')
    setClock(eve + HOUR + MINUTE)
    const refused = await ask(world, profile)
    expect(refused.type).toBe('refused')
    if (refused.type !== 'refused' || refused.refusal.freeAt === undefined) throw new Error('Free')
    expect(refused.refusal.freeAt - eve).toBeGreaterThanOrEqual(DAY)
    expect(refused.refusal.freeAt - eve).toBeLessThan(DAY + MINUTE)
    setClock(refused.refusal.freeAt - 1_000)
    expect((await ask(world, profile)).type).toBe('refused')
    setClock(refused.refusal.freeAt)
    expect((await ask(world, profile)).type).toBe('allowed')
  })
})

describe('people', () => {
  test('who become one have the messages of both, and who become two again each their own', async () => {
    const world = await worldOf({ caps: [cap('three', { most: 3 })] })
    const [a, b] = [world.device(1), world.device(2)]
    const [one, other] = [
      (await world.send(a, 1, [seen('C')])).profile,
      (await world.send(b, 2, [seen('C')])).profile,
    ]
    for (const profile of [one, one, other, other]) {
      expect((await ask(world, profile)).type).toBe('allowed')
    }
    await world.send(a, 1, [signIn(claim('userId', 'u1'))])
    const { profile } = await world.send(b, 2, [signIn(claim('userId', 'u1'))])
    const { touches, budgets } = await touchesOf(world, profile)
    expect(touches).toHaveLength(4)
    expect(budgets).toMatchObject([{ pressure: 4, remaining: 0 }])
    expect((await ask(world, profile)).type).toBe('refused')
    const { merges } = await world.view(profile)
    const { workspace } = world
    const root = one === profile || other === profile ? profile : one
    for (const shard of [1, 2]) {
      await world.shard(shard).unmerge({ workspace, profile: root, merge: merges[0]?.id ?? '' })
    }
    expect((await touchesOf(world, one)).touches).toHaveLength(2)
    expect((await touchesOf(world, other)).touches).toHaveLength(2)
    expect((await ask(world, one)).type).toBe('allowed')
  })

  test('who withdraw their consent were written to all the same', async () => {
    const world = await worldOf({ caps: [cap('one', { most: 1 })] })
    const device = world.device(1)
    const { profile } = await world.send(device, 1, [seen('C')])
    expect((await ask(world, profile)).type).toBe('allowed')
    await world.send(device, 1, [
      seen('Consent Changed', {}, { consent: { analytics: false }, purpose: 'necessary' }),
    ])
    expect((await touchesOf(world, profile)).touches).toHaveLength(1)
    expect((await ask(world, profile)).type).toBe('refused')
  })
})
