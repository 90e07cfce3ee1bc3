import { noChanges } from '../domain/apply-event.ts'
import { identifierKey } from '../domain/identity.ts'
import { addressOf, base32, identityShardOf } from '../domain/id.ts'
import { mergeProfiles } from '../domain/merge.ts'
import { decodeProfile, encodeProfile, newProfile, type Profile } from '../domain/profile.ts'
import { rebuildFeatures } from '../domain/rebuild.ts'
import { review } from '../domain/review.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Transition } from '../protocol/membership.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import type { MergeSaga } from '../storage/merge-store.ts'
import type { SeenRow } from '../storage/seen-store.ts'
import { identityShard, profileShard } from './address.ts'
import { randomBytes, type Shard } from './shard.ts'

const RETRY: Millis = 10 * SECOND

export interface MergeRequest {
  readonly loser: ProfileId
  readonly survivor: ProfileId
  /** Kind of the identifier that joined them. */
  readonly through: string
}

/** The last step's parcel, to the survivor's shard: everything but the history, which was staged before. */
export interface MergeParcel {
  readonly saga: MergeSaga
  readonly state: string
  readonly seen: readonly SeenRow[]
}

/** `elsewhere`: the survivor has itself been merged meanwhile. */
export type MergeAnswer =
  | { readonly type: 'applied' }
  | { readonly type: 'moved'; readonly profile: ProfileId }

const scopesOf = (profile: Profile): string[] => [
  ...profile.devices.map(({ id }) => id),
  ...profile.identifiers.map(identifierKey),
]

/**
 * Merges whose loser lives in this shard. From the intent on the loser's id forwards to the survivor, so new events
 * already go there; the history follows in pages, staged under the saga's id and applied in one transaction; then
 * identifiers are pointed at the survivor, and what is left here is dropped. Every step may be repeated; after a
 * crash the alarm goes on. The survivor is always the older of the two, so forwards never form a ring.
 */
export class MergeSagas {
  readonly #shard: Shard
  readonly #running = new Map<string, Promise<void>>()

  constructor(shard: Shard) {
    this.#shard = shard
  }

  /** Merges, and returns when the survivor has everything. A loser that is already merged is no error. */
  async merge({ loser, survivor, through }: MergeRequest): Promise<void> {
    const shard = this.#shard
    await shard.commit.run(() => {
      const found = shard.profiles.find(loser)
      if (found === undefined || 'forward' in found) return
      const id = base32(randomBytes())
      const at = shard.now()
      const state = encodeProfile(found.profile)
      shard.merges.begin({ id, loser, survivor, through, at }, state, at + RETRY)
      shard.profiles.forward(loser, survivor)
      for (const device of found.profile.devices) shard.profiles.setDevice(device.id, survivor)
      shard.timers.clear(loser)
      shard.arm()
    })
    const open = shard.merges.of(loser)
    if (open !== undefined) await this.#run(open.saga, open.state)
  }

  /** Goes on with whatever a crash or an unreachable shard left open. Never throws. */
  resume(now: Millis): void {
    for (const { saga, state, retryAt } of this.#shard.merges.open()) {
      if (retryAt > now || this.#running.has(saga.id)) continue
      this.#shard.merges.postpone(saga.id, now + RETRY)
      // Recorded above: the alarm tries again.
      this.#run(saga, state).catch(() => undefined)
    }
  }

  #run(saga: MergeSaga, state: string): Promise<void> {
    const running = this.#running.get(saga.id)
    if (running !== undefined) return running
    const run = this.#steps(saga, state).finally(() => this.#running.delete(saga.id))
    this.#running.set(saga.id, run)
    return run
  }

