import type { ProfileId } from '../protocol/id.ts'
import type { IdentifierKind } from '../protocol/identifier.ts'
import type { Millis } from '../protocol/time.ts'
import type { Graph, MergeEntry } from './graph.ts'
import { isPersonal, rankOf } from './identity.ts'
import type { People } from './people.ts'

/** Merges a graph remembers: the latest. */
const MAX_MERGES = 500

/** What the shell supplies. */
export interface Naming {
  readonly now: Millis
  /** A profile id nobody has. */
  readonly mint: () => ProfileId
  /** An id for a journal entry. */
  readonly mergeId: () => string
  /** Kind of the identifier that made people one, for the journal. */
  readonly through: string
}

/**
 * Gives each group of identifiers the id of its profile: of the ids anchored in it the eldest, a new one if there is
 * none. An id that goes to another's person is journaled as merged into it; one that comes back leaves the journal.
 * Changes `ids`, `people` and `merges` of the graph.
 */
export function namePeople(
  graph: Graph,
  { groups, standing }: People,
  kinds: readonly IdentifierKind[],
  naming: Naming,
): void {
  const groupOf = new Map<string, number>()
  groups.forEach((keys, index) => keys.forEach((key) => groupOf.set(key, index)))
  const idsOf: ProfileId[][] = groups.map(() => [])
  for (const [id, { anchor }] of graph.ids) idsOf[groupOf.get(anchor) ?? -1]?.push(id)

  const before = graph.people
  const present = new Map<ProfileId, readonly string[]>()
  const joined: MergeEntry[] = []
  groups.forEach((keys, index) => {
    const best = bestOf(graph, keys, kinds)
    const ids = idsOf[index] ?? []
    if (ids.length === 0) {
      const id = naming.mint()
      graph.ids.set(id, { createdAt: naming.now, anchor: best })
      ids.push(id)
    }
    const near = provenReach(graph, standing, best)
    const survivor = eldest(graph, ids, near)
    present.set(survivor, keys)
    const anchor = graph.ids.get(survivor)?.anchor ?? best
    for (const loser of ids) {
      const known = graph.ids.get(loser)
      if (known === undefined) continue
      if (loser !== survivor && before.has(loser)) {
        joined.push({
          id: naming.mergeId(),
          survivor,
          loser,
          at: naming.now,
          through: naming.through,
          anchors: [anchor, known.anchor],
        })
      }
      // What nobody proved gives an id to no one: its anchor stays where it was.
      if (near.has(known.anchor) && isPersonal(kinds, graph.nodes.get(best)?.kind ?? '')) {
        known.anchor = best
      }
    }
  })
  graph.people = present
  graph.merges = [...graph.merges.filter(({ loser }) => !present.has(loser)), ...joined].slice(
    -MAX_MERGES,
  )
}

/** The most trusted identifier of a group, then the one seen first. */
function bestOf(graph: Graph, keys: readonly string[], kinds: readonly IdentifierKind[]): string {
  const order = (key: string): readonly [number, number] => {
    const node = graph.nodes.get(key)
    return [rankOf(kinds, node?.kind ?? ''), node?.firstSeen ?? 0]
  }
  const [best = ''] = [...keys].sort((a, b) => {
    const [one, other] = [order(a), order(b)]
    return one[0] - other[0] || one[1] - other[1] || (a < b ? -1 : 1)
  })
  return best
}

/** An id whose anchor is only said to be this person's yields to those that are known to be. */
function eldest(graph: Graph, ids: readonly ProfileId[], near: ReadonlySet<string>): ProfileId {
  const order = (id: ProfileId): readonly [number, number] => {
    const known = graph.ids.get(id)
    return [Number(!near.has(known?.anchor ?? '')), known?.createdAt ?? 0]
  }
  const [first] = [...ids].sort((a, b) => {
    const [one, other] = [order(a), order(b)]
    return one[0] - other[0] || one[1] - other[1] || (a < b ? -1 : 1)
  })
  return first as ProfileId
}

/** What is connected to an identifier by facts that somebody proved. */
function provenReach(graph: Graph, standing: ReadonlySet<string>, from: string): Set<string> {
  const neighbours = new Map<string, string[]>()
  for (const [name, { centre, leaf, proven }] of graph.facts) {
    if (!proven || !standing.has(name)) continue
    neighbours.set(centre, [...(neighbours.get(centre) ?? []), leaf])
    neighbours.set(leaf, [...(neighbours.get(leaf) ?? []), centre])
  }
  const reached = new Set([from])
  for (const key of reached) for (const next of neighbours.get(key) ?? []) reached.add(next)
  return reached
}
