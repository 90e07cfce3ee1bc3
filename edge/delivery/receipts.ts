import type { DeliveryMessage, Receipt } from '../protocol/delivery.ts'
import type { Millis } from '../protocol/time.ts'
import type { DeliveryPorts } from './ports.ts'

/** Receipts wait so long for others of their shard: a slow receiver must not keep rows open that are done. */
const GAP: Millis = 100

type Address = Pick<DeliveryMessage, 'workspace' | 'shard'>

interface Waiting {
  readonly receipt: Receipt
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

interface Pool {
  readonly address: Address
  readonly waiting: Waiting[]
  readonly timer: ReturnType<typeof setTimeout>
}

/** Receipts of one batch, which travel to their shard together. */
export class Receipts {
  readonly #ports: Pick<DeliveryPorts, 'receipts'>
  /** By shard. */
  readonly #pools = new Map<string, Pool>()

  constructor(ports: Pick<DeliveryPorts, 'receipts'>) {
    this.#ports = ports
  }

  /** Resolves when its shard has stored it; rejects if that is not known. */
  store({ workspace, shard }: Address, receipt: Receipt): Promise<void> {
    const name = `${workspace} ${shard.region} ${shard.shard}`
    const pool = this.#pools.get(name) ?? {
      address: { workspace, shard },
      waiting: [],
      timer: setTimeout(() => void this.#send(name), GAP),
    }
    this.#pools.set(name, pool)
    return new Promise((resolve, reject) => pool.waiting.push({ receipt, resolve, reject }))
  }

  /** Sends what waits, at once. */
  flush(): void {
    for (const name of this.#pools.keys()) void this.#send(name)
  }

  async #send(name: string): Promise<void> {
    const pool = this.#pools.get(name)
    if (pool === undefined) return
    this.#pools.delete(name)
    clearTimeout(pool.timer)
    const { address, waiting } = pool
    try {
      const receipts = waiting.map(({ receipt }) => receipt)
      const stored = await this.#ports.receipts(address.workspace, address.shard, receipts)
      waiting.forEach(({ resolve, reject }, index) => {
        if (stored[index] === true) resolve()
        else reject(new Error('The shard did not store the receipt'))
      })
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }
}
