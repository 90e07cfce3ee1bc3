import { peopleOf } from '../domain/derive.ts'
import type { Graph } from '../domain/graph.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { GraphView } from '../protocol/profile-view.ts'
import type { Shard } from './shard.ts'

/** Everything that was seen together with a person, what of it is theirs, and which links were cut. */
export function graphView(shard: Shard, graph: Graph, profile: ProfileId): GraphView {
  const { kinds, sharedDevice } = shard.identity
  const { standing } = peopleOf(graph, kinds, sharedDevice)
  const bearers = new Map<string, ProfileId>()
  for (const [id, keys] of graph.people) for (const key of keys) bearers.set(key, id)
  const order = [...graph.nodes.keys()]
  const place = new Map(order.map((key, index) => [key, index]))
  return {
    nodes: order.flatMap((key) => {
      const node = graph.nodes.get(key)
      if (node === undefined) return []
      const { kind, value, proven, firstSeen, lastSeen, source, sealed } = node
      return [
        {
          kind,
          value,
          proven,
          firstSeen,
          lastSeen,
          source,
          ...(sealed !== undefined && { sealed }),
          profile: bearers.get(key) ?? profile,
          blocked: graph.blocked.has(key),
        },
      ]
    }),
    links: [...graph.facts].flatMap(([name, { centre, leaf, at, proven }]) => {
      const [from, to] = [place.get(centre), place.get(leaf)]
      if (from === undefined || to === undefined) return []
      return [{ from, to, at, proven, stands: standing.has(name) }]
    }),
    separations: graph.separations.flatMap(({ id, at, pair: [one, other] }) => {
      const [from, to] = [place.get(one), place.get(other)]
      return from === undefined || to === undefined ? [] : [{ id, at, from, to }]
    }),
  }
}
