import { claimForNewborn } from '../../edge/routes/intake/claims.ts'
import { subjectOf } from '../../edge/routes/intake/parties.ts'
import { directly, ingest, type Done } from '../../edge/routes/intake/send.ts'
import { ShardCalls } from '../../edge/routes/intake/shard-calls.ts'
import type { Separation } from '../../edge/domain/people.ts'
import { clock } from '../../edge/objects/clock.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { DeviceId, ProfileId } from '../../edge/protocol/id.ts'
import type { Whereabouts } from '../../edge/protocol/objects.ts'
import type { IngestRequest } from '../../edge/protocol/shard.ts'
import { asWorker } from './fault-points.ts'
import { bindings, SHARDS, shardOf, SOURCE, type World } from './shard-fixture.ts'

/** Tries of one request. A client tells the same message ids each time. */
const TRIES = 8
const PAUSE = 40
const soundTimeout = globalThis.setTimeout.bind(globalThis)
const pause = (after: number) => new Promise<void>((resolve) => soundTimeout(resolve, after))

/** What clients of a workspace do: they come through the Worker, and come again until they have an answer. */
export class Clients {
  readonly world: World
  /** All that was answered. */
  readonly said: EventRecord[] = []
  readonly separations: (Separation & { readonly of: ProfileId })[] = []
  readonly #batches: (() => Promise<Done>)[] = []
  readonly #patience: number

  /** `patience`: milliseconds that a client waits for one answer. */
  constructor(world: World, patience = 5_000) {
    this.world = world
    this.#patience = patience
  }

  /** A Worker that knows a newer catalog than any shard makes each ask for it; there is none here. */
  async knowNewerCatalog(): Promise<void> {
    const { workspace, catalog } = this.world
    const newer = catalog.version + 1
    const device = this.world.device(0)
    await asWorker(workspace, () =>
      ingest(directly(bindings), {
        workspace,
        catalogVersion: newer,
        source: SOURCE,
        consentMode: 'implied',
        subject: { type: 'device', device },
        events: [],
        refused: [],
        receivedAt: clock.now(),
      }),
    )
  }

  /** A browser of ours. */
  async send(device: DeviceId, ...events: readonly EventRecord[]): Promise<ProfileId> {
    const own = events.map((event) => ({ implied: true as const, ...event, device }))
    return this.#deliver(own, async () => ({ subject: { type: 'device', device } }))
  }

  /** A server, or with `isHistory` a row of a file. */
  async tell(event: EventRecord, isHistory = false): Promise<ProfileId> {
    const { world } = this
    const [by] = event.identifiers
    if (by === undefined) throw new Error('An event of nobody')
    const calls = () => new ShardCalls(bindings, world.workspace, SHARDS)
    const run = { by, events: [{ index: 0, event }] }
    const subject = async () => {
      const found = await subjectOf(calls(), SHARDS, run)
      if (found === undefined) throw new Error('Nobody is known by that')
      const claims = found.isNew && (await claimForNewborn(calls(), found.subject, run))
      return { subject: found.subject, ...(claims && { claims }) }
    }
    return this.#deliver([event], subject, isHistory)
  }

  async #deliver(
    events: readonly EventRecord[],
    subject: () => Promise<Pick<IngestRequest, 'subject' | 'claims'>>,
    isHistory = false,
  ): Promise<ProfileId> {
    const attempt = async () => {
      const sent = await ingest(directly(bindings), {
        workspace: this.world.workspace,
        catalogVersion: this.world.catalog.version,
        source: SOURCE,
        consentMode: 'implied',
        ...(await subject()),
        events,
        refused: [],
        receivedAt: clock.now(),
        ...(isHistory && { isHistory }),
      })
      if (sent.type === 'busy') throw new Error('busy')
      return sent.result
    }
    this.#batches.push(attempt)
    const { profile, verdicts } = await this.insist(attempt)
    for (const { status, messageId } of verdicts) {
      if (status !== 'accepted' && status !== 'duplicate') throw new Error(`${messageId} ${status}`)
    }
    this.said.push(...events)
    return profile
  }

  /** A client's tries of one request, until it has an answer. */
  async insist<T>(request: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = asWorker(this.world.workspace, request)
        return await Promise.race([
          answer,
          pause(this.#patience).then(() => Promise.reject(GAVE_UP)),
        ])
      } catch (error) {
        if (attempt === TRIES) throw error
        await pause(PAUSE)
      }
    }
  }

  /** Takes the first merge of a profile back, if it has any. */
  async undo(profile: ProfileId): Promise<void> {
    const { merges, id } = await this.insist(() => this.world.view(profile))
    const [merge] = merges
    if (merge === undefined) return
    const { workspace } = this.world
    const told = await this.#ask(id, (at) =>
      this.world.shard(shardOf(at)).unmerge({ workspace, profile: id, merge: merge.id }),
    )
    const { graph } = await this.insist(() => this.world.view(told ?? id))
    const separation = graph.separations.find((one) => one.id === merge.id)
    const keyAt = (place: number) => {
      const { kind, value } = graph.nodes[place] ?? { kind: '', value: '' }
      return `${kind.length}:${kind}:${value}`
    }
    if (separation === undefined) throw new Error('Nothing was separated')
    const pair = [keyAt(separation.from), keyAt(separation.to)] as const
    this.separations.push({ id: separation.id, at: separation.at, pair, of: id })
  }

  /** Lets those be one again who were separated last. */
  async rejoin(): Promise<void> {
    const separation = this.separations.pop()
    if (separation === undefined) return
    const { workspace } = this.world
    const { of: profile, id } = separation
    await this.#ask(profile, (at) =>
      this.world.shard(shardOf(at)).rejoin({ workspace, profile, separation: id }),
    )
  }

  /** Asks on where a profile has moved to. Null: it was done by a try that was not answered. */
  async #ask(
    profile: ProfileId,
    ask: (at: ProfileId) => Promise<Whereabouts | null>,
  ): Promise<ProfileId | undefined> {
    return this.insist(async () => {
      for (let at = profile; ;) {
        const answer = await ask(at)
        if (answer === null) return undefined
        if ('profile' in answer) return answer.profile
        at = answer.moved
      }
    })
  }

  /** Everything once more. @returns what was taken for new. */
  async repeat(): Promise<string[]> {
    const taken: string[] = []
    for (const batch of this.#batches) {
      for (const { messageId, status } of (await this.insist(batch)).verdicts) {
        if (status !== 'duplicate') taken.push(`${messageId} is ${status} when it is told again`)
      }
    }
    return taken
  }
}

const GAVE_UP = new Error('no answer')
