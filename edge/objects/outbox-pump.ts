import { permits } from '../domain/activation.ts'
import { nextAttemptAt } from '../domain/attempt-schedule.ts'
import type { DeliveryMessage, Receipt } from '../protocol/delivery.ts'
import type { DeliveryId } from '../protocol/id.ts'
import { MINUTE, type Millis } from '../protocol/time.ts'
import type { OutboxRow } from '../storage/outbox-store.ts'
import type { Shard } from './shard.ts'

/** Messages that leave together: the platform takes 100 or 256 KB in one call. */
const BATCH = 50
/** How long a message may be under way before it is sent again: the queue's retries and the receiver's 15 s fit in. */
const LEASE: Millis = 2 * MINUTE

/** Releases due deliveries to the queue, and closes them by the consumer's receipts. */
export class OutboxPump {
  readonly #shard: Shard

  constructor(shard: Shard) {
    this.#shard = shard
  }

  /**
   * Leases what is due and hands it to the queue, un-awaited: a queue that hangs must not delay anybody's exit. If
   * the queue refuses, the lease runs out and the alarm tries again.
   */
  release(): void {
    const shard = this.#shard
    const messages = shard.ctx.storage.transactionSync(() => {
      const now = shard.now()
      const due = shard.outbox.due(now, BATCH).filter((row) => this.#mayLeave(row, now))
      for (const { id } of due) shard.outbox.lease(id, now + LEASE)
      shard.arm()
      return due.flatMap((row) => this.#message(row))
    })
    if (messages.length === 0) return
    shard.env.DELIVERIES.sendBatch(messages.map((body) => ({ body }))).catch(() => undefined)
  }

  /** Consent is asked again at the moment of sending: what was withdrawn meanwhile stays here. */
  #mayLeave(row: OutboxRow, now: Millis): boolean {
    const { outbox, compiled } = this.#shard
    const destination = compiled.destinations.get(row.destination)
    const found = this.#shard.locate(row.profile)
    const isPermitted =
      destination !== undefined &&
      (found === undefined || !('profile' in found) || permits(found.profile, destination, now))
    if (isPermitted) return true
    const reason =
      destination?.enabled === true ? 'consent-withdrawn' : 'destination-disabled-or-deleted'
    outbox.update(
      row.id,
      { ...row, state: 'refused', attempts: [...row.attempts, { at: now, duration: 0, reason }] },
      now,
    )
    return false
  }

  #message(row: OutboxRow): DeliveryMessage[] {
    const { workspace, address, compiled } = this.#shard
    const definition = compiled.segments.get(row.segment)?.definition
    const { id, destination, activation, attempt, profile, type, at, decidedAt, cause } = row
    return [
      {
        id,
        workspace,
        shard: address,
        destination,
        activation,
        attempt,
        profile,
        // A deleted segment is still told of its exits, by its id.
        segment: {
          id: row.segment,
          key: definition?.key ?? row.segment,
          name: definition?.name ?? row.segment,
        },
        type,
        at,
        decidedAt,
        cause,
      },
    ]
  }

  /** Idempotent: a receipt of an attempt that is already recorded changes nothing. Call it in a transaction. */
  record({ id, attempt, startedAt, duration, outcome }: Receipt): void {
    const shard = this.#shard
    const row = shard.outbox.find(id)
    if (row === undefined || row.state !== 'pending' || row.attempt !== attempt) return
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
    shard.reporter.addDelivery({
      id,
      destination: row.destination,
      segment: row.segment,
      type: row.type,
      attempt,
      at: now,
      outcome,
    })
    if (outcome.type !== 'retry') {
      const state = outcome.type === 'delivered' ? 'delivered' : 'refused'
      shard.outbox.update(id, { state, attempt, nextAt: now, attempts }, now)
      return
    }
    const nextAt = nextAttemptAt(attempt, now, Math.random(), outcome.retryAfter)
    shard.outbox.update(
      id,
      nextAt === undefined
        ? { state: 'parked', attempt, nextAt: now, attempts }
        : { state: 'pending', attempt: attempt + 1, nextAt, attempts },
      now,
    )
  }

  /** Makes a closed, undelivered row due at once, its attempts counted anew. Call it in a transaction. */
  replay(id: DeliveryId): boolean {
    const { outbox } = this.#shard
    const row = outbox.find(id)
    if (row === undefined || (row.state !== 'parked' && row.state !== 'refused')) return false
    const now = this.#shard.now()
    outbox.update(id, { state: 'pending', attempt: 1, nextAt: now, attempts: row.attempts }, now)
    return true
  }
}
