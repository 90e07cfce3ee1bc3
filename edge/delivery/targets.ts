import type { AttemptOutcome, DeliveryMessage, DestinationTarget } from '../protocol/delivery.ts'
import type { DeliveryPorts } from './ports.ts'

type Named = Pick<DeliveryMessage, 'workspace' | 'destination'>

/** A receiver that let so many deliveries in a row wait in vain is not waited for again in the same batch. */
const MAX_TIMEOUTS = 3

/** Destinations of one batch, each looked up once, and how their receivers fared. */
export class Targets {
  readonly #ports: Pick<DeliveryPorts, 'target'>
  readonly #found = new Map<string, Promise<DestinationTarget | null>>()
  readonly #timeouts = new Map<string, number>()

  constructor(ports: Pick<DeliveryPorts, 'target'>) {
    this.#ports = ports
  }

  of(named: Named): Promise<DestinationTarget | null> {
    const { workspace, destination } = named
    const name = nameOf(named)
    const found = this.#found.get(name) ?? this.#ports.target(workspace, destination)
    this.#found.set(name, found)
    return found
  }

  forget(named: Named): void {
    this.#found.delete(nameOf(named))
  }

  /** A batch waits for its slowest receiver: one that hangs must not make all others wait a hundred times. */
  isHanging(named: Named): boolean {
    return (this.#timeouts.get(nameOf(named)) ?? 0) >= MAX_TIMEOUTS
  }

  note(named: Named, outcome: AttemptOutcome): void {
    const name = nameOf(named)
    const hasTimedOut = outcome.type === 'retry' && outcome.timedOut === true
    if (hasTimedOut) this.#timeouts.set(name, (this.#timeouts.get(name) ?? 0) + 1)
    else if (!this.isHanging(named)) this.#timeouts.delete(name)
  }
}

const nameOf = ({ workspace, destination }: Named): string => `${workspace} ${destination}`
