import { DurableObject } from 'cloudflare:workers'
import { permits } from '../domain/activation.ts'
import { noChanges } from '../domain/apply-event.ts'
import { briefOf, unsettled, type ProfileBrief } from '../domain/identity.ts'
import type { Profile } from '../domain/profile.ts'
import { dueAt } from '../domain/review.ts'
import type { DestinationId, DeviceId, ProfileId, WorkspaceId } from '../protocol/id.ts'
import type { IngestOutcome, ProfileShardCalls, ShardStatus } from '../protocol/objects.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { IngestRequest, IngestResult } from '../protocol/shard.ts'
import type { Verdict } from '../protocol/verdict.ts'
import { toApiDelivery } from '../storage/outbox-store.ts'
import type { SeenRow } from '../storage/seen-store.ts'
import type { Env } from './env.ts'
import { settleReplays, toApiFailedEvent } from './failed-events.ts'
import { account, admit, answer, answerStranger, refresh, scopeOf } from './ingest.ts'
import {
  applyMerge,
  MergeSagas,
  type MergeAnswer,
  type MergeParcel,
  type MergeRequest,
} from './merge-saga.ts'
import { LakeFlush } from './lake-flush.ts'
import { OutboxPump } from './outbox-pump.ts'
import { preview } from './preview.ts'
import { viewOf } from './profile-view.ts'
import { reconcile } from './reconcile.ts'
import { ShardWork } from './shard-work.ts'
import { Shard } from './shard.ts'
import { birth, grantedBy, placeOf } from './subject-place.ts'

type InWorkspace<T> = T & { readonly workspace: WorkspaceId }
type Calls = ProfileShardCalls
type Request<Name extends keyof Calls> = Parameters<Calls[Name]>[0]

const MAX_LIST = 1_000
const NEWEST = Number.MAX_SAFE_INTEGER

/** The runtime marks the error of an object that has too much to do. */
const isOverloaded = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'overloaded' in error && error.overloaded === true

