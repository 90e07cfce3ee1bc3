import { applyEvent, noChanges } from '../domain/apply-event.ts'
import { admissible } from '../domain/admissible.ts'
import { withdrawnSince, type Consent } from '../domain/consent.ts'
import { reachOf } from '../domain/channels.ts'
import { identifiersOf, settle } from '../domain/fold.ts'
import {
  deviceKeyOf,
  isErased,
  isRefusedKey,
  nameIn,
  newGraph,
  note,
  noteErasure,
  rootOf,
  starOf,
  type Graph,
} from '../domain/graph.ts'
import { identifierKey, isPersonal } from '../domain/identity.ts'
import { Owners } from '../domain/owner.ts'
import { newProfile, type Profile } from '../domain/profile.ts'
import { review } from '../domain/review.ts'
import type { ConsentMode } from '../protocol/consent.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { IdentifierKind } from '../protocol/identifier.ts'
import type { Cause } from '../protocol/membership.ts'
import type { IngestRequest, Subject } from '../protocol/shard.ts'
import type { Millis } from '../protocol/time.ts'
import type { Verdict } from '../protocol/verdict.ts'
import type { StoredProfile } from '../storage/profile-store.ts'
import { hearAccounts } from './accounts.ts'
import { componentOf, saveGraph, type Component } from './component.ts'
import { dropKnown } from './failed-events.ts'
import { rearrange, rederive } from './repartition.ts'
import { refresh } from './refresh.ts'
import type { Shard } from './shard.ts'

/** Message ids a cause names at most. */
const MAX_EVIDENCE = 10

/** What messages are deduplicated by: the device or identifier they came by. */
export const scopeOf = (subject: Subject): string =>
  subject.type === 'device' ? subject.device : identifierKey(subject.identifier)

const bucketFor = (subject: Subject, id: ProfileId): string =>
  subject.type === 'device' ? subject.device : id

/** Which identifiers the caller holds for the graph it reached, beyond those the graph has: `identifierKey`. */
export class Granted extends Map<string, ProfileId> {
  /** When whoever bore an identifier or device before was erased. */
  readonly erased = new Map<string, Millis>()
}

/** It happened before its person was erased: nothing of it is kept. */
export const erasedVerdict = ({ messageId }: EventRecord): Verdict => ({
  messageId,
  status: 'failed',
  reason: 'erased',
})

export const refusedFor = (messageId: string): Verdict => ({
  messageId,
  status: 'failed',
  reason: 'no-consent',
})

/** What the person a subject is has answered so far. Undefined: nobody is that subject yet. */
export function consentOf(
  shard: Shard,
  graph: Graph,
  subject: Subject,
  stored: StoredProfile | undefined,
): Consent | undefined {
  const id = personOf(graph, subject) ?? stored?.id
  if (id === undefined) return undefined
  if (id === stored?.id) return stored.profile.consent
  const found = shard.profiles.find(id)
  return found === undefined || 'forward' in found ? undefined : found.profile.consent
}

export interface Admission {
  readonly verdicts: Verdict[]
  /** Whose the subject's events are by now. */
  readonly profile: Profile
  /** Where that person lives. */
  readonly root: ProfileId
}

/**
 * Admits events of one subject to the people it belongs to, who live here: dedupe, note who was seen with whom, apply,
 * evaluate what read something that changed, and save, in the caller's transaction. Undefined: the subject has moved
 * meanwhile, or an identifier is not held any more; look again.
 */
