import { isOwnDeviceNode, refuseForGood, rootOf, type Graph } from '../domain/graph.ts'
import { counting, regraph, rereading, saysTheSame, type Histories } from '../domain/regraph.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type { Cause } from '../protocol/membership.ts'
import type { GraphSurvey, IdentityRules } from '../protocol/rehearsal.ts'
import type { Millis } from '../protocol/time.ts'
import { componentOf, saveGraph, type Component } from './component.ts'
import { rearrange, rederive } from './repartition.ts'
import type { Shard } from './shard.ts'

/** A graph as its events make it under the rules, and whether that is another than it is. */
export interface Regraphed {
  readonly next: Graph
  /** As the rules read them. */
  readonly histories: Histories
  /** Its facts differ, or some event is read otherwise. */
  readonly isOther: boolean
}

/** Looks at a graph under other rules; changes nothing. */
export function lookAnew(shard: Shard, { graph }: Component, rules: IdentityRules): Regraphed {
  const reread = rereading(rules)
  let isReread = false
  const histories = new Map<ProfileId, EventRecord[]>()
  for (const id of graph.people.keys()) {
    const events: EventRecord[] = []
    for (const kept of shard.history.all(id)) {
      const event = reread(kept)
      if (event !== kept) isReread = true
      events.push(event)
    }
    histories.set(id, events)
  }
  const next = regraph(graph, histories, rules)
  return { next, histories, isOther: isReread || !saysTheSame(graph, next) }
}

/** Identifiers that the rules would have in a graph and that it does not hold: somebody else may. */
export const missingIn = (graph: Graph, next: Graph): Identifier[] =>
  [...next.nodes.values()]
    .filter((node) => !graph.nodes.has(node.key) && !isOwnDeviceNode(node))
    .map(({ kind, value }) => ({ kind, value }))

/**
 * Makes a graph and its people what its events make them under the rules, which are those of the shard's catalog.
 * Call it inside a transaction, with every identifier that was missing claimed.
 * @returns whether anything is another than it was
 */
export function regroup(
  shard: Shard,
  component: Component,
  { next, isOther }: Regraphed,
  rules: IdentityRules,
): boolean {
  // Of a graph of nobody nothing would be left.
  if (next.nodes.size === 0) return false
  const isOfOne = component.graph.people.size === 1
  if (!isOther && isOfOne && !rules.remake) return false
  const [missing] = missingIn(component.graph, next)
  const before = component.graph.people
  const affected = rederive(shard, next, missing?.kind ?? rules.kinds[0]?.kind ?? 'userId')
  const isRegrouped = affected.size > 0
  for (const id of [...before.keys(), ...next.people.keys()]) affected.add(id)
  const cause: Cause = { type: 'definition', version: shard.compiled.catalog.version }
  const reread = rereading(rules)
  const isShared = rearrange(
    shard,
    { ...component, graph: next },
    { affected, incoming: [], cause, reread, remake: rules.remake },
  )
  return isOther || isRegrouped || isShared
}

/** A graph, told once: by the first of its people. Undefined: it is told by another, or not here. */
export function graphBy(shard: Shard, id: ProfileId): Component | { held: string } | undefined {
  const found = shard.profiles.find(id)
  if (found === undefined || 'forward' in found) return undefined
  if (found.saga !== null) return { held: found.saga }
  const component = componentOf(shard, found)
  for (const other of component.graph.people.keys()) if (other < id) return undefined
  return component
}

/** When the latest event of anybody of a graph happened: not when an import told of it. */
export function lastTrafficOf(shard: Shard, { people }: Graph): Millis {
  let latest = Number.NEGATIVE_INFINITY
  for (const id of people.keys()) {
    const found = shard.profiles.find(id)
    if (found === undefined || 'forward' in found) continue
    latest = Math.max(latest, found.profile.eventAt)
  }
  return latest
}

/** What the rules would make of a graph, as far as others must know. */
export function surveyOf(
  shard: Shard,
  component: Component,
  rules: IdentityRules,
  since: Millis,
): GraphSurvey {
  const { graph } = component
  const { next } = lookAnew(shard, component, rules)
  const root = rootOf(graph)
  return {
    root,
    since: graph.ids.get(root)?.createdAt ?? 0,
    size: next.nodes.size,
    isRecent: lastTrafficOf(shard, graph) >= since,
    missing: missingIn(graph, next),
  }
}

/** Whether a graph holds an identifier, and would under the rules. */
export const holdsUnder = (
  graph: Graph,
  identifier: Identifier,
  key: string,
  rules: IdentityRules,
): boolean => graph.nodes.has(key) && counting(rules)(identifier)

/** Identifiers that a graph may not have: what its events say of them joins no one. Call it inside a transaction. */
export function refuseAll(shard: Shard, component: Component, keys: readonly string[]): void {
  if (keys.length === 0) return
  refuseForGood(component.graph, keys)
  saveGraph(shard, component)
}
