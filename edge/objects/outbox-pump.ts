import { permits } from '../domain/activation.ts'
import { grantLifetime } from '../domain/consent.ts'
import { addressOf } from '../domain/id.ts'
import { nextAttemptAt } from '../domain/attempt-schedule.ts'
import type { DeliveryMessage, Receipt } from '../protocol/delivery.ts'
import type { DeliveryId, ProfileId } from '../protocol/id.ts'
import { MINUTE, SECOND, type Millis } from '../protocol/time.ts'
import type { TouchAsk } from '../protocol/touch.ts'
import type { OutboxRow } from '../storage/outbox-store.ts'
import { askPermissions } from './permission.ts'
import type { Shard } from './shard.ts'
import { releaseHere } from './touches.ts'

/** Messages that leave together: the platform takes 100 in one call, or 256 KB of which about 100 bytes a message. */
const BATCH = 100
const BATCH_BYTES = 200_000
const utf8 = new TextEncoder()
/** Batches that leave after one commit; the alarm rings again at once for the rest. */
const BATCHES = 20
/** How long a message may be under way before it is sent again: the queue's retries and the receiver's 15 s fit in. */
const LEASE: Millis = 2 * MINUTE
/** A consumer that is far behind must not be sent everything again and again: each release doubles the lease. */
const MAX_DOUBLINGS = 8
/** What the queue did not take is offered again then; each refusal in a row doubles it. */
const REFUSED_RETRY: Millis = SECOND
const MAX_REFUSED_RETRY: Millis = MINUTE

type Permission =
  | 'granted'
  | 'consent-withdrawn'
  | 'destination-disabled-or-deleted'
  | 'profile-deleted'
  | { readonly elsewhere: ProfileId }

/** Releases due deliveries to the queue, and closes them by the consumer's receipts. */
export class OutboxPump {
  readonly #shard: Shard
  /** Times in a row that the queue took nothing. */
  #refusals = 0

  constructor(shard: Shard) {
    this.#shard = shard
  }

  /**
   * Leases what is due and hands it to the queue, un-awaited: a queue that hangs must not delay anybody's exit. What
   * the queue refuses is soon offered again; what it takes and loses, when the lease has run out.
   */
  release(): void {
    for (let turn = 0; turn < BATCHES; turn++) if (this.#releaseBatch() < BATCH) return
  }

  /** How many rows were due. */
  #releaseBatch(): number {
    const shard = this.#shard
    const { here, elsewhere, due } = shard.ctx.storage.transactionSync(() => {
      const now = shard.now()
      const here: OutboxRow[] = []
      const elsewhere: { readonly row: OutboxRow; readonly profile: ProfileId }[] = []
      const due = shard.outbox.due(now, BATCH)
      for (const row of due) {
        // Leased first: a row whose profile cannot be read must not hold up those behind it.
        shard.outbox.lease(row.id, now + LEASE * 2 ** Math.min(row.releases, MAX_DOUBLINGS))
        shard.alone(() => {
          const permission = this.#permission(row, now)
          if (typeof permission === 'object') elsewhere.push({ row, profile: permission.elsewhere })
          else if (permission === 'granted') here.push(row)
          else this.#refuse(row, permission, now)
        })
      }
      shard.arm()
      return { here, elsewhere, due: due.length }
    })
    this.#send(here)
    // Leased: whatever breaks off here is tried again.
    for (const one of elsewhere) this.#releaseElsewhere(one.row, one.profile).catch(() => undefined)
    return due
  }

