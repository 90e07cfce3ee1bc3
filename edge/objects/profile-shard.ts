import { DurableObject } from 'cloudflare:workers'
import { briefOf, unsettled, type ProfileBrief } from '../domain/identity.ts'
import { profileIdOf } from '../domain/id.ts'
import { newProfile, type Profile } from '../domain/profile.ts'
import { advance, dueAt } from '../domain/review.ts'
import type { DeviceId, ProfileId, WorkspaceId } from '../protocol/id.ts'
import type { ProfileShardCalls, ShardStatus } from '../protocol/objects.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { IngestRequest, IngestResult, Subject } from '../protocol/shard.ts'
import { DAY, NEVER, SECOND, type Millis } from '../protocol/time.ts'
import type { Verdict } from '../protocol/verdict.ts'
import { toApiDelivery } from '../storage/outbox-store.ts'
import type { SeenRow } from '../storage/seen-store.ts'
import { acknowledge, backFillSlice } from './back-fill.ts'
import type { Env } from './env.ts'
import { account, admit, answer, answerStranger } from './ingest.ts'
import {
  applyMerge,
  MergeSagas,
  type MergeAnswer,
  type MergeParcel,
  type MergeRequest,
} from './merge-saga.ts'
import { OutboxPump } from './outbox-pump.ts'
import { preview } from './preview.ts'
import { viewOf } from './profile-view.ts'
import { reconcile } from './reconcile.ts'
import { randomBytes, Shard } from './shard.ts'

type InWorkspace<T> = T & { readonly workspace: WorkspaceId }
type Calls = ProfileShardCalls
type Request<Name extends keyof Calls> = Parameters<Calls[Name]>[0]

/** Timers served in one transaction, and transactions in one run of the alarm. */
const TIMERS = 500
const TIMER_TURNS = 20
/** Back-fill slices in one run of the alarm; the alarm rings again at once for the rest. */
const BACK_FILL_TURNS = 10
/** An alarm whose work threw comes back then. */
const ALARM_RETRY: Millis = 5 * SECOND
const MAX_LIST = 1_000
const NEWEST = Number.MAX_SAFE_INTEGER

type Place =
  | { readonly profile: Profile; readonly isStored: boolean }
  | { readonly elsewhere: ProfileId }
  | undefined