export function admit(
  shard: Shard,
  id: ProfileId,
  request: IngestRequest,
  events: readonly EventRecord[],
  granted: Granted,
): Admission | undefined {
  const { subject, source, consentMode, isHistory, replayOf } = request
  const found = shard.locate(id)
  if (found !== undefined && ('elsewhere' in found || found.saga !== null)) return undefined
  const now = shard.now()
  const component = found === undefined ? newborn(id, now) : componentOf(shard, found)
  const { graph } = component
  if (subject.type === 'device') {
    const owner = shard.profiles.deviceOwner(subject.device)
    if (owner !== undefined && owner !== id && !graph.people.has(owner)) return undefined
  }
  const alive = events.filter((event) => !isErased(event, granted.erased, graph))
  if (alive.length < events.length) {
    const rest = admit(shard, id, request, alive, granted)
    const verdicts = rest?.verdicts.values()
    const verdictOf = (event: EventRecord): Verdict =>
      (alive.includes(event) ? verdicts?.next().value : undefined) ?? erasedVerdict(event)
    return rest && { ...rest, verdicts: events.map(verdictOf) }
  }
  const root = rootOf(graph)
  const ids = events.map(({ messageId }) => messageId)
  const scope = scopeOf(subject)
  const copies = new Copies(shard, found)
  const consent = copies.of(personOf(graph, subject) ?? id)?.consent ?? new Map()
  const kept = admissible(consent, events).map((event) =>
    event?.carried === true ? ofSubject(event, subject) : event,
  )
  const isHeld = events.every(
    ({ messageId }, index) =>
      holdsAll(shard, graph, root, kept[index], granted) ||
      shard.seen.has(scope, source, messageId, now),
  )
  if (!isHeld) return undefined
  const fresh = shard.seen.admit(scope, source, ids, now, isHistory)
  if (replayOf !== undefined) dropKnown(shard, graph.people.keys(), events, fresh)
  const admitted = kept.filter(
    (event, index) => event !== undefined && fresh[index] === true,
  ) as readonly EventRecord[]
  const verdicts = events.map((event, index): Verdict => {
    const { messageId } = event
    if (fresh[index] !== true) return { messageId, status: 'duplicate' }
    return kept[index] === event && event.carried !== true
      ? { messageId, status: 'accepted' }
      : refusedFor(messageId)
  })
  if (found === undefined || admitted.length > 0) {
    const { erased } = granted
    store(shard, component, copies, { id, subject, events: admitted, mode: consentMode, erased })
  }
  const profile = copies.of(personOf(graph, subject) ?? id)
  if (profile === undefined) throw new Error('Nobody was stored')
  return { verdicts, profile, root: rootOf(graph) }
}

/** Answers alone say nothing of who is who: they name their subject, and nobody else. */
const ofSubject = (event: EventRecord, subject: Subject): EventRecord => ({
  ...event,
  identifiers:
    subject.type === 'device'
      ? []
      : event.identifiers.filter((one) => identifierKey(one) === identifierKey(subject.identifier)),
})

/** Working copies of one transaction: each profile is read once, and what was saved of it is what is answered from. */
class Copies {
  readonly #shard: Shard
  readonly #byId = new Map<ProfileId, Profile>()

  constructor(shard: Shard, found: StoredProfile | undefined) {
    this.#shard = shard
    if (found !== undefined) this.#byId.set(found.id, found.profile)
  }

  of(id: ProfileId): Profile | undefined {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const found = this.#shard.profiles.find(id)
    if (found === undefined || 'forward' in found) return undefined
    this.#byId.set(id, found.profile)
    return found.profile
  }

  set(profile: Profile): void {
    this.#byId.set(profile.id, profile)
  }

  /** They were made anew otherwise. */
  forget(): void {
    this.#byId.clear()
  }
}

interface Admitted {
  readonly id: ProfileId
  readonly subject: Subject
  readonly events: readonly EventRecord[]
  readonly mode: ConsentMode
  readonly erased: Granted['erased']
}

const newborn = (id: ProfileId, createdAt: Millis): Component => {
  const graph = newGraph()
  graph.ids.set(id, { createdAt, anchor: '' })
  graph.people.set(id, [])
  return { graph, shared: undefined, saga: undefined }
}

/** Whether the graph may note whom an event names: nobody else bears any of it. One that is not kept names nobody. */
function holdsAll(
  shard: Shard,
  graph: Graph,
  root: ProfileId,
  event: EventRecord | undefined,
  granted: Granted,
): boolean {
  return (event?.identifiers ?? []).every((identifier) => {
    const key = identifierKey(identifier)
    if (graph.nodes.has(key) || isRefusedKey(graph, key, identifier.proven)) return true
    return granted.get(key) === root && !shard.graphs.isDisowned(key)
  })
}

/** The node a subject is in a graph. */
export const keyOf = (subject: Subject): string =>
  subject.type === 'device' ? deviceKeyOf(subject.device) : identifierKey(subject.identifier)

/** Whom the subject's events are written to. */
export function personOf(graph: Graph, subject: Subject): ProfileId | undefined {
  const key = keyOf(subject)
  for (const [id, keys] of graph.people) if (keys.includes(key)) return id
  return undefined
}

function store(shard: Shard, component: Component, copies: Copies, admitted: Admitted): void {
  const { graph } = component
  const { id, subject, events } = admitted
  const { kinds } = shard.identity
  hearAccounts(shard, events)
  const isNewborn = graph.nodes.size === 0
  let isNew = false
  let isLate = false
  for (const event of events) {
    isLate = isOutOfTurn(graph, event, kinds) || isLate
    isNew = note(graph, event, kinds) || isNew
  }
  for (const [key, at] of admitted.erased) {
    const node = graph.nodes.get(key)
    if (node !== undefined) noteErasure(node, at)
  }
  if (isNewborn) anchorFirst(graph, id, subject)
  const affected =
    isNew && graph.nodes.size > 0
      ? rederive(shard, graph, throughOf(events, kinds))
      : new Set<ProfileId>()
  if (isLate) for (const person of graph.people.keys()) affected.add(person)
  const messageIds = events.slice(0, MAX_EVIDENCE).map(({ messageId }) => messageId)
  const cause: Cause = { type: 'event', messageIds }
  const shares = shareOut(shard, graph, id, events)
  for (const [owner, own] of shares) shard.lake.append(owner, own, shard.now())
  if (affected.size > 0) {
    const reach = reachOf(events)
    copies.forget()
    rearrange(shard, component, { affected, incoming: events, cause, reach })
    return
  }
  for (const [owner, own] of shares) {
    const base =
      copies.of(owner) ??
      newProfile(owner, bucketFor(subject, owner), graph.ids.get(owner)?.createdAt ?? shard.now())
    copies.set(apply(shard, component, base, { ...admitted, events: own }, cause))
  }
  if (graph.people.size > 1) saveGraph(shard, component)
}

