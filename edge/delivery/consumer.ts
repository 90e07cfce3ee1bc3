import type { DeliveryMessage, DestinationTarget, Receipt } from '../protocol/delivery.ts'
import { attempt } from './attempt.ts'
import { isAddressable, isDeliveryMessage } from './message.ts'
import type { DeliveryPorts, QueuedBatch, QueuedMessage } from './ports.ts'

/**
 * A Worker holds six connections that wait for an answer; a seventh would spend its own timeout standing in line
 * behind slow receivers.
 */
const CONNECTIONS = 6

/** What stands behind a delivery that failed waits for so many seconds. */
const HELD_BACK_SECONDS = 5

/** Seconds an object gets to come back before it is asked again, so that a restart does not use up all retries. */
const RETRY_SECONDS = 2

/** As the outbox says it of what it has not released yet. */
const WITHDRAWN = { type: 'refused', reason: 'consent-withdrawn' } as const

type Queued = QueuedMessage<DeliveryMessage>

/**
 * Sends a batch of deliveries. Each message is acknowledged by itself, and only after its shard has stored the
 * receipt: what is lost in between comes again with the same `webhook-id`.
 *
 * Deliveries of one profile to one destination go one after the other, in the batch's order; all else goes at once.
 * Consent is asked for once more at that moment. Never throws: one message's trouble is its own.
 */
export async function consumeDeliveries(
  batch: QueuedBatch<unknown>,
  ports: DeliveryPorts,
): Promise<void> {
  const lines = new Map<string, Queued[]>()
  const poison: QueuedMessage<unknown>[] = []
  for (const message of batch.messages) {
    if (isDeliveryMessage(message.body)) {
      const { workspace, profile, destination } = message.body
      const key = `${workspace} ${profile} ${destination}`
      const line = lines.get(key) ?? []
      lines.set(key, line)
      line.push(message as Queued)
    } else {
      poison.push(message)
    }
  }
  const targets = new Targets(ports)
  const tasks = [
    ...poison.map((message) => () => refuse(message, ports)),
    ...[...lines.values()].map((line) => () => sendInOrder(line, targets, ports)),
  ]
  const next = tasks.values()
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (const task of next) await task()
    }),
  )
}

/**
 * The dead-letter queue: messages whose processing failed again and again (not their receivers: that is an outcome).
 * Told to the shard as a failed attempt, so that its schedule goes on.
 */
export async function consumeDeadDeliveries(
  batch: QueuedBatch<unknown>,
  ports: Pick<DeliveryPorts, 'receipt' | 'now'>,
): Promise<void> {
  await Promise.all(
    batch.messages.map(async (message) => {
      const { body } = message
      if (!isAddressable(body)) return message.ack()
      const reason = 'the delivery could not be processed here: nothing is known of the receiver'
      const outcome = { type: 'retry', reason } as const
      const receipt = {
        id: body.id,
        attempt: body.attempt,
        startedAt: ports.now(),
        duration: 0,
        outcome,
      }
      await settle(message, () => ports.receipt(body.workspace, body.shard, receipt))
    }),
  )
}

/** Sends one line of deliveries; what stands behind a failed one waits, or it would overtake it. */
async function sendInOrder(
  line: readonly Queued[],
  targets: Targets,
  ports: DeliveryPorts,
): Promise<void> {
  const sent = new Map<string, Receipt>()
  let held = false
  for (const message of line) {
    if (held) {
      message.retry({ delaySeconds: HELD_BACK_SECONDS })
      continue
    }
    const { id, attempt: number, workspace, shard, destination } = message.body
    const name = `${id} ${number}`
    const settled = await settle(message, async () => {
      // The queue may hold a message twice: the same attempt is made once.
      const receipt = sent.get(name) ?? (await receiptOf(message.body, targets, ports))
      sent.set(name, receipt)
      held = receipt.outcome.type === 'retry'
      if (receipt.outcome.type === 'refused' && receipt.outcome.disable === true) {
        await ports.disable(workspace, destination)
        targets.forget(message.body)
      }
      await ports.receipt(workspace, shard, receipt)
    })
    held ||= !settled
  }
}

async function receiptOf(
  message: DeliveryMessage,
  targets: Targets,
  ports: DeliveryPorts,
): Promise<Receipt> {
  const target = await targets.of(message)
  const isPermitted = await ports.permits(message)
  const startedAt = ports.now()
  const began = Date.now()
  const outcome = isPermitted ? await attempt(message, target, ports) : WITHDRAWN
  const duration = Date.now() - began
  return { id: message.id, attempt: message.attempt, startedAt, duration, outcome }
}

/** A message that is not a delivery, by a bug or by an older version: no attempt can mend it. */
async function refuse(message: QueuedMessage<unknown>, ports: DeliveryPorts): Promise<void> {
  const { body } = message
  // Without an address nobody can be told; its outbox row, if there is one, is released again by its shard.
  if (!isAddressable(body)) return message.ack()
  const outcome = {
    type: 'refused',
    reason: 'the delivery is malformed and cannot be sent',
  } as const
  const receipt = {
    id: body.id,
    attempt: body.attempt,
    startedAt: ports.now(),
    duration: 0,
    outcome,
  }
  await settle(message, () => ports.receipt(body.workspace, body.shard, receipt))
}

/** Acknowledges a message if `act` succeeds; else the queue brings it again. Whether it did. */
async function settle(message: QueuedMessage<unknown>, act: () => Promise<void>): Promise<boolean> {
  try {
    await act()
    message.ack()
    return true
  } catch {
    // A stub that failed stays broken and an object may be restarting: the queue's next try makes new ones.
    message.retry({ delaySeconds: RETRY_SECONDS })
    return false
  }
}

/** Destinations of one batch, each looked up once. */
class Targets {
  readonly #ports: Pick<DeliveryPorts, 'target'>
  readonly #found = new Map<string, Promise<DestinationTarget | null>>()

  constructor(ports: Pick<DeliveryPorts, 'target'>) {
    this.#ports = ports
  }

  of({ workspace, destination }: DeliveryMessage): Promise<DestinationTarget | null> {
    const name = `${workspace} ${destination}`
    const found = this.#found.get(name) ?? this.#ports.target(workspace, destination)
    this.#found.set(name, found)
    return found
  }

  forget({ workspace, destination }: DeliveryMessage): void {
    this.#found.delete(`${workspace} ${destination}`)
  }
}
