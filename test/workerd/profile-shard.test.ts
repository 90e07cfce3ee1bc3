import { runDurableObjectAlarm } from 'cloudflare:test'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { liveMonitor, profileShardName } from '../../edge/objects/address.ts'
import { clock } from '../../edge/objects/clock.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { Channels } from '../../edge/protocol/event.ts'
import type { ActivationId, DestinationId, SegmentId } from '../../edge/protocol/id.ts'
import { DAY, MINUTE, SECOND } from '../../edge/protocol/time.ts'
import { catalogOf } from '../domain/build.ts'
import { bindings, claim, resetClock, seen, setClock, signIn, World } from './shard-fixture.ts'

afterEach(resetClock)

const shoeFan: Condition = {
  type: 'performed',
  event: 'Product Viewed',
  where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
  operator: 'gte',
  value: 3,
  window: { last: 'P7D' },
}
const shoe = () => seen('Product Viewed', { category: 'shoes' })
const SHOE_FAN = 'seg_0' as SegmentId

const withWebhook = {
  ...catalogOf(shoeFan),
  destinations: [
    {
      id: 'dst_hook' as DestinationId,
      name: 'Hook',
      kind: 'webhook' as const,
      purposes: ['analytics'],
      enabled: true,
    },
  ],
  activations: [
    {
      id: 'act_hook' as ActivationId,
      name: 'Tell',
      segment: SHOE_FAN,
      exclude: [],
      destinations: ['dst_hook' as DestinationId],
      on: ['entered', 'exited'] as const,
      frequency: 'every-time' as const,
      enabled: true,
    },
  ],
  experiences: [
    {
      id: 'exp_hero' as never,
      key: 'hero',
      name: 'Hero',
      placement: 'home-hero',
      segment: SHOE_FAN,
      variations: [{ key: 'a', weight: 1, content: { title: 'New shoes' } }],
      control: 0,
      priority: 0,
      enabled: true,
    },
  ],
}

describe('one browser', () => {
  test('enters with the third view, in the same response, and is shown the experience', async () => {
    const world = new World(withWebhook)
    await world.publish()
    const device = world.device(1)
    const two = await world.send(device, 1, [shoe(), shoe()], [])
    expect(two).toMatchObject({ segments: [], decisions: [] })
    const third = await world.send(device, 1, [shoe()], ['home-hero'])
    expect(third.verdicts.map(({ status }) => status)).toEqual(['accepted'])
    expect(third.segments).toEqual(['s0'])
    expect(third.decisions).toEqual([
      {
        placement: 'home-hero',
        experience: 'hero',
        variation: 'a',
        content: { title: 'New shoes' },
        reason: 'targeting-match',
      },
    ])
    expect(third.until).toBeGreaterThan(clock.now() + 6 * DAY)
  })

  test('exits by time alone, at the due instant, when the alarm rings', async () => {
    const world = new World(withWebhook)
    await world.publish()
    const device = world.device(1)
    const first = shoe()
    const { profile } = await world.send(device, 1, [first, shoe(), shoe()])
    setClock(first.timestamp + 7 * DAY + SECOND)
    const stub = bindings.PROFILE.getByName(
      profileShardName(world.workspace, { region: 0, shard: 1 }),
    )
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    const view = await world.view(profile)
    expect(view.memberships).toEqual([])
    const { items } = await world.shard(1).deliveries({ workspace: world.workspace, limit: 10 })
    expect(items.map(({ type, at }) => [type, Date.parse(at)])).toEqual([
      ['exited', first.timestamp + 7 * DAY],
      ['entered', expect.any(Number)],
    ])
  })

  test('the same message twice counts once, in one batch and in two, and so does a whole batch tried again', async () => {
    const world = new World(withWebhook)
    await world.publish()
    const device = world.device(2)
    const event = shoe()
    const first = await world.send(device, 2, [event, event])
    expect(first.verdicts.map(({ status }) => status)).toEqual(['accepted', 'duplicate'])
    const again = await world.send(device, 2, [event, shoe()])
    expect(again.verdicts.map(({ status }) => status)).toEqual(['duplicate', 'accepted'])
    expect(again.segments).toEqual([])
    expect((await world.view(again.profile)).events).toHaveLength(2)
  })

  test('twenty first requests at once give one profile and lose nothing', async () => {
    const world = new World(withWebhook)
    await world.publish()
    const device = world.device(3)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.send(device, 3, [shoe()])),
    )
    expect(new Set(answers.map(({ profile }) => profile)).size).toBe(1)
    expect((await world.view(answers[0]!.profile)).events).toHaveLength(20)
    expect((await world.shard(3).wake({ workspace: world.workspace })).population).toBe(1)
  })

  test('a shard that is asked for a device it never saw answers that it does not know it', async () => {
    const world = new World(withWebhook)
    await world.publish()
    await expect(world.send(world.device(1), 2, [shoe()])).rejects.toThrow('knows the device')
  })

  test('a decision for a browser nobody knows creates nothing', async () => {
    const world = new World(withWebhook)
    await world.publish()
    const { workspace } = world
    const subject = { type: 'device', device: world.device(1) } as const
    const answer = await world
      .shard(1)
      .decide({ workspace, subject, consentMode: 'implied', placements: [] })
    expect(answer).toMatchObject({ type: 'done', segments: [], decisions: [] })
    expect((await world.shard(1).wake({ workspace })).population).toBe(0)
  })
})

