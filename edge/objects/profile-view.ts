import { grants } from '../domain/consent.ts'
import type { StoredProfile } from '../storage/profile-store.ts'
import type { ApiEvent } from '../protocol/api.ts'
import { PURPOSES } from '../protocol/consent.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ProfileView } from '../protocol/objects.ts'
import { componentOf } from './component.ts'
import { graphView } from './graph-view.ts'
import type { Shard } from './shard.ts'

const iso = (at: number): string => new Date(at).toISOString()

const toApiEvent = (event: EventRecord): ApiEvent => ({
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

/** Everything known of a person, with one page of the timeline. */
export function viewOf(
  shard: Shard,
  stored: StoredProfile,
  limit: number,
  before: string | undefined,
): ProfileView {
  const { profile } = stored
  const { graph } = componentOf(shard, stored)
  const { events, more } = shard.history.newest(profile.id, limit, before)
  const cursor = events.at(-1)?.cursor
  const { consent, consentMode } = profile
  const traits = [...profile.traits].filter(([, { value }]) => value !== null)
  const purposes = new Set([...PURPOSES, ...consent.keys()])
  const now = shard.now()
  return {
    type: 'profile',
    id: profile.id,
    createdAt: profile.createdAt,
    lastSeenAt: profile.lastSeenAt,
    identifiers: profile.identifiers,
    traits: Object.fromEntries(traits.map(([name, { value }]) => [name, value])),
    provenance: Object.fromEntries(
      traits.map(([name, { source, at, by }]) => [name, { source, at, by }]),
    ),
    consent: Object.fromEntries(
      [...purposes].map((purpose) => [
        purpose,
        {
          granted: grants(consent, consentMode, purpose, now),
          at: consent.get(purpose)?.at ?? null,
        },
      ]),
    ),
    memberships: [...profile.memberships.values()],
    devices: profile.devices,
    events: events.map(({ event }) => toApiEvent(event)),
    ...(more && cursor !== undefined && { eventsCursor: cursor }),
    merges: graph.merges
      .filter(({ survivor }) => survivor === profile.id)
      .map(({ id, loser, at, through }) => ({ id, other: loser, at, through })),
    graph: graphView(shard, graph, profile.id),
  }
}
