import type { ProfileId } from '../protocol/id.ts'
import { rootOf, type Graph } from './graph.ts'

/** All ids that a person of a graph ever had. */
export function idsOf(graph: Graph, person: ProfileId): ProfileId[] {
  const keys = new Set(graph.people.get(person))
  const ids = [...graph.ids].filter(([, { anchor }]) => keys.has(anchor)).map(([id]) => id)
  return [...new Set([person, ...ids])]
}

/**
 * Strikes a person out of a graph: identifiers, what links them, ids. Who else is in it is not asked anew. `standIn`:
 * an id of the same home that nobody ever had; a graph whose eldest id goes is found by it from then on.
 */
export function strike(graph: Graph, person: ProfileId, standIn: ProfileId): void {
  const keys = new Set(graph.people.get(person))
  const ids = new Set(idsOf(graph, person))
  const root = rootOf(graph)
  const createdAt = graph.ids.get(root)?.createdAt ?? 0
  graph.people.delete(person)
  for (const id of ids) graph.ids.delete(id)
  // As old as the one before: elder and younger graphs must stay so. Anchored nowhere, it is nobody's.
  if (ids.has(root)) graph.ids.set(standIn, { createdAt, anchor: '' })
  for (const key of keys) {
    graph.nodes.delete(key)
    graph.blocked.delete(key)
    graph.joins.delete(key)
  }
  for (const [name, { centre, leaf }] of graph.facts) {
    if (keys.has(centre) || keys.has(leaf)) graph.facts.delete(name)
  }
  for (const node of graph.nodes.values()) node.names = node.names.filter((key) => !keys.has(key))
  graph.separations = graph.separations.filter(({ pair }) => !pair.some((key) => keys.has(key)))
  graph.merges = graph.merges.filter(({ survivor, loser }) => !ids.has(survivor) && !ids.has(loser))
}
