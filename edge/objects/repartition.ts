import { noChanges } from '../domain/apply-event.ts'
import { withdrawnSince } from '../domain/consent.ts'
import { peopleOf } from '../domain/derive.ts'
import { foldProfile, identifiersOf } from '../domain/fold.ts'
import { isOwnDeviceNode, type Graph } from '../domain/graph.ts'
import { base32, profileIdOf } from '../domain/id.ts'
import { namePeople } from '../domain/naming.ts'
import { Owners } from '../domain/owner.ts'
import { newProfile, type Profile } from '../domain/profile.ts'
import { review } from '../domain/review.ts'
import type { Reach } from '../domain/channels.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ActivationId, DeviceId, ProfileId } from '../protocol/id.ts'
import type { Cause, Transition } from '../protocol/membership.ts'
import { dropMember } from './accounts.ts'
import { saveGraph, type Component } from './component.ts'
import { refresh } from './refresh.ts'
import { randomBytes } from './random-bytes.ts'
import type { Shard } from './shard.ts'
import { sendBecause } from './touches.ts'

/** Everybody's ids before and after, of those for whom anything changed. */
export type Affected = Set<ProfileId>

/** The present person of each identifier. */
export const bearersOf = ({ people }: Graph): Map<string, ProfileId> => {
  const bearers = new Map<string, ProfileId>()
  for (const [id, keys] of people) for (const key of keys) bearers.set(key, id)
  return bearers
}

/**
 * Asks anew who is one person in a graph whose facts changed. `people` of the graph is what it was before and is
 * brought up to date; `through` is told by the journal of what became one.
 * @returns whose identifiers changed hands; those who are new or gone are among them.
 */
export function rederive(shard: Shard, graph: Graph, through: string): Affected {
  const { kinds, sharedDevice } = shard.identity
  const before = bearersOf(graph)
  const known = new Set(graph.people.keys())
  namePeople(graph, peopleOf(graph, kinds, sharedDevice), kinds, {
    now: shard.now(),
    mint: () => profileIdOf(shard.address, randomBytes()),
    mergeId: () => base32(randomBytes()),
    through,
  })
  const affected: Affected = new Set()
  const after = bearersOf(graph)
  for (const [key, person] of after) {
    const previous = before.get(key)
    if (previous !== undefined && previous !== person) affected.add(previous).add(person)
  }
  for (const id of known) if (!graph.people.has(id)) affected.add(id)
  for (const id of graph.people.keys()) if (!known.has(id)) affected.add(id)
  return affected
}

export interface Rearrangement {
  readonly affected: Affected
  /** Just admitted, not yet anybody's. */
  readonly incoming: readonly EventRecord[]
  readonly cause: Cause
  readonly reach?: Reach
  /** How what is kept is read from now on; absent: as it is. What it reads otherwise is written anew. */
  readonly reread?: (event: EventRecord) => EventRecord
  /** Also of whom nothing else changes the profile is made anew. */
  readonly remake?: boolean
}

/**
 * Gives each event to whose it is by now, and makes the profiles anew of whom that changes: who has more or fewer
 * events, who is new, who is gone. Saves all of it. Call it inside a transaction.
 * @returns whether anybody has other events than before
 */
export function rearrange(shard: Shard, component: Component, change: Rearrangement): boolean {
  const { graph } = component
  const pool = new Pool(shard, graph, change)
  for (const id of change.affected) pool.add(id)
  const { shares, changed } = pool.share()
  const { stored, owners } = pool
  takeBackLent(graph, stored)
  // Exits first: what somebody is told of the gone must not come after what follows from it.
  for (const [id, profile] of stored) {
    if (!graph.people.has(id)) retire(shard, graph, profile, stored, owners)
  }
  for (const id of new Set([...change.affected, ...stored.keys(), ...shares.keys()])) {
    const keys = graph.people.get(id)
    if (keys === undefined) continue
    const base = stored.get(id) ?? rebirth(shard, graph, id)
    for (const activation of heirlooms(graph, id)) base.used.add(activation)
    base.identifiers = identifiersOf(graph, keys)
    const events = (shares.get(id) ?? []).sort((a, b) => a.receivedAt - b.receivedAt)
    remake(shard, base, events, changed.has(id) || !stored.has(id), change, graph)
  }
  settlePointers(shard, graph, owners)
  saveGraph(shard, component)
  return changed.size > 0
}

/** The events of some profiles of a graph, to be shared out anew. */
class Pool {
  readonly stored = new Map<ProfileId, Profile>()
  owners: Owners
  readonly #shard: Shard
  readonly #graph: Graph
  readonly #events: { readonly origin: ProfileId | undefined; readonly event: EventRecord }[]
  readonly #reread: NonNullable<Rearrangement['reread']>
  /** Who has events that are read otherwise. */
  readonly #rewritten = new Set<ProfileId>()

  constructor(shard: Shard, graph: Graph, { incoming, reread }: Rearrangement) {
    this.#shard = shard
    this.#graph = graph
    this.#reread = reread ?? ((event) => event)
    this.#events = incoming.map((event) => ({ origin: undefined, event }))
    this.owners = new Owners(graph, shard.identity.kinds, shard.identity.sharedDevice)
  }

  /** False: it has no state here. */
  add(id: ProfileId): boolean {
    if (this.stored.has(id)) return false
    const found = this.#shard.profiles.find(id)
    if (found === undefined || 'forward' in found) return false
    this.stored.set(id, found.profile)
    for (const kept of this.#shard.history.all(id)) {
      const event = this.#reread(kept)
      if (event !== kept) this.#rewritten.add(id)
      this.#events.push({ origin: id, event })
    }
    return true
  }