/** Many profiles, and the only writer of each: loads, decides and saves in one transaction. */
export class ProfileShard extends DurableObject<Env> implements ProfileShardCalls {
  readonly #shard: Shard
  readonly #sagas: MergeSagas
  readonly #pump: OutboxPump

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#shard = new Shard(ctx, env)
    this.#sagas = new MergeSagas(this.#shard)
    this.#pump = new OutboxPump(this.#shard)
  }

  async ingest(request: IngestRequest): Promise<IngestResult> {
    const shard = this.#shard
    await shard.prepare(request.workspace, request.catalogVersion)
    const verdicts: Verdict[] = []
    let rest = request.events
    // Each turn stores some events or settles one identifier of the next one, so turns are bounded.
    for (let turn = 0; turn < 10 + 8 * request.events.length; turn++) {
      const place = this.#place(request.subject)
      if (place === undefined) return { type: 'unknown' }
      if ('elsewhere' in place) return { type: 'moved', profile: place.elsewhere, verdicts }
      const ready = this.#settled(place.profile, rest)
      const next = rest[0]
      if (ready === 0 && next !== undefined) {
        if (await this.#birth(request.subject, place)) {
          await reconcile(shard, this.#sagas, place.profile, next, request.subject)
        }
        continue
      }
      const result = await this.#store(
        request,
        place.profile.id,
        rest.slice(0, ready),
        rest.length === ready,
        verdicts,
      )
      if (result === undefined) continue
      verdicts.push(...result.fresh)
      rest = rest.slice(ready)
      this.#after()
      if (result.answer !== undefined) return result.answer
    }
    throw new Error('Identifiers of a request did not settle')
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
  #settled(profile: Profile, events: readonly EventRecord[]): number {
    const { kinds } = this.#shard.compiled.catalog
    const index = events.findIndex((event) => unsettled(profile, event, kinds) !== undefined)
    return index < 0 ? events.length : index
  }

  /** Where the subject is; a profile that nobody stored yet if it is to be born here. */
  #place(subject: Subject): Place {
    const shard = this.#shard
    if (subject.type === 'identifier') {
      const found = shard.locate(subject.profile)
      if (found !== undefined) return 'profile' in found ? { ...found, isStored: true } : found
      const profile = newProfile(subject.profile, subject.profile, shard.now())
      return { profile, isStored: false }
    }
    const owner = shard.profiles.deviceOwner(subject.device)
    const found = owner === undefined ? undefined : shard.locate(owner)
    if (found !== undefined) {
      if ('elsewhere' in found) return found
      if (found.profile.id !== owner) shard.profiles.setDevice(subject.device, found.profile.id)
      return { ...found, isStored: true }
    }
    if (owner === undefined && !shard.isHome(subject.device)) return this.#hinted(subject.profile)
    const id = owner ?? profileIdOf(shard.address, randomBytes())
    return { profile: newProfile(id, subject.device, shard.now()), isStored: false }
  }

  /**
   * A device that is not known here, and whom the caller was told it belongs to. Rows of devices are never deleted, so
   * a hint can only be newer than what this shard knows.
   */
  #hinted(profile: ProfileId | undefined): Place {
    const found = profile === undefined ? undefined : this.#shard.locate(profile)
    if (found === undefined) return undefined
    return 'profile' in found ? { ...found, isStored: true } : found
  }

  /** Stores a newborn before its identifiers are claimed. False: somebody else was faster, look again. */
  async #birth(subject: Subject, place: { profile: Profile; isStored: boolean }): Promise<boolean> {
    if (place.isStored) return true
    const shard = this.#shard
    return shard.commit.run(() => {
      if (subject.type === 'device') {
        const owner = shard.profiles.deviceOwner(subject.device)
        if (owner !== undefined && owner !== place.profile.id) return false
        shard.profiles.setDevice(subject.device, place.profile.id)
        const at = shard.now()
        const device = { id: subject.device, firstSeen: at, lastSeen: at, proven: false }
        place.profile.devices.push(device)
      }
      if (shard.profiles.find(place.profile.id) !== undefined) return false
      shard.profiles.save(place.profile)
      return true
    })
  }

  async decide({
    workspace,
    subject,
    consentMode,
    placements,
  }: Request<'decide'>): Promise<IngestResult> {
    const shard = this.#shard
    await shard.prepare(workspace)
    const place = this.#place(subject)
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
      const transitions = advance(found.profile, shard.compiled, shard.now())
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
    await this.#shard.prepare(workspace)
    const place = this.#place(subject)
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
    this.#after()
    return isDone
  }

  async failedEvents({ workspace, before, limit }: Request<'failedEvents'>) {
    await this.#shard.prepare(workspace)
    const { refusals, address } = this.#shard
    const last = before === undefined ? NEWEST : Number(before.split('.')[1] ?? NEWEST)
    return refusals.list(address.shard, last, Math.min(limit, MAX_LIST))
  }

  async receipt({ workspace, receipt }: Request<'receipt'>): Promise<void> {
    const shard = this.#shard
    await shard.prepare(workspace)
    await shard.commit.run(() => {
      this.#pump.record(receipt)
      shard.arm()
    })
    this.#after()
  }

  async publish({ workspace, catalog }: Request<'publish'>): Promise<ShardStatus> {
    const shard = this.#shard
    shard.introduce(workspace)
    if (shard.accept(catalog)) this.#backFill(1)
    return this.#status()
  }

  async wake({ workspace }: Request<'wake'>): Promise<ShardStatus> {
    await this.#shard.prepare(workspace)
    await this.#work()
    return this.#status()
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

  /** Merges a profile that lives here into an older one. */
  async merge({ workspace, ...request }: InWorkspace<MergeRequest>): Promise<void> {
    await this.#shard.prepare(workspace)
    await this.#sagas.merge(request)
    this.#after()
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
    this.#after()
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

  /** Never throws: an alarm that keeps throwing is given up by the platform for ever. */
  override async alarm(): Promise<void> {
    const shard = this.#shard
    shard.disarm()
    if (!shard.isBorn) return
    try {
      await this.#work()
    } catch {
      // The work is still recorded; only the bell must not be lost.
      shard.disarm()
      await this.ctx.storage.setAlarm(Date.now() + ALARM_RETRY)
    }
  }

  /** Everything due. Timers first; awaits storage alone. */
  async #work(): Promise<void> {
    const shard = this.#shard
    shard.disarm()
    for (let turn = 0; turn < TIMER_TURNS; turn++) {
      const served = await shard.commit.run(() => this.#serveTimers())
      if (served < TIMERS) break
    }
    this.#backFill(BACK_FILL_TURNS)
    this.#sagas.resume(shard.now())
    this.#expire()
    await shard.commit.run(() => shard.arm())
    this.#after()
  }

  #serveTimers(): number {
    const shard = this.#shard
    const now = shard.now()
    const due = shard.timers.due(now, TIMERS)
    for (const id of due) {
      shard.timers.clear(id)
      const found = shard.profiles.find(id)
      if (found === undefined || 'forward' in found) continue
      shard.save(found.profile, advance(found.profile, shard.compiled, now))
    }
    return due.length
  }

  #backFill(turns: number): void {
    const shard = this.#shard
    for (let turn = 0; turn < turns; turn++) {
      const isMore = this.ctx.storage.transactionSync(() => {
        const more = backFillSlice(shard)
        shard.arm()
        return more
      })
      if (!isMore) break
    }
    acknowledge(shard, this.#status())
  }

  /** Once a day: what is kept for a time only. */
  #expire(): void {
    const shard = this.#shard
    const now = shard.now()
    if (now < (shard.meta.get<Millis>('expire-at') ?? 0)) return
    this.ctx.storage.transactionSync(() => {
      shard.seen.expire(now)
      shard.outbox.expire(now)
      shard.meta.set('expire-at', now + DAY)
    })
  }

  /** What follows a commit, un-awaited: sending and reporting must not hold up the answer. */
  #after(): void {
    if (this.#shard.outbox.earliest() <= this.#shard.now()) this.#pump.release()
    this.#shard.reporter.flush()
  }

  #status(): ShardStatus {
    const shard = this.#shard
    const total = shard.profiles.population()
    const backFill = shard.backFill()
    const timer = shard.timers.earliest()
    return {
      shard: shard.address.shard,
      population: total,
      version: shard.compiled.catalog.version,
      done: backFill === undefined ? total : total - shard.profiles.remaining(backFill.cursor),
      total: backFill === undefined ? total : Math.max(total, 1),
      oldestOutbox: shard.outbox.oldestOpen(),
      oldestTimer: timer === NEVER ? null : timer,
    }
  }
}
