import { noChanges } from '../domain/apply-event.ts'
import { countJoin, decodeGraph, unite, type Graph } from '../domain/graph.ts'
import { Owners } from '../domain/owner.ts'
import { decodeProfile } from '../domain/profile.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { MoveSaga, Through } from '../storage/merge-store.ts'
import type { SeenRow } from '../storage/seen-store.ts'
import { learnFromMove } from './accounts.ts'
import { componentAt, saveGraph, type Component } from './component.ts'
import { refresh } from './refresh.ts'
import { rearrange, rederive, settlePointers } from './repartition.ts'
import type { Shard } from './shard.ts'

/** The last step's parcel of a move: everything but what was staged before. */
export interface MoveParcel {
  readonly saga: MoveSaga
  /** Encoded. */
  readonly graph: string
  readonly seen: readonly SeenRow[]
}

/**
 * `moved`: the graph to join has itself moved. `busy`: it is about to. `gone`: nobody is there any more, those who
 * came stay where they were.
 */
export type MoveAnswer =
  | { readonly type: 'applied' }
  | { readonly type: 'moved'; readonly to: ProfileId }
  | { readonly type: 'busy' }
  | { readonly type: 'gone' }

/** Joins two graphs of this shard. Call it inside a transaction; either may have moved meanwhile: then nothing is done. */
export function uniteHere(shard: Shard, one: ProfileId, other: ProfileId, through: Through): void {
  const [mine, theirs] = [componentAt(shard, one), componentAt(shard, other)]
  if (mine === undefined || theirs === undefined) return
  if ('elsewhere' in mine || 'elsewhere' in theirs) return
  const { component } = mine
  if (component.saga !== undefined || theirs.component.saga !== undefined) return
  const { shared } = theirs.component
  if (shared !== undefined && shared === component.shared) return
  if (
    component.graph.people.keys().next().value === theirs.component.graph.people.keys().next().value
  )
    return
  unite(component.graph, theirs.component.graph)
  if (shared !== undefined) shard.graphs.drop(shared)
  joinUp(shard, component, through)
  shard.arm()
}

/** What follows when a graph has taken in another: who bears the same is one person. */
function joinUp(shard: Shard, component: Component, { keys, proven, later }: Through): void {
  const { graph } = component
  if (later === true) {
    const { kinds, sharedDevice } = shard.identity
    settlePointers(shard, graph, new Owners(graph, kinds, sharedDevice))
    return saveGraph(shard, component)
  }
  // Either may be what too many bear.
  if (proven) for (const key of keys) countJoin(graph, key, shard.now())
  const kind = graph.nodes.get(keys[0])?.kind ?? 'anonymousId'
  const affected = rederive(shard, graph, kind)
  rearrange(shard, component, { affected, incoming: [], cause: { type: 'merge' } })
}

/** Takes in a graph that moved here, in one transaction. */
export function applyMove(shard: Shard, { saga, graph, seen }: MoveParcel): MoveAnswer {
  if (shard.merges.wasApplied(saga.id)) return { type: 'applied' }
  const located = componentAt(shard, saga.to)
  if (located === undefined || 'elsewhere' in located) {
    shard.merges.unstage(saga.id)
    return located === undefined ? { type: 'gone' } : { type: 'moved', to: located.elsewhere }
  }
  const { component } = located
  if (component.saga !== undefined) return { type: 'busy' }
  shard.seen.adopt(seen)
  takeIn(shard, component, saga, decodeGraph(graph))
  shard.arm()
  shard.merges.markApplied(saga.id, shard.now())
  return { type: 'applied' }
}

/** Joins the staged people of another shard with those of a graph here. Call it inside a transaction. */
export function takeIn(
  shard: Shard,
  component: Component,
  { id, through }: Pick<MoveSaga, 'id' | 'through'>,
  incoming: Graph,
): void {
  settleIn(shard, id, incoming)
  unite(component.graph, incoming)
  joinUp(shard, component, through)
}

/** Unpacks the staged profiles: they live on here as they were. */
function settleIn(shard: Shard, saga: string, { people }: Graph): void {
  const now = shard.now()
  for (const { profile: id, state, chunks, account } of shard.merges.staged(saga)) {
    if (account !== undefined) learnFromMove(shard, account)
    if (!people.has(id)) continue
    shard.history.paste(id, chunks)
    if (state === undefined) continue
    const profile = decodeProfile(state)
    shard.profiles.save(profile)
    shard.memberships.adopt(id, profile.memberships.values(), now)
  }
  for (const id of people.keys()) {
    const found = shard.profiles.find(id)
    if (found === undefined || 'forward' in found) continue
    // The catalog here may be another than where they came from.
    shard.save(found.profile, refresh(shard, found.profile, noChanges(), now))
  }
}
