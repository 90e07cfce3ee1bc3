import { noChanges } from '../domain/apply-event.ts'
import { briefOf, decideLink, identifierKey } from '../domain/identity.ts'
import { addressOf, base32, identityShardOf } from '../domain/id.ts'
import { mergeProfiles } from '../domain/merge.ts'
import { decodeProfile, encodeProfile, newProfile, type Profile } from '../domain/profile.ts'
import { rebuildFeatures } from '../domain/rebuild.ts'
import { review } from '../domain/review.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { DeviceId, ProfileId } from '../protocol/id.ts'
import type { Transition } from '../protocol/membership.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import type { MergeSaga } from '../storage/merge-store.ts'
import type { SeenRow } from '../storage/seen-store.ts'
import { identityShard, profileShard } from './address.ts'
import { refresh } from './ingest.ts'
import { randomBytes, type Shard } from './shard.ts'
import { withTimeLimit } from './time-limit.ts'

const RETRY: Millis = 10 * SECOND
/** A step that has no answer by then is tried again; it may have been done, which changes nothing. */
const STEP_LIMIT: Millis = 10 * SECOND
/** Open merges that one run of the alarm goes on with. */
const RESUMED = 20

export interface MergeRequest {
  readonly loser: ProfileId
  readonly survivor: ProfileId
  /** Kind of the identifier that joined them. */
  readonly through: string
  readonly proven: boolean
}

/** The last step's parcel, to the survivor's shard: everything but the history, which was staged before. */
export interface MergeParcel {
  readonly saga: MergeSaga
  readonly state: string
  readonly seen: readonly SeenRow[]
}

/** `moved`: the survivor has itself been merged meanwhile. `refused`: by now they are known to be two people. */
export type MergeAnswer =
  | { readonly type: 'applied' }
  | { readonly type: 'moved'; readonly profile: ProfileId }
  | { readonly type: 'refused' }

