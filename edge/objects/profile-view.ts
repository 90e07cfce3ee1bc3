import { expiresAt } from '../domain/expiry.ts'
import { NO_TRAITS, sealedOf, valuesOf } from '../domain/account.ts'
import { computedValues } from '../domain/computed/profile-values.ts'
import { isCandidate } from '../domain/candidate.ts'
import { consentHistory } from '../domain/consent-history.ts'
import { expiryOf, grantLifetime, grants } from '../domain/consent.ts'
import { profileScores } from '../domain/score/profile-scores.ts'
import { membershipsOf } from '../domain/standing.ts'
import type { StoredProfile } from '../storage/profile-store.ts'
import { PURPOSES } from '../protocol/consent.ts'
import { NEVER } from '../protocol/time.ts'
import type { ProfileView } from '../protocol/profile-view.ts'
import { componentOf } from './component.ts'
import { graphView } from './graph-view.ts'
import type { Shard } from './shard.ts'
import { toApiEvent } from './timeline.ts'

/** Everything known of a person, with one page of the timeline. */
export function viewOf(
  shard: Shard,
  stored: StoredProfile,
  limit: number,
  before: string | undefined,
): ProfileView {
  const { profile } = stored
  const { graph } = componentOf(shard, stored)
  const now = shard.now()
  const { retention } = shard.compiled.catalog
  const { events, more } = shard.history.newest(
    profile.id,
    limit,
    before,
    (event) => expiresAt(event, retention) > now,
  )
  const cursor = events.at(-1)?.cursor
  const { consent, consentMode } = profile
  const traits = [...profile.traits].filter(([, { value }]) => value !== null)
  const purposes = new Set([...PURPOSES, ...consent.keys()])
  const lifetime = grantLifetime(shard.compiled.catalog)
  const scores = profileScores(profile, shard.history.all(profile.id), shard.compiled, now)
  const traitsHere = shard.compiled.catalog.computedTraits ?? []
  const computed = computedValues(
    profile,
    shard.history.all(profile.id),
    traitsHere,
    shard.compiled,
    now,
  )
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
    computedTraits: traitsHere.map((definition, place) => ({
      definition,
      ...(computed[place] ?? { bounded: false }),
    })),
    groups: [...profile.groups].map(([id, group]) => {
      const traits = shard.accounts.find(id)?.traits ?? NO_TRAITS
      return { id, traits: valuesOf(traits), sealed: sealedOf(traits), ...group }
    }),
    consent: Object.fromEntries(
      [...purposes].map((purpose) => {
        const granted = grants(consent, consentMode, purpose, lifetime, now)
        const until = expiryOf(consent, purpose, lifetime)
        const at = consent.get(purpose)?.at(-1)?.to ?? null
        return [purpose, { granted, at, ...(granted && until < NEVER && { until }) }]
      }),
    ),
    consentHistory: consentHistory(shard.history.all(profile.id)),
    ...(scores !== undefined && { scores }),
    memberships: membershipsOf(profile, shard.compiled).filter(
      ({ segment }) => !isCandidate(segment),
    ),
    devices: profile.devices,
    events: events.map(({ event }) => toApiEvent(event)),
    ...(more && cursor !== undefined && { eventsCursor: cursor }),
    merges: graph.merges
      .filter(({ survivor }) => survivor === profile.id)
      .map(({ id, loser, at, through }) => ({ id, other: loser, at, through })),
    graph: graphView(shard, graph, profile.id),
  }
}