  /** Who has which events, and who has others than before. Who turns out to get some is looked at as well. */
  share(): { shares: Map<ProfileId, EventRecord[]>; changed: Set<ProfileId> } {
    for (;;) {
      const { kinds, sharedDevice } = this.#shard.identity
      this.owners = new Owners(this.#graph, kinds, sharedDevice)
      this.owners.learn(this.#events.map(({ event }) => event))
      const shares = new Map<ProfileId, EventRecord[]>()
      const changed = new Set(this.#rewritten)
      let isWider = false
      for (const { origin, event } of this.#events) {
        const owner = this.owners.of(event) ?? this.#standIn(origin)
        if (owner === undefined) continue
        if (owner !== origin) {
          isWider = this.add(owner) || isWider
          changed.add(owner)
          if (origin !== undefined) changed.add(origin)
        }
        const share = shares.get(owner) ?? []
        share.push(event)
        shares.set(owner, share)
      }
      if (!isWider) return { shares, changed }
    }
  }

  /** An event that names nobody of this graph stays where it was, or follows the id it was kept under. */
  #standIn(origin: ProfileId | undefined): ProfileId | undefined {
    const { people, ids } = this.#graph
    if (origin !== undefined && people.has(origin)) return origin
    const anchor = origin === undefined ? undefined : ids.get(origin)?.anchor
    const person = anchor === undefined ? undefined : this.owners.bearer(anchor)
    return person ?? people.keys().next().value
  }
}

/** A profile that is new, or one that was part of another until now. */
function rebirth(shard: Shard, graph: Graph, id: ProfileId): Profile {
  const known = graph.ids.get(id)
  const anchor = graph.nodes.get(known?.anchor ?? '')
  const own = anchor !== undefined && isOwnDeviceNode(anchor) ? anchor.value : id
  const profile = newProfile(id, known?.kept?.bucket ?? own, known?.createdAt ?? shard.now())
  for (const activation of known?.kept?.used ?? []) profile.used.add(activation)
  return profile
}

/** What was used once in the name of those who are part of a profile by now. */
function* heirlooms({ ids, people }: Graph, id: ProfileId): Generator<ActivationId> {
  for (const [other, { kept }] of ids) {
    if (kept?.heir === id && !people.has(other)) yield* kept.used
  }
}

/** Whoever becomes a profile of its own again takes along what only it had used. */
function takeBackLent({ ids, people }: Graph, stored: ReadonlyMap<ProfileId, Profile>): void {
  for (const [id, { kept }] of ids) {
    if (kept === undefined || !people.has(id)) continue
    for (const activation of kept.lent) stored.get(kept.heir)?.used.delete(activation)
  }
}

/** A profile as its events make it, evaluated and saved. */
function remake(
  shard: Shard,
  base: Profile,
  events: readonly EventRecord[],
  isChanged: boolean,
  { cause, reach, remake: isRemade = false }: Rearrangement,
  graph: Graph,
): void {
  const now = shard.now()
  const { compiled } = shard
  const isReborn = base.version === 0
  const passed = isReborn ? [] : refresh(shard, base, noChanges(), now)
  const profile = isChanged || isRemade ? foldProfile(base, events, compiled) : base
  profile.version = compiled.catalog.version
  if (isChanged) shard.history.replace(profile.id, events)
  const withdrawn = withdrawnSince(base.consent, profile.consent)
  const changes = { ...noChanges(), everything: true, withdrawn }
  const transitions = review(profile, compiled, changes, { now, at: now, decidedAt: now, cause })
  restoreKept(graph, profile)
  shard.save(profile, [...passed, ...transitions], reach)
  shard.dismiss(profile, changes)
}

/** Who comes back is a member since when they were before. */
function restoreKept(graph: Graph, profile: Profile): void {
  const known = graph.ids.get(profile.id)
  if (known?.kept === undefined) return
  for (const { segment, enteredAt, decidedAt } of known.kept.memberships) {
    const member = profile.memberships.get(segment)
    if (member !== undefined) profile.memberships.set(segment, { ...member, enteredAt, decidedAt })
  }
  delete known.kept
}

/** A profile that is part of another by now: told of its exits, kept as no more than a pointer. */
function retire(
  shard: Shard,
  graph: Graph,
  profile: Profile,
  stored: ReadonlyMap<ProfileId, Profile>,
  owners: Owners,
): void {
  const now = shard.now()
  const exits: Transition[] = [...profile.memberships.keys()].map((segment) => ({
    type: 'exited',
    segment,
    at: now,
    decidedAt: now,
    cause: { type: 'merge' },
  }))
  const known = graph.ids.get(profile.id)
  const heir = known === undefined ? undefined : owners.bearer(known.anchor)
  if (known !== undefined && heir !== undefined) {
    const theirs = stored.get(heir)?.used ?? new Set()
    known.kept = {
      heir,
      bucket: profile.bucket,
      used: [...profile.used],
      memberships: [...profile.memberships.values()],
      lent: [...profile.used].filter((activation) => !theirs.has(activation)),
    }
  }
  shard.record(profile.id, exits)
  sendBecause(shard, profile, exits, now)
  shard.timers.clear(profile.id)
  shard.history.drop(profile.id)
  dropMember(shard, profile.id)
  if (heir !== undefined) shard.profiles.forward(profile.id, heir)
}

/** Ids and devices of the graph lead to whose they are by now. */
export function settlePointers(shard: Shard, graph: Graph, owners: Owners): void {
  for (const [id, { anchor }] of graph.ids) {
    const person = owners.bearer(anchor)
    if (person !== undefined && person !== id) shard.profiles.forward(id, person)
  }
  for (const [key, node] of graph.nodes) {
    const person = isOwnDeviceNode(node) ? owners.bearer(key) : undefined
    if (person !== undefined) shard.profiles.setDevice(node.value as DeviceId, person)
  }
}
