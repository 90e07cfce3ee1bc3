import { runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, test } from 'vitest'
import { accountShardOf } from '../../edge/objects/account-calls.ts'
import { accountShard, accountShardName } from '../../edge/objects/address.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { DeviceId, ProfileId } from '../../edge/protocol/id.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'
import { HOUR, SECOND } from '../../edge/protocol/time.ts'
import { catalogOf } from '../domain/build.ts'
import { breakOnce, flaws, heal, hurry, profilesOf, rowsOf, wakeAll } from './shard-faults.ts'
import {
  bindings,
  claim,
  resetClock,
  seen,
  setClock,
  SHARDS,
  shardOf,
  signIn,
  World,
} from './shard-fixture.ts'
import { telling } from './telling-catalog.ts'

afterEach(() => {
  heal()
  resetClock()
})

const GOLD = { type: 'account', trait: 'plan', operator: 'equals', value: 'gold' } as const
const goldAccounts = { ...telling, segments: catalogOf(GOLD).segments }

/** Somebody belongs to an account, and says what they know of it. */
const group = (
  account: string,
  traits: JsonObject = {},
  more: Partial<EventRecord> = {},
): EventRecord =>
  seen('Grouped', { groupId: account }, { type: 'group', group: account, traits, ...more })

const segmentsOf = async (world: World, profile: ProfileId) =>
  (await world.view(profile)).memberships.map(({ segment }) => segment)

/** What was told of a person, in order: entries and exits. */
const toldOf = async (world: World, shard: number) =>
  (
    await rowsOf(
      world,
      shard,
      `SELECT data ->> '$.type' AS type, data ->> '$.cause.type' AS cause FROM outbox ORDER BY seq`,
    )
  ).map(({ type, cause }) => `${type} by ${cause}`)

async function pending(world: World): Promise<number> {
  let open = 0
  for (let shard = 0; shard < SHARDS; shard++) {
    for (const table of ['account_intent', 'account_review']) {
      open += Number((await rowsOf(world, shard, `SELECT count(*) AS n FROM ${table}`))[0]?.['n'])
    }
    const stub = bindings.ACCOUNT.getByName(accountShardName(world.workspace, shard))
    open += await runInDurableObject(stub, (_, { storage }) =>
      Number(
        storage.sql
          .exec<{ n: number }>('SELECT count(*) AS n FROM holder WHERE retry_at NOT NULL')
          .one().n,
      ),
    )
  }
  return open
}

/** Until nothing is left to tell; tries again as often as alarms would. */
async function settle(world: World): Promise<void> {
  for (let round = 1; round <= 4; round++) {
    await expect
      .poll(() => pending(world), { timeout: 2_000 })
      .toBe(0)
      .catch(() => undefined)
    if ((await pending(world)) === 0) return
    setClock(Date.now() + round * 16 * SECOND)
    await wakeAll(world)
    for (let shard = 0; shard < SHARDS; shard++) {
      await accountShard(bindings, world.workspace, shard).wake()
    }
  }
  expect(await pending(world)).toBe(0)
}

/** One member of `acme` in each shard, who said nothing about it. */
async function spread(world: World): Promise<{ device: DeviceId; profile: ProfileId }[]> {
  await world.publish()
  const members = []
  for (let shard = 0; shard < SHARDS; shard++) {
    const device = world.device(shard)
    const { profile } = await world.send(device, shard, [group('acme')])
    members.push({ device, profile })
  }
  return members
}

