import { workspaceObject } from './address.ts'
import { candidatesOf, switchesBetween } from '../domain/candidate.ts'
import type { CompiledCatalog } from '../domain/compiled-catalog.ts'
import { compileWhole } from '../domain/computed/whole-catalog.ts'
import { farewells } from '../domain/activation.ts'
import type { Changes } from '../domain/apply-event.ts'
import type { Reach } from '../domain/channels.ts'
import { addressOf } from '../domain/id.ts'
import { exitsOf } from '../domain/exits.ts'
import type { Graph } from '../domain/graph.ts'
import { newsBetween, type News } from '../domain/news.ts'
import type { Profile } from '../domain/profile.ts'
import { retire, type RetiredSegment } from '../domain/retired.ts'
import { dueAt } from '../domain/standing.ts'
import type { Hold } from '../protocol/back-fill.ts'
import type { Catalog } from '../protocol/catalog.ts'
import type { ProfileId, SegmentId, ShardAddress, WorkspaceId } from '../protocol/id.ts'
import type { IdentifierKind, SharedDevice } from '../protocol/identifier.ts'
import type { Transition } from '../protocol/membership.ts'
import { NEVER, SECOND, type Millis } from '../protocol/time.ts'
import { CapTallyStore } from '../storage/cap-tally-store.ts'
import { CountingSql } from '../storage/counting-sql.ts'
import type { CounterStore } from '../storage/counter-store.ts'
import { ErasingStore } from '../storage/erasing-store.ts'
import type { ExitStore } from '../storage/exit-store.ts'
import { FailedEventStore } from '../storage/failed-event-store.ts'
import type { GraphStore } from '../storage/graph-store.ts'
import type { HistoryStore } from '../storage/history-store.ts'
import type { KnownAccountStore } from '../storage/known-account-store.ts'
import type { LakeStore } from '../storage/lake-store.ts'
import type { MembershipStore } from '../storage/membership-store.ts'
import { MergeStore } from '../storage/merge-store.ts'
import { MetaStore } from '../storage/meta-store.ts'
import type { OutboxStore } from '../storage/outbox-store.ts'
import type { ProfileStore, StoredProfile } from '../storage/profile-store.ts'
import type { SeenStore } from '../storage/seen-store.ts'
import type { TimerStore } from '../storage/timer-store.ts'
import { TombstoneStore } from '../storage/tombstone-store.ts'
import { keepMember } from './accounts.ts'
import { movedFirst, type BackFill } from './back-fill-order.ts'
import { labelsOf, reachedBy } from './back-fill-reach.ts'
import { clock } from './clock.ts'
import { saveAlone } from './component.ts'
import type { Env } from './env.ts'
import { GroupCommit, type Ledger } from './group-commit.ts'
import { Holds } from './holds.ts'
import { OwnerCalls } from './owner-calls.ts'
import type { ExpiryPass } from './retention.ts'
import { ShardReporter } from './shard-reporter.ts'
import { RolledBack } from './rolled-back.ts'
import { storesOf, type Stores } from './stores.ts'
import { withTimeLimit } from './time-limit.ts'
import { sendBecause, tellFarewells } from './touches.ts'

/**
 * An alarm does not ring sooner than so long after the last one: where many are due one after the other, one ring
 * serves those of a moment together, instead of one each.
 */
const ALARM_GAP: Millis = 200
/** How long a newer catalog is waited for. */
const CATALOG_LIMIT: Millis = 5 * SECOND

/** What the verbs of one profile shard share: its stores, its catalog, its alarm. */
export class Shard implements Ledger, Stores {
  readonly env: Env
  readonly ctx: DurableObjectState
  readonly profiles: ProfileStore
  readonly history: HistoryStore
  readonly seen: SeenStore
  readonly memberships: MembershipStore
  readonly exits: ExitStore
  readonly timers: TimerStore
  readonly outbox: OutboxStore
  readonly failedEvents: FailedEventStore
  readonly counters: CounterStore
  readonly accounts: KnownAccountStore
  readonly graphs: GraphStore
  readonly merges: MergeStore
  readonly erasing: ErasingStore
  readonly holds: Holds
  readonly tombstones: TombstoneStore
  readonly capTally: CapTallyStore
  readonly lake: LakeStore
  readonly meta: MetaStore
  readonly rows: CountingSql
  readonly commit: GroupCommit
  readonly reporter: ShardReporter
  #compiled: CompiledCatalog | undefined
  #retired: readonly RetiredSegment[] = []
  #switchedAt = 0
  /** What was counted when everybody had last been looked at. */
  #counted: CompiledCatalog | undefined
  #news: News | undefined
  #hold: Hold | undefined
  /** Histories are being looked at for what has expired. */
  #isExpiring = false
  #owners: OwnerCalls | undefined
  #workspace: WorkspaceId | undefined
  #address: ShardAddress | undefined
  /** Instant of the alarm that is set; undefined: not known since the object woke. */
  #armed: Millis | undefined
  #rangAt: Millis = 0

