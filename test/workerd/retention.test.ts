import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { afterEach, expect, test } from 'vitest'
import type { Condition } from '../../edge/protocol/condition.ts'
import { DAY, MINUTE } from '../../edge/protocol/time.ts'
import { catalogOf } from '../domain/build.ts'
import { claim, resetClock, seen, setClock, signIn, World } from './shard-fixture.ts'

const START = Date.UTC(2026, 0, 1)
const RETENTION = 100 * DAY
const ordered: Condition = { type: 'performed', event: 'Ordered', operator: 'gte', value: 1 }

afterEach(resetClock)

/** Everything a shard holds, as text. */
const textOf = (world: World): Promise<string> =>
  runInDurableObject(world.shard(1) as unknown as DurableObjectStub, (_, { storage }) =>
    ['profile', 'tail', 'sealed', 'graph']
      .map((table) => JSON.stringify(storage.sql.exec(`SELECT * FROM ${table}`).toArray()))
      .join('\n'),
  )

/** What features keep of each of its people. */
const countedOf = (world: World): Promise<readonly unknown[]> =>
  runInDurableObject(world.shard(1) as unknown as DurableObjectStub, (_, { storage }) =>
    storage.sql
      .exec("SELECT state ->> '$.occurrences' AS kept FROM profile WHERE state NOT NULL")
      .toArray()
      .map(({ kept }) => kept),
  )

async function dayLater(world: World, days: number): Promise<void> {
  setClock(START + days * DAY)
  for (let turn = 0; turn < 3; turn++) await world.shard(1).wake({ workspace: world.workspace })
}

async function begin(): Promise<World> {
  setClock(START)
  const { segments } = catalogOf(ordered)
  const world = new World({ segments, retention: RETENTION })
  await world.publish()
  return world
}

const order = (text: string, more = {}) => seen('Ordered', { text }, more)

test('what has expired is gone from histories and features, and its people stay who they are', async () => {
  const world = await begin()
  const device = world.device(1)
  const identify = {
    ...signIn(claim('userId', 'u1')),
    traits: { plan: 'gold' },
    consent: { email: false },
    properties: { text: 'told-at-sign-in' },
  }
  // Sealed, and in a tail.
  const many = Array.from({ length: 20 }, () => order('sealed-order'))
  const { profile } = await world.send(device, 1, [identify, ...many])
  await world.send(device, 1, [order('late-order')])
  await dayLater(world, 99)
  expect((await world.view(profile)).memberships).toHaveLength(1)
  for (const text of ['sealed-order', 'late-order', 'told-at-sign-in']) {
    expect(await textOf(world)).toContain(text)
  }
  expect(await countedOf(world)).not.toEqual(['[]'])

  await dayLater(world, 101)
  const kept = await textOf(world)
  for (const text of ['sealed-order', 'late-order', 'told-at-sign-in']) {
    expect(kept).not.toContain(text)
  }
  expect(await countedOf(world)).toEqual(['[]'])
  const { memberships, events, traits, consent, identifiers } = await world.view(profile)
  expect([memberships, events]).toEqual([[], []])
  expect(traits).toEqual({ plan: 'gold' })
  expect(consent).toMatchObject({ email: { granted: false } })
  expect(identifiers).toMatchObject([{ kind: 'userId', value: 'u1' }])

  // Made anew from what is left, as somebody who joins makes them, they are the same.
  const other = world.device(1)
  await world.send(other, 1, [signIn(claim('userId', 'u1'))])
  const joined = await world.view(profile)
  expect([joined.traits, joined.memberships]).toEqual([{ plan: 'gold' }, []])
  expect(joined.consent).toMatchObject({ email: { granted: false } })
})

test('what was imported is gone when the retention counted from its import is over', async () => {
  const world = await begin()
  const long = START - 1_000 * DAY
  const { profile } = await world.send(world.device(1), 1, [
    order('old-order', { timestamp: long, imported: true as const }),
  ])
  await dayLater(world, 99)
  const [membership] = (await world.view(profile)).memberships
  expect(membership?.until).toBeGreaterThanOrEqual(START + RETENTION)
  expect(membership?.until).toBeLessThan(START + RETENTION + MINUTE)
  expect(await textOf(world)).toContain('old-order')
  await dayLater(world, 101)
  expect((await world.view(profile)).memberships).toEqual([])
  expect(await textOf(world)).not.toContain('old-order')
})

test('a history as it was kept formerly is put into columns by the pass of a day', async () => {
  const world = await begin()
  const { profile } = await world.send(world.device(1), 1, [order('new-order')])
  const stub = world.shard(1) as unknown as DurableObjectStub
  await runInDurableObject(stub, (_, { storage }) => {
    const [{ data } = { data: '' }] = storage.sql
      .exec<{ data: string }>('SELECT data FROM tail')
      .toArray()
    storage.sql.exec('DELETE FROM tail')
    storage.sql.exec(`CREATE TABLE chunk (
      profile TEXT NOT NULL, seq INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (profile, seq))`)
    storage.sql.exec('INSERT INTO chunk VALUES (?, 1, ?)', profile, `[${data}]`)
  })
  await evictDurableObject(stub)
  await dayLater(world, 2)
  const left = await runInDurableObject(stub, (_, { storage }) =>
    storage.sql.exec('SELECT 1 FROM chunk').toArray(),
  )
  expect(left).toEqual([])
  expect((await world.view(profile)).events).toMatchObject([{ event: 'Ordered' }])
})