describe('what one member says of their account', () => {
  test('holds for them at once, and soon for members in every shard, told once with its cause', async () => {
    const world = new World(goldAccounts)
    const members = await spread(world)
    const [first, ...others] = members
    if (first === undefined) throw new Error('Nobody')
    const { profile } = await world.send(first.device, 0, [group('acme', { plan: 'gold' })])
    expect(await segmentsOf(world, profile)).toEqual(['seg_0'])
    await settle(world)
    for (const member of others) {
      expect(await segmentsOf(world, member.profile)).toEqual(['seg_0'])
      expect(await toldOf(world, shardOf(member.device))).toEqual(['entered by account'])
    }
    expect(await toldOf(world, 0)).toEqual(['entered by event'])

    await world.send(first.device, 0, [group('acme', { plan: 'free' })])
    await settle(world)
    for (const member of members) expect(await segmentsOf(world, member.profile)).toEqual([])
    expect(await toldOf(world, 1)).toEqual(['entered by account', 'exited by account'])
    expect(await flaws(world)).toEqual([])
  })

  for (const kind of ['throws', 'loses its reply', 'hangs'] as const) {
    for (const call of ['tell', 'learn'] as const) {
      test(`reaches all members once, though ${call} ${kind} once`, async () => {
        const world = new World(goldAccounts)
        const members = await spread(world)
        await settle(world)
        if (kind === 'hangs') hurry()
        const failures = breakOnce(call, kind)
        await world.send(members[1]?.device as DeviceId, 1, [group('acme', { plan: 'gold' })])
        await settle(world)
        expect(failures()).toBe(1)
        for (const [shard, { profile }] of members.entries()) {
          expect(await segmentsOf(world, profile)).toEqual(['seg_0'])
          expect(await toldOf(world, shard)).toHaveLength(1)
        }
      })
    }
  }

  test('is the same for all whatever order it arrives in, and what was proven stands', async () => {
    const world = new World(goldAccounts)
    const members = await spread(world)
    const now = Date.now()
    const said = (plan: string, hoursAgo: number, more: Partial<EventRecord> = {}) =>
      group('acme', { plan }, { timestamp: now - hoursAgo * HOUR, ...more })
    const proven = { identifiers: [claim('userId', 'server-knows')] }
    const sayings = [
      said('free', 1),
      said('gold', 3, proven),
      said('silver', 4, proven),
      said('bronze', 2),
    ]
    await Promise.all(
      sayings.map((event, shard) => world.send(members[shard]?.device as DeviceId, shard, [event])),
    )
    await settle(world)
    const number = accountShardOf('acme', SHARDS)
    const found = await accountShard(bindings, world.workspace, number).find({ account: 'acme' })
    expect(found?.state.traits.get('plan')).toMatchObject({ value: 'gold', proven: true })
    for (const profile of await profilesOf(world)) {
      const { groups } = await world.view(profile)
      expect(groups.map(({ id, traits }) => [id, traits])).toEqual([['acme', { plan: 'gold' }]])
    }
  })

  test('reaches more members of a shard than one transaction looks at', async () => {
    const world = new World(goldAccounts)
    await world.publish()
    const devices = Array.from({ length: 230 }, () => world.device(2))
    await Promise.all(devices.map((device) => world.send(device, 2, [group('acme')])))
    const told = world.device(1)
    await world.send(told, 1, [group('acme', { plan: 'gold' })])
    await settle(world)
    const [row] = await rowsOf(world, 2, 'SELECT count(*) AS n FROM membership')
    expect(row?.['n']).toBe(230)
    const page = await world.shard(2).accountMembers({
      workspace: world.workspace,
      account: 'acme',
      limit: 10,
    })
    expect(page.count).toBe(230)
    expect(page.items).toHaveLength(10)
  })
})

test('who moves to a shard that never heard of their account leaves nothing, and is told on', async () => {
  const world = new World(goldAccounts)
  await world.publish()
  const [old, young] = [world.device(1), world.device(2)]
  await world.send(old, 1, [signIn(claim('userId', 'ada'))])
  await new Promise((resolve) => setTimeout(resolve, 3))
  await world.send(young, 2, [group('acme', { plan: 'gold' })])
  await settle(world)
  const { profile } = await world.send(young, 2, [signIn(claim('userId', 'ada'))])
  expect(shardOf(profile)).toBe(1)
  await settle(world)
  expect(await segmentsOf(world, profile)).toEqual(['seg_0'])
  expect(await rowsOf(world, 2, 'SELECT * FROM account_member')).toEqual([])
  expect(await rowsOf(world, 1, 'SELECT version FROM account')).toEqual([{ version: 1 }])

  const third = world.device(3)
  await world.send(third, 3, [group('acme', { plan: 'free' })])
  await settle(world)
  expect(await segmentsOf(world, profile)).toEqual([])
})

