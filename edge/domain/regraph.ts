import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Identifier, IdentifierKind } from '../protocol/identifier.ts'
import type { IdentityRules } from '../protocol/rehearsal.ts'
import { newGraph, note, noteErasure, starOf, type Graph, type GraphNode } from './graph.ts'
import { byTrust, identifierKey, rankOf } from './identity.ts'
import { compareMoments, momentOf } from './moment.ts'

/** What each profile of a graph has of events. */
export type Histories = ReadonlyMap<ProfileId, readonly EventRecord[]>

/** Whether a value identifies somebody under the rules. */
export function counting({
  kinds,
  blocked,
}: Pick<IdentityRules, 'kinds' | 'blocked'>): (identifier: Identifier) => boolean {
  const known = new Set(kinds.map(({ kind }) => kind))
  const named = new Set<string>()
  const anyKind = new Set<string>()
  for (const { kind, value } of blocked) {
    if (kind === undefined) anyKind.add(value)
    else named.add(identifierKey({ kind, value }))
  }
  return ({ kind, value }) =>
    known.has(kind) && !anyKind.has(value) && !named.has(identifierKey({ kind, value }))
}

/**
 * Reads events as the rules say: which of the identifiers a message named identify somebody, and which only might. An
 * event that would be nobody's keeps the most trusted name it came with; it joins no one by it.
 * @returns the very event if nothing changes
 */
export function rereading(rules: IdentityRules): (event: EventRecord) => EventRecord {
  const counts = counting(rules)
  return (event) => {
    const { identifiers, dormant = [], ...rest } = event
    const all = [...identifiers, ...dormant]
    let active = all.filter(counts)
    if (active.length === 0 && event.device === undefined) {
      active = byTrust(identifiers, rules.kinds).slice(0, 1)
    }
    const others = all.filter((one) => !active.includes(one))
    const isSame =
      active.length === identifiers.length && active.every((one) => identifiers.includes(one))
    return isSame
      ? event
      : { ...rest, identifiers: active, ...(others.length > 0 && { dormant: others }) }
  }
}

/**
 * The graph as its events make it under other rules. What no event tells stays: the ids, the journal, what was
 * separated, blocked or turned down. Its people are those of before, to be asked anew.
 * @param histories as `rereading` reads them
 */
export function regraph(graph: Graph, histories: Histories, rules: IdentityRules): Graph {
  const { kinds } = rules
  const next: Graph = {
    ...newGraph(),
    blocked: new Set(graph.blocked),
    separations: graph.separations,
    refused: graph.refused,
    people: graph.people,
  }
  const events = [...histories.values()].flat()
  events.sort((a, b) => a.receivedAt - b.receivedAt || compareMoments(momentOf(a), momentOf(b)))
  for (const event of events) note(next, event, kinds)
  for (const [key, node] of next.nodes) {
    const { erasedAt } = graph.nodes.get(key) ?? {}
    if (erasedAt !== undefined) noteErasure(node, erasedAt)
  }
  keepSilent(graph, next, histories, rules)
  anchor(graph, next, histories, kinds)
  return next
}

/** Identifiers that no event tells of: those that still count, and those of people of whom nothing else is known. */
function keepSilent(graph: Graph, next: Graph, histories: Histories, rules: IdentityRules): void {
  const counts = counting(rules)
  const silent = (key: string): GraphNode | undefined =>
    next.nodes.has(key) ? undefined : graph.nodes.get(key)
  for (const [id, keys] of graph.people) {
    const nodes = keys.flatMap((key) => silent(key) ?? [])
    const isNobody = nodes.length === keys.length && (histories.get(id) ?? []).length === 0
    for (const node of nodes) {
      if (!isNobody && !counts(node)) continue
      // Named by events of the past that are no more: what was seen on it is unknown.
      next.nodes.set(node.key, { ...node, names: [], signedInAt: Number.NEGATIVE_INFINITY })
    }
  }
}

/** An id whose anchor identifies nobody any more stays with its person, by the most trusted that is left of them. */
function anchor(
  graph: Graph,
  next: Graph,
  histories: Histories,
  kinds: readonly IdentifierKind[],
): void {
  const bearers = new Map<string, ProfileId>()
  for (const [id, keys] of graph.people) for (const key of keys) bearers.set(key, id)
  const leftOf = (id: ProfileId): string | undefined => {
    const own = graph.people.get(id) ?? []
    const told = (histories.get(id) ?? []).flatMap((event) =>
      starOf(event, kinds).map(({ key }) => key),
    )
    return mostTrusted(next, own, kinds) ?? mostTrusted(next, told, kinds)
  }
  for (const [id, known] of graph.ids) {
    const person = graph.people.has(id) ? id : bearers.get(known.anchor)
    const left = next.nodes.has(known.anchor) || person === undefined ? undefined : leftOf(person)
    next.ids.set(id, { ...known, ...(left !== undefined && { anchor: left }) })
  }
  // What can be taken back no more: one of the two has nothing to be told by.
  next.merges = graph.merges.filter(({ anchors }) => anchors.every((key) => next.nodes.has(key)))
}

function mostTrusted(
  { nodes }: Graph,
  keys: readonly string[],
  kinds: readonly IdentifierKind[],
): string | undefined {
  let best: GraphNode | undefined
  for (const key of keys) {
    const node = nodes.get(key)
    if (node === undefined) continue
    if (best === undefined || isBefore(node, best, kinds)) best = node
  }
  return best?.key
}

const isBefore = (a: GraphNode, b: GraphNode, kinds: readonly IdentifierKind[]): boolean =>
  (rankOf(kinds, a.kind) - rankOf(kinds, b.kind) ||
    a.firstSeen - b.firstSeen ||
    (a.key < b.key ? -1 : 1)) < 0

/** Whether two graphs tell the same of who was seen with whom. */
export const saysTheSame = (one: Graph, other: Graph): boolean => textOf(one) === textOf(other)

function textOf({ nodes, facts, blocked, ids }: Graph): string {
  const byKey = <T>(entries: Iterable<readonly [string, T]>) =>
    [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([
    byKey(nodes).map(([, { key, proven, names }]) => [key, proven, [...names].sort()]),
    byKey(facts).map(([name, { proven, centre, at, messageId }]) => [
      name,
      proven,
      centre,
      at,
      messageId,
    ]),
    [...blocked].sort(),
    byKey(ids).map(([id, known]) => [id, known.anchor]),
  ])
}
