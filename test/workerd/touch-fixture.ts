import { runInDurableObject } from 'cloudflare:test'
import type { Catalog } from '../../edge/protocol/catalog.ts'
import type { ActivationDefinition, DestinationDefinition } from '../../edge/protocol/delivery.ts'
import type {
  ActivationId,
  CapId,
  DestinationId,
  ProfileId,
  SegmentId,
} from '../../edge/protocol/id.ts'
import type { CapDefinition, TouchAnswer, TouchAsk } from '../../edge/protocol/touch.ts'
import { catalogOf } from '../domain/build.ts'
import { shardOf, type World } from './shard-fixture.ts'
import { shardStub } from './shard-faults.ts'

export const cap = (key: string, changes: Partial<CapDefinition> = {}): CapDefinition => ({
  id: `cap_${key}` as CapId,
  key,
  name: key,
  window: 'P7D',
  most: 3,
  thresholds: [],
  onSite: false,
  enabled: true,
  ...changes,
})

export const destination = (
  id: string,
  changes: Partial<DestinationDefinition> = {},
): DestinationDefinition => ({
  id: id as DestinationId,
  name: id,
  kind: 'webhook',
  purposes: ['analytics'],
  channel: 'email',
  enabled: true,
  ...changes,
})

export const activation = (
  id: string,
  segment: string,
  destinations: readonly string[],
  changes: Partial<ActivationDefinition> = {},
): ActivationDefinition => ({
  id: id as ActivationId,
  name: id,
  segment: segment as SegmentId,
  exclude: [],
  destinations: destinations as readonly DestinationId[],
  on: ['entered'],
  frequency: 'every-time',
  enabled: true,
  ...changes,
})

/** One segment an event name: whoever did it is in `seg_0`, `seg_1`, …, for an hour. */
export const segmentsOf = (...events: readonly string[]): Catalog =>
  catalogOf(
    ...events.map((event) => ({
      type: 'performed' as const,
      event,
      operator: 'gte' as const,
      value: 1,
      window: { last: 'PT1H' },
    })),
  )

let asked = 0

/** Asks where a person lives by now. */
export async function ask(
  world: World,
  profile: ProfileId,
  wanted: Partial<TouchAsk> = {},
): Promise<TouchAnswer> {
  const { workspace } = world
  const touch = { messageId: `ask-${asked++}`, channel: 'email' as const, ...wanted }
  let at = profile
  for (let hop = 0; hop < 6; hop++) {
    const answer = await world.shard(shardOf(at)).touch({ workspace, profile, ask: touch })
    if (answer === null) throw new Error(`No profile ${profile}`)
    if (answer.type !== 'moved') return answer
    at = answer.profile
  }
  throw new Error('Sent from shard to shard')
}

export async function touchesOf(world: World, profile: ProfileId) {
  const { workspace } = world
  let at = profile
  for (let hop = 0; hop < 6; hop++) {
    const found = await world.shard(shardOf(at)).touches({ workspace, profile, limit: 1_000 })
    if (found === null) throw new Error(`No profile ${profile}`)
    if (found.type !== 'moved') return found
    at = found.profile
  }
  throw new Error('Sent from shard to shard')
}

/** What a shard sends stays on its way: nobody takes it. */
export const keepDeliveries = (world: World, shard: number): Promise<void> =>
  runInDurableObject(shardStub(world, shard), (instance) => {
    const { env } = instance as unknown as { env: object }
    const sendBatch = async (): Promise<void> => undefined
    Object.defineProperty(env, 'DELIVERIES', { value: { sendBatch }, configurable: true })
  })

/** What every shard has of deliveries, oldest first. */
export const deliveriesOf = (world: World, shard: number) =>
  runInDurableObject(shardStub(world, shard), (_, { storage }) =>
    storage.sql
      .exec<{ id: string; state: string; data: string; log: string }>(
        'SELECT id, state, data, log FROM outbox ORDER BY seq',
      )
      .toArray()
      .map(({ id, state, data, log }) => ({
        id,
        state,
        ...JSON.parse(data),
        log: JSON.parse(log),
      })),
  )
