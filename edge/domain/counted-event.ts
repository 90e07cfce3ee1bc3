import type { EventRecord } from '../protocol/event.ts'

/** What conditions may ask of an event: whoever counts events need not have more of them at hand. */
export interface CountedEvent extends Pick<
  EventRecord,
  'messageId' | 'name' | 'timestamp' | 'receivedAt' | 'properties' | 'context'
> {
  readonly position?: EventRecord['position'] | undefined
  readonly consent?: EventRecord['consent'] | undefined
  readonly implied?: EventRecord['implied'] | undefined
  readonly purpose?: EventRecord['purpose'] | undefined
  readonly hearsay?: EventRecord['hearsay'] | undefined
  readonly imported?: EventRecord['imported'] | undefined
}