  async #steps(saga: MergeSaga, state: string): Promise<void> {
    const loser = decodeProfile(state)
    const survivor = await this.#copy(saga, state, loser)
    await this.#point(loser, survivor)
    await this.#finish(saga, loser, survivor)
  }

  /** Copies to the survivor, wherever it is by now; answers where that was. */
  async #copy(saga: MergeSaga, state: string, loser: Profile): Promise<ProfileId> {
    const shard = this.#shard
    const { workspace, env } = shard
    let survivor = saga.survivor
    for (;;) {
      const address = addressOf(survivor)
      if (address === undefined) throw new Error('A profile id that names no shard')
      let after = 0
      for (let page = 0, done = false; !done; page++) {
        const copied = shard.history.copyPage(saga.loser, after)
        after = copied.last
        done = copied.done
        const stub = profileShard(env, workspace, address)
        await stub.stage({ workspace, saga: saga.id, page, chunks: copied.chunks })
      }
      const answer: MergeAnswer = await profileShard(env, workspace, address).applyMerge({
        workspace,
        parcel: { saga: { ...saga, survivor }, state, seen: shard.seen.of(scopesOf(loser)) },
      })
      if (answer.type === 'applied') return survivor
      survivor = answer.profile
    }
  }

  async #point(loser: Profile, survivor: ProfileId): Promise<void> {
    const { env, workspace, compiled } = this.#shard
    for (const { kind, value } of loser.identifiers) {
      const owners = identityShardOf(kind, value, compiled.catalog.shards)
      await identityShard(env, workspace, owners).move({ kind, value }, loser.id, survivor)
    }
  }

  async #finish(saga: MergeSaga, loser: Profile, survivor: ProfileId): Promise<void> {
    const shard = this.#shard
    await shard.commit.run(() => {
      if (shard.merges.of(saga.loser) === undefined) return
      const decidedAt = shard.now()
      const exits: Transition[] = [...loser.memberships.keys()].map((segment) => ({
        type: 'exited',
        segment,
        at: saga.at,
        decidedAt,
        cause: { type: 'merge' },
      }))
      shard.memberships.record(loser.id, exits)
      shard.deliver(loser, exits, decidedAt)
      shard.reporter.addTransitions(loser.id, exits)
      shard.history.drop(saga.loser)
      // Dropped only if the hashes went to another shard: here they are the survivor's now.
      if (!shard.isHome(survivor)) shard.seen.drop(scopesOf(loser))
      shard.profiles.forward(saga.loser, survivor)
      shard.merges.end(saga.id)
      shard.arm()
    })
    shard.reporter.flush()
  }
}

/** The survivor's side, in one transaction: joins state and history, re-evaluates, enters what follows. */
export function applyMerge(shard: Shard, { saga, state, seen }: MergeParcel): MergeAnswer {
  if (shard.merges.wasApplied(saga.id)) return { type: 'applied' }
  const found = shard.locate(saga.survivor)
  if (found !== undefined && 'elsewhere' in found)
    return { type: 'moved', profile: found.elsewhere }
  const loser = decodeProfile(state)
  const survivor = found?.profile ?? newProfile(saga.survivor, loser.bucket, loser.createdAt)
  mergeProfiles(survivor, loser, {
    id: saga.id,
    other: loser.id,
    at: saga.at,
    through: saga.through,
  })
  const known = new Set<string>()
  for (const event of shard.history.all(survivor.id)) known.add(eventKey(event))
  for (const chunk of shard.merges.staged(saga.id)) {
    const events = JSON.parse(chunk) as EventRecord[]
    shard.history.append(
      survivor.id,
      events.filter((event) => !known.has(eventKey(event))),
    )
  }
  shard.seen.adopt(shard.isHome(loser.id) ? [] : seen)
  for (const { id } of loser.devices) shard.profiles.setDevice(id, survivor.id)
  rebuildFeatures(survivor, shard.history.all(survivor.id), shard.compiled)
  const now = shard.now()
  survivor.version = shard.compiled.catalog.version
  const transitions = review(
    survivor,
    shard.compiled,
    { ...noChanges(), everything: true },
    { now, at: now, decidedAt: now, cause: { type: 'merge' } },
  )
  shard.save(survivor, transitions)
  shard.merges.markApplied(saga.id, now)
  shard.arm()
  return { type: 'applied' }
}

const eventKey = ({ source, messageId }: EventRecord): string => `${source}/${messageId}`