test('who moves along with others is not told to have left meanwhile', async () => {
  const world = new World(goldAccounts)
  await world.publish()
  const [old, young] = [world.device(1), world.device(2)]
  await world.send(old, 1, [signIn(claim('userId', 'ada'))])
  await new Promise((resolve) => setTimeout(resolve, 3))
  const bob = claim('userId', 'bob')
  const { profile } = await world.send(young, 2, [
    signIn(bob),
    group('acme', { plan: 'gold' }, { identifiers: [bob] }),
  ])
  await settle(world)
  // Somebody else on Bob's browser: all who used it live in the shard of the older from then on.
  const failures = breakOnce('tell', 'throws')
  await world.send(young, 2, [signIn(claim('userId', 'ada'))])
  // What was known of the account came along: nobody has to ask its own shard first.
  await world.send(young, 2, [group('acme', {}, { identifiers: [bob] })])
  expect(await segmentsOf(world, profile)).toEqual(['seg_0'])
  await settle(world)
  expect(failures()).toBe(1)
  expect(await rowsOf(world, 2, 'SELECT id FROM profile WHERE state NOT NULL')).toEqual([])
  expect(await segmentsOf(world, profile)).toEqual(['seg_0'])
  expect(await toldOf(world, 1)).toEqual([])
  expect(await rowsOf(world, 1, 'SELECT account FROM account_member')).toEqual([
    { account: 'acme' },
  ])
})

test('whoever an event belongs to by now belongs to its account', async () => {
  const world = new World(goldAccounts)
  await world.publish()
  const device = world.device(1)
  const at = Date.now() - HOUR
  const [ada, bob] = [claim('userId', 'ada'), claim('userId', 'bob')]
  const first = await world.send(device, 1, [
    { ...signIn(ada), timestamp: at },
    group('acme', { plan: 'gold' }, { timestamp: at + 20 * SECOND }),
  ])
  expect(await segmentsOf(world, first.profile)).toEqual(['seg_0'])
  // It comes late that Bob had signed in before that.
  const later = await world.send(device, 1, [{ ...signIn(bob), timestamp: at + 10 * SECOND }])
  await settle(world)
  expect(later.profile).not.toBe(first.profile)
  expect(await segmentsOf(world, first.profile)).toEqual([])
  expect(await segmentsOf(world, later.profile)).toEqual(['seg_0'])
  const members = { workspace: world.workspace, account: 'acme', limit: 10 }
  expect((await world.shard(1).accountMembers(members)).items.map(({ profile: id }) => id)).toEqual(
    [later.profile],
  )
})

test('a shard whose bell was lost tells its accounts when it is woken', async () => {
  const world = new World(goldAccounts)
  const members = await spread(world)
  await settle(world)
  const broken = breakOnce('learn', 'throws')
  const number = accountShardOf('acme', SHARDS)
  const stub = bindings.ACCOUNT.getByName(accountShardName(world.workspace, number))
  await world.send(members[0]?.device as DeviceId, 0, [group('acme', { plan: 'gold' })])
  await expect.poll(broken).toBe(1)
  await runInDurableObject(stub, (_, { storage }) => storage.deleteAlarm())
  setClock(Date.now() + 20 * SECOND)
  await accountShard(bindings, world.workspace, number).wake()
  await expect.poll(() => pending(world)).toBe(0)
  for (const { profile } of members) expect(await segmentsOf(world, profile)).toEqual(['seg_0'])
})

test('a browser learns nothing of an account but what it said itself, until its sign-in is proven', async () => {
  const world = new World(goldAccounts)
  const [member] = await spread(world)
  await world.send(member?.device as DeviceId, 0, [
    group('acme', { plan: 'gold' }, { identifiers: [claim('userId', 'ada')] }),
  ])
  await settle(world)
  const curious = world.device(3)
  const asked = await world.send(curious, 3, [group('acme')])
  expect(asked.segments).toEqual([])
  expect(await segmentsOf(world, asked.profile)).toEqual(['seg_0'])
  const signedIn = await world.send(curious, 3, [signIn(claim('userId', 'bob'))])
  expect(signedIn.segments).toEqual(['s0'])
  const own = world.device(2)
  const said = await world.send(own, 2, [group('mine', { plan: 'gold' })])
  expect(said.segments).toEqual(['s0'])
})
