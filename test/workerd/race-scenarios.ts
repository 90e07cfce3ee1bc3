import type { DeviceId } from '../../edge/protocol/id.ts'
import { grouped, later, type Scenario } from './merge-scenarios.ts'
import type { Clients } from './people-client.ts'
import { claim, seen, SHARDS, signIn } from './shard-fixture.ts'
import { shoe, shoeFan, telling } from './telling-catalog.ts'

/** People of three shards, the eldest first, each with a name of its own and two views of shoes. */
async function three(clients: Clients): Promise<[DeviceId, DeviceId, DeviceId]> {
  const devices: DeviceId[] = []
  for (const [index, kind] of (['loyaltyId', 'phone', 'email'] as const).entries()) {
    const device = clients.world.device(index + 1)
    await clients.send(device, shoe(), signIn(claim(kind, `own-${index}`)), shoe())
    await later()
    devices.push(device)
  }
  return devices as [DeviceId, DeviceId, DeviceId]
}

const [FIRST, SECOND, THIRD] = [
  () => claim('loyaltyId', 'own-0'),
  () => claim('phone', 'own-1'),
  () => claim('email', 'own-2'),
]

const trait = (name: string, value: string) =>
  seen('Identified', {}, { type: 'identify', traits: { [name]: value } })

/** What several do at the same moment. */
export const RACES: readonly Scenario[] = [
  {
    name: 'a second joins a first while a third joins the second',
    async play(clients) {
      const [, second, third] = await three(clients)
      await Promise.all([
        clients.send(second, signIn(FIRST())),
        clients.send(third, signIn(SECOND()), shoe()),
      ])
    },
  },
  {
    name: 'three join each other in a ring',
    async play(clients) {
      const [first, second, third] = await three(clients)
      await Promise.all([
        clients.send(first, signIn(SECOND())),
        clients.send(second, signIn(THIRD())),
        clients.send(third, signIn(FIRST())),
      ])
    },
  },
  {
    name: 'two join each other from both sides',
    async play(clients) {
      const [first, second] = await three(clients)
      await Promise.all([
        clients.send(first, signIn(SECOND())),
        clients.send(second, signIn(FIRST())),
      ])
    },
  },
  {
    name: 'two are joined while both are told of',
    async play(clients) {
      const [first, second] = await three(clients)
      await Promise.all([
        clients.send(second, signIn(FIRST())),
        clients.send(first, trait('city', 'Lyon'), shoe()),
        clients.send(second, trait('plan', 'gold'), shoe()),
        clients.send(second, grouped('g1', { seats: 3 })),
        clients.send(first, grouped('g1', { plan: 'free' })),
      ])
    },
  },
  {
    name: 'two are joined while a merge of one of them is taken back',
    async play(clients) {
      const [first, second, third] = await three(clients)
      const profile = await clients.send(second, signIn(FIRST(), SECOND()))
      await Promise.all([
        clients.undo(profile),
        clients.send(third, signIn(SECOND())),
        clients.send(first, shoe()),
      ])
    },
  },
  {
    name: 'two are joined while settings are published',
    views: 2,
    async play(clients) {
      const { world } = clients
      const [first, second, third] = await three(clients)
      const catalog = {
        ...world.catalog,
        version: world.catalog.version + 1,
        segments: telling.segments.map((segment) => ({
          ...segment,
          condition: { ...shoeFan, value: 2 },
        })),
      }
      const published = Array.from({ length: SHARDS }, (_, shard) =>
        clients.insist(() => world.shard(shard).publish({ workspace: world.workspace, catalog })),
      )
      await Promise.all([
        clients.send(second, signIn(FIRST())),
        clients.send(third, signIn(SECOND())),
        clients.send(first, shoe()),
        ...published,
      ])
    },
  },
  {
    name: 'people change hands on a shared browser while they are joined',
    async play(clients) {
      const [first, second, third] = await three(clients)
      await Promise.all([
        clients.send(first, signIn(claim('userId', 'u1'))),
        clients.send(second, signIn(claim('userId', 'u2'), FIRST())),
        clients.send(third, signIn(claim('userId', 'u1'), SECOND())),
      ])
    },
  },
]
