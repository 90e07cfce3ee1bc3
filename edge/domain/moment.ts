import type { Millis } from '../protocol/time.ts'
import type { CountedEvent } from './counted-event.ts'

/** When something was said: the order of messages. */
export interface Moment {
  readonly at: Millis
  readonly receivedAt: Millis
  /** In its batch. */
  readonly position: number
  readonly messageId: string
}

export const momentOf = ({
  timestamp,
  receivedAt,
  position = 0,
  messageId,
}: CountedEvent): Moment => ({ at: timestamp, receivedAt, position, messageId })

/** By time; at equal times by arrival, then by place in the batch, then by message id. */
export function compareMoments(a: Moment, b: Moment): number {
  if (a.at !== b.at) return a.at - b.at
  if (a.receivedAt !== b.receivedAt) return a.receivedAt - b.receivedAt
  if (a.position !== b.position) return a.position - b.position
  return a.messageId < b.messageId ? -1 : a.messageId > b.messageId ? 1 : 0
}