  /** `origin`: a shard whose own these stores are in the place of; all else is shared with it as it is now. */
  constructor(
    ctx: DurableObjectState,
    env: Env,
    rows = new CountingSql(ctx.storage.sql),
    stores = storesOf(rows.sql),
    origin?: Shard,
  ) {
    this.ctx = ctx
    this.env = env
    this.profiles = stores.profiles
    this.history = stores.history
    this.seen = stores.seen
    this.memberships = stores.memberships
    this.exits = stores.exits
    this.timers = stores.timers
    this.outbox = stores.outbox
    this.counters = stores.counters
    this.accounts = stores.accounts
    this.graphs = stores.graphs
    this.lake = stores.lake
    this.rows = rows
    const { sql } = rows
    this.failedEvents = origin?.failedEvents ?? new FailedEventStore(sql)
    this.merges = origin?.merges ?? new MergeStore(sql)
    this.erasing = origin?.erasing ?? new ErasingStore(sql)
    this.holds = origin?.holds ?? new Holds(this.erasing)
    this.capTally = origin?.capTally ?? new CapTallyStore(sql)
    this.tombstones = origin?.tombstones ?? new TombstoneStore(sql)
    this.meta = origin?.meta ?? new MetaStore(sql)
    this.profiles.labelOf = (id, version) =>
      version < this.compiled.catalog.version ? labelsOf(this)(id, version) : undefined
    this.reporter = origin?.reporter ?? new ShardReporter(this)
    this.commit = origin?.commit ?? new GroupCommit(ctx.storage, this)
    if (origin !== undefined) {
      this.#workspace = origin.#workspace
      this.#address = origin.#address
      this.#compiled = origin.#compiled
      this.#retired = origin.#retired
      this.#switchedAt = origin.#switchedAt
      this.#counted = origin.#counted
      this.#news = origin.#news
      this.#hold = origin.#hold
      this.#owners = origin.#owners
      return
    }
    this.#workspace = this.meta.get('workspace')
    this.#address = this.meta.get('address')
    this.#retired = this.meta.get<readonly RetiredSegment[]>('retired') ?? []
    this.#switchedAt = this.meta.get<number>('switched-at') ?? 0
    this.#hold = this.meta.get<Hold>('hold')
    this.#isExpiring = this.expiry !== undefined
    const catalog = this.meta.get<Catalog>('catalog')
    if (catalog !== undefined) this.#compiled = this.#compile(catalog)
  }

  /** This shard as it is now, with other stores in the place of its own. */
  over(stores: Stores): Shard {
    return new Shard(this.ctx, this.env, this.rows, stores, this)
  }

  /** False for an object nobody ever used: it has nothing to do. */
  get isBorn(): boolean {
    return this.#compiled !== undefined
  }

