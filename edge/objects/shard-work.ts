import { noChanges } from '../domain/apply-event.ts'
import type { ShardStatus } from '../protocol/objects.ts'
import { DAY, MINUTE, NEVER, SECOND, type Millis } from '../protocol/time.ts'
import { tellAccounts } from './account-calls.ts'
import { reviewMembers } from './accounts.ts'
import { acknowledge, BackFillWork } from './back-fill.ts'
import { refresh } from './refresh.ts'
import { beginExpiry, expireSlice } from './retention.ts'
import type { LakeFlush } from './lake-flush.ts'
import type { MoveSagas } from './move-saga.ts'
import type { OutboxPump } from './outbox-pump.ts'
import type { Shard } from './shard.ts'
import { Traffic } from './traffic.ts'

/** Timers served in one transaction, and transactions in one run of the alarm. */
const TIMERS = 500
const TIMER_TURNS = 20
/** Back-fill slices in one run of the alarm; the alarm rings again at once for the rest. */
const BACK_FILL_TURNS = 20
/** Where somebody waits for answers, a slice counts for so many, and after it is a pause that many times as long. */
const BUSY_TURNS = 5
const PAUSE = 16
const LONGEST_PAUSE: Millis = SECOND / 2
const REVIEW_TURNS = 10
const EXPIRY_TURNS = 10
/** A profile whose evaluation threw is tried again then: perhaps another catalog has come by then. */
const FAILED_TIMER_RETRY: Millis = 10 * MINUTE
const HELD_TIMER_RETRY: Millis = SECOND
/** An alarm whose work threw comes back then. */
const ALARM_RETRY: Millis = 5 * SECOND

/** What a shard does by itself: when its alarm rings, when it is woken, and after each commit. */
export class ShardWork {
  readonly #shard: Shard
  readonly #pump: OutboxPump
  readonly #sagas: MoveSagas
  readonly #lake: LakeFlush
  readonly #backFill: BackFillWork
  /** Of those who wait for answers of this shard. */
  readonly traffic = new Traffic()

  constructor(shard: Shard, pump: OutboxPump, sagas: MoveSagas, lake: LakeFlush) {
    this.#shard = shard
    this.#pump = pump
    this.#sagas = sagas
    this.#lake = lake
    this.#backFill = new BackFillWork(shard)
  }

  /** Never throws: an alarm that keeps throwing is given up by the platform for ever. */
  async alarm(): Promise<void> {
    const shard = this.#shard
    shard.rang()
    if (!shard.isBorn) return
    try {
      await this.everything()
    } catch {
      // The work is still recorded; only the bell must not be lost, nor ring without a pause.
      shard.disarm()
      await shard.ctx.storage.setAlarm(Date.now() + ALARM_RETRY).catch(() => undefined)
    }
  }