describe('sign-in', () => {
  test.each([
    ['in one shard', 1, 1],
    ['in two shards', 1, 2],
  ])(
    'two devices of one person %s share one profile and its history',
    async (_, phoneHome, deskHome) => {
      const world = new World(withWebhook)
      await world.publish()
      const phone = world.device(phoneHome)
      const desk = world.device(deskHome)
      await world.send(phone, phoneHome, [shoe(), shoe(), shoe()])
      const onPhone = await world.send(phone, phoneHome, [signIn(claim('userId', 'u1'))])
      await world.send(desk, deskHome, [seen('Page Viewed')])
      const onDesk = await world.send(desk, deskHome, [signIn(claim('userId', 'u1'))])
      expect(onDesk.profile).toBe(onPhone.profile)
      expect(onDesk.segments).toEqual(['s0'])
      const view = await world.view(onDesk.profile)
      expect(view.events).toHaveLength(6)
      expect(view.devices.map(({ id }) => id).sort()).toEqual([desk, phone].sort())
      const next = await world.send(desk, deskHome, [shoe()])
      expect(next.profile).toBe(onPhone.profile)
      const populations = await Promise.all(
        [0, 1, 2, 3].map((shard) => world.shard(shard).wake({ workspace: world.workspace })),
      )
      expect(populations.reduce((sum, { population }) => sum + population, 0)).toBe(1)
    },
  )

  test('of the same person on two devices leaves one person in the live figures', async () => {
    const world = new World()
    await world.publish()
    await world.send(world.device(1), 1, [signIn(claim('userId', 'u1'))])
    const desk = world.device(2)
    await world.send(desk, 2, [seen('Page Viewed')])
    const population = async () =>
      (await liveMonitor(bindings, world.workspace).overview()).population
    await vi.waitFor(async () => expect(await population()).toBe(2))
    await world.send(desk, 2, [signIn(claim('userId', 'u1'))])
    await vi.waitFor(async () => expect(await population()).toBe(1))
  })

  test('a message tried again after its device moved to another shard is still a duplicate', async () => {
    const world = new World()
    await world.publish()
    const old = world.device(1)
    const young = world.device(2)
    await world.send(old, 1, [signIn(claim('userId', 'u1'))])
    const event = seen('Page Viewed')
    await world.send(young, 2, [event])
    await world.send(young, 2, [signIn(claim('userId', 'u1'))])
    const again = await world.send(young, 2, [event])
    expect(again.verdicts.map(({ status }) => status)).toEqual(['duplicate'])
  })

  test('as somebody else is a switch: what was done before stays with whom it was done by', async () => {
    const world = new World()
    await world.publish()
    const device = world.device(1)
    const mine = await world.send(device, 1, [signIn(claim('userId', 'me')), seen('Mine')])
    const yours = await world.send(device, 1, [signIn(claim('userId', 'you')), seen('Yours')])
    expect(yours.profile).not.toBe(mine.profile)
    const names = async (id: typeof mine.profile) =>
      (await world.view(id)).events.map(({ event }) => event).sort()
    expect(await names(mine.profile)).toEqual(['Identified', 'Mine'])
    expect(await names(yours.profile)).toEqual(['Identified', 'Yours'])
    const back = await world.send(device, 1, [signIn(claim('userId', 'me'))])
    expect(back.profile).toBe(mine.profile)
  })

  test('two people with one address stay two: the address goes to whom it came to last', async () => {
    const world = new World()
    await world.publish()
    const [one, two] = [world.device(1), world.device(2)]
    const first = await world.send(one, 1, [signIn(claim('userId', 'u1'), claim('email', 'h'))])
    const second = await world.send(two, 2, [signIn(claim('userId', 'u2'), claim('email', 'h'))])
    expect(second.profile).not.toBe(first.profile)
    const kinds = async (id: typeof first.profile) =>
      (await world.view(id)).identifiers.map(({ kind }) => kind).sort()
    expect(await kinds(second.profile)).toEqual(['email', 'userId'])
    expect(await kinds(first.profile)).toEqual(['userId'])
  })

  test('a device that only claims to be somebody is told nothing that others earned', async () => {
    const world = new World(withWebhook)
    await world.publish()
    const [victim, attacker] = [world.device(1), world.device(2)]
    await world.send(victim, 1, [signIn(claim('userId', 'victim')), shoe(), shoe(), shoe()])
    const answer = await world.send(attacker, 2, [signIn(claim('userId', 'victim', false))], [])
    expect(answer).toMatchObject({ segments: [], decisions: [] })
    const own = await world.send(attacker, 2, [shoe(), shoe(), shoe()], [])
    expect(own.segments).toEqual(['s0'])
    const proven = await world.send(victim, 1, [shoe()])
    expect(proven.segments).toEqual(['s0'])
  })

  test('an older anonymous browser that claims a known person gains nothing by being the survivor', async () => {
    const world = new World(withWebhook)
    await world.publish()
    const [attacker, victim] = [world.device(2), world.device(1)]
    await world.send(attacker, 2, [seen('Page Viewed')])
    await new Promise((resolve) => setTimeout(resolve, 5))
    await world.send(victim, 1, [signIn(claim('userId', 'victim')), shoe(), shoe(), shoe()])
    const answer = await world.send(attacker, 2, [signIn(claim('userId', 'victim', false))])
    expect(answer.segments).toEqual([])
    expect((await world.send(victim, 1, [seen('Page Viewed')])).segments).toEqual(['s0'])
  })

  test('an unproven claim never joins two known people', async () => {
    const world = new World()
    await world.publish()
    const [victim, attacker] = [world.device(1), world.device(2)]
    const known = await world.send(victim, 1, [signIn(claim('userId', 'v'), claim('email', 'h'))])
    await world.send(attacker, 2, [signIn(claim('userId', 'a'))])
    const answer = await world.send(attacker, 2, [signIn(claim('email', 'h', false))])
    expect(answer.profile).not.toBe(known.profile)
    expect((await world.view(known.profile)).devices).toHaveLength(1)
  })
})

