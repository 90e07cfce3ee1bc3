import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import type { IngestOutcome } from '../../edge/protocol/objects.ts'
import type { IngestRequest } from '../../edge/protocol/shard.ts'
import { claim, seen, SOURCE, World } from './shard-fixture.ts'
import { flaws, rowsOf, shardStub } from './shard-faults.ts'

const SHARD = 1

async function worldOf(): Promise<World> {
  const world = new World()
  await world.publish()
  return world
}

const bought = (n: number, ...others: ReturnType<typeof claim>[]): EventRecord =>
  seen(
    'Order Completed',
    { n },
    { identifiers: [claim('userId', `u-${n}`), ...others], implied: true },
  )

const requestOf = (world: World, n: number, profile: ProfileId, events: EventRecord[]) =>
  ({
    workspace: world.workspace,
    catalogVersion: world.catalog.version,
    source: SOURCE,
    consentMode: 'implied',
    subject: { type: 'identifier', identifier: { kind: 'userId', value: `u-${n}` }, profile },
    events,
    refused: [],
    receivedAt: Date.now(),
    isHistory: true,
  }) satisfies IngestRequest

const peopleOf = (world: World, count: number): readonly ProfileId[] =>
  Array.from({ length: count }, () => world.profileId(SHARD))

const send = (
  world: World,
  requests: readonly IngestRequest[],
): Promise<readonly IngestOutcome[]> =>
  world.shard(SHARD).ingestMany(JSON.stringify(requests)) as Promise<readonly IngestOutcome[]>

const statuses = (outcomes: readonly IngestOutcome[]) =>
  outcomes.map((outcome) =>
    outcome.ok && outcome.result.type === 'done'
      ? outcome.result.verdicts.map(({ status }) => status).join()
      : 'error',
  )

describe('what is told of many people at once', () => {
  test('is what each of them is known by, and known already when it is told again', async () => {
    const world = await worldOf()
    const people = peopleOf(world, 40)
    const requests = people.map((id, n) =>
      requestOf(world, n, id, [bought(n, claim('email', `hash-${n}`)), bought(n)]),
    )
    expect(new Set(statuses(await send(world, requests)))).toEqual(new Set(['accepted,accepted']))
    // All share a row on their way to the lake: they were written together.
    expect(await rowsOf(world, SHARD, 'SELECT seq FROM lake_row')).toHaveLength(1)
    for (const [n, id] of [...people.entries()].slice(0, 5)) {
      const { events, identifiers } = await world.view(id)
      expect(events.map(({ properties }) => properties)).toEqual([{ n }, { n }])
      expect(identifiers.map(({ value }) => value).toSorted()).toEqual([`hash-${n}`, `u-${n}`])
    }
    expect(new Set(statuses(await send(world, requests)))).toEqual(new Set(['duplicate,duplicate']))
    expect(await flaws(world)).toEqual([])
  })

  test('joins two of them who bear the same address, as if they had come one by one', async () => {
    const world = await worldOf()
    const people = peopleOf(world, 10)
    const shared = claim('email', 'hash-of-both')
    const requests = people.map((id, n) =>
      requestOf(world, n, id, [bought(n, ...(n < 2 ? [shared] : []))]),
    )
    expect(new Set(statuses(await send(world, requests)))).toEqual(new Set(['accepted']))
    // Two names are two people; what they share makes one graph of them.
    const places = await Promise.all(
      requests.slice(0, 2).map(({ subject }) => {
        const { workspace } = world
        return world.shard(SHARD).locate({ workspace, subject })
      }),
    )
    const roots = places.map((place) => (place !== null && 'root' in place ? place.root : null))
    expect(roots[0]).not.toBeNull()
    expect(roots[1]).toBe(roots[0])
    expect(await flaws(world)).toEqual([])
  })

  test('is kept of all others when one of them cannot be read', async () => {
    const world = await worldOf()
    const people = peopleOf(world, 10)
    await send(
      world,
      people.map((id, n) => requestOf(world, n, id, [bought(n)])),
    )
    await runInDurableObject(shardStub(world, SHARD), (_, { storage }) => {
      storage.sql.exec(`UPDATE profile SET state = '{"broken' WHERE id = ?`, people[3])
    })
    const again = await send(
      world,
      people.map((id, n) => requestOf(world, n, id, [bought(n)])),
    )
    expect(statuses(again)).toEqual(people.map((_, n) => (n === 3 ? 'error' : 'accepted')))
    const { events } = await world.view(people[4] as ProfileId)
    expect(events).toHaveLength(2)
  })
})
