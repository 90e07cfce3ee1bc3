import { createMessageBatch, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { consumeDeliveries } from '../../edge/delivery/consumer.ts'
import { addressOf, deviceIdOf } from '../../edge/domain/id.ts'
import { profileShard, workspaceObject } from '../../edge/objects/address.ts'
import { clock } from '../../edge/objects/clock.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { ApiCandidate } from '../../edge/protocol/candidate.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { DeliveryMessage, SegmentCloudEvent } from '../../edge/protocol/delivery.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { DeviceId, ProfileId, SourceId, WorkspaceId } from '../../edge/protocol/id.ts'
import type { Identifier } from '../../edge/protocol/identifier.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import { deliveryPorts } from '../../edge/routes/delivery-ports.ts'
import { call, type Answer } from './admin-fixture.ts'
import { makeWorkspace, NOON, secretKeyOf, SHARDS } from './telling-workspace.ts'

/** So many views within the hour. */
export const views = (value: number): Condition => ({
  type: 'performed',
  event: 'Product Viewed',
  operator: 'gte',
  value,
  window: { last: 'PT1H' },
})

export interface Told {
  readonly type: 'segment.entered' | 'segment.exited'
  readonly profile: string
  readonly cause: { readonly type: string }
  readonly segment: { readonly key: string; readonly name: string }
}

let workspaces = 0
let devices = 0

/**
 * A workspace of two shards in which every viewer is told to a webhook, and its receiver. What the shards hand to the
 * queue is kept until `receive` lets the real consumer have it.
 */
export class Watched {
  readonly id = `ws_cnd${++workspaces}` as WorkspaceId
  readonly segment = `/api/segments/seg_${this.id}`
  readonly #queue: DeliveryMessage[] = []
  readonly #received: Request[] = []
  now = NOON

  async open(): Promise<void> {
    clock.now = () => this.now
    clock.toWall = (at) => at - this.now + Date.now()
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      this.#received.push(new Request(input as string, init as RequestInit))
      return new Response(null, { status: 204 })
    })
    await makeWorkspace(this.id)
    for (let shard = 0; shard < SHARDS; shard++) {
      await runInDurableObject(this.shard(shard) as unknown as DurableObjectStub, (instance) => {
        const { env } = instance as unknown as { env: object }
        const sendBatch = async (messages: Iterable<{ readonly body: DeliveryMessage }>) => {
          for (const { body } of messages) this.#queue.push(structuredClone(body))
        }
        Object.defineProperty(env, 'DELIVERIES', { value: { sendBatch }, configurable: true })
      })
    }
  }

  shard(shard: number) {
    return profileShard(env, this.id, { region: 0, shard })
  }

  /** One request of the administration, by the workspace's secret key. */
  ask<T = Problem>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    return call<T>(method, path, body, { authorization: `Bearer ${secretKeyOf(this.id)}` })
  }

  device(shard: number): DeviceId {
    const digest = new Uint8Array(12)
    digest.set([0, shard, 0, ++devices >> 8, devices & 255])
    return deviceIdOf(digest, SHARDS)
  }

  /** A visitor of a shard looks at so many shoes. */
  async visit(device: DeviceId, count: number, identifiers: readonly Identifier[] = []) {
    const known = identifiers.map((identifier) => ({ ...identifier, proven: true }))
    const events = Array.from({ length: count }, () => this.#event(device, known))
    const { version } = await workspaceObject(env, this.id).status({ workspace: this.id })
    let address = addressOf(device)
    let subject: { type: 'device'; device: DeviceId; profile?: ProfileId } = {
      type: 'device',
      device,
    }
    let rest: readonly EventRecord[] = events
    for (let hop = 0; hop < 6 && address !== undefined; hop++) {
      const result = await profileShard(env, this.id, address).ingest({
        workspace: this.id,
        catalogVersion: version,
        source: `src_${this.id}` as SourceId,
        consentMode: 'implied',
        subject,
        events: rest,
        refused: [],
        decide: [],
        receivedAt: this.now,
      })
      if (result.type === 'done') return result
      if (result.type === 'unknown') throw new Error('Not even the home shard knows the device')
      rest = rest.slice(result.verdicts.length)
      address = addressOf(result.profile)
      subject = { type: 'device', device, profile: result.profile }
    }
    throw new Error('Sent from shard to shard')
  }

  /** What a visitor is shown without doing anything. */
  async decide(device: DeviceId) {
    const address = addressOf(device)
    if (address === undefined) throw new Error(`${device} lives nowhere`)
    const result = await profileShard(env, this.id, address).decide({
      workspace: this.id,
      subject: { type: 'device', device },
      consentMode: 'implied',
      placements: [],
    })
    if (result.type !== 'done') throw new Error('Asked at the wrong shard')
    return result
  }

  #event(device: DeviceId, identifiers: EventRecord['identifiers']): EventRecord {
    return {
      messageId: crypto.randomUUID(),
      type: 'track',
      name: 'Product Viewed',
      timestamp: this.now,
      receivedAt: this.now,
      source: `src_${this.id}` as SourceId,
      device,
      implied: true,
      identifiers,
      properties: {},
      context: {},
    }
  }

  /** Lets time pass, and every shard do what is due. */
  async pass(duration: number): Promise<void> {
    this.now += duration
    await this.wake()
  }

  async wake(): Promise<void> {
    for (let shard = 0; shard < SHARDS; shard++) {
      await this.shard(shard).wake({ workspace: this.id })
    }
  }

  /** What the webhook was sent since it was last asked, by profile. */
  async receive(): Promise<readonly Told[]> {
    await this.wake()
    const messages = this.#queue.splice(0)
    const batch = createMessageBatch<DeliveryMessage>(
      'prisme-deliveries',
      messages.map((body, at) => ({ id: String(at), timestamp: new Date(), attempts: 1, body })),
    )
    await consumeDeliveries(batch, deliveryPorts(env))
    const requests = this.#received.splice(0)
    const bodies = await Promise.all(requests.map((request) => request.json<SegmentCloudEvent>()))
    return bodies
      .map(({ type, data }): Told => ({
        type,
        profile: data.profile,
        cause: data.cause,
        segment: data.segment,
      }))
      .sort((a, b) => (a.profile < b.profile ? -1 : 1))
  }

  async candidate(): Promise<ApiCandidate> {
    return (await this.ask<ApiCandidate>('GET', `${this.segment}/candidate`)).body
  }

  async found(): Promise<ApiSegment> {
    return (await this.ask<ApiSegment>('GET', this.segment)).body
  }
}
