import { DurableObject } from 'cloudflare:workers'
import { Pace } from '../domain/pace.ts'
import { carry, catalogBody, keyChanges, type Definitions } from '../domain/publication.ts'
import type { BackFillStatus } from '../protocol/back-fill.ts'
import type { Catalog } from '../protocol/catalog.ts'
import type { DestinationTarget } from '../protocol/delivery.ts'
import type { DestinationId, ShardAddress, WorkspaceId } from '../protocol/id.ts'
import type { ShardStatus, WorkspaceCalls } from '../protocol/objects.ts'
import { MINUTE, SECOND, type Millis } from '../protocol/time.ts'
import { settle } from '../storage/account-store.ts'
import { readDefinitions } from '../storage/definitions.ts'
import { disableDestination } from '../storage/destination-store.ts'
import {
  WorkspaceStore,
  type PublicationRow,
  type WaitingShard,
} from '../storage/workspace-store.ts'
import { profileShard } from './address.ts'
import type { Env } from './env.ts'
import { withTimeLimit } from './time-limit.ts'

/** Shards told in one run of the alarm: with an answer a shard, a page stays far below the calls a run may make. */
const PAGE = 32
/** Keys the cache is told of in one run. */
const KEY_PAGE = 50
/** A shard that has not answered by then is asked again later. */
const CALL_LIMIT: Millis = 10 * SECOND
/** Waits after a failed call: this, doubled each time, up to the longest. */
const FIRST_RETRY: Millis = SECOND / 2
const LONGEST_RETRY: Millis = 5 * MINUTE
/** How long the cache and D1 are left alone after they failed. */
const REST: Millis = 30 * SECOND

/**
 * The source of a workspace's published catalog, and of the list of shards ever born. Definitions are written to D1
 * first; this object reads them all at once, gives them a version, and tells every shard until each has answered.
 */
export class Workspace extends DurableObject<Env> implements WorkspaceCalls {
  readonly #store = new WorkspaceStore(this.ctx.storage.sql)
  #catalog: Catalog | undefined
  /** The last publication begun, and the one that waits for it. */
  #last: Promise<number> = Promise.resolve(0)
  #waiting: Promise<number> | undefined
  #restUntil: Millis = 0
  readonly #pace = new Pace()

