import type { Millis } from '../protocol/time.ts'

/**
 * The time as the objects see it. A seam of its own because alarms ring by the wall's clock: whoever moves `now`
 * (only the test Worker does) must translate the instants of alarms back.
 */
export const clock = {
  now: (): Millis => Date.now(),
  toWall: (at: Millis): Millis => at,
}
