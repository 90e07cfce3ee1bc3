import { admissible } from '../domain/admissible.ts'
import {
  isElder,
  isRefusedKey,
  MAX_NODES,
  refuseKey,
  rootOf,
  starOf,
  type Graph,
  type Star,
} from '../domain/graph.ts'
import { addressOf, identityShardOf } from '../domain/id.ts'
import { identifierKey, isPersonal } from '../domain/identity.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type { IdentityAnswer } from '../protocol/objects.ts'
import type { IngestRequest, Subject } from '../protocol/shard.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import { identityShard, profileShard } from './address.ts'
import { consentOf, keyOf, personOf, scopeOf, type Granted } from './admit.ts'
import { componentAt, componentOf, saveGraph } from './component.ts'
import type { Through } from '../storage/merge-store.ts'
import type { StoredProfile } from '../storage/profile-store.ts'
import type { MoveSagas } from './move-saga.ts'
import type { Shard } from './shard.ts'
import { withTimeLimit } from './time-limit.ts'
import { uniteHere } from './unite.ts'

/** Pointers a look at another graph follows at most. */
const MAX_FORWARDS = 16
/** A caller that hangs because another object does would be left open for ever; it may try again. */
const CALL_LIMIT: Millis = 10 * SECOND
/** A move copies whole histories before it answers. If it is not done by then its saga goes on by itself. */
const MOVE_LIMIT: Millis = 25 * SECOND

/** What another shard must know of a graph to decide whether two belong together. */
export interface GraphBrief {
  readonly root: ProfileId
  /** Birth of the root. */
  readonly since: Millis
  /** Whether the identifier that was asked for is in it. */
  readonly holds: boolean
  /** Whether whoever bears it has a name. */
  readonly known: boolean
  /** Too many bear it: it joins no one. */
  readonly blocked: boolean
  /** Identifiers in it. */
  readonly size: number
}

/** An identifier to be claimed. */
export interface Claim extends Star {
  /** When the latest that names it happened. */
  readonly at: Millis
}

/**
 * The identifiers of events that are neither in the graph nor known to be free for it. The one by which the subject
 * was found is: its owner was asked just before.
 */
function openClaims(
  shard: Shard,
  graph: Graph | undefined,
  root: ProfileId,
  { subject, claims }: Pick<IngestRequest, 'subject' | 'claims'>,
  events: readonly EventRecord[],
  granted: Granted,
): Claim[] {
  const { kinds } = shard.identity
  // What was settled since stands.
  for (const key of claims?.keys ?? []) {
    if (!granted.has(key)) granted.set(key, claims?.root ?? root)
  }
  const found = subject.type === 'identifier' ? identifierKey(subject.identifier) : undefined
  if (found !== undefined && !shard.graphs.isDisowned(found)) granted.set(found, root)
  const open = new Map<string, Claim>()
  for (const event of events) {
    for (const star of starOf(event, kinds)) {
      const { key, proven } = star
      if (star.value === event.device || graph?.nodes.has(key) === true) continue
      const known = open.get(key)
      if (known !== undefined) {
        open.set(key, { ...known, at: Math.max(known.at, event.timestamp) })
        continue
      }
      if (granted.get(key) === root && !shard.graphs.isDisowned(key)) continue
      if (graph !== undefined && isRefusedKey(graph, key, proven)) continue
      open.set(key, { ...star, at: event.timestamp })
    }
  }
  return [...open.values()]
}

/** Claims of events that are kept, and were not seen before: a sign-in that is told once more claims nothing. */
export function claimsOf(
  shard: Shard,
  request: Pick<IngestRequest, 'subject' | 'source' | 'events' | 'claims'>,
  id: ProfileId,
  stored: StoredProfile | undefined,
  granted: Granted,
): Claim[] {
  // A browser that names nobody claims nothing: most do.
  const { subject, source, events } = request
  if (events.every(({ identifiers }) => identifiers.length === 0)) return []
  const graph = stored && componentOf(shard, stored).graph
  const root = graph === undefined ? id : rootOf(graph)
  const claims = openClaims(shard, graph, root, request, events, granted)
  if (claims.length === 0) return claims
  const scope = scopeOf(subject)
  const consent = (graph && consentOf(shard, graph, subject, stored)) ?? new Map()
  const kept = admissible(consent, events).filter(
    (event): event is EventRecord =>
      event !== undefined &&
      event.carried !== true &&
      !shard.seen.has(scope, source, event.messageId, shard.now()),
  )
  return kept.length === events.length
    ? claims
    : openClaims(shard, graph, root, request, kept, granted)
}