describe('deliveries', () => {
  const receipt = (id: string, attempt: number, outcome: object) => ({
    id: id as never,
    attempt,
    startedAt: clock.now(),
    duration: 5,
    outcome: outcome as never,
  })

  test('a row is closed by its receipt alone, and the same receipt twice has the effect of once', async () => {
    const world = new World(withWebhook)
    await world.publish()
    const { workspace } = world
    await world.send(world.device(1), 1, [shoe(), shoe(), shoe()])
    const list = async () => (await world.shard(1).deliveries({ workspace, limit: 10 })).items
    const [row] = await list()
    expect(row).toMatchObject({ state: 'pending', attempts: [] })
    const failed = receipt(row!.id, 1, { type: 'retry', status: 503, reason: 'busy' })
    await world.shard(1).receipts({ workspace, receipts: [failed] })
    await world.shard(1).receipts({ workspace, receipts: [failed] })
    expect(await list()).toMatchObject([{ state: 'pending', attempts: [{ status: 503 }] }])
    const done = receipt(row!.id, 2, { type: 'delivered', status: 204 })
    await world.shard(1).receipts({ workspace, receipts: [done] })
    expect(await list()).toMatchObject([{ state: 'delivered', attempts: [{}, { status: 204 }] }])
  })

  test('what was delivered is closed by whichever attempt says so', async () => {
    const world = new World(withWebhook)
    await world.publish()
    const { workspace } = world
    await world.send(world.device(1), 1, [shoe(), shoe(), shoe()])
    const list = async () => (await world.shard(1).deliveries({ workspace, limit: 10 })).items
    const [row] = await list()
    const lost = receipt(row!.id, 1, { type: 'retry', reason: 'no answer' })
    await world.shard(1).receipts({ workspace, receipts: [lost] })
    const late = receipt(row!.id, 1, { type: 'delivered', status: 200 })
    await world.shard(1).receipts({ workspace, receipts: [late] })
    expect(await list()).toMatchObject([{ state: 'delivered' }])
  })

  test('an exit waits until the entry before it is closed', async () => {
    const world = new World(withWebhook)
    await world.publish()
    const { workspace } = world
    const first = shoe()
    await world.send(world.device(1), 1, [first, shoe(), shoe()])
    setClock(first.timestamp + 7 * DAY + SECOND)
    await world.shard(1).wake({ workspace })
    const open = async () => (await world.shard(1).wake({ workspace })).oldestOutbox
    const list = async () => (await world.shard(1).deliveries({ workspace, limit: 10 })).items
    const [exit, entry] = await list()
    const early = receipt(exit!.id, 9, { type: 'retry', reason: 'never sent' })
    await world.shard(1).receipts({ workspace, receipts: [early] })
    const done = receipt(entry!.id, 1, { type: 'delivered', status: 200 })
    await world.shard(1).receipts({ workspace, receipts: [done] })
    expect((await list()).map(({ state }) => state)).toEqual(['pending', 'delivered'])
    const gone = receipt(exit!.id, 1, { type: 'delivered', status: 200 })
    await world.shard(1).receipts({ workspace, receipts: [gone] })
    expect(await open()).toBeNull()
  })

  test('are parked after the last attempt of the schedule, and can be replayed', async () => {
    const world = new World(withWebhook)
    await world.publish()
    const { workspace } = world
    await world.send(world.device(1), 1, [shoe(), shoe(), shoe()])
    const list = async () => (await world.shard(1).deliveries({ workspace, limit: 10 })).items
    const [row] = await list()
    for (let attempt = 1; attempt <= 8; attempt++) {
      const failed = receipt(row!.id, attempt, { type: 'retry', reason: 'no answer' })
      await world.shard(1).receipts({ workspace, receipts: [failed] })
    }
    expect(await list()).toMatchObject([{ state: 'parked' }])
    const delivery = row!.id as never
    expect(await world.shard(1).replay({ workspace, delivery })).toBe(true)
    expect(await list()).toMatchObject([{ state: 'pending' }])
    expect(await world.shard(1).replay({ workspace, delivery })).toBe(false)
  })

  test.each<[string, Channels, readonly string[]]>([
    ['switches all off', { All: false }, ['exited']],
    ['switches the destination off', { Hook: false }, ['exited']],
    ['switches another off', { hook: false }, ['exited', 'entered']],
    ['names it as the only one', { All: false, Hook: true }, ['exited', 'entered']],
  ])(
    'an entry whose event %s is told or held back; its exit is told',
    async (_, integrations, told) => {
      const world = new World(withWebhook)
      await world.publish()
      const device = world.device(1)
      const quiet = seen('Product Viewed', { category: 'shoes' }, { context: { integrations } })
      await world.send(device, 1, [shoe(), shoe(), quiet])
      setClock(quiet.timestamp + 8 * DAY)
      await world.send(device, 1, [seen('Page Viewed', {}, { context: { integrations } })])
      const { items } = await world.shard(1).deliveries({ workspace: world.workspace, limit: 10 })
      expect(items.map(({ type }) => type)).toEqual(told)
    },
  )

  test('nothing is sent to a destination whose purposes the person denied', async () => {
    const world = new World(withWebhook)
    await world.publish()
    const denied = seen('Page Viewed', {}, { consent: { analytics: false } })
    await world.send(world.device(1), 1, [denied, shoe(), shoe(), shoe()])
    const { items } = await world.shard(1).deliveries({ workspace: world.workspace, limit: 10 })
    expect(items).toEqual([])
  })
})

test('a new segment knows the past: a shard back-fills its people when the catalog changes', async () => {
  const world = new World({ ...catalogOf(), activations: [] })
  await world.publish()
  const { profile } = await world.send(world.device(1), 1, [shoe(), shoe(), shoe()])
  await world.publish({
    ...world.catalog,
    ...catalogOf(shoeFan),
    workspace: world.workspace,
    version: 2,
  })
  const status = await world.shard(1).wake({ workspace: world.workspace })
  expect(status).toMatchObject({ version: 2, done: status.total })
  const { memberships } = await world.view(profile)
  expect(memberships.map(({ segment }) => segment)).toEqual([SHOE_FAN])
  await world.publish({ ...world.catalog, version: 3 })
  await world.shard(1).wake({ workspace: world.workspace })
  expect((await world.view(profile)).memberships).toEqual([])
})

test('a late minute counts at its own time', async () => {
  const world = new World(withWebhook)
  await world.publish()
  const now = clock.now()
  const old = { ...shoe(), timestamp: now - 7 * DAY - MINUTE }
  const { segments } = await world.send(world.device(1), 1, [old, shoe(), shoe()])
  expect(segments).toEqual([])
})
