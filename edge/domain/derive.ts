import type { IdentifierKind } from '../protocol/identifier.ts'
import type { SharedDevice } from '../protocol/identifier.ts'
import type { Graph } from './graph.ts'
import { people, type People } from './people.ts'

/** Who is one person in a graph. */
export function peopleOf(
  graph: Graph,
  kinds: readonly IdentifierKind[],
  sharedDevice: SharedDevice,
): People {
  if (isPlain(graph, kinds, sharedDevice)) {
    return { groups: [[...graph.nodes.keys()].sort()], standing: new Set(graph.facts.keys()) }
  }
  const facts = [...graph.facts.values()].filter(
    ({ centre, leaf }) => !graph.blocked.has(centre) && !graph.blocked.has(leaf),
  )
  const { separations } = graph
  return people(graph.nodes.values(), facts, kinds, { separations, sharedDevice })
}

/** Nothing in it could keep two identifiers apart: then it is one person, without replaying anything. */
function isPlain(
  { nodes, facts, separations, blocked }: Graph,
  kinds: readonly IdentifierKind[],
  sharedDevice: SharedDevice,
): boolean {
  if (nodes.size === 0 || separations.length + blocked.size > 0) return false
  if (sharedDevice !== 'last-login-owns') return false
  const counts = new Map<string, number>()
  for (const { kind } of nodes.values()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  for (const { kind, unique, limit = Infinity } of kinds) {
    if ((counts.get(kind) ?? 0) > (unique === true ? 1 : limit)) return false
  }
  const neighbours = new Map<string, string[]>()
  for (const { centre, leaf, proven } of facts.values()) {
    if (!proven) return false
    neighbours.set(centre, [...(neighbours.get(centre) ?? []), leaf])
    neighbours.set(leaf, [...(neighbours.get(leaf) ?? []), centre])
  }
  const [first = ''] = nodes.keys()
  const reached = new Set([first])
  for (const key of reached) for (const next of neighbours.get(key) ?? []) reached.add(next)
  return reached.size === nodes.size
}