/** Many profiles, and the only writer of each: loads, decides and saves in one transaction. */
export class ProfileShard extends DurableObject<Env> implements ProfileShardCalls {
  readonly #shard: Shard
  readonly #sagas: MergeSagas
  readonly #pump: OutboxPump
  readonly #work: ShardWork

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#shard = new Shard(ctx, env)
    this.#sagas = new MergeSagas(this.#shard)
    this.#pump = new OutboxPump(this.#shard)
    this.#work = new ShardWork(this.#shard, this.#pump, this.#sagas, new LakeFlush(this.#shard))
  }

  async ingest(request: IngestRequest): Promise<IngestResult> {
    const shard = this.#shard
    await shard.prepare(request.workspace, request.catalogVersion)
    const verdicts: Verdict[] = []
    let { subject, events: rest } = request
    // Each turn stores some events or settles one identifier of the next one, so turns are bounded.
    const claims = request.events.reduce((sum, { identifiers }) => sum + identifiers.length, 0)
    for (let turn = 0; turn < 10 + 3 * (request.events.length + claims); turn++) {
      const place = placeOf(shard, subject)
      if (place === undefined) return { type: 'unknown' }
      if ('elsewhere' in place) return { type: 'moved', profile: place.elsewhere, verdicts }
      if (!place.isStored && request.events.length === 0) return this.#refuseOnly(request)
      const ready = this.#settled(place.profile, rest, { ...request, subject })
      const next = rest[0]
      if (ready === 0 && next !== undefined) {
        if (await birth(shard, subject, place)) {
          subject = await reconcile(shard, this.#sagas, place.profile, next, subject)
        }
        continue
      }
      const result = await this.#store(
        { ...request, subject },
        place.profile.id,
        rest.slice(0, ready),
        rest.length === ready,
        verdicts,
      )
      if (result === undefined) continue
      verdicts.push(...result.fresh)
      rest = rest.slice(ready)
      this.#work.after()
      if (result.answer !== undefined) return result.answer
    }
    throw new Error('Identifiers of a request did not settle')
  }

  async ingestMany(requests: readonly IngestRequest[]): Promise<readonly IngestOutcome[]> {
    return Promise.all(
      requests.map((request) =>
        this.ingest(request).then(
          (result): IngestOutcome => ({ ok: true, result }),
          (error: unknown): IngestOutcome => ({ ok: false, overloaded: isOverloaded(error) }),
        ),
      ),
    )
  }

  /** Nothing of the request may be kept but the reasons: nobody is born of it. */
  async #refuseOnly(request: IngestRequest): Promise<IngestResult> {
    const shard = this.#shard
    await shard.commit.run(() => account(shard, request, undefined, [], []))
    this.#work.after()
    return answerStranger(shard, request.subject, request.decide)
  }

  /** One transaction: events that need no other object. The answer comes with the last of the request. */
  #store(
    request: IngestRequest,
    id: ProfileId,
    events: readonly EventRecord[],
    isLast: boolean,
    before: readonly Verdict[],
  ): Promise<{ fresh: Verdict[]; answer: IngestResult | undefined } | undefined> {
    const shard = this.#shard
    return shard.commit.run(() => {
      const fresh = admit(shard, id, request, events)
      if (fresh === undefined) return undefined
      // What was refused is counted once, with the first events that are stored.
      const refused = before.length === 0 ? request.refused : []
      account(shard, { ...request, refused }, id, events, fresh)
      shard.arm()
      if (!isLast) return { fresh, answer: undefined }
      const found = shard.locate(id)
      if (found === undefined || 'elsewhere' in found) return undefined
      return { fresh, answer: answer(shard, found.profile, request, [...before, ...fresh]) }
    })
  }

  /** How many of the first events bring no identifier that is not settled. */
  #settled(
    profile: Profile,
    events: readonly EventRecord[],
    { subject, source }: IngestRequest,
  ): number {
    const shard = this.#shard
    const { kinds } = shard.compiled.catalog
    const granted = grantedBy(shard, subject, profile)
    const scope = scopeOf(subject)
    const index = events.findIndex(
      (event) =>
        unsettled(profile, event, kinds, granted) !== undefined &&
        // A sign-in that is told once more must not take the device back from whoever signed in after it.
        !shard.seen.has(scope, source, event.messageId, shard.now()),
    )
    return index < 0 ? events.length : index
  }

  async decide({
    workspace,
    subject,
    consentMode,
    placements,
  }: Request<'decide'>): Promise<IngestResult> {
    const shard = this.#shard
    await shard.prepare(workspace)
    const place = placeOf(shard, subject)
    if (place === undefined) return { type: 'unknown' }
    if ('elsewhere' in place) return { type: 'moved', profile: place.elsewhere, verdicts: [] }
    if (!place.isStored) return answerStranger(shard, subject, placements)
    const profile =
      dueAt(place.profile) <= shard.now() ? await this.#pass(place.profile.id) : place.profile
    return answer(shard, profile ?? place.profile, { subject, decide: placements, consentMode }, [])
  }

  /** Lets time pass for one profile whose timer is due but not yet served. */
  #pass(id: ProfileId): Promise<Profile | undefined> {
    const shard = this.#shard
    return shard.commit.run(() => {
      const found = shard.locate(id)
      if (found === undefined || 'elsewhere' in found) return undefined
      const transitions = refresh(shard, found.profile, noChanges(), shard.now())
      shard.save(found.profile, transitions)
      shard.timers.set(id, dueAt(found.profile), true)
      shard.arm()
      return found.profile
    })
  }

  async view({ workspace, profile, before, limit }: Request<'view'>) {
    const shard = this.#shard
    await shard.prepare(workspace)
    const found = shard.locate(profile)
    if (found === undefined) return null
    if ('elsewhere' in found) return { type: 'moved' as const, profile: found.elsewhere }
    return viewOf(shard, found.profile, Math.min(limit, MAX_LIST), before)
  }

  async locate({ workspace, subject }: Request<'locate'>): Promise<ProfileId | null> {
    const shard = this.#shard
    await shard.prepare(workspace)
    const place = placeOf(shard, subject)
    if (place === undefined) return null
    if ('elsewhere' in place) return place.elsewhere
    return place.isStored ? place.profile.id : null
  }

  async preview({ workspace, condition, sample }: Request<'preview'>) {
    await this.#shard.prepare(workspace)
    return preview(this.#shard, condition, sample)
  }

  async members({ workspace, segment, after, limit }: Request<'members'>) {
    await this.#shard.prepare(workspace)
    return this.#shard.memberships.members(segment, after ?? '', Math.min(limit, MAX_LIST))
  }

  async deliveries({ workspace, state, before, limit }: Request<'deliveries'>) {
    await this.#shard.prepare(workspace)
    const { outbox } = this.#shard
    const last = before === undefined ? NEWEST : (outbox.sequenceOf(before) ?? NEWEST)
    const rows = outbox.list(state, last, Math.min(limit, MAX_LIST))
    return { items: rows.map(({ row }) => toApiDelivery(row)), counts: outbox.counts() }
  }

  async replay({ workspace, delivery }: Request<'replay'>): Promise<boolean> {
    const shard = this.#shard
    await shard.prepare(workspace)
    const isDone = await shard.commit.run(() => {
      const found = this.#pump.replay(delivery)
      shard.arm()
      return found
    })
    this.#work.after()
    return isDone
  }

  async failedEvents({ workspace, filter, before, limit }: Request<'failedEvents'>) {
    await this.#shard.prepare(workspace)
    const { failedEvents, address } = this.#shard
    const last = before === undefined ? NEWEST : Number(before.split('.').at(-1))
    const items = failedEvents.newest(filter, last, Math.min(limit, MAX_LIST))
    return items.map((kept) => toApiFailedEvent(address, kept))
  }

  async failedEventTotals({ workspace }: Request<'failedEventTotals'>) {
    await this.#shard.prepare(workspace)
    return this.#shard.failedEvents.totals()
  }

  async keptEvents({ workspace, filter, after, limit, ...range }: Request<'keptEvents'>) {
    await this.#shard.prepare(workspace)
    const { failedEvents } = this.#shard
    const until = range.until ?? failedEvents.last()
    return { items: failedEvents.oldest(filter, after, until, Math.min(limit, MAX_LIST)), until }
  }

  async settleReplays({ workspace, outcomes }: Request<'settleReplays'>): Promise<void> {
    const shard = this.#shard
    await shard.prepare(workspace)
    await shard.commit.run(() => settleReplays(shard, outcomes))
    this.#work.after()
  }

  async receipt({ workspace, receipt }: Request<'receipt'>): Promise<void> {
    const shard = this.#shard
    await shard.prepare(workspace)
    await shard.commit.run(() => {
      this.#pump.record(receipt)
      shard.arm()
    })
    this.#work.after()
  }

  async publish({ workspace, catalog }: Request<'publish'>): Promise<ShardStatus> {
    const shard = this.#shard
    shard.introduce(workspace)
    if (shard.accept(catalog)) this.#work.backFill(1)
    return this.#work.status()
  }

  async wake({ workspace }: Request<'wake'>): Promise<ShardStatus> {
    await this.#shard.prepare(workspace)
    await this.#work.everything()
    return this.#work.status()
  }

  /** What another shard must know to decide whether two profiles are one person. */
  async brief({
    workspace,
    profile,
  }: InWorkspace<{ profile: ProfileId }>): Promise<ProfileBrief | { moved: ProfileId } | null> {
    const shard = this.#shard
    await shard.prepare(workspace)
    const found = shard.locate(profile)
    if (found === undefined) return null
    if ('elsewhere' in found) return { moved: found.elsewhere }
    return briefOf(found.profile, shard.compiled.catalog.kinds)
  }

  /** Whether a person consents to a destination, for a shard that still has something to send to them. */
  async mayReceive({
    workspace,
    profile,
    destination,
  }: InWorkspace<{ profile: ProfileId; destination: DestinationId }>): Promise<
    boolean | { moved: ProfileId }
  > {
    const shard = this.#shard
    await shard.prepare(workspace)
    const found = shard.locate(profile)
    if (found !== undefined && 'elsewhere' in found) return { moved: found.elsewhere }
    const definition = shard.compiled.destinations.get(destination)
    if (found === undefined || definition === undefined) return false
    return permits(found.profile, definition, shard.now())
  }

  /** Merges a profile that lives here into an older one. */
  async merge({ workspace, ...request }: InWorkspace<MergeRequest>): Promise<void> {
    await this.#shard.prepare(workspace)
    await this.#sagas.merge(request)
    this.#work.after()
  }

  /** Keeps a page of a loser's history until the merge is applied. */
  async stage({
    workspace,
    saga,
    page,
    chunks,
  }: InWorkspace<{ saga: string; page: number; chunks: readonly string[] }>): Promise<void> {
    const shard = this.#shard
    await shard.prepare(workspace)
    await shard.commit.run(() => {
      if (!shard.merges.wasApplied(saga)) shard.merges.stage(saga, page, chunks)
    })
  }

  async applyMerge({
    workspace,
    parcel,
  }: InWorkspace<{ parcel: MergeParcel }>): Promise<MergeAnswer> {
    const shard = this.#shard
    await shard.prepare(workspace)
    const result = await shard.commit.run(() => applyMerge(shard, parcel))
    this.#work.after()
    return result
  }

  /** A device comes here because somebody who lives here signed in on it. */
  async adopt({
    workspace,
    device,
    profile,
    seen,
  }: InWorkspace<{
    device: DeviceId
    profile: ProfileId
    seen: readonly SeenRow[]
  }>): Promise<void> {
    const shard = this.#shard
    await shard.prepare(workspace)
    await shard.commit.run(() => {
      shard.profiles.setDevice(device, profile)
      shard.seen.adopt(seen)
    })
  }

  override async alarm(): Promise<void> {
    await this.#work.alarm()
  }
}