/** What the loser's messages are deduplicated by; a device that was handed to somebody else is not its own any more. */
const scopesOf = ({ devices }: MergeSaga, loser: Profile): string[] => [
  ...devices,
  ...loser.identifiers.map(identifierKey),
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
  async merge({ loser, survivor, through, proven }: MergeRequest): Promise<void> {
    const shard = this.#shard
    if (loser === survivor) return
    await shard.commit.run(() => {
      const found = shard.profiles.find(loser)
      if (found === undefined || 'forward' in found) return
      const id = base32(randomBytes())
      const at = shard.now()
      const state = encodeProfile(found.profile)
      const devices = found.profile.devices
        .map((device) => device.id)
        .filter((device) => shard.profiles.deviceOwner(device) !== undefined)
        .filter((device) => isOwner(shard, device, loser))
      const saga = { id, loser, survivor, through, proven, at, devices }
      shard.merges.begin(saga, state, at + RETRY)
      shard.profiles.forward(loser, survivor)
      for (const device of devices) shard.profiles.setDevice(device, survivor)
      shard.timers.clear(loser)
      shard.arm()
    })
    const open = shard.merges.of(loser)
    if (open !== undefined) await this.#run(open.saga, open.state)
  }

  /** Goes on with whatever a crash or an unreachable shard left open. Never throws. */
  resume(now: Millis): void {
    for (const { saga, state } of this.#shard.merges.due(now, RESUMED)) {
      // Also one that is under way: what is due stays due, and would ring the alarm again and again.
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
    if (survivor === undefined) return this.#takeBack(saga, loser)
    await this.#point(loser, survivor)
    await this.#finish(saga, loser, survivor)
  }

  /** Copies to the survivor, wherever it is by now; answers where that was, or undefined if it refused. */
  async #copy(saga: MergeSaga, state: string, loser: Profile): Promise<ProfileId | undefined> {
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
        const request = { workspace, saga: saga.id, page, chunks: copied.chunks }
        await withTimeLimit(stub.stage(request), STEP_LIMIT)
      }
      const seen = shard.seen.of(scopesOf(saga, loser))
      const parcel = { saga: { ...saga, survivor }, state, seen }
      const stub = profileShard(env, workspace, address)
      const answer = await withTimeLimit(stub.applyMerge({ workspace, parcel }), STEP_LIMIT)
      if (answer.type === 'applied') return survivor
      if (answer.type === 'refused') return undefined
      survivor = answer.profile
    }
  }

  async #point(loser: Profile, survivor: ProfileId): Promise<void> {
    const { env, workspace, compiled } = this.#shard
    for (const { kind, value } of loser.identifiers) {
      const owners = identityShardOf(kind, value, compiled.catalog.shards)
      const stub = identityShard(env, workspace, owners)
      await withTimeLimit(stub.move({ kind, value }, loser.id, survivor), STEP_LIMIT)
    }
  }

  /** The two turned out to be two people: the loser lives on here, as it was. */
  async #takeBack(saga: MergeSaga, loser: Profile): Promise<void> {
    const shard = this.#shard
    await shard.commit.run(() => {
      if (shard.merges.of(saga.loser)?.saga.id !== saga.id) return
      shard.merges.end(saga.id)
      shard.profiles.restore(loser)
      shard.save(loser, refresh(shard, loser, noChanges(), shard.now()))
      for (const device of saga.devices) {
        if (isOwner(shard, device, saga.survivor)) shard.profiles.setDevice(device, loser.id)
      }
      shard.arm()
    })
  }

  async #finish(saga: MergeSaga, loser: Profile, survivor: ProfileId): Promise<void> {
    const shard = this.#shard
    await shard.commit.run(() => {
      if (shard.merges.of(saga.loser)?.saga.id !== saga.id) return
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
      if (!shard.isHome(survivor)) shard.seen.drop(scopesOf(saga, loser))
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
  if (found !== undefined && 'elsewhere' in found) {
    shard.merges.unstage(saga.id)
    return { type: 'moved', profile: found.elsewhere }
  }
  const loser = decodeProfile(state)
  const survivor = found?.profile ?? newProfile(saga.survivor, loser.bucket, loser.createdAt)
  if (areTwo(shard, survivor, loser, saga)) return turnAway(shard, survivor, saga)
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
  for (const id of saga.devices) {
    if (isOwner(shard, id, loser.id)) shard.profiles.setDevice(id, survivor.id)
  }
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

/** Whether a device is that profile's, or nobody said yet whose it is. A row that names another is newer: it stands. */
function isOwner(shard: Shard, device: DeviceId, profile: ProfileId): boolean {
  const owner = shard.profiles.deviceOwner(device)
  if (owner === undefined || owner === profile) return true
  const found = shard.locate(owner)
  if (found === undefined) return false
  return ('elsewhere' in found ? found.elsewhere : found.profile.id) === profile
}

/** Since the merge was decided both may have learnt who they are: what was right then would join two people now. */
function areTwo(shard: Shard, survivor: Profile, loser: Profile, { proven }: MergeSaga): boolean {
  const { kinds } = shard.compiled.catalog
  const briefs = [briefOf(survivor, kinds), briefOf(loser, kinds)] as const
  return decideLink(...briefs, proven, kinds).type === 'refuse'
}

/** Nothing is joined, and the devices that came here in advance go back. */
function turnAway(shard: Shard, survivor: Profile, saga: MergeSaga): MergeAnswer {
  shard.merges.unstage(saga.id)
  for (const device of saga.devices) {
    if (isOwner(shard, device, survivor.id)) shard.profiles.setDevice(device, saga.loser)
  }
  return { type: 'refused' }
}

/** The same message id by two devices is two messages: no device can make another's disappear. */
const eventKey = ({ source, device, messageId }: EventRecord): string =>
  `${source}/${device ?? ''}/${messageId}`
