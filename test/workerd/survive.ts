import { nameOf, watchSteps, type FaultKind, type FaultPoint, type Watch } from './fault-points.ts'
import type { Scenario } from './merge-scenarios.ts'
import { Clients } from './people-client.ts'
import { differences } from './people-ledger.ts'
import { pause, quiesce } from './quiesce.ts'
import { heal, hurry } from './shard-faults.ts'
import { resetClock, World } from './shard-fixture.ts'
import { telling } from './telling-catalog.ts'

/** The `n`th time that a point is reached in a scenario, from 1. */
export interface Occurrence {
  readonly name: string
  readonly n: number
  readonly point: FaultPoint
}

/** A client that waits for longer than any limit of the product, when those pass fifty times as fast. */
const PATIENCE = 900
/** Longer than anything comes late. */
const AFTERMATH = 80

/** Every step a scenario takes when nothing fails, in order. */
export async function recordSteps({ play }: Scenario): Promise<Occurrence[]> {
  const world = new World(telling)
  await world.publish()
  const counts = new Map<string, number>()
  const found: Occurrence[] = []
  watchSteps({
    workspace: world.workspace,
    reached: (point) => {
      const name = nameOf(point)
      const n = (counts.get(name) ?? 0) + 1
      counts.set(name, n)
      found.push({ name, n, point })
      return undefined
    },
  })
  try {
    await play(new Clients(world))
  } finally {
    watchSteps(undefined)
  }
  return found
}

/** What meets which fault; told of each step in turn. */
export type Plan = Watch['reached']

/** The fault at one occurrence. */
export function faultAt({ name, n }: Occurrence, kind: FaultKind): Plan {
  let met = 0
  return (point) => (nameOf(point) === name && ++met === n ? kind : undefined)
}

/** A second fault, so many steps after a first one. */
export function faultAfter(
  first: Plan,
  steps: number,
  kindOf: (point: FaultPoint) => FaultKind,
): Plan {
  let left: number | undefined
  return (point) => {
    if (left !== undefined) return --left === 0 ? kindOf(point) : undefined
    const kind = first(point)
    if (kind !== undefined) left = steps
    return kind
  }
}

/**
 * Plays a scenario whose steps fail by a plan, or arrive in an order that `wait` makes, lets everything come to rest, and compares with the rules.
 * @returns what is not as it must be, and how many faults were met.
 */
export async function survive(
  { play, views }: Scenario,
  plan: Plan | undefined,
  wait?: Watch['wait'],
): Promise<{ readonly wrong: readonly string[]; readonly met: number }> {
  const world = new World(telling)
  await world.publish()
  const clients = plan === undefined ? new Clients(world) : new Clients(world, PATIENCE)
  let met = 0
  watchSteps({
    workspace: world.workspace,
    reached: (point) => {
      const kind = plan?.(point)
      if (kind !== undefined) met++
      return kind
    },
    ...(wait !== undefined && { wait }),
  })
  if (plan !== undefined) hurry()
  try {
    await play(clients)
    await quiesce(world)
    watchSteps(undefined)
    await pause(AFTERMATH)
    const wrong = [
      ...(await quiesce(world)),
      ...(await differences(world, clients.said, clients.separations, views)),
      ...(await clients.repeat()),
    ]
    return { wrong, met }
  } catch (error) {
    return { wrong: [`${error instanceof Error ? error.message : String(error)}`], met }
  } finally {
    watchSteps(undefined)
    heal()
    resetClock()
  }
}
