import type { EventRecord } from '../protocol/event.ts'
import type { ActivationId, ProfileId, SourceId } from '../protocol/id.ts'
import type { ClaimedIdentifier, IdentifierKind } from '../protocol/identifier.ts'
import type { Membership } from '../protocol/membership.ts'
import { DAY, type Millis } from '../protocol/time.ts'
import { isDeviceId } from './id.ts'
import { byTrust, identifierKey, isPersonal } from './identity.ts'
import { compareMoments, momentOf } from './moment.ts'
import { linkName, type IdentityNode, type LinkFact } from './people.ts'
import type { Separation } from './people.ts'
import { withLists } from './with-lists.ts'

/** More than any household or shared tablet has: a graph is one row, and is derived anew in one go. */
export const MAX_NODES = 1_000
/** Claims that were turned down, remembered so that they are not tried with every event. */
const MAX_REFUSED = 50
/** Profiles joined through one value within a day. */
export const MAX_JOINS = 50
/** Names remembered of one shared device. */
const MAX_NAMES = 1_000

/** An identifier, and how it came to be known. A device of ours is one of kind `anonymousId`. */
export interface GraphNode extends IdentityNode {
  proven: boolean
  firstSeen: Millis
  lastSeen: Millis
  /** Who told of it first. */
  source: SourceId
  /** The readable address, sealed. */
  sealed?: string
  /** Of a device or cookie: keys of the names that people signed in with on it. */
  names: string[]
  /** Latest sign-in on it. */
  signedInAt: Millis
  /** Whoever bore it before was erased then: nothing that happened until then is told of it. */
  erasedAt?: Millis
}

/** A profile's id belongs to whoever bears its anchor. */
export interface KnownId {
  readonly createdAt: Millis
  anchor: string
  /** Of an id that stands for another at present: what it comes back with. */
  kept?: KeptState
}

/** What no event tells of a profile. */
export interface KeptState {
  /** Whom it stands for. */
  readonly heir: ProfileId
  readonly bucket: string
  readonly used: readonly ActivationId[]
  readonly memberships: readonly Membership[]
  /** Of `used`, what the survivor had not used itself. */
  readonly lent: readonly ActivationId[]
}

/** Two profiles that became one, and how to make them two again. */
export interface MergeEntry {
  readonly id: string
  readonly survivor: ProfileId
  readonly loser: ProfileId
  readonly at: Millis
  /** Kind of the identifier that joined them. */
  readonly through: string
  /** Keys the two ids were anchored at before. */
  readonly anchors: readonly [survivor: string, loser: string]
}

/**
 * Everything that was ever seen together, directly or through others: one or several people who live in one shard.
 * It only grows; who is one person in it follows from its facts, whenever that is asked.
 */
export interface Graph {
  readonly nodes: Map<string, GraphNode>
  readonly facts: Map<string, LinkFact>
  /** Keys of values that join no one, because too many people bear them. */
  readonly blocked: Set<string>
  separations: Separation[]
  refused: string[]
  /** All ids that profiles of it ever had. */
  readonly ids: Map<ProfileId, KnownId>
  /** The people at present, by id: the keys of each. */
  people: Map<ProfileId, readonly string[]>
  merges: MergeEntry[]
  /** How many profiles were joined through a value on its latest day. */
  readonly joins: Map<string, { day: number; count: number }>
}

export const newGraph = (): Graph => ({
  nodes: new Map(),
  facts: new Map(),
  blocked: new Set(),
  separations: [],
  refused: [],
  ids: new Map(),
  people: new Map(),
  merges: [],
  joins: new Map(),
})

export const encodeGraph = (graph: Graph): string => JSON.stringify(withLists(graph))

export function decodeGraph(text: string): Graph {
  const raw = JSON.parse(text)
  for (const [, node] of raw.nodes) node.signedInAt ??= Number.NEGATIVE_INFINITY
  return {
    ...raw,
    nodes: new Map(raw.nodes),
    facts: new Map(raw.facts),
    blocked: new Set(raw.blocked),
    ids: new Map(raw.ids),
    people: new Map(raw.people),
    joins: new Map(raw.joins),
  }
}

/** The id that says where the people of a graph live: its eldest, which is never another's. */
export function rootOf({ ids }: Pick<Graph, 'ids'>): ProfileId {
  let root: ProfileId | undefined
  let since = Number.POSITIVE_INFINITY
  for (const [id, { createdAt }] of ids) {
    if (root !== undefined && (createdAt > since || (createdAt === since && id > root))) continue
    root = id
    since = createdAt
  }
  if (root === undefined) throw new Error('A graph of nobody')
  return root
}

