import type { EventRecord } from '../protocol/event.ts'
import type { ConsentMode } from '../protocol/consent.ts'
import type { SourceId } from '../protocol/id.ts'
import { applyEvent, noChanges } from './apply-event.ts'
import type { CompiledCatalog } from './compiled-catalog.ts'
import { isOwnDeviceNode, type Graph } from './graph.ts'
import { newProfile, type KnownIdentifier, type Profile } from './profile.ts'

/** What a source takes for granted; one that was deleted takes nothing. */
export const modeOf = ({ catalog }: CompiledCatalog, source: SourceId): ConsentMode =>
  catalog.sources.find(({ id }) => id === source)?.consent ?? 'opt-in'

/**
 * A profile as its events alone make it, in whatever order they came. What is not told by events stays: its
 * memberships and what was sent because of them.
 */
export function foldProfile(
  base: Profile,
  events: readonly EventRecord[],
  compiled: CompiledCatalog,
): Profile {
  const { id, bucket, createdAt, version, memberships, untils, used, identifiers } = base
  const folded: Profile = {
    ...newProfile(id, bucket, createdAt),
    version,
    memberships,
    untils,
    used,
    identifiers,
    fingerprint: compiled.fingerprint,
  }
  const changes = noChanges()
  for (const event of events) {
    const mode = modeOf(compiled, event.source)
    applyEvent(folded, event, mode, compiled.features, changes, compiled.catalog.traitPolicies)
  }
  return folded
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
