import { rootOf } from '../domain/graph.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Whereabouts } from '../protocol/objects.ts'
import { componentAt, type Component } from './component.ts'
import { rearrange, rederive } from './repartition.ts'
import type { Shard } from './shard.ts'

/** The people of a profile are on their way to another shard: the caller tries again. */
export class Held extends Error {
  readonly saga: string

  constructor(saga: string) {
    super('These people are about to move')
    this.saga = saga
  }
}

/**
 * Takes a merge back: both profiles are what their own events make them, and stay two until somebody allows them to be
 * one again. Call it inside a transaction. Null: no such profile or merge.
 */
export function unmerge(shard: Shard, profile: ProfileId, merge: string): Whereabouts | null {
  return change(shard, profile, ({ graph }) => {
    const entry = graph.merges.find(({ id }) => id === merge)
    if (entry === undefined) return undefined
    const [survivor, loser] = entry.anchors
    graph.separations.push({ id: entry.id, at: shard.now(), pair: entry.anchors })
    for (const [id, anchor] of [
      [entry.survivor, survivor],
      [entry.loser, loser],
    ] as const) {
      const known = graph.ids.get(id)
      if (known !== undefined) known.anchor = anchor
    }
    return entry.loser
  })
}

/** Lets two be one person again that were separated. Call it inside a transaction. Null: no such separation. */
export function rejoin(shard: Shard, profile: ProfileId, separation: string): Whereabouts | null {
  return change(shard, profile, ({ graph }) => {
    if (!graph.separations.some(({ id }) => id === separation)) return undefined
    graph.separations = graph.separations.filter(({ id }) => id !== separation)
    return profile
  })
}

/** `make` changes the graph, and answers which id to tell of; undefined: there is nothing to change. */
function change(
  shard: Shard,
  profile: ProfileId,
  make: (component: Component) => ProfileId | undefined,
): Whereabouts | null {
  const located = componentAt(shard, profile)
  if (located === undefined) return null
  if ('elsewhere' in located) return { moved: located.elsewhere }
  const { component } = located
  if (component.saga !== undefined) throw new Held(component.saga)
  const told = make(component)
  if (told === undefined) return null
  const affected = rederive(shard, component.graph, 'userId')
  // A separation also says whose sign-ins count on a device: events may change hands where no identifier does.
  for (const person of component.graph.people.keys()) affected.add(person)
  rearrange(shard, component, { affected, incoming: [], cause: { type: 'split' } })
  shard.arm()
  return { profile: told, root: rootOf(component.graph) }
}
