import { DurableObject } from 'cloudflare:workers'
import {
  ERASURE_COUNTS,
  ERASURE_STEPS,
  type ErasureCounts,
  type ErasureReceipt,
} from '../protocol/erasure.ts'
import type { ProfileId, WorkspaceId } from '../protocol/id.ts'
import { MINUTE, NEVER, SECOND, type Millis } from '../protocol/time.ts'
import { ErasureStore, type ErasureRecord } from '../storage/erasure-store.ts'
import { clock } from './clock.ts'
import type { Env } from './env.ts'
import { NotYet, STEPS, type StepResult } from './erasure-steps.ts'

/** Erasures that go on in one run of the alarm, and steps of each. */
const AT_ONCE = 5
const TURNS = 20
/** Should a run be killed, the next begins after that. */
const WATCHDOG: Millis = MINUTE
/** Others have to be done first: they take seconds at most. */
const PAUSE: Millis = SECOND / 2
const FIRST_RETRY: Millis = SECOND
const LONGEST_RETRY: Millis = 5 * MINUTE
/** Some eight hours of trying. */
const MAX_FAILURES = 100
/** Joining files of the lake takes no longer: a cron run ends by then. */
const LAKE_LEASE: Millis = 15 * MINUTE

const NOTHING = Object.fromEntries(
  ERASURE_COUNTS.map((name) => [name, 0]),
) as unknown as ErasureCounts

/**
 * The erasures of a workspace. Each goes through its steps, one after the other; where it is, is stored after every
 * step, and every step may be repeated. Kept here is the receipt, which says of nobody who they were.
 */
export class Erasures extends DurableObject<Env> {
  readonly #store = new ErasureStore(this.ctx.storage.sql)

  /** Begins to erase somebody, or answers how far it is. */
  async request({
    workspace,
    id,
    profile,
    at,
    isThere,
  }: {
    readonly workspace: WorkspaceId
    /** Of the erasure, should it begin. */
    readonly id: string
    readonly profile: ProfileId
    /** An id by whose shard the person is found. */
    readonly at: ProfileId
    /** The person is there, whatever was done before: a backup may have brought them back. */
    readonly isThere: boolean
  }): Promise<ErasureReceipt> {
    return this.ctx.storage.transactionSync(() => {
      const known = this.#store.ofProfile(profile)
      const now = clock.now()
      const isBack = isThere && known?.state === 'done'
      if (known !== undefined && known.state !== 'failed' && !isBack) return receiptOf(known)
      const record: ErasureRecord =
        known === undefined
          ? {
              id,
              workspace,
              profile,
              at,
              state: 'running',
              requestedAt: now,
              step: 'seize',
              counts: NOTHING,
              failures: 0,
              destinations: [],
            }
          : { ...known, state: 'running', failures: 0, ...(isBack && { at, step: 'seize' }) }
      this.#store.save(record, now)
      this.#arm()
      return receiptOf(record)
    })
  }

  async find({ id }: { readonly id: string }): Promise<ErasureReceipt | null> {
    const record = this.#store.find(id)
    return record === undefined ? null : receiptOf(record)
  }

  async ofProfile({ profile }: { readonly profile: ProfileId }): Promise<ErasureReceipt | null> {
    const record = this.#store.ofProfile(profile)
    return record === undefined ? null : receiptOf(record)
  }

  /** Newest first. */
  async list({
    after,
    limit,
  }: {
    readonly after?: { readonly at: Millis; readonly id: string }
    readonly limit: number
  }): Promise<readonly ErasureReceipt[]> {
    return this.#store.list(after, limit).map(receiptOf)
  }

  /**
   * Whether files of the lake may be joined now: not while rows are erased from them, or those would stand again in
   * the joined one. Whoever may says `lakeJoined` when it is over.
   */
  async mayJoinLake(): Promise<boolean> {
    return this.ctx.storage.transactionSync(() => {
      const now = clock.now()
      const isBusy = this.#store.earliest() < NEVER || this.#store.lakeLock() > now
      if (!isBusy) this.#store.lockLake(now + LAKE_LEASE)
      return !isBusy
    })
  }

  async lakeJoined(): Promise<void> {
    this.#store.lockLake(0)
  }

  /** The sweeper's call: sets the alarm anew if anything is left to do. */
  async wake(): Promise<void> {
    this.#arm()
  }

  /** Never throws: an alarm that keeps failing is dropped by the platform after six tries. */
  override async alarm(): Promise<void> {
    try {
      const due = this.ctx.storage.transactionSync(() => {
        const now = clock.now()
        const records = this.#store.due(now, AT_ONCE)
        for (const record of records) this.#store.save(record, now + WATCHDOG)
        this.#arm()
        return records
      })
      await Promise.all(due.map(({ id }) => this.#goOn(id)))
      this.#arm()
    } catch {
      // Where each is, is stored.
      this.#setAlarm(clock.now() + WATCHDOG)
    }
  }

  async #goOn(id: string): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) {
      const record = this.#store.find(id)
      if (record === undefined || record.state !== 'running') return
      try {
        const result = await STEPS[record.step](this.env, this.#store, record)
        const next = advance(record, result, clock.now())
        const isRepeated = next.step === record.step && next.state === 'running'
        const isWaiting = isRepeated && record.step === 'sweep'
        const due = next.state === 'running' ? clock.now() + (isWaiting ? PAUSE : 0) : NEVER
        this.#store.save(next, due)
        if (isWaiting) return
      } catch (error) {
        return this.#postpone(record, error)
      }
    }
  }

  #postpone(record: ErasureRecord, error: unknown): void {
    const now = clock.now()
    if (error instanceof NotYet) return this.#store.save(record, now + PAUSE)
    const failures = record.failures + 1
    const wait = Math.min(FIRST_RETRY * 2 ** Math.min(failures - 1, 10), LONGEST_RETRY)
    if (failures < MAX_FAILURES) this.#store.save({ ...record, failures }, now + wait)
    else this.#store.save({ ...record, failures, state: 'failed' }, NEVER)
  }

  #arm(): void {
    const due = this.#store.earliest()
    if (due < NEVER) this.#setAlarm(due)
  }

  #setAlarm(at: Millis): void {
    void this.ctx.storage.setAlarm(Math.max(clock.toWall(at), 1))
  }
}

/** The record after a step. Of one that is done nothing is kept but the receipt. */
function advance(before: ErasureRecord, { record, again }: StepResult, now: Millis): ErasureRecord {
  const moved = { ...record, failures: 0 }
  if (again === true) return moved
  const next = ERASURE_STEPS[ERASURE_STEPS.indexOf(before.step) + 1]
  if (next !== undefined) return { ...moved, step: next }
  const { person: _, ...rest } = moved
  return { ...rest, state: 'done', doneAt: now }
}

const receiptOf = (record: ErasureRecord): ErasureReceipt => {
  const { id, profile, state, requestedAt, erasedAt, doneAt, step, counts } = record
  return {
    id,
    profile,
    state,
    requestedAt,
    ...(erasedAt !== undefined && { erasedAt }),
    ...(state === 'done' && doneAt !== undefined && { doneAt }),
    ...(state !== 'done' && { step }),
    counts,
  }
}
