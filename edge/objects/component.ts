import {
  decodeGraph,
  deviceKeyOf,
  encodeGraph,
  newGraph,
  rootOf,
  type Graph,
} from '../domain/graph.ts'
import { identifierKey } from '../domain/identity.ts'
import type { Profile } from '../domain/profile.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { StoredProfile } from '../storage/profile-store.ts'
import type { Shard } from './shard.ts'

/** People who have something in common, as a working copy: one graph, and the profiles of it that were looked at. */
export interface Component {
  readonly graph: Graph
  /** The row it is kept in, if several profiles share it. */
  readonly shared: string | undefined
  /** The move it is held for. */
  readonly saga: string | undefined
}

/** The graph of a profile of this shard. */
export function componentOf(shard: Shard, stored: StoredProfile): Component {
  const { graph, shared, saga } = stored
  const text = shared === null ? graph : shard.graphs.find(shared)
  return {
    graph: text === null || text === undefined ? graphOfOne(stored.profile) : decodeGraph(text),
    shared: shared ?? undefined,
    saga: saga ?? undefined,
  }
}

/** The component that holds an id, wherever in this shard its forwards lead. */
export function componentAt(
  shard: Shard,
  id: ProfileId,
): { readonly component: Component } | { readonly elsewhere: ProfileId } | undefined {
  const found = shard.locate(id)
  if (found === undefined || 'elsewhere' in found) return found
  return { component: componentOf(shard, found) }
}

/** Of a visitor of whom one device or identifier is known no graph is stored: it follows from the profile. */
function graphOfOne(profile: Profile): Graph {
  const graph = newGraph()
  const [device] = profile.devices
  const [identifier] = profile.identifiers
  const key =
    device !== undefined
      ? deviceKeyOf(device.id)
      : identifier !== undefined
        ? identifierKey(identifier)
        : ''
  graph.ids.set(profile.id, { createdAt: profile.createdAt, anchor: key })
  if (device !== undefined) {
    graph.nodes.set(key, {
      key,
      kind: 'anonymousId',
      value: device.id,
      proven: true,
      firstSeen: device.firstSeen,
      lastSeen: device.lastSeen,
      source: device.source,
      names: [],
      signedInAt: Number.NEGATIVE_INFINITY,
    })
  } else if (identifier !== undefined) {
    graph.nodes.set(key, {
      ...identifier,
      key,
      names: [],
      signedInAt: Number.NEGATIVE_INFINITY,
    })
  }
  graph.people.set(profile.id, key === '' ? [] : [key])
  return graph
}

/** Whether nothing but the profile itself has to be kept. */
const isOfOne = ({ nodes, ids, separations, merges, blocked, refused }: Graph): boolean =>
  nodes.size <= 1 &&
  [...nodes.values()].every(({ erasedAt }) => erasedAt === undefined) &&
  ids.size === 1 &&
  separations.length + merges.length + blocked.size + refused.length === 0

const textOf = (graph: Graph): string | null => (isOfOne(graph) ? null : encodeGraph(graph))

/** Saves one profile with the graph that is its alone: one row. Call it inside a transaction. */
export function saveAlone(shard: Shard, profile: Profile, graph: Graph): void {
  shard.profiles.saveWithGraph(profile, textOf(graph))
}

/** Saves a graph; its profiles are saved by themselves, and must be there. Call it inside a transaction. */
export function saveGraph(shard: Shard, { graph, shared }: Component): void {
  const [first, ...others] = graph.people.keys()
  if (first === undefined) return
  if (others.length === 0) {
    if (shared !== undefined) shard.graphs.drop(shared)
    shard.profiles.setGraph(first, textOf(graph))
    return
  }
  // A row of its own for each root: of two graphs that become one the younger's row goes.
  const key = rootOf(graph)
  if (shared !== undefined && shared !== key) shard.graphs.drop(shared)
  shard.graphs.put(key, encodeGraph(graph))
  for (const id of graph.people.keys()) shard.profiles.setShared(id, key)
}
