import { DurableObject } from 'cloudflare:workers'
import type { IdentitySettings } from '../protocol/identifier.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import type { IdentityRules, RehearsalState, RehearsalStatus } from '../protocol/rehearsal.ts'
import { DAY, MINUTE, SECOND, type Millis } from '../protocol/time.ts'
import {
  RehearsalStore,
  type RehearsalPhase,
  type RehearsalRecord,
} from '../storage/rehearsal-store.ts'
import { profileShard, workspaceObject } from './address.ts'
import { clock } from './clock.ts'
import type { Env } from './env.ts'
import { NO_SUMS } from './rehearsal-sums.ts'
import { step } from './rehearsal-steps.ts'
import { withTimeLimit } from './time-limit.ts'

/** Slices in one run of the alarm; the next run goes on at once. */
const SLICES = 50
/** Should a run be killed, the next begins after that. */
const WATCHDOG: Millis = MINUTE
const FIRST_RETRY: Millis = SECOND
const LONGEST_RETRY: Millis = MINUTE
/** Failures in a row after which a rehearsal is given up. A switch never is: half of it would be done. */
const MAX_FAILURES = 30
/** How long a result is kept. */
const KEPT: Millis = 30 * DAY
const CALL_LIMIT: Millis = 10 * SECOND

export interface NewRehearsal {
  readonly id: string
  readonly workspace: WorkspaceId
  readonly settings: IdentitySettings
  readonly rules: IdentityRules
  readonly days: number
  readonly traits: readonly string[]
}

/**
 * Identity settings tried on the workspace's own people, and the switch to them. It looks at one slice of a shard after
 * the other and keeps what it found with its place, so that a run that is killed goes on from there. A rehearsal has
 * each shard do what a switch does, in a transaction of which nothing is kept: what it tells is what would be.
 */
export class Rehearsal extends DurableObject<Env> {
  readonly #store = new RehearsalStore(this.ctx.storage.sql)

  async create(request: NewRehearsal): Promise<RehearsalStatus> {
    return this.#begin({ ...request, state: 'rehearsing', version: 0 })
  }

  /** Applies settings that are in force as of a version of the catalog, without a rehearsal. */
  async createSwitch(
    request: NewRehearsal & { readonly version: number },
  ): Promise<RehearsalStatus> {
    return this.#begin({ ...request, state: 'switching' })
  }

  /** Applies what was rehearsed; its settings are in force as of a version of the catalog. */
  async switch({ version }: { readonly version: number }): Promise<RehearsalStatus | null> {
    const known = this.#store.record()
    if (known === undefined || known.state !== 'rehearsed') return null
    const { shards, population } = await this.#census(known.workspace)
    return this.ctx.storage.transactionSync(() => {
      const record = this.#store.record()
      if (record === undefined || record.state !== 'rehearsed') return null
      this.#store.forgetGraphs()
      return this.#start({ ...record, ...START, shards, population, version, state: 'switching' })
    })
  }

  async status(): Promise<RehearsalStatus | null> {
    const record = this.#store.record()
    return record === undefined ? null : statusOf(record)
  }

  /** Takes effect at once. False: it is a switch, which is not left half done. Null: there is none. */
  async cancel(): Promise<boolean | null> {
    return this.ctx.storage.transactionSync(() => {
      const record = this.#store.record()
      if (record === undefined) return null
      if (record.state === 'switching') return false
      if (record.state === 'rehearsing') {
        this.#store.forgetGraphs()
        this.#store.save({ ...record, state: 'cancelled' })
        this.#setAlarm(clock.now() + KEPT)
      }
      return true
    })
  }

  /** Never throws: an alarm that keeps failing is dropped by the platform after six tries. */
  override async alarm(): Promise<void> {
    try {
      const record = this.#store.record()
      if (record === undefined) return
      if (isActive(record)) await this.#work()
      else this.ctx.storage.transactionSync(() => this.#store.clear())
    } catch {
      // The record says what is left to do.
      this.#setAlarm(clock.now() + LONGEST_RETRY)
    }
  }

  async #begin(
    request: NewRehearsal & { readonly state: RehearsalState; readonly version: number },
  ): Promise<RehearsalStatus> {
    const { shards, population } = await this.#census(request.workspace)
    const createdAt = clock.now()
    return this.ctx.storage.transactionSync(() =>
      this.#start({ ...START, ...request, shards, population, createdAt }),
    )
  }