/** The id a person is born with is whose the subject is. */
function anchorFirst(graph: Graph, id: ProfileId, subject: Subject): void {
  const known = graph.ids.get(id)
  if (known === undefined) return
  const key = keyOf(subject)
  known.anchor = graph.nodes.has(key) ? key : (graph.nodes.keys().next().value ?? '')
}

/** Kind of what the events call their person, for the journal of merges. */
const throughOf = (events: readonly EventRecord[], kinds: readonly IdentifierKind[]): string => {
  for (const event of events) {
    const name = nameIn(starOf(event, kinds), kinds)
    if (name !== undefined) return name.kind
  }
  return 'anonymousId'
}

/**
 * Whether an event of a device that several people used comes after one that happened later: then others' events may
 * be somebody else's than was thought.
 */
function isOutOfTurn(graph: Graph, event: EventRecord, kinds: readonly IdentifierKind[]): boolean {
  const star = starOf(event, kinds)
  const name = nameIn(star, kinds)
  return star.some(({ key, kind }) => {
    const node = isPersonal(kinds, kind) ? undefined : graph.nodes.get(key)
    if (node === undefined || graph.blocked.has(key)) return false
    const names = name === undefined ? node.names : [...node.names, name.key]
    if (new Set(names).size < 2) return false
    return event.timestamp < (name === undefined ? node.signedInAt : node.lastSeen)
  })
}

/** Whose each event is, as long as none came out of turn. */
function shareOut(
  shard: Shard,
  graph: Graph,
  id: ProfileId,
  events: readonly EventRecord[],
): Map<ProfileId, EventRecord[]> {
  const shares = new Map<ProfileId, EventRecord[]>()
  const [only = id, ...others] = graph.people.keys()
  if (others.length === 0) return shares.set(only, [...events])
  const owners = new Owners(graph, shard.identity.kinds, shard.identity.sharedDevice)
  for (const event of events) {
    const owner = owners.of(event) ?? (graph.people.has(id) ? id : only)
    const share = shares.get(owner) ?? []
    share.push(event)
    shares.set(owner, share)
  }
  return shares
}

/** The profile as it was saved. */
function apply(
  shard: Shard,
  { graph }: Component,
  known: Profile,
  { subject, events, mode }: Admitted,
  cause: Cause,
): Profile {
  const now = shard.now()
  const owner = known.id
  const keys = graph.people.get(owner) ?? []
  const before = known.identifiers
  known.identifiers = identifiersOf(graph, keys)
  const changes = noChanges()
  changes.identifiers = known.identifiers.length !== before.length
  // A newborn has no verdicts yet.
  if (known.version === 0) changes.everything = true
  const passed = known.version === 0 ? [] : refresh(shard, known, changes, now)
  known.version = shard.compiled.catalog.version
  known.fingerprint = shard.compiled.fingerprint
  const consentBefore = new Map(known.consent)
  let latest = Number.NEGATIVE_INFINITY
  for (const event of events) {
    const { features, catalog } = shard.compiled
    applyEvent(known, event, mode, features, changes, catalog.traitPolicies)
    latest = Math.max(latest, event.timestamp)
  }
  shard.history.append(owner, events)
  const profile = settle(known, changes, () => shard.history.all(owner), shard.compiled)
  changes.withdrawn = withdrawnSince(consentBefore, profile.consent)
  const at = latest > Number.NEGATIVE_INFINITY ? Math.min(latest, now) : now
  const moment = { now, at, decidedAt: now, cause }
  const transitions = [...passed, ...review(profile, shard.compiled, changes, moment)]
  const isAlone = graph.people.size <= 1
  shard.save(profile, transitions, reachOf(events), isAlone ? graph : undefined)
  shard.dismiss(profile, changes)
  const { device } = subject.type === 'device' ? subject : {}
  if (device !== undefined && keys.includes(deviceKeyOf(device))) {
    shard.profiles.setDevice(device, profile.id)
  }
  return profile
}
