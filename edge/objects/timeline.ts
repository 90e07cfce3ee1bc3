import { expiresAt } from '../domain/expiry.ts'
import type { ApiEvent } from '../protocol/api.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { TimelineFilter, TimelinePage } from '../protocol/timeline.ts'
import type { Shard } from './shard.ts'

const iso = (at: number): string => new Date(at).toISOString()

export const toApiEvent = (event: EventRecord): ApiEvent => ({
  id: event.messageId,
  type: event.type,
  event: event.name,
  timestamp: iso(event.timestamp),
  receivedAt: iso(event.receivedAt),
  source: event.source,
  ...(event.device !== undefined && { device: event.device }),
  properties: event.properties,
  context: event.context,
})

const accepts = (
  { type, event, source, from, to }: TimelineFilter,
  { timestamp, ...record }: EventRecord,
): boolean =>
  (type === undefined || record.type === type) &&
  (event === undefined || record.name === event) &&
  (source === undefined || record.source === source) &&
  (from === undefined || timestamp >= from) &&
  (to === undefined || timestamp < to)

/** A page of what a person did, and what there is to choose from. */
export function timelineOf(
  shard: Shard,
  profile: ProfileId,
  filter: TimelineFilter,
  limit: number,
  before: string | undefined,
): TimelinePage {
  const events = new Map<string, number>()
  const sources = new Map<string, number>()
  const now = shard.now()
  const { retention } = shard.compiled.catalog
  const page = shard.history.newest(profile, limit, before, (event) => {
    if (expiresAt(event, retention) <= now) return false
    events.set(event.name, (events.get(event.name) ?? 0) + 1)
    sources.set(event.source, (sources.get(event.source) ?? 0) + 1)
    return accepts(filter, event)
  })
  const cursor = page.events.at(-1)?.cursor
  return {
    type: 'page',
    events: page.events.map(({ event }) => toApiEvent(event)),
    ...(page.more && cursor !== undefined && { cursor }),
    counts: { events: Object.fromEntries(events), sources: Object.fromEntries(sources) },
  }
}
