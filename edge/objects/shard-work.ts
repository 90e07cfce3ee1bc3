import { noChanges } from '../domain/apply-event.ts'
import type { ShardStatus } from '../protocol/objects.ts'
import { DAY, MINUTE, NEVER, SECOND, type Millis } from '../protocol/time.ts'
import { tellAccounts } from './account-calls.ts'
import { reviewMembers } from './accounts.ts'
import { acknowledge, backFillSlice } from './back-fill.ts'
import { refresh } from './refresh.ts'
import type { LakeFlush } from './lake-flush.ts'
import type { MoveSagas } from './move-saga.ts'
import type { OutboxPump } from './outbox-pump.ts'
import type { Shard } from './shard.ts'

/** Timers served in one transaction, and transactions in one run of the alarm. */
const TIMERS = 500
const TIMER_TURNS = 20
/** Back-fill slices in one run of the alarm; the alarm rings again at once for the rest. */
const BACK_FILL_TURNS = 10
const REVIEW_TURNS = 10
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

  constructor(shard: Shard, pump: OutboxPump, sagas: MoveSagas, lake: LakeFlush) {
    this.#shard = shard
    this.#pump = pump
    this.#sagas = sagas
    this.#lake = lake
  }

  /** Never throws: an alarm that keeps throwing is given up by the platform for ever. */
  async alarm(): Promise<void> {
    const shard = this.#shard
    shard.disarm()
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
      () => this.backFill(BACK_FILL_TURNS),
      () => this.#sagas.resume(shard.now()),
      () => this.#lake.release(),
      () => this.#expire(),
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

  async #timers(): Promise<void> {
    for (let turn = 0; turn < TIMER_TURNS; turn++) {
      const served = await this.#shard.commit.run(() => this.#serveTimers())
      if (served < TIMERS) return
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
      if (!(await shard.commit.run(() => reviewMembers(shard)))) return
    }
  }

  /** So many slices now, unless they are to wait; the alarm does the rest. */
  backFill(turns: number): void {
    const shard = this.#shard
    for (let turn = 0; turn < turns && shard.hold?.paused !== true; turn++) {
      const isMore = shard.ctx.storage.transactionSync(() => {
        const more = backFillSlice(shard)
        shard.arm()
        return more
      })
      if (!isMore) break
    }
    acknowledge(shard, this.status())
  }

  /** Once a day: what is kept for a time only. */
  #expire(): void {
    const shard = this.#shard
    const now = shard.now()
    if (now < (shard.meta.get<Millis>('expire-at') ?? 0)) return
    shard.ctx.storage.transactionSync(() => {
      shard.seen.expire(now)
      shard.outbox.expire(now)
      shard.meta.set('expire-at', now + DAY)
    })
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
