import { env } from 'cloudflare:workers'
import { addressOf, deviceIdOf, profileIdOf } from '../../edge/domain/id.ts'
import { identityShard, profileShard } from '../../edge/objects/address.ts'
import { clock } from '../../edge/objects/clock.ts'
import type { Env } from '../../edge/objects/env.ts'
import type { Catalog } from '../../edge/protocol/catalog.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { DeviceId, ProfileId, SourceId, WorkspaceId } from '../../edge/protocol/id.ts'
import type { ClaimedIdentifier, Identifier } from '../../edge/protocol/identifier.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'
import type { ProfileView } from '../../edge/protocol/profile-view.ts'
import type { IngestResult, Subject } from '../../edge/protocol/shard.ts'
import type { Millis } from '../../edge/protocol/time.ts'
import { catalogOf } from '../domain/build.ts'

export const bindings = env as unknown as Env
export const SOURCE = 'src_test' as SourceId
/** As many shards as a test catalog says. */
export const SHARDS = 4

let workspaces = 0
let serial = 0

/** A workspace of its own for each test: objects of one are never seen by another. */
export class World {
  readonly workspace = `ws_test${workspaces++}` as WorkspaceId
  readonly catalog: Catalog
  #devices = 0

  constructor(catalog: Partial<Catalog> = {}) {
    this.catalog = { ...catalogOf(), ...catalog, workspace: this.workspace, shards: SHARDS }
  }

  /** Every shard is told the catalog, as the Workspace object would. */
  async publish(catalog: Catalog = this.catalog): Promise<void> {
    for (let shard = 0; shard < SHARDS; shard++) {
      await this.shard(shard).publish({ workspace: this.workspace, catalog })
    }
  }

  shard(shard: number) {
    return profileShard(bindings, this.workspace, { region: 0, shard })
  }

  owner(identifier: Identifier, shard: number) {
    return identityShard(bindings, this.workspace, shard).lookup(identifier)
  }

  /** A browser whose home is that shard. */
  device(shard: number): DeviceId {
    const digest = new Uint8Array(32)
    digest[1] = shard
    digest[2] = ++this.#devices
    return deviceIdOf(digest, SHARDS)
  }

  profileId(shard: number): ProfileId {
    return profileIdOf({ region: 0, shard }, crypto.getRandomValues(new Uint8Array(10)))
  }

  /** Sends events of a browser, following it where it has moved to as the Worker does. */
  async send(
    device: DeviceId,
    home: number,
    events: readonly EventRecord[],
    decide?: readonly string[],
  ): Promise<Extract<IngestResult, { type: 'done' }>> {
    let shard = home
    let subject: Subject = { type: 'device', device }
    let rest = events
    for (let hop = 0; hop < 6; hop++) {
      const result = await this.shard(shard).ingest({
        workspace: this.workspace,
        catalogVersion: this.catalog.version,
        source: SOURCE,
        consentMode: 'implied',
        subject,
        events: rest.map((event) => ({ implied: true as const, ...event, device })),
        refused: [],
        ...(decide !== undefined && { decide }),
        receivedAt: clock.now(),
      })
      if (result.type === 'done') return result
      if (result.type === 'unknown') throw new Error('Not even the home shard knows the device')
      rest = rest.slice(result.verdicts.length)
      shard = shardOf(result.profile)
      subject = { type: 'device', device, profile: result.profile }
    }
    throw new Error('Sent from shard to shard')
  }

  async view(id: ProfileId): Promise<ProfileView> {
    let at = id
    for (;;) {
      const { workspace } = this
      const view = await this.shard(shardOf(at)).view({ workspace, profile: id, limit: 100 })
      if (view === null) throw new Error(`No profile ${id}`)
      if (view.type === 'profile') return view
      at = view.profile
    }
  }
}

export const shardOf = (id: string): number => {
  const address = addressOf(id)
  if (address === undefined) throw new Error(`No shard in ${id}`)
  return address.shard
}

export const seen = (
  name: string,
  properties: JsonObject = {},
  more: Partial<EventRecord> = {},
): EventRecord => ({
  messageId: `m${serial}`,
  type: 'track',
  name,
  timestamp: clock.now(),
  receivedAt: clock.now(),
  // Tests say more in a millisecond than people do.
  position: serial++,
  source: SOURCE,
  identifiers: [],
  properties,
  context: {},
  ...more,
})

export const claim = (kind: string, value: string, proven = true): ClaimedIdentifier => ({
  kind,
  value,
  proven,
})

export const signIn = (...identifiers: readonly ClaimedIdentifier[]): EventRecord =>
  seen('Identified', {}, { type: 'identify', identifiers })

const wall = Date.now

/** Moves the objects' clock; alarms are translated back to the wall's. */
export function setClock(now: Millis): void {
  const offset = now - wall()
  clock.now = () => wall() + offset
  clock.toWall = (at) => at - offset
}

export function resetClock(): void {
  clock.now = () => wall()
  clock.toWall = (at) => at
}
