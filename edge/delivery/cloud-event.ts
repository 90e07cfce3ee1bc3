import type { DeliveryMessage, SegmentCloudEvent } from '../protocol/delivery.ts'
import type { Millis } from '../protocol/time.ts'

/** Structured mode: the event's attributes are in the body, where the signature covers them. */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json; charset=utf-8'

const iso = (at: Millis): string => new Date(at).toISOString()

/**
 * A crossing of a segment as CloudEvents 1.0. Made of the message alone, so that every attempt has the same bytes.
 *
 * @throws RangeError if the message holds an instant that no calendar knows.
 */
export function segmentCloudEvent(message: DeliveryMessage): SegmentCloudEvent {
  const { id, key, name } = message.segment
  return {
    specversion: '1.0',
    id: message.id,
    source: `/workspaces/${message.workspace}`,
    type: `segment.${message.type}`,
    subject: message.profile,
    time: iso(message.at),
    datacontenttype: 'application/json',
    data: {
      profile: message.profile,
      segment: { id, key, name },
      at: iso(message.at),
      decidedAt: iso(message.decidedAt),
      cause: message.cause,
    },
  }
}