  /** Everything due. Timers first; awaits storage alone. Throws after the last step what the first bad one threw. */
  async everything(): Promise<void> {
    const shard = this.#shard
    shard.disarm()
    const errors: unknown[] = []
    for (const step of [
      () => this.#timers(),
      () => this.#reviewAccounts(),
      () => this.#backFillOn(),
      () => this.#sagas.resume(shard.now()),
      () => this.#lake.release(),
      () => this.#expire(),
      () => this.#expireHistory(),
      () => this.after(),
      () => shard.commit.run(() => shard.arm()),
    ]) {
      try {
        await step()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }

  /**
   * What the first turn writes goes to disk with what the alarm does next: a sync blocks every object of a machine. What
   * is sent because of it is held back by the platform until then.
   */
  async #timers(): Promise<void> {
    const { storage } = this.#shard.ctx
    for (let turn = 0; turn < TIMER_TURNS; turn++) {
      const undo = this.#shard.mark()
      try {
        if (storage.transactionSync(() => this.#serveTimers()) < TIMERS) return
      } catch (error) {
        undo()
        throw error
      }
      await storage.sync()
    }
  }

  #serveTimers(): number {
    const shard = this.#shard
    const now = shard.now()
    const due = shard.timers.due(now, TIMERS)
    for (const id of due) {
      const isServed = shard.alone(() => {
        shard.timers.clear(id)
        const found = shard.profiles.find(id)
        if (found === undefined || 'forward' in found) return
        // About to live elsewhere: there its time is served.
        if (found.saga !== null) return shard.timers.set(id, now + HELD_TIMER_RETRY, true)
        shard.save(found.profile, refresh(shard, found.profile, noChanges(), now))
      })
      if (!isServed) shard.timers.set(id, now + FAILED_TIMER_RETRY, true)
    }
    return due.length
  }

  /** Members of accounts that changed: so many slices now. */
  async #reviewAccounts(): Promise<void> {
    const shard = this.#shard
    for (let turn = 0; turn < REVIEW_TURNS; turn++) {
      if (shard.accounts.dueReview(shard.now()) === undefined) return
      if (!(await shard.commit.run(() => reviewMembers(shard)))) return
    }
  }

  /** One slice now, unless they are to wait; the alarm does the rest. */
  backFill(): void {
    const shard = this.#shard
    if (shard.backFill() !== undefined) shard.ctx.storage.transactionSync(() => this.#slice())
    acknowledge(shard, () => this.status())
  }

  /** So many slices, between which whoever waits comes first, and so does what is due. */
  async #backFillOn(): Promise<void> {
    const shard = this.#shard
    for (let turn = 0; turn < BACK_FILL_TURNS; turn++) {
      if (shard.backFill() === undefined) break
      const begun = Date.now()
      const isMore = await shard.commit.run(() => this.#slice())
      if (!isMore || shard.timers.earliest() <= shard.now()) break
      if (!this.traffic.isBusy) continue
      await this.#pause(PAUSE * (Date.now() - begun))
      turn += BUSY_TURNS - 1
    }
    acknowledge(shard, () => this.status())
  }

  /** Until the next timer is due, at the latest. */
  async #pause(length: Millis): Promise<void> {
    const { timers } = this.#shard
    const due = timers.earliest() - this.#shard.now()
    const most = Math.max(Math.min(length, LONGEST_PAUSE, due), 0)
    await new Promise((resolve) => setTimeout(resolve, most))
  }

  /** True if there is more to do by now. */
  #slice(): boolean {
    const shard = this.#shard
    if (shard.hold?.paused === true) return false
    const isMore = this.#backFill.slice(this.traffic.isBusy)
    shard.arm()
    return isMore
  }

  /** Once a day: what is kept for a time only. */
  #expire(): void {
    const shard = this.#shard
    const now = shard.now()
    if (now < (shard.meta.get<Millis>('expire-at') ?? 0)) return
    shard.ctx.storage.transactionSync(() => {
      shard.seen.expire(now)
      shard.outbox.expire(now)
      shard.capTally.expire(now)
      shard.exits.expire(shard.memberships.hours.expire(now))
      beginExpiry(shard, now)
      shard.meta.set('expire-at', now + DAY)
    })
  }

  /** So many slices of histories, out of which goes what has expired. */
  async #expireHistory(): Promise<void> {
    const shard = this.#shard
    if (shard.expiry === undefined) return
    for (let turn = 0; turn < EXPIRY_TURNS; turn++) {
      if (!(await shard.commit.run(() => expireSlice(shard)))) return
    }
  }

  /** What follows a commit, un-awaited: sending and reporting must not hold up the answer. */
  after(): void {
    if (this.#shard.outbox.earliest() <= this.#shard.now()) this.#pump.release()
    if (this.#shard.accounts.earliest() <= this.#shard.now()) tellAccounts(this.#shard)
    this.#shard.reporter.flush()
  }

  status(): ShardStatus {
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
      ...(shard.hold !== undefined && { hold: shard.hold.order }),
      oldestOutbox: shard.outbox.oldestOpen(),
      oldestTimer: timer === NEVER ? null : timer,
    }
  }
}
