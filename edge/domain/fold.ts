import type { EventRecord } from '../protocol/event.ts'
import { applyFacts, applyPerson, noChanges, type Changes } from './apply-event.ts'
import { gatherAnswers } from './consent.ts'
import type { CompiledCatalog } from './compiled-catalog.ts'
import { isOwnDeviceNode, type Graph } from './graph.ts'
import { newProfile, type KnownIdentifier, type Profile } from './profile.ts'

/**
 * A profile as its events alone make it, in whatever order they came. What is not told by events stays: its
 * memberships and what was sent because of them.
 */
export function foldProfile(
  base: Profile,
  events: readonly EventRecord[],
  compiled: CompiledCatalog,
): Profile {
  const {
    id,
    bucket,
    createdAt,
    version,
    memberships,
    standing,
    deadlines,
    used,
    chosen,
    identifiers,
  } = base
  const folded: Profile = {
    ...newProfile(id, bucket, createdAt),
    version,
    memberships,
    standing,
    deadlines,
    used,
    chosen,
    identifiers,
    fingerprint: compiled.fingerprint,
  }
  const changes = noChanges()
  // Which events count depends on what all of them say.
  gatherAnswers(folded.consent, events)
  for (const event of events) {
    applyPerson(folded, event, 'opt-in', changes)
    applyFacts(folded, event, compiled.features, changes, compiled.catalog.traitPolicies ?? {})
  }
  return folded
}

/**
 * The profile once all is known of its consent: made anew from its history if some event changed what was known of the
 * past, or withdrew what earlier ones were kept for.
 */
export function settle(
  profile: Profile,
  changes: Changes,
  history: () => Iterable<EventRecord>,
  compiled: CompiledCatalog,
): Profile {
  if (!changes.unclear) return profile
  changes.everything = true
  return foldProfile(profile, [...history()], compiled)
}

/** The identifiers of a person, as a profile tells them; devices of ours are told as such. */
export function identifiersOf(graph: Graph, keys: readonly string[]): KnownIdentifier[] {
  const known: KnownIdentifier[] = []
  for (const key of keys) {
    const node = graph.nodes.get(key)
    if (node === undefined || isOwnDeviceNode(node)) continue
    const { kind, value, proven, firstSeen, lastSeen, source, sealed } = node
    known.push({
      kind,
      value,
      proven,
      firstSeen,
      lastSeen,
      source,
      ...(sealed !== undefined && { sealed }),
    })
  }
  return known
}
