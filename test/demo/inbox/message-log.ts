import type { Webhook } from 'standardwebhooks'
import type { BoxSummary, Message } from './message.ts'
import { checkSignature } from './signature.ts'

const MAX_MESSAGES = 2_000
/** Keeps the process small even if every message is of the largest size. */
const MAX_CHARACTERS = 64 * 1024 * 1024

export type Change =
  | { readonly type: 'received'; readonly message: Message }
  | { readonly type: 'cleared' }
  | { readonly type: 'checked'; readonly box: string }

type Arrival = Omit<Message, 'id' | 'signature'>

/** The latest messages in memory, oldest first, with the secrets of their boxes. */
export class MessageLog {
  #messages: Message[] = []
  #characters = 0
  #arrivals = 0
  readonly #secrets = new Map<string, Webhook>()
  readonly #watchers = new Set<(change: Change) => void>()

  add(arrival: Arrival): Message {
    const message = {
      ...arrival,
      id: `msg_${++this.#arrivals}`,
      signature: checkSignature(arrival, this.#secrets.get(arrival.box)),
    }
    this.#messages.push(message)
    this.#characters += message.body.length
    while (this.#messages.length > MAX_MESSAGES || this.#characters > MAX_CHARACTERS) {
      this.#characters -= this.#messages.shift()?.body.length ?? 0
    }
    this.#tell({ type: 'received', message })
    return message
  }

  list(box?: string): readonly Message[] {
    return box === undefined ? this.#messages : this.#messages.filter((each) => each.box === box)
  }

  boxes(): readonly BoxSummary[] {
    const counts = new Map<string, number>([...this.#secrets.keys()].map((box) => [box, 0]))
    for (const { box } of this.#messages) counts.set(box, (counts.get(box) ?? 0) + 1)
    return [...counts].map(([box, count]) => ({ box, count, hasSecret: this.#secrets.has(box) }))
  }

  /** Checks again what the box holds already: a destination's secret is known after it was made. */
  setSecret(box: string, webhook: Webhook): void {
    this.#secrets.set(box, webhook)
    this.#messages = this.#messages.map((message) =>
      message.box === box ? { ...message, signature: checkSignature(message, webhook) } : message,
    )
    this.#tell({ type: 'checked', box })
  }

  /** Secrets stay: the destinations that were made with them do too. */
  clear(): void {
    this.#messages = []
    this.#characters = 0
    this.#tell({ type: 'cleared' })
  }

  /** Returns the way to stop. */
  watch(watcher: (change: Change) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  #tell(change: Change): void {
    for (const watcher of this.#watchers) watcher(change)
  }
}