/** Whether a graph is the elder of two: the younger one moves to it, so that moves form no ring. */
export function isElder(
  mine: { readonly root: ProfileId; readonly since: Millis },
  other: { readonly root: ProfileId; readonly since: Millis },
): boolean {
  return mine.since < other.since || (mine.since === other.since && mine.root < other.root)
}

/** An identifier of a message; the browser it came from is one among them. */
export interface Star extends ClaimedIdentifier {
  readonly key: string
}

export const deviceKeyOf = (device: string): string =>
  identifierKey({ kind: 'anonymousId', value: device })

/** Whether a node is a browser of ours. */
export const isOwnDeviceNode = ({ kind, value }: Pick<GraphNode, 'kind' | 'value'>): boolean =>
  kind === 'anonymousId' && isDeviceId(value)

/** Whom a message names, most trusted first. */
export function starOf(
  { identifiers, device }: Pick<EventRecord, 'identifiers' | 'device'>,
  kinds: readonly IdentifierKind[],
): Star[] {
  const own: readonly ClaimedIdentifier[] =
    device === undefined ? [] : [{ kind: 'anonymousId', value: device, proven: true }]
  return byTrust([...identifiers, ...own], kinds).map((identifier) => ({
    ...identifier,
    key: identifierKey(identifier),
  }))
}

/** What a message calls its person: its most trusted identifier that is a person's. */
export const nameIn = (star: readonly Star[], kinds: readonly IdentifierKind[]): Star | undefined =>
  star.find(({ kind }) => isPersonal(kinds, kind))

/**
 * Notes whom an event names, and that they were seen together. The same whatever the order in which events come.
 * @returns whether who is one person may be another by it.
 */
export function note(graph: Graph, event: EventRecord, kinds: readonly IdentifierKind[]): boolean {
  const star = starOf(event, kinds).filter(({ key, proven }) => !isRefusedKey(graph, key, proven))
  const linking = star.filter(({ key }) => !graph.blocked.has(key))
  let isNew = false
  for (const one of star) isNew = noteNode(graph, one, event) || isNew
  const [centre, ...leaves] = linking
  for (const leaf of leaves) {
    if (centre !== undefined) isNew = noteFact(graph, centre, leaf, event) || isNew
  }
  const name = nameIn(linking, kinds)
  if (name === undefined) return isNew
  for (const one of star) {
    if (isPersonal(kinds, one.kind)) continue
    const node = graph.nodes.get(one.key)
    if (node === undefined) continue
    node.signedInAt = Math.max(node.signedInAt, event.timestamp)
    if (node.names.includes(name.key) || node.names.length >= MAX_NAMES) continue
    node.names.push(name.key)
    if (name.proven && node.names.length > 1) countJoin(graph, one.key, event.receivedAt)
    isNew = true
  }
  return isNew
}

/**
 * Counts that a value made one of two. Beyond so many in a day it is no person's: it joins no one any more, and whom
 * it joined are apart again. Source: over-merge guards of the field, mParticle's and Segment's limits among them.
 */
export function countJoin(graph: Graph, key: string, at: Millis): void {
  const day = Math.floor(at / DAY)
  const known = graph.joins.get(key)
  const count = known?.day === day ? known.count + 1 : 1
  graph.joins.set(key, { day, count })
  if (count > MAX_JOINS) graph.blocked.add(key)
}

function noteNode(graph: Graph, star: Star, { timestamp, source }: EventRecord): boolean {
  const { key, kind, value, proven, sealed } = star
  const known = graph.nodes.get(key)
  if (known === undefined) {
    if (graph.nodes.size >= MAX_NODES) return false
    graph.nodes.set(key, {
      key,
      kind,
      value,
      proven,
      firstSeen: timestamp,
      lastSeen: timestamp,
      source,
      ...(sealed !== undefined && { sealed }),
      names: [],
      signedInAt: Number.NEGATIVE_INFINITY,
    })
    return true
  }
  const isNew = proven && !known.proven
  known.proven ||= proven
  if (timestamp < known.firstSeen) {
    known.firstSeen = timestamp
    known.source = source
  }
  known.lastSeen = Math.max(known.lastSeen, timestamp)
  if (sealed !== undefined) known.sealed ??= sealed
  return isNew
}

