import type { CrossingMessage, DeliveryMessage } from '../protocol/delivery.ts'
import type { Millis } from '../protocol/time.ts'
import type { DeliveryPorts } from './ports.ts'

/** What was answered longer ago is asked anew: so much later than a withdrawal may something still leave, no more. */
const LIFE: Millis = 250

type Answers = ReadonlyMap<DeliveryMessage, boolean | undefined>

interface Asked {
  readonly answers: Promise<Answers>
  /** undefined: not answered yet. */
  answeredAt?: Millis
}

/** Permits of one batch: one call of a shard answers for all its people who wait to be told of. */
export class Permits {
  readonly #ports: Pick<DeliveryPorts, 'permits'>
  /** By shard. */
  readonly #waiting = new Map<string, Set<CrossingMessage>>()
  readonly #asked = new Map<string, Asked>()

  constructor(messages: Iterable<DeliveryMessage>, ports: Pick<DeliveryPorts, 'permits'>) {
    this.#ports = ports
    for (const message of messages) {
      if (message.type === 'erased') continue
      const waiting = this.#waiting.get(shardOf(message)) ?? new Set()
      this.#waiting.set(shardOf(message), waiting.add(message))
    }
  }

  /** Asked at the moment of sending, once for each attempt. Throws if the shard cannot answer now. */
  async of(message: DeliveryMessage): Promise<boolean> {
    // Nobody is left to ask, and nobody may forbid that they are forgotten.
    if (message.type === 'erased') return true
    const answer = (await this.#fresh(message).answers).get(message)
    this.#waiting.get(shardOf(message))?.delete(message)
    if (answer === undefined) throw new Error('Nobody could be asked for the permission')
    return answer
  }

  #fresh(message: CrossingMessage): Asked {
    const shard = shardOf(message)
    const known = this.#asked.get(shard)
    if (known !== undefined && Date.now() - (known.answeredAt ?? Date.now()) < LIFE) return known
    const asked: Asked = {
      answers: this.#ask(message).finally(() => (asked.answeredAt = Date.now())),
    }
    this.#asked.set(shard, asked)
    return asked
  }

  async #ask({ workspace, shard }: CrossingMessage): Promise<Answers> {
    const waiting = [...(this.#waiting.get(shardOf({ workspace, shard })) ?? [])]
    const answers = await this.#ports.permits(workspace, shard, waiting)
    return new Map(waiting.map((message, index) => [message, answers[index]]))
  }
}

const shardOf = ({ workspace, shard }: Pick<DeliveryMessage, 'workspace' | 'shard'>): string =>
  `${workspace} ${shard.region} ${shard.shard}`