/**
 * Settles claims of a profile that is stored here: takes what is free, joins the graphs that hold the rest, turns down
 * what may not be. After it the caller looks again: its subject may live elsewhere by then. Every step may be
 * repeated.
 */
export async function settleClaims(
  shard: Shard,
  moves: MoveSagas,
  id: ProfileId,
  subject: Subject,
  claims: readonly Claim[],
  granted: Granted,
): Promise<void> {
  const located = componentAt(shard, id)
  if (located === undefined || 'elsewhere' in located) return
  const root = rootOf(located.component.graph)
  const answers = await Promise.all(
    claims.map((claim) =>
      withTimeLimit(shard.owners.resolve(claim, root, claim.proven, claim.at), CALL_LIMIT),
    ),
  )
  for (const [index, claim] of claims.entries()) {
    const answer = answers[index]
    if (answer === undefined) continue
    const { erasedAt } = answer
    if (erasedAt !== undefined) granted.erased.set(claim.key, erasedAt)
    // Nobody bears it by what happened before.
    if (erasedAt !== undefined && claim.at <= erasedAt) continue
    if (answer.owner === root) await grant(shard, claim, root, answer.version, granted)
    else if (await contest(shard, moves, id, subject, claim, answer, granted)) return
  }
}

/** The claim stands, unless this shard said since that nobody here bears it. */
async function grant(
  shard: Shard,
  { key }: Star,
  root: ProfileId,
  version: number,
  granted: Granted,
): Promise<void> {
  if (shard.graphs.isDisowned(key)) await shard.commit.run(() => shard.graphs.own(key, version))
  granted.set(key, root)
}

/** Somebody else holds what is claimed, or did. True: the graphs were joined, everything must be looked at anew. */
async function contest(
  shard: Shard,
  moves: MoveSagas,
  id: ProfileId,
  subject: Subject,
  claim: Star,
  { owner, version }: IdentityAnswer,
  granted: Granted,
): Promise<boolean> {
  const peer = await briefAt(shard, owner, claim, version)
  const located = componentAt(shard, id)
  if (located === undefined || 'elsewhere' in located) return true
  const { graph } = located.component
  const root = rootOf(graph)
  // Not held: claimed once, by this graph before it moved or by whoever broke off then.
  if (peer === undefined || !peer.holds) {
    const request = { identifier: { kind: claim.kind, value: claim.value }, to: root, version }
    const winner = await move(shard, { ...request, from: [owner] })
    if (winner === root) await grant(shard, claim, root, version + 1, granted)
    return false
  }
  if (peer.root === root) return true
  const isTooLarge = graph.nodes.size + peer.size > MAX_NODES
  if (
    peer.blocked ||
    isTooLarge ||
    (!claim.proven && peer.known && isKnownPerson(shard, graph, subject))
  ) {
    await turnDown(shard, id, claim)
    return false
  }
  const through = { keys: [claim.key, keyOf(subject)], proven: claim.proven } as const
  await join(shard, moves, { root, since: graph.ids.get(root)?.createdAt ?? 0 }, peer, through)
  return true
}

/** Whether whoever the subject is has a name already. */
function isKnownPerson(shard: Shard, graph: Graph, subject: Subject): boolean {
  const person = personOf(graph, subject)
  const keys = (person === undefined ? undefined : graph.people.get(person)) ?? []
  return keys.some((key) => isPersonal(shard.identity.kinds, graph.nodes.get(key)?.kind ?? ''))
}