  #start(record: RehearsalRecord): RehearsalStatus {
    this.#store.save(record)
    this.#setAlarm(clock.now())
    return statusOf(record)
  }

  async #census(workspace: WorkspaceId) {
    const shards = await withTimeLimit(workspaceObject(this.env, workspace).shards(), CALL_LIMIT)
    let population = 0
    for (const address of shards) {
      const stub = profileShard(this.env, workspace, address)
      population += await withTimeLimit(stub.population({ workspace }), CALL_LIMIT)
    }
    return { shards, population }
  }

  async #work(): Promise<void> {
    this.ctx.storage.transactionSync(() => this.#setAlarm(clock.now() + WATCHDOG))
    for (let slice = 0; slice < SLICES; slice++) {
      const record = this.#store.record()
      if (record === undefined || !isActive(record)) return
      if (!(await this.#slice(record))) return
    }
    this.ctx.storage.transactionSync(() => this.#setAlarm(clock.now()))
  }

  /** True: the next may follow at once. */
  async #slice(record: RehearsalRecord): Promise<boolean> {
    const work = { env: this.env, store: this.#store, record, now: clock.now() }
    try {
      const settle = await step(work)
      return this.ctx.storage.transactionSync(() => {
        // Cancelled while the slice was under way.
        if (this.#store.record()?.state !== record.state) return false
        const next = { ...settle(this.#store), failures: 0 }
        this.#store.save(next)
        if (isActive(next)) return true
        this.#store.forgetGraphs()
        this.#setAlarm(clock.now() + KEPT)
        return false
      })
    } catch {
      // A shard that does not answer is asked again.
      this.#failed(record)
      return false
    }
  }

  #failed(record: RehearsalRecord): void {
    this.ctx.storage.transactionSync(() => {
      if (this.#store.record()?.state !== record.state) return
      const failures = record.failures + 1
      if (failures >= MAX_FAILURES && record.state === 'rehearsing') {
        this.#store.save({ ...record, failures, state: 'failed', reason: 'unreachable' })
        return this.#setAlarm(clock.now() + KEPT)
      }
      this.#store.save({ ...record, failures })
      const wait = Math.min(FIRST_RETRY * 2 ** Math.min(failures - 1, 10), LONGEST_RETRY)
      this.#setAlarm(clock.now() + wait)
    })
  }

  #setAlarm(at: Millis): void {
    void this.ctx.storage.setAlarm(clock.toWall(at))
  }
}

const START = {
  phase: 'survey',
  shard: 0,
  after: '',
  done: 0,
  changed: 0,
  passes: 0,
  failures: 0,
  sums: NO_SUMS,
} as const

const isActive = ({ state }: RehearsalRecord): boolean =>
  state === 'rehearsing' || state === 'switching'

/** Shares of the whole at which the phases begin. */
const BEGINNINGS: { readonly [phase in RehearsalPhase]: readonly [from: number, to: number] } = {
  survey: [0, 0.35],
  owners: [0.35, 0.4],
  plan: [0.4, 0.4],
  rehearse: [0.4, 0.9],
  joined: [0.9, 1],
  unite: [0.4, 0.5],
  regroup: [0.5, 1],
}

function progressOf({ phase, state, done, population, passes }: RehearsalRecord): number {
  if (state === 'rehearsed' || state === 'switched') return 1
  const [from, to] = BEGINNINGS[phase]
  const isCounted = phase === 'survey' || phase === 'rehearse' || phase === 'regroup'
  const share = isCounted && population > 0 ? Math.min(done / population, 1) : 0
  // Of the last pass nobody knows whether another follows.
  return passes > 0 ? 0.99 : from + (to - from) * share
}

const statusOf = (record: RehearsalRecord): RehearsalStatus => {
  const { id, state, days, settings, createdAt, result, reason } = record
  return {
    id,
    state,
    progress: progressOf(record),
    days,
    settings,
    createdAt,
    ...(result !== undefined && { result }),
    ...(reason !== undefined && { reason }),
  }
}
