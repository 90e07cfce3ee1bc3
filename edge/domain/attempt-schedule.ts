import { ATTEMPT_DELAYS } from '../protocol/delivery.ts'
import type { Millis } from '../protocol/time.ts'

/** Jitter lengthens a wait by up to this share of it, so that what failed together is not tried again together. */
const JITTER = 0.1

/**
 * When to try again after attempt number `attempt` (1 for the first) failed at `now`; undefined: no attempt is left
 * and the delivery is parked.
 *
 * @param chance in [0, 1), drawn anew for each call.
 * @param retryAfter the receiver's wish, a duration. It can only lengthen the wait: a receiver that is overwhelmed
 * may ask for rest, not for more.
 */
export function nextAttemptAt(
  attempt: number,
  now: Millis,
  chance: number,
  retryAfter: Millis = 0,
): Millis | undefined {
  const delay = ATTEMPT_DELAYS[attempt]
  if (delay === undefined) return undefined
  return now + Math.ceil(Math.max(delay, retryAfter) * (1 + JITTER * chance))
}