  get workspace(): WorkspaceId {
    if (this.#workspace === undefined) throw new Error('This shard was never used')
    return this.#workspace
  }

  get address(): ShardAddress {
    if (this.#address === undefined) throw new Error('This shard was never used')
    return this.#address
  }

  get compiled(): CompiledCatalog {
    if (this.#compiled === undefined) throw new Error('This shard has no catalog yet')
    return this.#compiled
  }

  /** Asks who owns identifiers; ingests of the same moment ask together. */
  get owners(): OwnerCalls {
    return (this.#owners ??= new OwnerCalls(this.env, this.workspace, this.compiled.catalog.shards))
  }

  now(): Millis {
    return clock.now()
  }

  /** Whether an id's bearer lives here. */
  isHome(id: string): boolean {
    const address = addressOf(id)
    return address?.shard === this.address.shard && address.region === this.address.region
  }

  /** Learns its own name on first use. */
  introduce(workspace: WorkspaceId): void {
    if (this.#workspace === undefined) {
      const parts = (this.ctx.id.name ?? '').split('/')
      this.#workspace = workspace
      this.#address = { region: Number(parts[2]), shard: Number(parts[3]) }
      this.meta.set('workspace', workspace)
      this.meta.set('address', this.#address)
    }
    if (this.#workspace !== workspace) throw new Error('This shard belongs to another workspace')
  }

  /** Introduces itself, and takes the catalog if it is behind `version`. */
  async prepare(workspace: WorkspaceId, version = 0): Promise<void> {
    this.introduce(workspace)
    if (this.#compiled !== undefined && this.#compiled.catalog.version >= version) return
    try {
      const request = { workspace, shard: this.address }
      const asked = workspaceObject(this.env, workspace).catalog(request)
      const catalog = await withTimeLimit(asked, CATALOG_LIMIT)
      if (catalog === null) throw new Error('This workspace was never published')
      this.accept(catalog)
    } catch (error) {
      // The last good one will do: nothing may wait for the control plane.
      if (this.#compiled === undefined) throw error
    }
  }

  /** Takes a newer catalog; an older one changes nothing: a shard never goes back. */
  accept(catalog: Catalog): boolean {
    const { hold, ...told } = catalog
    if (hold !== undefined) this.takeHold(hold)
    if (this.#compiled !== undefined && this.#compiled.catalog.version >= catalog.version)
      return false
    const before = this.#compiled?.catalog
    const switches = switchesBetween(before, catalog)
    const first = [...(this.backFill()?.first ?? []), ...movedFirst(before, catalog, switches)]
    const isCounted = before !== undefined && reachedBy(this)?.version === before.version
    const counted = candidatesOf(catalog)
      .map(({ id }) => id)
      .filter((id) => this.isCounted(id))
    const retired = retire(this.#retired, before, catalog)
    const compiled = this.#compile(told, retired)
    const { version } = catalog
    const { fingerprint } = compiled
    const backFill = { version, fingerprint, cursor: '', ...(first.length > 0 && { first }) }
    this.ctx.storage.transactionSync(() => {
      this.meta.set('catalog', told)
      this.meta.set('back-fill', backFill satisfies BackFill)
      if (isCounted) this.meta.set('counted-catalog', before)
      this.meta.set('counted', counted)
      if (retired.length + this.#retired.length > 0) this.meta.set('retired', retired)
      if (switches.length > 0) this.meta.set('switched-at', catalog.version)
      if (isCounted) this.#counted = this.#compiled
      this.#compiled = compiled
      this.#retired = retired
      if (switches.length > 0) this.#switchedAt = catalog.version
      this.arm()
    })
    return true
  }

  /** What the present catalog has that the one had not that everybody was last brought to; undefined: that is not known. */
  get news(): News | undefined {
    const { compiled } = this
    if (this.#news?.of === compiled) return this.#news
    if (this.#counted === undefined) {
      const catalog = this.meta.get<Catalog>('counted-catalog')
      if (catalog === undefined) return undefined
      this.#counted = this.#compile(catalog)
    }
    this.#news = newsBetween(this.#counted, compiled)
    return this.#news
  }

  /** The latest word on whether back-fills wait. */
  get hold(): Hold | undefined {
    return this.#hold
  }

  /** Takes a newer word on whether back-fills wait; an older one changes nothing. */
  takeHold(hold: Hold): void {
    if (this.#hold !== undefined && this.#hold.order >= hold.order) return
    this.ctx.storage.transactionSync(() => {
      this.meta.set('hold', hold)
      this.#hold = hold
      if (this.isBorn) this.arm()
    })
  }

  /** Whether everybody here has been judged by a candidate of the present catalog. */
  isCounted(candidate: SegmentId): boolean {
    if (!this.#compiled?.segments.has(candidate)) return false
    if (this.backFill() === undefined) return true
    return this.meta.get<readonly SegmentId[]>('counted')?.includes(candidate) ?? false
  }

  /** Whether a profile is still judged by a version that was switched from: whoever asks of it has it judged anew. */
  isOutdated({ version }: Profile): boolean {
    return version < this.#switchedAt
  }

  /** Runs work under another catalog, and keeps nothing of what it wrote: answers what would be. */
  tentatively<T>(catalog: Catalog, work: () => T): T {
    const compiled = this.#compiled
    const undo = this.mark()
    try {
      this.#compiled = this.#compile(catalog)
      this.ctx.storage.transactionSync(() => {
        throw new RolledBack(work())
      })
    } catch (error) {
      if (error instanceof RolledBack) return error.value as T
      throw error
    } finally {
      this.#compiled = compiled
      undo()
    }
    throw new Error('A transaction that throws came to an end')
  }

  #compile(catalog: Catalog, retired = this.#retired): CompiledCatalog {
    return compileWhole(catalog, (account) => this.accounts.find(account)?.traits, retired)
  }

  /** The pass that lets go of what has expired, while one is under way. */
  get expiry(): ExpiryPass | undefined {
    return this.meta.get<ExpiryPass | null>('expiry') ?? undefined
  }

  setExpiry(pass: ExpiryPass | undefined): void {
    this.meta.set('expiry', pass ?? null)
    this.#isExpiring = pass !== undefined
  }

  backFill(): BackFill | undefined {
    return this.meta.get<BackFill | null>('back-fill') ?? undefined
  }

  /**
   * A state that lives here, forwards within the shard followed; or the id by whose shard it is found. People who
   * moved here keep their ids, so what is here is looked for before an id is asked where it is at home.
   */
  locate(id: ProfileId): StoredProfile | { readonly elsewhere: ProfileId } | undefined {
    let next = id
    for (;;) {
      const found = this.profiles.find(next)
      if (found === undefined) return this.isHome(next) ? undefined : { elsewhere: next }
      if ('profile' in found) return found
      next = found.forward
    }
  }

  /** What the workspace says of who is one person. */
  get identity(): {
    readonly kinds: readonly IdentifierKind[]
    readonly sharedDevice: SharedDevice
  } {
    const { kinds, sharedDevice = 'last-login-owns' } = this.compiled.catalog
    return { kinds, sharedDevice }
  }

  /**
   * Saves a profile with what follows from its transitions: memberships, deliveries, its timer. `graph`: one that is
   * its alone, saved with it. Call it inside a transaction.
   */
  save(profile: Profile, transitions: readonly Transition[], reach?: Reach, graph?: Graph): void {
    const all = sendBecause(this, profile, transitions, this.now(), reach)
    this.record(profile.id, all)
    this.timers.set(profile.id, dueAt(profile))
    keepMember(this, profile)
    if (graph === undefined) this.profiles.save(profile)
    else saveAlone(this, profile, graph)
  }

  /** Writes who entered and left, and why. */
  record(profile: ProfileId, transitions: readonly Transition[]): void {
    this.memberships.record(profile, transitions)
    const exits = exitsOf(transitions, this.compiled)
    if (exits.length > 0) this.exits.add(exits)
    this.reporter.addTransitions(profile, transitions)
  }

  /**
   * Work on one profile, in the caller's transaction. False if it threw, with nothing of it kept: one profile that
   * cannot be evaluated must not stop all others.
   */
  alone(work: () => void): boolean {
    const undo = this.mark()
    try {
      this.ctx.storage.transactionSync(work)
      return true
    } catch {
      // Whoever asks for that profile gets the error.
      undo()
      return false
    }
  }

  /** Tells destinations that lose a purpose they need, whatever the segments say. */
  dismiss(profile: Profile, { withdrawn }: Changes): void {
    if (withdrawn.length === 0) return
    const now = this.now()
    tellFarewells(this, profile, farewells(profile, withdrawn, this.compiled, now), now)
  }

  /** Sets the alarm to the earliest thing due. Call it inside the transaction that made it due. */
  arm(): void {
    const due = this.#earliest()
    if (due === NEVER || this.#armed === due) return
    this.#armed = due
    void this.ctx.storage.setAlarm(Math.max(clock.toWall(due), this.#rangAt + ALARM_GAP, 1))
  }

  /** A job that is rolled back takes its alarm with it: what is set is not known any more. */
  mark(): () => void {
    const undo = this.reporter.mark()
    return () => {
      undo()
      this.disarm()
    }
  }

  /** The alarm rings. */
  rang(): void {
    this.#rangAt = Date.now()
    this.disarm()
  }

  /** The alarm rang, or the clock was moved: what is set must be set anew. */
  disarm(): void {
    this.#armed = undefined
  }

  #earliest(): Millis {
    let due = Math.min(this.timers.earliest(), this.outbox.earliest(), this.reporter.dueAt)
    due = Math.min(due, this.lake.earliest(), this.merges.earliest(), this.accounts.earliest())
    if (this.#isExpiring) due = Math.min(due, this.now())
    const isFilling = this.backFill() !== undefined && this.#hold?.paused !== true
    if (isFilling || this.meta.get('acknowledge') === true) {
      due = Math.min(due, this.meta.get<Millis>('retry-at') ?? this.now())
    }
    return due
  }
}
