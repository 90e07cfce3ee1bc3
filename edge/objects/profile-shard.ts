import { DurableObject } from 'cloudflare:workers'
import { permits } from '../domain/activation.ts'
import { grantLifetime } from '../domain/consent.ts'
import { isErased, rootOf } from '../domain/graph.ts'
import { identifierKey } from '../domain/identity.ts'
import { isDeviceId, isProfileId } from '../domain/id.ts'
import type { ProfileId, WorkspaceId } from '../protocol/id.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type {
  IngestOutcome,
  ProfileShardCalls,
  ShardStatus,
  Whereabouts,
} from '../protocol/objects.ts'
import type { WhyAnswer } from '../protocol/why.ts'
import type { ShardVitals } from '../protocol/vitals.ts'
import type { ShardPopulationCalls } from '../protocol/population.ts'
import type { ErasedDay, Seized, ShardErasureCalls, Swept } from '../protocol/erasure.ts'
import type { IngestRequest, IngestResult } from '../protocol/shard.ts'
import type { StagedPage } from '../storage/merge-store.ts'
import { toApiDelivery } from '../storage/outbox-store.ts'
import { admit, erasedVerdict, Granted, personOf, refusedFor } from './admit.ts'
import { BulkIngest } from './bulk-ingest.ts'
import { learn, membersOf } from './accounts.ts'
import { briefHere, claimsOf, settleClaims, type GraphBrief } from './claims.ts'
import { compare, sideOf } from './comparison.ts'
import { computedPreview } from './computed-preview.ts'
import { componentOf } from './component.ts'
import { decideHere } from './decide.ts'
import { learnErasure } from './erased-before.ts'
import { messagesOf, remove, seize } from './erase-person.ts'
import { bury, sweep, tell, type Burial } from './erase-traces.ts'
import type { Env } from './env.ts'
import { settleReplays, toApiFailedEvent } from './failed-events.ts'
import { account, answer, answerStranger } from './ingest.ts'
import { Draft } from '../domain/draft.ts'
import { LakeFlush } from './lake-flush.ts'
import { MoveSagas, type MoveRequest } from './move-saga.ts'
import { OutboxPump } from './outbox-pump.ts'
import type { ToTell } from './permission.ts'
import { engagementSample } from './engagement-sample.ts'
import { customersIn, movesOf, spreadOf, statisticsOf } from './population-scan.ts'
import { pressureHere } from './pressure-report.ts'
import { preview } from './preview.ts'
import { reasonsHere } from './reasons.ts'
import { viewOf } from './profile-view.ts'
import {
  copyGraph,
  holderHere,
  refuseIn,
  regroupGraphs,
  rehearseGraphs,
  rehearseJoined,
  surveyGraphs,
  uniteGraphs,
  type JoinedRequest,
} from './regroup-calls.ts'
import { Held, rejoin, unmerge } from './separate.ts'
import { ShardCounts } from './shard-count.ts'
import { ShardWork } from './shard-work.ts'
import { Shard } from './shard.ts'
import { mayPress } from './show.ts'
import { birth, placeOf } from './subject-place.ts'
import { timelineOf } from './timeline.ts'
import { askHere, cancelHere, personHere, touchesOf } from './touch-calls.ts'
import { whyOf } from './why.ts'
import { vitalsOf } from './vitals.ts'
import { applyMove, type MoveAnswer, type MoveParcel } from './unite.ts'

type InWorkspace<T> = T & { readonly workspace: WorkspaceId }
type Calls = ProfileShardCalls & ShardErasureCalls & ShardPopulationCalls
type Request<Name extends keyof Calls> = Parameters<Calls[Name]>[0]

const MAX_LIST = 1_000
const MAX_TURNS = 100
const NEWEST = Number.MAX_SAFE_INTEGER

/** The runtime marks the error of an object that has too much to do. */
const isOverloaded = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'overloaded' in error && error.overloaded === true

/**
 * Many profiles, and the only writer of each: loads, decides and saves in one transaction. Whatever others may ask of
 * an object must be a method of its class, so this file is long; each does no more than pass on.
 */
