import type { FaultPoint, Watch } from './fault-points.ts'
import { pause } from './quiesce.ts'

/** Looks that a held call takes at whether it is its turn; each look may let one go. */
const BEAT = 2

/** Calls whose order decides something: those of one object to another, and of requests to objects. */
const isCall = ({ kinds }: FaultPoint) => kinds.includes('arrives late')

/**
 * Holds back each call of one object to another, and lets them go one by one in an order that `draw` decides: calls
 * that are under way at the same time arrive in any order.
 */
export function orderedBy(draw: () => number): NonNullable<Watch['wait']> {
  const held = new Set<object>()
  let lastAt = 0
  // Each waits by timers of its own object: no object may resolve what another waits for.
  const hold = async () => {
    const turn = {}
    held.add(turn)
    while (held.has(turn)) {
      await pause(BEAT)
      if (Date.now() - lastAt < BEAT) continue
      lastAt = Date.now()
      const all = [...held]
      held.delete(all[Math.floor(draw() * all.length)] as object)
    }
  }
  return (point) => (isCall(point) ? hold() : undefined)
}
