import { clock } from '../../edge/objects/clock.ts'
import { identityShardOf } from '../../edge/domain/id.ts'
import { identityShard } from '../../edge/objects/address.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'
import type { Clients } from './people-client.ts'
import { bindings, claim, seen, SHARDS, signIn } from './shard-fixture.ts'
import { shoe } from './telling-catalog.ts'

/** What clients do that makes people of several shards one. */
export interface Scenario {
  readonly name: string
  readonly play: (clients: Clients) => Promise<void>
  /** Views of shoes that make a shoe fan in the end: three, unless it is published otherwise. */
  readonly views?: number
}

const soundTimeout = globalThis.setTimeout.bind(globalThis)
/** Whoever is born later is the younger. */
export const later = () => new Promise<void>((resolve) => soundTimeout(resolve, 3))

const hour = 3_600_000

export const grouped = (group: string, traits: JsonObject): EventRecord =>
  seen('Grouped', {}, { type: 'group', group, traits })

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'by user id, the younger signs in second',
    async play(clients) {
      const [old, young] = [clients.world.device(1), clients.world.device(2)]
      await clients.send(old, shoe(), shoe(), signIn(claim('userId', 'u1')))
      await later()
      await clients.send(young, shoe())
      await clients.send(young, signIn(claim('userId', 'u1')), shoe())
      await clients.send(old, shoe())
    },
  },
  {
    name: 'by user id, the older signs in second',
    async play(clients) {
      const [old, young] = [clients.world.device(1), clients.world.device(2)]
      await clients.send(old, shoe(), shoe())
      await later()
      await clients.send(young, shoe(), signIn(claim('userId', 'u1'), claim('email', 'h1')))
      await clients.send(old, signIn(claim('userId', 'u1')), shoe())
      await clients.send(young, shoe())
    },
  },
  {
    name: 'by an e-mail address that both have confirmed',
    async play(clients) {
      const [old, young] = [clients.world.device(0), clients.world.device(3)]
      await clients.send(old, shoe(), signIn(claim('email', 'h1')))
      await later()
      await clients.send(young, signIn(claim('phone', 'p1')), shoe())
      await clients.send(young, signIn(claim('email', 'h1')))
    },
  },
  {
    name: 'by an alias',
    async play(clients) {
      const device = clients.world.device(1)
      await clients.send(device, shoe(), signIn(claim('userId', 'u1')))
      await later()
      await clients.tell(seen('Signed Up', {}, { identifiers: [claim('userId', 'temporary')] }))
      await clients.tell(
        seen(
          'Aliased',
          {},
          {
            type: 'alias',
            identifiers: [claim('email', 'h1'), claim('anonymousId', 'before')],
          },
        ),
      )
      await clients.tell(
        seen(
          'Aliased',
          {},
          { type: 'alias', identifiers: [claim('userId', 'u1'), claim('anonymousId', 'before')] },
        ),
      )
    },
  },
  {
    name: 'one into a second, and that into a third',
    async play(clients) {
      const [old, middle, young] = [1, 2, 3].map((shard) => clients.world.device(shard))
      if (old === undefined || middle === undefined || young === undefined) return
      await clients.send(old, signIn(claim('loyaltyId', 'l1')), shoe())
      await later()
      await clients.send(middle, signIn(claim('phone', 'p1')), shoe())
      await later()
      await clients.send(young, shoe(), signIn(claim('crmId', 'c1')))
      await clients.send(young, signIn(claim('phone', 'p1')))
      await clients.send(middle, signIn(claim('loyaltyId', 'l1')))
      await clients.send(young, shoe())
    },
  },
  {
    name: 'a browser that changes hands, before its people become one graph with others',
    async play(clients) {
      const [shared, own] = [clients.world.device(1), clients.world.device(2)]
      await clients.send(own, signIn(claim('userId', 'u2')), shoe())
      await later()
      await clients.send(shared, signIn(claim('userId', 'u1')), shoe())
      await clients.send(shared, signIn(claim('userId', 'u2')), shoe())
      await clients.send(own, shoe())
    },
  },
  {
    name: 'a merge that is taken back, and allowed again',
    async play(clients) {
      const [old, young] = [clients.world.device(1), clients.world.device(2)]
      await clients.send(old, shoe(), signIn(claim('loyaltyId', 'l1')))
      await later()
      await clients.send(young, shoe(), signIn(claim('userId', 'u1')))
      const both = signIn(claim('userId', 'u1'), claim('loyaltyId', 'l1'))
      const profile = await clients.send(young, both)
      await clients.undo(profile)
      await clients.send(young, shoe())
      await clients.rejoin()
    },
  },
  {
    name: 'by a row of a file',
    async play(clients) {
      const device = clients.world.device(1)
      await clients.send(device, shoe(), signIn(claim('userId', 'u1')))
      await later()
      await clients.tell(seen('Order', {}, { identifiers: [claim('email', 'h1')] }))
      const row = seen('Order', {}, { identifiers: [claim('userId', 'u1'), claim('email', 'h1')] })
      await clients.tell({ ...row, timestamp: row.timestamp - 30 * hour }, true)
    },
  },
  {
    name: 'with late events while they move',
    async play(clients) {
      const [old, young] = [clients.world.device(1), clients.world.device(2)]
      await clients.send(old, shoe(), signIn(claim('userId', 'u1')))
      await later()
      await clients.send(young, shoe())
      const late = shoe()
      await Promise.all([
        clients.send(young, signIn(claim('userId', 'u1'))),
        clients.send(old, { ...late, timestamp: late.timestamp - hour }),
        clients.send(young, shoe()),
      ])
    },
  },
  {
    name: 'of members of accounts',
    async play(clients) {
      const [old, young] = [clients.world.device(1), clients.world.device(2)]
      await clients.send(old, grouped('g1', { plan: 'free' }), signIn(claim('userId', 'u1')))
      await later()
      await clients.send(young, grouped('g2', { plan: 'gold' }), shoe())
      await clients.send(young, signIn(claim('userId', 'u1')))
      await clients.send(old, grouped('g2', { seats: 3 }))
    },
  },
  {
    name: 'within one shard',
    async play(clients) {
      const [one, other] = [clients.world.device(1), clients.world.device(1)]
      await clients.send(one, shoe(), signIn(claim('userId', 'u1')))
      await later()
      await clients.send(other, shoe(), signIn(claim('email', 'h1')))
      await clients.send(other, signIn(claim('userId', 'u1')))
    },
  },
  {
    name: 'where a name was claimed before for somebody who never got it',
    async play(clients) {
      const { world } = clients
      const [one, two, third] = [1, 2, 3].map((shard) => world.device(shard))
      if (one === undefined || two === undefined || third === undefined) return
      const first = await clients.send(one, shoe())
      const claimed = { proven: true, birth: first, at: clock.now() }
      for (const value of ['u1', 'u2']) {
        const identifier = { kind: 'userId', value }
        const owners = identityShardOf('userId', value, SHARDS)
        await clients.insist(() =>
          identityShard(bindings, world.workspace, owners).resolveMany([
            { ...claimed, identifier },
          ]),
        )
      }
      // Somebody asked for u2, was told that nobody bears it, and never came back.
      const identifier = { kind: 'userId', value: 'u2' }
      const { workspace } = world
      await clients.insist(() =>
        world.shard(1).brief({ workspace, profile: first, identifier, version: 1 }),
      )
      await clients.send(two, shoe(), signIn(claim('userId', 'u1')))
      await clients.send(one, signIn(claim('userId', 'u2')), shoe())
      await clients.send(third, signIn(claim('userId', 'u2')), shoe())
    },
  },
  {
    name: 'though one of them only says so',
    async play(clients) {
      const [old, young] = [clients.world.device(1), clients.world.device(2)]
      await clients.send(old, shoe(), signIn(claim('userId', 'u1'), claim('email', 'h1')))
      await later()
      await clients.send(young, shoe(), signIn(claim('userId', 'u2')))
      // Whoever has a name does not become somebody else by a word.
      await clients.send(young, signIn(claim('userId', 'u1', false)), shoe())
      const visitor = clients.world.device(3)
      await clients.send(visitor, shoe())
      await clients.send(visitor, signIn(claim('email', 'h1')))
    },
  },
  {
    name: 'unless there is nobody to become one with',
    async play(clients) {
      const { world } = clients
      const { workspace } = world
      const device = world.device(1)
      const root = await clients.send(device, shoe(), signIn(claim('userId', 'u1')))
      const through = { keys: ['6:userId:u1', '6:userId:u1'], proven: true } as const
      await world
        .shard(1)
        .merge({ workspace, root, to: world.profileId(2), through })
        // A client that asked for this is told nothing of it: it asks again by its event.
        .catch(() => undefined)
      await clients.send(device, shoe())
    },
  },
]