export class ProfileShard extends DurableObject<Env> implements Calls {
  readonly #shard: Shard
  readonly #sagas: MoveSagas
  readonly #pump: OutboxPump
  readonly #work: ShardWork
  readonly #bulk: BulkIngest
  readonly #counts: ShardCounts

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#shard = new Shard(ctx, env)
    this.#sagas = new MoveSagas(this.#shard)
    this.#pump = new OutboxPump(this.#shard)
    this.#bulk = new BulkIngest(this.#shard)
    this.#counts = new ShardCounts(this.#shard)
    this.#work = new ShardWork(this.#shard, this.#pump, this.#sagas, new LakeFlush(this.#shard))
  }

  async ingest(request: IngestRequest): Promise<IngestResult> {
    const shard = this.#shard
    this.#work.traffic.note()
    await shard.prepare(request.workspace, request.catalogVersion)
    const { subject, events } = request
    const granted = new Granted()
    if (subject.type === 'identifier' && subject.erasedAt !== undefined) {
      granted.erased.set(identifierKey(subject.identifier), subject.erasedAt)
    }
    // Each turn settles some claims or waits for one move; a graph moves as often as there are older ones, at most.
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const place = placeOf(shard, subject)
      if (place === undefined) return { type: 'unknown' }
      if ('elsewhere' in place) return { type: 'moved', profile: place.elsewhere, verdicts: [] }
      const { id, stored } = place
      if (stored === undefined && !(await learnErasure(shard, subject, id, granted))) {
        return { type: 'unknown' }
      }
      const alive = events.filter((event) => !isErased(event, granted.erased))
      if (stored === undefined && alive.every(({ carried }) => carried === true)) {
        return this.#refuseOnly(request, granted)
      }
      if (stored !== undefined && stored.saga !== null) {
        await this.#sagas.settled(stored.saga)
        continue
      }
      const claims = claimsOf(shard, { ...request, events: alive }, id, stored, granted)
      const [first] = alive
      if (claims.length > 0 && first !== undefined) {
        if (stored !== undefined || (await birth(shard, subject, id, first, granted.erased))) {
          await settleClaims(shard, this.#sagas, id, subject, claims, granted)
        }
        continue
      }
      const result = await this.#store(request, id, granted)
      if (result === undefined) continue
      this.#work.after()
      return result
    }
    throw new Error('Identifiers of a request did not settle')
  }

  async ingestMany(text: string): Promise<readonly IngestOutcome[]> {
    const requests = JSON.parse(text) as readonly IngestRequest[]
    const together = await this.#bulk.ingest(requests)
    if (together.size > 0) this.#work.after()
    return Promise.all(
      requests.map(async (request): Promise<IngestOutcome> => {
        try {
          return { ok: true, result: together.get(request) ?? (await this.ingest(request)) }
        } catch (error) {
          return { ok: false, overloaded: isOverloaded(error) }
        }
      }),
    )
  }

  /** Nothing of the request may be kept but the reasons: nobody is born of it. */
  async #refuseOnly(request: IngestRequest, { erased }: Granted): Promise<IngestResult> {
    const shard = this.#shard
    const { subject, events } = request
    const verdicts = events.map((event) =>
      isErased(event, erased) ? erasedVerdict(event) : refusedFor(event.messageId),
    )
    await shard.commit.run(() => account(shard, request, undefined, events, verdicts))
    this.#work.after()
    return answerStranger(shard, subject, request.decide, verdicts)
  }

  /** One transaction for all events. Undefined: something has changed meanwhile, look again. */
  #store(
    request: IngestRequest,
    id: ProfileId,
    granted: Granted,
  ): Promise<IngestResult | undefined> {
    const shard = this.#shard
    return shard.commit.run(() => {
      const admission = admit(shard, id, request, request.events, granted)
      if (admission === undefined) return undefined
      const { verdicts, profile, root } = admission
      account(shard, request, profile.id, request.events, verdicts)
      shard.arm()
      return answer(shard, profile, root, request, verdicts)
    })
  }

  async decide(request: Request<'decide'>): Promise<IngestResult> {
    this.#work.traffic.note()
    await this.#shard.prepare(request.workspace)
    if (!mayPress(this.#shard)) return decideHere(this.#shard, request)
    const result = await this.#waiting(() => decideHere(this.#shard, request))
    this.#work.after()
    return result
  }

  async view({ workspace, profile, before, limit }: Request<'view'>) {
    const shard = this.#shard
    await shard.prepare(workspace)
    const found = shard.locate(profile)
    if (found === undefined) return null
    if ('elsewhere' in found) return { type: 'moved' as const, profile: found.elsewhere }
    return viewOf(shard, found, Math.min(limit, MAX_LIST), before)
  }

  async timeline({ workspace, profile, filter, before, limit }: Request<'timeline'>) {
    const shard = this.#shard
    await shard.prepare(workspace)
    const found = shard.locate(profile)
    if (found === undefined) return null
    if ('elsewhere' in found) return { type: 'moved' as const, profile: found.elsewhere }
    return timelineOf(shard, found.profile.id, filter, Math.min(limit, MAX_LIST), before)
  }

  async why({ workspace, profile, segment }: Request<'why'>): Promise<WhyAnswer> {
    const shard = this.#shard
    await shard.prepare(workspace)
    const found = shard.locate(profile)
    if (found === undefined) return null
    if ('elsewhere' in found) return { type: 'moved', profile: found.elsewhere }
    return whyOf(shard, found, segment)
  }

  async keptHistory({ workspace, profile, before, limit }: Request<'keptHistory'>) {
    const shard = this.#shard
    await shard.prepare(workspace)
    const found = shard.locate(profile)
    if (found === undefined || 'elsewhere' in found) return null
    const { events, more } = shard.history.newest(found.id, Math.min(limit, MAX_LIST), before)
    const cursor = events.at(-1)?.cursor
    return {
      events: events.map(({ event }) => event),
      ...(more && cursor !== undefined && { cursor }),
    }
  }

  async deliveriesOf({ workspace, profiles }: Request<'deliveriesOf'>) {
    await this.#shard.prepare(workspace)
    return this.#shard.outbox.ofProfiles(profiles).map(toApiDelivery)
  }

  async locate({ workspace, subject }: Request<'locate'>): Promise<Whereabouts | null> {
    const shard = this.#shard
    await shard.prepare(workspace)
    const place = placeOf(shard, subject)
    if (place === undefined) return null
    if ('elsewhere' in place) return { moved: place.elsewhere }
    if (place.stored === undefined) return null
    const { graph } = componentOf(shard, place.stored)
    const profile = personOf(graph, subject)
    return profile === undefined ? null : { profile, root: rootOf(graph) }
  }

  async unmerge({ workspace, profile, merge }: Request<'unmerge'>): Promise<Whereabouts | null> {
    return this.#change(workspace, () => unmerge(this.#shard, profile, merge))
  }

  async rejoin({ workspace, profile, separation }: Request<'rejoin'>): Promise<Whereabouts | null> {
    return this.#change(workspace, () => rejoin(this.#shard, profile, separation))
  }

  /** A change of who is who; people who are about to move are waited for. */
  async #change<T>(workspace: WorkspaceId, change: () => T): Promise<T> {
    const shard = this.#shard
    await shard.prepare(workspace)
    const result = await this.#waiting(() => shard.commit.run(change))
    this.#work.after()
    return result
  }

  /** Tries again whenever somebody who was held has moved. */
  async #waiting<T>(work: () => Promise<T>): Promise<T> {
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof Held)) throw error
        await this.#sagas.settled(error.saga)
      }
    }
    throw new Error('These people are always about to move')
  }

  async preview({ workspace, condition, purposes = [], ...bounds }: Request<'preview'>) {
    const shard = this.#shard
    await shard.prepare(workspace)
    return preview(shard, new Draft(condition, purposes, shard.compiled), bounds)
  }

  async computedPreview({ workspace, trait, sample }: Request<'computedPreview'>) {
    await this.#shard.prepare(workspace)
    return computedPreview(this.#shard, trait, sample)
  }

  async reasons({ workspace, condition, purposes = [], profiles }: Request<'reasons'>) {
    await this.#shard.prepare(workspace)
    return reasonsHere(this.#shard, condition, purposes, profiles)
  }

  async count({ workspace, id, condition, purposes }: Request<'count'>) {
    await this.#shard.prepare(workspace)
    return this.#counts.slice(id, condition, purposes)
  }

  async closeCount({ workspace, id, at }: Request<'closeCount'>) {
    await this.#shard.prepare(workspace)
    return this.#counts.close(id, at)
  }

  async endCount({ id }: Request<'endCount'>): Promise<void> {
    this.#counts.end(id)
  }

  async members({ workspace, segment, after, limit }: Request<'members'>) {
    await this.#shard.prepare(workspace)
    return this.#shard.memberships.members(segment, after ?? '', Math.min(limit, MAX_LIST))
  }

  async segmentReport({ workspace, segment, from, to }: Request<'segmentReport'>) {
    await this.#shard.prepare(workspace)
    const { memberships, exits } = this.#shard
    return {
      opening: memberships.hours.sizeAt(segment, from) ?? memberships.size(segment),
      hours: memberships.hours.between(segment, from, to),
      exits: exits.between(segment, from, to),
    }
  }

  async compare({ workspace, segment, candidate }: Request<'compare'>) {
    await this.#shard.prepare(workspace)
    return compare(this.#shard, segment, candidate)
  }

  async sideOf({ workspace, after, limit, ...asked }: Request<'sideOf'>) {
    await this.#shard.prepare(workspace)
    return sideOf(this.#shard, asked, after ?? '', Math.min(limit, MAX_LIST))
  }

  /** Told by an account's shard what is known of it by now. */
  async learn({ workspace, accounts }: Request<'learn'>): Promise<void> {
    const shard = this.#shard
    await shard.prepare(workspace)
    await shard.commit.run(() => {
      for (const account of accounts) learn(shard, account)
      shard.arm()
    })
  }

  async accountMembers({ workspace, account, after, limit }: Request<'accountMembers'>) {
    await this.#shard.prepare(workspace)
    return membersOf(this.#shard, account, after ?? '', Math.min(limit, MAX_LIST))
  }

  async deliveries({ workspace, state, before, limit }: Request<'deliveries'>) {
    await this.#shard.prepare(workspace)
    const { outbox } = this.#shard
    const last = before === undefined ? NEWEST : (outbox.sequenceOf(before) ?? NEWEST)
    const rows = outbox.list(state, last, Math.min(limit, MAX_LIST))
    return { items: rows.map(({ row }) => toApiDelivery(row)), counts: outbox.counts() }
  }

  async replay({ workspace, delivery, isAllowed }: Request<'replay'>) {
    const shard = this.#shard
    await shard.prepare(workspace)
    const isDone = await shard.commit.run(() => {
      const found = this.#pump.replay(delivery, isAllowed)
      shard.arm()
      return found
    })
    this.#work.after()
    return isDone
  }

  async touch({ workspace, profile, ask, catalogVersion }: Request<'touch'>) {
    const shard = this.#shard
    await shard.prepare(workspace, catalogVersion)
    return this.#change(workspace, () => {
      const found = personHere(shard, profile)
      return found === null || 'type' in found ? found : askHere(shard, found, ask)
    })
  }

  async cancelTouch({ workspace, profile, messageId }: Request<'cancelTouch'>) {
    const shard = this.#shard
    return this.#change(workspace, () => {
      const found = personHere(shard, profile)
      if (found === null || 'type' in found) return found
      return { type: cancelHere(shard, found, messageId) }
    })
  }

  async pressureReport({ workspace, sample, since }: Request<'pressureReport'>) {
    await this.#shard.prepare(workspace)
    return pressureHere(this.#shard, sample, since)
  }

  async touches({ workspace, profile, limit }: Request<'touches'>) {
    const shard = this.#shard
    await shard.prepare(workspace)
    const found = shard.locate(profile)
    if (found === undefined) return null
    if ('elsewhere' in found) return { type: 'moved' as const, profile: found.elsewhere }
    return { type: 'touches' as const, ...touchesOf(shard, found, Math.min(limit, MAX_LIST)) }
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

  async receipts({ workspace, receipts }: Request<'receipts'>): Promise<readonly boolean[]> {
    const shard = this.#shard
    await shard.prepare(workspace)
    const jobs = receipts.map((receipt) => shard.commit.run(() => this.#pump.record(receipt)))
    const stored = await Promise.allSettled([...jobs, shard.commit.run(() => shard.arm())])
    this.#work.after()
    return stored.slice(0, receipts.length).map(({ status }) => status === 'fulfilled')
  }

  async publish({ workspace, catalog }: Request<'publish'>): Promise<ShardStatus> {
    const shard = this.#shard
    shard.introduce(workspace)
    if (shard.accept(catalog)) this.#work.backFill()
    return this.#work.status()
  }

  async hold({ workspace, hold }: Request<'hold'>): Promise<ShardStatus> {
    await this.#shard.prepare(workspace)
    this.#shard.takeHold(hold)
    this.#work.backFill()
    return this.#work.status()
  }

  async vitals({ workspace }: Request<'vitals'>): Promise<ShardVitals> {
    await this.#shard.prepare(workspace)
    return vitalsOf(this.#shard, this.#work.status())
  }

  async wake({ workspace }: Request<'wake'>): Promise<ShardStatus> {
    await this.#shard.prepare(workspace)
    await this.#work.everything()
    return this.#work.status()
  }

  /** What another shard must know to decide whether two graphs belong together. */
  async brief({
    workspace,
    profile,
    identifier,
    version,
  }: InWorkspace<{ profile: ProfileId; identifier: Identifier; version: number }>): Promise<
    GraphBrief | { readonly elsewhere: ProfileId } | null
  > {
    await this.#shard.prepare(workspace)
    return (await briefHere(this.#shard, profile, identifier, version)) ?? null
  }

  /**
   * Whether people consent to destinations, for whoever still has something to send to them; in the order of `told`.
   * undefined: that person cannot be read.
   */
  async mayReceive({
    workspace,
    told,
  }: InWorkspace<{ told: readonly ToTell[] }>): Promise<
    readonly (boolean | { readonly moved: ProfileId } | undefined)[]
  > {
    const shard = this.#shard
    await shard.prepare(workspace)
    const lifetime = grantLifetime(shard.compiled.catalog)
    return told.map(({ profile, destination, type, cause }) => {
      try {
        const found = shard.locate(profile)
        if (found !== undefined && 'elsewhere' in found) return { moved: found.elsewhere }
        const definition = shard.compiled.destinations.get(destination)
        if (found === undefined || definition === undefined) return false
        return permits(found.profile, definition, { type, cause }, lifetime, shard.now())
      } catch {
        return undefined
      }
    })
  }

  /** Moves a graph that lives here to that of an older one. */
  async merge({ workspace, ...request }: InWorkspace<MoveRequest>): Promise<void> {
    await this.#shard.prepare(workspace)
    await this.#sagas.move(request)
    this.#work.after()
  }

  /** Keeps a page of a move until it is applied. */
  async stage({
    workspace,
    saga,
    page,
    data,
  }: InWorkspace<{ saga: string; page: number; data: StagedPage }>): Promise<void> {
    const shard = this.#shard
    await shard.prepare(workspace)
    await shard.commit.run(() => {
      if (!shard.merges.wasApplied(saga)) shard.merges.stage(saga, page, data)
    })
  }

  async applyMerge({
    workspace,
    parcel,
  }: InWorkspace<{ parcel: MoveParcel }>): Promise<MoveAnswer> {
    const shard = this.#shard
    await shard.prepare(workspace)
    const result = await shard.commit.run(() => applyMove(shard, parcel))
    this.#work.after()
    return result
  }

  /** Ids and devices that are at home here lead to where they live now; not those that have come back meanwhile. */
  async redirect({
    workspace,
    ids,
    to,
  }: InWorkspace<{ ids: readonly string[]; to: ProfileId }>): Promise<void> {
    const shard = this.#shard
    await shard.prepare(workspace)
    await shard.commit.run(() => {
      for (const id of ids) {
        if (isDeviceId(id)) {
          const owner = shard.profiles.deviceOwner(id)
          if (owner === undefined || isElsewhere(shard, owner)) shard.profiles.setDevice(id, to)
        } else if (isProfileId(id) && isElsewhere(shard, id)) shard.profiles.forward(id, to)
      }
    })
  }

  async populationStatistics({ workspace, catalogVersion, look }: Request<'populationStatistics'>) {
    await this.#shard.prepare(workspace, catalogVersion)
    return statisticsOf(this.#shard, look)
  }

  async populationSpread({
    workspace,
    catalogVersion,
    look,
    facts,
    appetence,
  }: Request<'populationSpread'>) {
    await this.#shard.prepare(workspace, catalogVersion)
    return spreadOf(this.#shard, look, facts, appetence)
  }

  async engagementSample({ workspace, share }: Request<'engagementSample'>) {
    await this.#shard.prepare(workspace)
    return engagementSample(this.#shard, share)
  }

  async populationMoves({ workspace, catalogVersion, looks, cells }: Request<'populationMoves'>) {
    await this.#shard.prepare(workspace, catalogVersion)
    return movesOf(this.#shard, looks, cells)
  }

  async customersIn({ workspace, after, limit, ...wanted }: Request<'customersIn'>) {
    await this.#shard.prepare(workspace)
    return customersIn(this.#shard, wanted, after ?? '', Math.min(limit, MAX_LIST))
  }

  async population({ workspace }: InWorkspace<object>): Promise<number> {
    await this.#shard.prepare(workspace)
    return this.#shard.profiles.population()
  }

  async surveyGraphs(request: InWorkspace<Parameters<typeof surveyGraphs>[2]>) {
    await this.#shard.prepare(request.workspace)
    return surveyGraphs(this.#shard, this.#sagas, request)
  }

  async holder(request: InWorkspace<Parameters<typeof holderHere>[1]>) {
    await this.#shard.prepare(request.workspace)
    return holderHere(this.#shard, request)
  }

  async rehearseGraphs(request: InWorkspace<Parameters<typeof rehearseGraphs>[2]>) {
    await this.#shard.prepare(request.workspace)
    return rehearseGraphs(this.#shard, this.#sagas, request)
  }

  async rehearseJoined(request: InWorkspace<JoinedRequest>) {
    await this.#shard.prepare(request.workspace)
    return rehearseJoined(this.#shard, request)
  }

  async copyGraph(request: InWorkspace<Parameters<typeof copyGraph>[1]>) {
    await this.#shard.prepare(request.workspace)
    return copyGraph(this.#shard, request)
  }

  async uniteGraphs(request: InWorkspace<Parameters<typeof uniteGraphs>[2]>) {
    await this.#shard.prepare(request.workspace)
    return uniteGraphs(this.#shard, this.#sagas, request)
  }

  async refuseIn(request: InWorkspace<Parameters<typeof refuseIn>[1]>) {
    await this.#shard.prepare(request.workspace)
    return refuseIn(this.#shard, request)
  }

  /** Under the rules of the catalog of `version`, or a newer one. */
  async regroupGraphs(request: InWorkspace<Parameters<typeof regroupGraphs>[2]>) {
    await this.#shard.prepare(request.workspace, request.version)
    const answer = await regroupGraphs(this.#shard, this.#sagas, request)
    this.#work.after()
    return answer
  }

  async seizePerson({ workspace, erasure, profile }: Request<'seizePerson'>): Promise<Seized> {
    return this.#change(workspace, () => seize(this.#shard, erasure, profile))
  }

  async erasedMessages({
    workspace,
    erasure,
  }: Request<'erasedMessages'>): Promise<readonly ErasedDay[]> {
    await this.#shard.prepare(workspace)
    return messagesOf(this.#shard, erasure)
  }

  async buryHere({ workspace, ...burial }: InWorkspace<Burial>): Promise<void> {
    await this.#shard.prepare(workspace)
    await this.#shard.commit.run(() => bury(this.#shard, burial))
  }

  async removePerson({ workspace, erasure }: Request<'removePerson'>): Promise<void> {
    const shard = this.#shard
    await shard.prepare(workspace)
    await shard.commit.run(() => remove(shard, erasure))
    shard.holds.release(erasure)
    this.#sagas.resume(shard.now())
    this.#work.after()
  }

  async sweepPerson({ workspace, person, days, from }: Request<'sweepPerson'>): Promise<Swept> {
    const shard = this.#shard
    await shard.prepare(workspace)
    const swept = await shard.commit.run(() => sweep(shard, person, days, from))
    this.#work.after()
    return swept
  }

  async tellErased({ workspace, erasure, destinations }: Request<'tellErased'>): Promise<number> {
    const shard = this.#shard
    await shard.prepare(workspace)
    const told = await shard.commit.run(() => tell(shard, erasure, destinations))
    this.#work.after()
    return told
  }

  async finishErasure({ workspace, erasure }: Request<'finishErasure'>): Promise<void> {
    await this.#shard.prepare(workspace)
    await this.#shard.commit.run(() => this.#shard.erasing.end(erasure))
  }

  override async alarm(): Promise<void> {
    await this.#work.alarm()
  }
}

const isElsewhere = (shard: Shard, id: ProfileId): boolean => {
  const found = shard.locate(id)
  return found === undefined || 'elsewhere' in found
}
