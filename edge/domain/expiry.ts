import type { Millis } from '../protocol/time.ts'
import type { CountedEvent } from './counted-event.ts'

/** From when on the retention of an event counts. */
export const keptFrom = ({ imported, receivedAt, timestamp }: CountedEvent): Millis =>
  imported === true ? receivedAt : timestamp

/** When it ceases to count anywhere, and is no longer to be kept. */
export const expiresAt = (event: CountedEvent, retention: Millis): Millis =>
  keptFrom(event) + retention