async function join(
  shard: Shard,
  moves: MoveSagas,
  mine: { readonly root: ProfileId; readonly since: Millis },
  peer: GraphBrief,
  through: Through,
): Promise<void> {
  const found = shard.locate(peer.root)
  if (found !== undefined && 'profile' in found) {
    if (found.saga !== null) return moves.settled(found.saga)
    return shard.commit.run(() => uniteHere(shard, mine.root, peer.root, through))
  }
  if (!isElder(mine, peer)) return moves.move({ root: mine.root, to: peer.root, through })
  const address = addressOf(peer.root)
  if (address === undefined) throw new Error('A profile id that names no shard')
  const { workspace, env } = shard
  const stub = profileShard(env, workspace, address)
  const request = { workspace, root: peer.root, to: mine.root, through }
  await withTimeLimit(stub.merge(request), MOVE_LIMIT)
}

async function move(
  shard: Shard,
  request: {
    readonly identifier: Identifier
    readonly from: readonly ProfileId[]
    readonly to: ProfileId
    readonly version: number
  },
): Promise<ProfileId | undefined> {
  const { kind, value } = request.identifier
  const owners = identityShardOf(kind, value, shard.compiled.catalog.shards)
  const stub = identityShard(shard.env, shard.workspace, owners)
  const [winner] = await withTimeLimit(stub.moveMany([request]), CALL_LIMIT)
  return winner
}

async function turnDown(shard: Shard, id: ProfileId, { key, proven }: Star): Promise<void> {
  await shard.commit.run(() => {
    const located = componentAt(shard, id)
    if (located === undefined || 'elsewhere' in located) return
    refuseKey(located.component.graph, key, proven)
    saveGraph(shard, located.component)
  })
}

/** What is known here of the graph an id is in. Says for good who does not hold an identifier: see `disown`. */
export async function briefHere(
  shard: Shard,
  id: ProfileId,
  { kind, value }: Identifier,
  version: number,
): Promise<GraphBrief | { readonly elsewhere: ProfileId } | undefined> {
  const key = identifierKey({ kind, value })
  return shard.commit.run(() => {
    const located = componentAt(shard, id)
    if (located !== undefined && 'elsewhere' in located) return located
    const graph = located?.component.graph
    const holds = graph?.nodes.has(key) === true
    if (!holds) shard.graphs.disown(key, version)
    if (graph === undefined) return undefined
    const root = rootOf(graph)
    const bearer = [...graph.people.values()].find((keys) => keys.includes(key)) ?? []
    return {
      root,
      since: graph.ids.get(root)?.createdAt ?? 0,
      holds,
      known: isKnownBearer(shard, graph, bearer),
      blocked: graph.blocked.has(key),
      size: graph.nodes.size,
    }
  })
}

/** A name that was only claimed, and never together with anything else, is nobody yet. */
const isKnownBearer = (shard: Shard, graph: Graph, keys: readonly string[]): boolean =>
  keys.some((key) => {
    const node = graph.nodes.get(key)
    if (node === undefined || !isPersonal(shard.identity.kinds, node.kind)) return false
    return node.proven || keys.length > 1
  })

/** The graph an id is in, wherever it is by now; undefined if it was never stored. */
async function briefAt(
  shard: Shard,
  id: ProfileId,
  { kind, value }: Identifier,
  version: number,
): Promise<GraphBrief | undefined> {
  const { workspace, env } = shard
  const identifier = { kind, value }
  let next = id
  for (let hop = 0; hop < MAX_FORWARDS; hop++) {
    const found = shard.locate(next)
    const isElsewhere = found !== undefined && 'elsewhere' in found
    if (isElsewhere) next = found.elsewhere
    const address = addressOf(next)
    if (address === undefined) return undefined
    const answer = isElsewhere
      ? await withTimeLimit(
          profileShard(env, workspace, address).brief({
            workspace,
            profile: next,
            identifier,
            version,
          }),
          CALL_LIMIT,
        )
      : ((await briefHere(shard, next, identifier, version)) ?? null)
    if (answer === null) return undefined
    if (!('elsewhere' in answer)) return answer
    next = answer.elsewhere
  }
  throw new Error('Too many forwards')
}