  /** Consent is asked again at the moment of sending: what was withdrawn meanwhile stays here. */
  #permission(row: OutboxRow, now: Millis): Permission {
    const { compiled } = this.#shard
    const destination = compiled.destinations.get(row.destination)
    if (destination?.enabled !== true) return 'destination-disabled-or-deleted'
    if (row.type === 'erased') return 'granted'
    const found = this.#shard.locate(row.profile)
    if (found === undefined) return 'profile-deleted'
    if ('elsewhere' in found) return found
    const lifetime = grantLifetime(compiled.catalog)
    return permits(found.profile, destination, row, lifetime, now) ? 'granted' : 'consent-withdrawn'
  }

  /** The profile was merged into another shard's: that one knows the consent. */
  async #releaseElsewhere(row: OutboxRow, profile: ProfileId): Promise<void> {
    const { workspace, env } = this.#shard
    if (row.type !== 'erased') {
      const [permission] = await askPermissions(env, workspace, addressOf(profile), [row])
      // Asked again when the lease has run out.
      if (permission === undefined) return
      if (!permission) return this.#withdraw(row)
    }
    this.#send([row])
  }

  async #withdraw(row: OutboxRow): Promise<void> {
    const { commit } = this.#shard
    await commit.run(() => {
      this.#refuse(row, 'consent-withdrawn', this.#shard.now())
      this.#shard.arm()
    })
  }

  #refuse(row: OutboxRow, reason: Exclude<Permission, object | 'granted'>, now: Millis): void {
    const { outbox, reporter } = this.#shard
    const { id, attempts } = row
    const outcome = { type: 'refused', reason } as const
    outbox.close(id, 'refused', [...attempts, { at: now, duration: 0, reason }], now)
    this.#release(row, reason)
    reporter.addDelivery({ ...shown(row), at: now, outcome })
  }

  #send(rows: readonly OutboxRow[]): void {
    let parcel: { row: OutboxRow; body: DeliveryMessage }[] = []
    let bytes = 0
    for (const row of rows) {
      const body = this.#message(row)
      const size = utf8.encode(JSON.stringify(body)).length
      if (bytes + size > BATCH_BYTES) {
        this.#sendTogether(parcel)
        parcel = []
        bytes = 0
      }
      parcel.push({ row, body })
      bytes += size
    }
    this.#sendTogether(parcel)
  }

  #sendTogether(parcel: readonly { row: OutboxRow; body: DeliveryMessage }[]): void {
    if (parcel.length === 0) return
    this.#shard.env.DELIVERIES.sendBatch(parcel.map(({ body }) => ({ body }))).then(
      () => {
        this.#refusals = 0
      },
      () => this.#takeBack(parcel.map(({ row }) => row)),
    )
  }

  /** The queue did not take them: their leases would only delay them. */
  #takeBack(rows: readonly OutboxRow[]): void {
    const { commit, outbox } = this.#shard
    const wait = Math.min(REFUSED_RETRY * 2 ** this.#refusals, MAX_REFUSED_RETRY)
    this.#refusals += 1
    const taken = commit.run(() => {
      for (const { id, attempt } of rows) outbox.takeBack(id, attempt, this.#shard.now() + wait)
      this.#shard.arm()
    })
    // Not written: then the leases run out.
    taken.catch(() => undefined)
  }

  #message(row: OutboxRow): DeliveryMessage {
    const { workspace, address, compiled } = this.#shard
    const { id, destination, attempt, profile, at } = row
    const told = { id, workspace, shard: address, destination, attempt, profile, at }
    if (row.type === 'erased') return { ...told, type: row.type }
    const definition =
      compiled.segments.get(row.segment)?.definition ??
      compiled.retired.find(({ id: segment }) => segment === row.segment)
    const { activation, type, decidedAt, cause, clauses, choice } = row
    // One that was deleted long ago is known by its id alone.
    const { key, name } = definition ?? { key: row.segment, name: row.segment }
    return {
      ...told,
      activation,
      segment: { id: row.segment, key, name },
      type,
      decidedAt,
      cause,
      ...(clauses !== undefined && { clauses }),
      ...(choice !== undefined && { choice }),
    }
  }

  /**
   * Idempotent: a receipt of an attempt that is already recorded changes nothing, except that what was delivered is
   * delivered, whichever attempt it was. Call it in a transaction.
   */
  record({ id, attempt, startedAt, duration, outcome }: Receipt): void {
    const shard = this.#shard
    const row = shard.outbox.find(id)
    if (row === undefined || row.state !== 'pending') return
    if (row.attempt !== attempt && outcome.type !== 'delivered') return
    const now = shard.now()
    const attempts = [
      ...row.attempts,
      {
        at: startedAt,
        duration,
        ...(outcome.status !== undefined && { status: outcome.status }),
        ...(outcome.type !== 'delivered' && { reason: outcome.reason }),
      },
    ]
    shard.reporter.addDelivery({ ...shown(row), attempt, at: now, outcome })
    if (outcome.type === 'delivered' && row.type === 'erased') return shard.outbox.remove(id)
    if (outcome.type !== 'retry') {
      shard.outbox.close(id, outcome.type, attempts, now)
      if (outcome.type === 'refused') this.#release(row, outcome.reason)
      return
    }
    const tried = attempt - row.replayedAfter
    const nextAt = nextAttemptAt(tried, now, Math.random(), outcome.retryAfter)
    if (nextAt === undefined) {
      shard.outbox.close(id, 'parked', attempts, now)
      this.#release(row, outcome.reason)
    } else shard.outbox.postpone(id, nextAt, attempts)
  }

  /** What is given up reached nobody: it takes no place under the caps any more. */
  #release(row: OutboxRow, reason: string): void {
    if (row.type === 'erased' || row.touch === undefined) return
    releaseHere(this.#shard, row.profile, row.id, reason)
  }

  /**
   * Makes a closed, undelivered row due at once, its schedule begun anew. One that reaches its person gave its place up:
   * without `isAllowed` what it asks for is answered instead. Call it in a transaction.
   */
  replay(
    id: DeliveryId,
    isAllowed = false,
  ): boolean | { readonly asks: TouchAsk; readonly profile: ProfileId } {
    const { outbox } = this.#shard
    const row = outbox.find(id)
    if (row === undefined || (row.state !== 'parked' && row.state !== 'refused')) return false
    if (!isAllowed && row.type !== 'erased' && row.touch !== undefined) {
      return { asks: row.touch, profile: row.profile }
    }
    outbox.reopen(id, this.#shard.now())
    return true
  }
}

const shown = (row: OutboxRow) => ({
  id: row.id,
  destination: row.destination,
  ...(row.type !== 'erased' && { segment: row.segment }),
  type: row.type,
  attempt: row.attempt,
})
