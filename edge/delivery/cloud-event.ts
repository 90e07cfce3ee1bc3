import type {
  CrossingMessage,
  DestinationTarget,
  ErasureCloudEvent,
  ErasureMessage,
  SegmentCloudEvent,
} from '../protocol/delivery.ts'
import type { DestinationId, WorkspaceId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'

/** Structured mode: the event's attributes are in the body, where the signature covers them. */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json; charset=utf-8'

const iso = (at: Millis): string => new Date(at).toISOString()

/** Relative to the deployment, whose own address a receiver knows and Prisme may not. */
const sourceOf = (workspace: WorkspaceId): string => `/workspaces/${workspace}`

/**
 * A crossing of a segment as CloudEvents 1.0. Made of the message alone, so that every attempt has the same bytes.
 *
 * @throws RangeError if the message holds an instant that no calendar knows.
 */
export function segmentCloudEvent(message: CrossingMessage): SegmentCloudEvent {
  const { id, key, name } = message.segment
  return {
    specversion: '1.0',
    id: message.id,
    source: sourceOf(message.workspace),
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
      ...(message.clauses !== undefined && { clauses: message.clauses }),
      ...(message.choice !== undefined && { choice: message.choice }),
    },
  }
}

/** An erasure as CloudEvents 1.0, the same bytes at every attempt. */
export const erasureCloudEvent = (message: ErasureMessage): ErasureCloudEvent => ({
  specversion: '1.0',
  id: message.id,
  source: sourceOf(message.workspace),
  type: 'profile.erased',
  subject: message.profile,
  time: iso(message.at),
  datacontenttype: 'application/json',
  data: { profile: message.profile },
})

/** What a person sends to try a destination. */
export interface TestCloudEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: 'destination.tested'
  readonly subject: DestinationId
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly data: { readonly destination: { readonly id: DestinationId; readonly name: string } }
}

export const testCloudEvent = (
  id: string,
  workspace: WorkspaceId,
  target: DestinationTarget,
  now: Millis,
): TestCloudEvent => ({
  specversion: '1.0',
  id,
  source: sourceOf(workspace),
  type: 'destination.tested',
  subject: target.id,
  time: iso(now),
  datacontenttype: 'application/json',
  data: { destination: { id: target.id, name: target.name } },
})