  /**
   * Publications never overlap: reading D1 takes a while, and an older reading must not be published after a newer
   * one. Calls that arrive while one runs share the next, which reads what they have written.
   */
  publish({ workspace }: { readonly workspace: WorkspaceId }): Promise<number> {
    if (this.#waiting !== undefined) return this.#waiting
    const turn = this.#last.then(() => {
      this.#waiting = undefined
      return this.#publish(workspace)
    })
    // A failed turn is its callers' to hear of; the next one begins all the same.
    this.#last = turn.catch(() => 0)
    this.#waiting = turn
    return turn
  }

  async catalog({
    workspace,
    shard,
  }: {
    readonly workspace: WorkspaceId
    readonly shard?: ShardAddress
  }): Promise<Catalog | null> {
    if (this.#store.publication() === undefined) await this.publish({ workspace })
    const catalog = this.#current()
    if (catalog === undefined) return null
    if (shard !== undefined) this.#store.register(shard, catalog.version)
    return this.#withHold(catalog)
  }

  async shards(): Promise<readonly ShardAddress[]> {
    return this.#store.shards()
  }

  async status({ workspace }: { readonly workspace: WorkspaceId }) {
    if (this.#store.publication() === undefined) await this.publish({ workspace })
    const publication = this.#store.publication()
    if (publication === undefined) {
      return {
        version: 0,
        publishedAt: 0,
        live: false,
        paused: false,
        progress: 0,
        liveVersion: 0,
        segments: {},
      }
    }
    const { version, publishedAt } = publication
    const segments = Object.fromEntries(
      this.#store.carried().map(({ id, version, since }) => [id, { version, since }]),
    )
    const { live, progress, liveVersion } = this.#store.progress(version)
    const paused = this.#store.hold()?.paused === true
    return { version, publishedAt, live, paused, progress, liveVersion, segments }
  }

  async backFill({ workspace }: { readonly workspace: WorkspaceId }): Promise<BackFillStatus> {
    const { version, publishedAt, live, paused, liveVersion, segments } = await this.status({
      workspace,
    })
    const { done, total, progress } = this.#store.progress(version)
    this.#pace.note(Date.now(), done)
    const { rate } = this.#pace
    const counting = Object.entries(segments).filter(([, { since }]) => since > liveVersion)
    return {
      state: paused ? 'paused' : live ? 'idle' : 'running',
      version,
      publishedAt,
      done,
      total,
      progress,
      ...(rate !== undefined && !paused && !live && { rate }),
      counting: counting.map(([id]) => id),
    }
  }

  async hold({
    workspace,
    paused,
  }: {
    readonly workspace: WorkspaceId
    readonly paused: boolean
  }): Promise<BackFillStatus> {
    if (this.#store.publication() === undefined) await this.publish({ workspace })
    const publication = this.#store.publication()
    this.#pace.forget()
    if (publication !== undefined && this.#store.hold()?.paused !== paused) {
      this.ctx.storage.transactionSync(() => {
        this.#store.saveHold(paused)
        this.#arm()
      })
      // Who does not answer now is told by the alarm.
      await this.#tellShards(publication)
      this.ctx.storage.transactionSync(() => this.#arm())
    }
    return this.backFill({ workspace })
  }

  async acknowledge({
    shard,
    status,
  }: {
    readonly workspace: WorkspaceId
    readonly shard: ShardAddress
    readonly status: ShardStatus
  }): Promise<void> {
    this.ctx.storage.transactionSync(() => {
      this.#store.introduce(shard)
      this.#heard(shard, status)
      this.#arm()
    })
  }

  async target({
    workspace,
    destination,
  }: {
    readonly workspace: WorkspaceId
    readonly destination: DestinationId
  }): Promise<DestinationTarget | null> {
    if (this.#store.publication() === undefined) await this.publish({ workspace })
    return this.#store.target(destination) ?? null
  }

  async disable({
    workspace,
    destination,
  }: {
    readonly workspace: WorkspaceId
    readonly destination: DestinationId
  }): Promise<void> {
    const at = Date.now()
    const action = 'destination.disabled'
    // The receiver itself asked for it, by answering 410 Gone.
    const change = { workspace, actor: 'receiver', action, subject: destination, at }
    await disableDestination(this.env.DB, change, destination)
    await this.publish({ workspace })
  }

  /** Never throws: an alarm that keeps failing is dropped by the platform after six tries. */
  override async alarm(): Promise<void> {
    try {
      const publication = this.#store.publication()
      if (publication === undefined) return
      // Should this run be killed, the next begins from here.
      this.ctx.storage.transactionSync(() => this.#setAlarm(Date.now() + REST))
      await Promise.all([this.#tellShards(publication), this.#tellOthers(publication)])
      this.ctx.storage.transactionSync(() => this.#arm())
    } catch {
      // Whatever it was, it is tried again: what is left to do stands in the tables.
      this.#setAlarm(Date.now() + REST)
    }
  }

  async #publish(workspace: WorkspaceId): Promise<number> {
    const definitions = await readDefinitions(this.env.DB, workspace)
    if (definitions === null) return 0
    return this.ctx.storage.transactionSync(() => {
      const version = this.#save(definitions, Date.now())
      this.#arm()
      return version
    })
  }

  #save(definitions: Definitions, now: Millis): number {
    const store = this.#store
    const body = catalogBody(definitions)
    const text = JSON.stringify(body)
    let version = store.publication()?.version ?? 0
    if (version === 0 || text !== store.body()) {
      version = Math.max(version, store.newestHeard()) + 1
      const catalog = { ...body, version, publishedAt: now }
      store.saveBody(catalog, text)
      this.#catalog = catalog
    }
    // A candidate never changes: it is replaced by one of another id.
    const candidates = definitions.candidates.map(({ id }) => ({ id, version: 1 }))
    store.saveCarried(carry(store.carried(), [...definitions.segments, ...candidates], version))
    store.saveTargets(definitions.destinations)
    const { added, removed } = keyChanges(store.keys(), definitions.keys)
    store.saveKeys(added, removed)
    store.saveRevision(definitions.revision)
    return version
  }

  #current(): Catalog | undefined {
    if (this.#catalog !== undefined) return this.#catalog
    const publication = this.#store.publication()
    if (publication === undefined) return undefined
    const { version, publishedAt } = publication
    this.#catalog = { ...JSON.parse(this.#store.body()), version, publishedAt } as Catalog
    return this.#catalog
  }

  async #tellShards({ workspace, version }: PublicationRow): Promise<void> {
    const catalog = this.#current()
    const page = this.#store.waiting(version, Date.now(), PAGE)
    if (catalog === undefined || page.length === 0) return
    const answers = await Promise.allSettled(
      page.map((shard) => withTimeLimit(this.#tell(workspace, catalog, shard), CALL_LIMIT)),
    )
    this.ctx.storage.transactionSync(() => {
      for (const [at, answer] of answers.entries()) {
        const shard = page[at]
        if (shard === undefined) continue
        if (answer.status === 'fulfilled') this.#heard(shard.address, answer.value)
        else {
          const wait = Math.min(FIRST_RETRY * 2 ** shard.failures, LONGEST_RETRY)
          this.#store.failed(shard.address, Date.now() + wait)
        }
      }
    })
  }

  /** A shard that has the version already is told whether to wait, or only asked how far it is. */
  #tell(workspace: WorkspaceId, catalog: Catalog, shard: WaitingShard): Promise<ShardStatus> {
    const stub = profileShard(this.env, workspace, shard.address)
    if (shard.version < catalog.version) {
      return stub.publish({ workspace, catalog: this.#withHold(catalog) })
    }
    const hold = this.#store.hold()
    return hold !== undefined && shard.unheld
      ? stub.hold({ workspace, hold })
      : stub.wake({ workspace })
  }

  #withHold(catalog: Catalog): Catalog {
    const hold = this.#store.hold()
    return hold === undefined ? catalog : { ...catalog, hold }
  }

  /** Shards report by themselves when they are done; asking makes up for a report that was lost. */
  #heard(address: ShardAddress, status: ShardStatus): void {
    const now = Date.now()
    const age = now - (this.#store.publication()?.publishedAt ?? now)
    const wait = Math.min(Math.max(age / 10, SECOND), MINUTE)
    this.#store.heard(address, status, now + wait)
  }

  /** The read cache, and D1's note that nothing is left to do. Neither is needed for anything to work. */
  async #tellOthers({ workspace, version, revision, settled }: PublicationRow): Promise<void> {
    if (this.#restUntil > Date.now()) return
    try {
      await this.#tellCache(workspace, version)
      if (settled < revision && this.#store.progress(version).live) {
        await settle(this.env.DB, workspace, revision)
        this.#store.saveSettled(revision)
      }
    } catch {
      // An unreachable cache or database is asked again after a rest.
      this.#restUntil = Date.now() + REST
    }
  }

  async #tellCache(workspace: WorkspaceId, version: number): Promise<void> {
    if (this.#store.cachedVersion() < version) {
      await this.env.CACHE.put(`catalog:${workspace}`, JSON.stringify(this.#current()))
      this.#store.saveCachedVersion(version)
    }
    for (const { hash, access, pending } of this.#store.pendingKeys(KEY_PAGE)) {
      if (pending === 'delete') await this.env.CACHE.delete(`key:${hash}`)
      else await this.env.CACHE.put(`key:${hash}`, access)
      this.#store.keyCached(hash, pending)
    }
  }

  /** Sets the alarm for what is left to do, if anything is. Call it inside the transaction that changed that. */
  #arm(): void {
    const publication = this.#store.publication()
    if (publication === undefined) return
    const { version, revision, settled } = publication
    const shards = this.#store.nextDue(version)
    const others =
      this.#store.cachedVersion() < version ||
      this.#store.pendingKeys(1).length > 0 ||
      (settled < revision && this.#store.progress(version).live)
    const due = Math.min(shards ?? Infinity, others ? this.#restUntil : Infinity)
    if (due < Infinity) this.#setAlarm(Math.max(due, Date.now()))
    else void this.ctx.storage.deleteAlarm()
  }

  #setAlarm(at: Millis): void {
    void this.ctx.storage.setAlarm(at)
  }
}
