import type { AttemptOutcome, DeliveryMessage, Receipt } from '../protocol/delivery.ts'
import { attempt } from './attempt.ts'
import { isAddressable, isDeliveryMessage, type Addressable } from './message.ts'
import { Permits } from './permits.ts'
import type { DeliveryPorts, QueuedBatch, QueuedMessage } from './ports.ts'
import { Receipts } from './receipts.ts'
import { Targets } from './targets.ts'

/** What stands behind a delivery that failed waits for so many seconds. */
const HELD_BACK_SECONDS = 5

/** Seconds an object gets to come back before it is asked again, so that a restart does not use up all retries. */
const RETRY_SECONDS = 2

/** As the outbox says it of what it has not released yet. */
const WITHDRAWN = { type: 'refused', reason: 'consent-withdrawn' } as const

const HANGING = {
  type: 'retry',
  reason: 'not tried: the receiver gave no answer to the deliveries before this one',
} as const

const MALFORMED = {
  type: 'refused',
  reason: 'the delivery is malformed and cannot be sent',
} as const

const UNPROCESSED = {
  type: 'retry',
  reason: 'the delivery could not be processed here: nothing is known of the receiver',
} as const

type Queued = QueuedMessage<DeliveryMessage>

/** What the deliveries of one batch have in common. */
interface Batch {
  readonly ports: DeliveryPorts
  readonly targets: Targets
  readonly permits: Permits
  readonly receipts: Receipts
}

/**
 * Sends a batch of deliveries. Each message is acknowledged by itself, and only after its shard has stored the
 * receipt: what is lost in between comes again with the same `webhook-id`.
 *
 * Deliveries of one profile to one destination go one after the other, in the batch's order; all else goes at once.
 * Consent is asked for once more at that moment. A shard is asked and told of all its deliveries together. Never
 * throws: one message's trouble is its own.
 */
export async function consumeDeliveries(
  { messages }: QueuedBatch<unknown>,
  ports: DeliveryPorts,
): Promise<void> {
  const sound = messages.filter(isSound)
  const batch: Batch = {
    ports,
    targets: new Targets(ports),
    permits: new Permits(
      sound.map(({ body }) => body),
      ports,
    ),
    receipts: new Receipts(ports),
  }
  const unsound = messages.filter((message) => !isSound(message))
  const closing = unsound.map((message) => conclude(message, MALFORMED, batch))
  const next = linesOf(sound).values()
  await Promise.all(
    Array.from({ length: ports.connections }, async () => {
      for (const line of next) closing.push(await sendInOrder(line, batch))
    }),
  )
  batch.receipts.flush()
  await Promise.all(closing.map(({ settled }) => settled))
}

/**
 * The dead-letter queue: messages whose processing failed again and again (not their receivers: that is an outcome).
 * Told to the shard as a failed attempt, so that its schedule goes on.
 */
export async function consumeDeadDeliveries(
  { messages }: QueuedBatch<unknown>,
  ports: Pick<DeliveryPorts, 'receipts' | 'now'>,
): Promise<void> {
  const receipts = new Receipts(ports)
  const closing = messages.map((message) => conclude(message, UNPROCESSED, { ports, receipts }))
  receipts.flush()
  await Promise.all(closing.map(({ settled }) => settled))
}

const isSound = (message: QueuedMessage<unknown>): message is Queued =>
  isDeliveryMessage(message.body)

/** Deliveries of one profile to one destination, in the batch's order. */
function linesOf(messages: readonly Queued[]): readonly (readonly Queued[])[] {
  const lines = new Map<string, Queued[]>()
  for (const message of messages) {
    const { workspace, profile, destination } = message.body
    const key = `${workspace} ${profile} ${destination}`
    const line = lines.get(key) ?? []
    lines.set(key, line)
    line.push(message)
  }
  return [...lines.values()]
}

/** Wrapped, or it would be waited for wherever it is handed on. */
interface Closing {
  /** Whether the receipt is stored and the message acknowledged; else the queue brings it again. */
  readonly settled: Promise<boolean>
}

/** Sends one line of deliveries; what stands behind a failed one waits, or it would overtake it. */
async function sendInOrder(line: readonly Queued[], batch: Batch): Promise<Closing> {
  const sent = new Map<string, Receipt>()
  let last: Closing = { settled: Promise.resolve(true) }
  let held = false
  for (const message of line) {
    if (line.length > 1) {
      batch.receipts.flush()
      held ||= !(await last.settled)
    }
    if (held) {
      message.retry({ delaySeconds: HELD_BACK_SECONDS })
      continue
    }
    const { id, attempt: number } = message.body
    const name = `${id} ${number}`
    try {
      // The queue may hold a message twice: the same attempt is made once.
      const receipt = sent.get(name) ?? (await receiptOf(message.body, batch))
      sent.set(name, receipt)
      held = receipt.outcome.type === 'retry'
      await disableIfGone(message.body, receipt.outcome, batch)
      last = close(message, message.body, receipt, batch.receipts)
    } catch {
      comeAgain(message)
      held = true
    }
  }
  return last
}

async function receiptOf(
  message: DeliveryMessage,
  { targets, permits, ports }: Batch,
): Promise<Receipt> {
  const target = await targets.of(message)
  const isPermitted = await permits.of(message)
  const startedAt = ports.now()
  const began = Date.now()
  const outcome = !isPermitted
    ? WITHDRAWN
    : targets.isHanging(message)
      ? HANGING
      : await attempt(message, target, ports)
  targets.note(message, outcome)
  const duration = Date.now() - began
  return { id: message.id, attempt: message.attempt, startedAt, duration, outcome }
}

async function disableIfGone(
  message: DeliveryMessage,
  outcome: AttemptOutcome,
  { targets, ports }: Batch,
): Promise<void> {
  if (outcome.type !== 'refused' || outcome.disable !== true) return
  await ports.disable(message.workspace, message.destination)
  targets.forget(message)
}

/** Ends a message that was not sent: no delivery, by a bug or by an older version, or one that failed too often. */
function conclude(
  message: QueuedMessage<unknown>,
  outcome: AttemptOutcome,
  { ports, receipts }: { readonly ports: Pick<DeliveryPorts, 'now'>; readonly receipts: Receipts },
): Closing {
  const { body } = message
  if (!isAddressable(body)) {
    // Nobody can be told; its outbox row, if there is one, is released again by its shard.
    message.ack()
    return { settled: Promise.resolve(true) }
  }
  const { id, attempt: number } = body
  const receipt = { id, attempt: number, startedAt: ports.now(), duration: 0, outcome }
  return close(message, body, receipt, receipts)
}

function close(
  message: QueuedMessage<unknown>,
  address: Addressable,
  receipt: Receipt,
  receipts: Receipts,
): Closing {
  const settled = receipts.store(address, receipt).then(
    () => {
      message.ack()
      return true
    },
    () => {
      comeAgain(message)
      return false
    },
  )
  return { settled }
}

/** A stub that failed stays broken and an object may be restarting: the queue's next try makes new ones. */
const comeAgain = (message: QueuedMessage<unknown>): void =>
  message.retry({ delaySeconds: RETRY_SECONDS })