function noteFact(graph: Graph, centre: Star, leaf: Star, event: EventRecord): boolean {
  if (!graph.nodes.has(centre.key) || !graph.nodes.has(leaf.key)) return false
  const fact: LinkFact = {
    centre: centre.key,
    leaf: leaf.key,
    ...momentOf(event),
    proven: centre.proven && leaf.proven,
  }
  return addFact(graph, fact)
}

/** Two facts about a pair are one: proven if either is, of the latest proven sighting, else of the first. */
function addFact(graph: Graph, fact: LinkFact): boolean {
  const name = linkName(fact)
  const known = graph.facts.get(name)
  if (known === undefined) {
    graph.facts.set(name, fact)
    return true
  }
  if (known.proven !== fact.proven) {
    if (fact.proven) graph.facts.set(name, fact)
    return fact.proven
  }
  const isLater = compareMoments(known, fact) < 0
  if (isLater !== fact.proven) return false
  graph.facts.set(name, fact)
  // Of one person all facts stand, however old; among several the age of each decides which do.
  return graph.people.size > 1
}

/** Joins two graphs that turned out to have something in common. Nobody becomes one by it but who bears the same. */
export function unite(graph: Graph, other: Graph): void {
  for (const [key, node] of other.nodes) {
    const known = graph.nodes.get(key)
    if (known === undefined) graph.nodes.set(key, node)
    else uniteNodes(known, node)
  }
  for (const fact of other.facts.values()) addFact(graph, fact)
  for (const key of other.blocked) graph.blocked.add(key)
  for (const [id, known] of other.ids) graph.ids.set(id, known)
  for (const [id, keys] of other.people) graph.people.set(id, keys)
  graph.separations = [...graph.separations, ...other.separations]
  graph.refused = [...graph.refused, ...other.refused].slice(-MAX_REFUSED)
  graph.merges = [...graph.merges, ...other.merges]
  for (const [key, { day, count }] of other.joins) {
    const known = graph.joins.get(key)
    if (known === undefined || known.day < day) graph.joins.set(key, { day, count })
    else if (known.day === day) known.count += count
  }
}

function uniteNodes(known: GraphNode, { names, ...other }: GraphNode): void {
  known.proven ||= other.proven
  if (other.firstSeen < known.firstSeen) {
    known.firstSeen = other.firstSeen
    known.source = other.source
  }
  known.lastSeen = Math.max(known.lastSeen, other.lastSeen)
  known.signedInAt = Math.max(known.signedInAt, other.signedInAt)
  if (other.sealed !== undefined) known.sealed ??= other.sealed
  if (other.erasedAt !== undefined) noteErasure(known, other.erasedAt)
  known.names = [...new Set([...known.names, ...names])].slice(0, MAX_NAMES)
}

/** Whoever bore it before was erased then. */
export function noteErasure(node: GraphNode, at: Millis): void {
  node.erasedAt = Math.max(node.erasedAt ?? at, at)
}

/** Whether an event happened before somebody was erased whom it names. `erased`: by key, beside what the graph knows. */
export function isErased(
  event: EventRecord,
  erased: ReadonlyMap<string, Millis>,
  graph?: Pick<Graph, 'nodes'>,
): boolean {
  const keys = event.identifiers.map((one) => identifierKey(one))
  if (event.device !== undefined) keys.push(deviceKeyOf(event.device))
  return keys.some((key) => {
    const at = erased.get(key) ?? graph?.nodes.get(key)?.erasedAt
    return at !== undefined && event.timestamp <= at
  })
}

const refusalKey = (key: string, proven: boolean): string =>
  `${proven ? 'proven' : 'claimed'} ${key}`

/** Whether this claim was turned down before. */
export const isRefusedKey = ({ refused }: Graph, key: string, proven: boolean): boolean =>
  refused.includes(refusalKey(key, proven))

/** Remembers of each of some identifiers that no claim of it is granted, proven or not; of all of them. */
export function refuseForGood(graph: Graph, keys: readonly string[]): void {
  const refused = keys.flatMap((key) => [refusalKey(key, true), refusalKey(key, false)])
  graph.refused = [...new Set([...graph.refused, ...refused])]
}

/** Remembers that a claim was turned down. */
export function refuseKey(graph: Graph, key: string, proven: boolean): void {
  if (isRefusedKey(graph, key, proven)) return
  graph.refused = [...graph.refused, refusalKey(key, proven)].slice(-MAX_REFUSED)
}
