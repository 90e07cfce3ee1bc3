import { erasedDays } from '../domain/erased-message.ts'
import { isOwnDeviceNode, rootOf, type Graph } from '../domain/graph.ts'
import { base32, profileIdOf } from '../domain/id.ts'
import { idsOf, strike } from '../domain/strike.ts'
import type { ErasedDay, ErasedPerson, Seized } from '../protocol/erasure.ts'
import type { DeviceId, ProfileId } from '../protocol/id.ts'
import { dropMember } from './accounts.ts'
import { componentAt, saveGraph, type Component } from './component.ts'
import { scopesOf } from './move-saga.ts'
import { rearrange, rederive } from './repartition.ts'
import { Held } from './separate.ts'
import { randomBytes } from './random-bytes.ts'
import type { Shard } from './shard.ts'

/**
 * Holds the people of a graph, one of whom is to be erased, and fixes the instant: nothing of theirs is taken in until
 * that one is gone. Call it inside a transaction.
 */
export function seize(shard: Shard, erasure: string, profile: ProfileId): Seized {
  const open = shard.erasing.find(erasure)
  if (open !== undefined) return { type: 'seized', person: open.person }
  const found = shard.locate(profile)
  if (found === undefined) return null
  if ('elsewhere' in found) return { type: 'moved', to: found.elsewhere }
  if (found.saga !== null) throw new Held(found.saga)
  const located = componentAt(shard, found.id)
  if (located === undefined || 'elsewhere' in located) return null
  const { graph } = located.component
  const person = personIn(shard, graph, found.id)
  shard.erasing.put(erasure, { phase: 'held', person })
  for (const id of graph.people.keys()) shard.profiles.hold(id, erasure)
  return { type: 'seized', person }
}

const nodesOf = (graph: Graph, profile: ProfileId) =>
  (graph.people.get(profile) ?? []).flatMap((key) => graph.nodes.get(key) ?? [])

function personIn(shard: Shard, graph: Graph, profile: ProfileId): ErasedPerson {
  const nodes = nodesOf(graph, profile)
  return {
    profile,
    at: shard.now(),
    since: graph.ids.get(profile)?.createdAt ?? 0,
    ids: graph.people.size > 1 ? idsOf(graph, profile) : [...graph.ids.keys()],
    graphIds: [...graph.ids.keys()],
    ...pointersTo(nodes),
    events: [...shard.history.all(profile)].length,
  }
}

const pointersTo = (nodes: ReturnType<typeof nodesOf>) => ({
  devices: nodes.filter(isOwnDeviceNode).map(({ value }) => value as DeviceId),
  identifiers: nodes
    .filter((node) => !isOwnDeviceNode(node))
    .map(({ kind, value }) => ({ kind, value })),
})

/** The messages of a person who is held. */
export function messagesOf(shard: Shard, erasure: string): ErasedDay[] {
  const open = shard.erasing.find(erasure)
  return open?.phase === 'held' ? erasedDays(shard.history.all(open.person.profile)) : []
}

/** Removes who is held; the others of the graph go on. Call it inside a transaction. */
export function remove(shard: Shard, erasure: string): void {
  const open = shard.erasing.find(erasure)
  if (open === undefined || open.phase !== 'held') return
  const { person } = open
  const located = componentAt(shard, person.profile)
  if (located !== undefined && 'component' in located) removeFrom(shard, located.component, person)
  shard.erasing.put(erasure, { person, phase: 'removed' })
  shard.arm()
}

function removeFrom(shard: Shard, { graph, shared }: Component, person: ErasedPerson): void {
  const others = [...graph.people.keys()].filter((id) => id !== person.profile)
  for (const id of others) shard.profiles.release(id)
  const own = nodesOf(graph, person.profile).map((node) => [node.key, node] as const)
  shard.seen.drop(scopesOf({ nodes: new Map(own) }))
  for (const id of person.ids) removeState(shard, id)
  for (const device of person.devices) shard.profiles.dropDevice(device, person.ids)
  const [first] = others
  if (first === undefined) {
    if (shared !== undefined) shard.graphs.drop(shared)
    return
  }
  const standIn = profileIdOf(shard.address, randomBytes())
  strike(graph, person.profile, standIn)
  if (graph.ids.has(standIn)) shard.profiles.forward(standIn, first)
  const affected = rederive(shard, graph, 'userId')
  const component = { graph, shared, saga: undefined }
  if (affected.size === 0) saveGraph(shard, component)
  else rearrange(shard, component, { affected, incoming: [], cause: { type: 'split' } })
  pointAnew(shard, graph, person)
}

/** What is kept under an id, be it a state or a pointer. Call it inside a transaction. */
export function removeState(shard: Shard, id: ProfileId): void {
  const found = shard.profiles.find(id)
  if (found === undefined) return
  if ('profile' in found) shard.memberships.drop(id, found.profile.memberships.keys(), shard.now())
  shard.timers.clear(id)
  shard.history.drop(id)
  dropMember(shard, id)
  shard.profiles.remove(id)
  shard.reporter.addTransitions(id, [])
}

/** Whatever leads to the others by an id that is no more is told another, as after a move. */
function pointAnew(shard: Shard, graph: Graph, { ids }: ErasedPerson): void {
  const to = rootOf(graph)
  const at = shard.now()
  const through = { keys: ['', ''], proven: false } as const
  const saga = { id: base32(randomBytes()), root: to, to, at, through }
  shard.merges.begin(saga, at)
  shard.merges.arrived(saga.id, {
    to,
    ids: [...graph.ids.keys()],
    ...pointersTo([...graph.nodes.values()]),
    former: ids,
  })
}
