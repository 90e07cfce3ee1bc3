import { encodeGraph, isOwnDeviceNode, rootOf, type Graph } from '../domain/graph.ts'
import { addressOf, base32, identityShardOf } from '../domain/id.ts'
import { encodeProfile } from '../domain/profile.ts'
import type { DeviceId, ProfileId } from '../protocol/id.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import { encodeTraits } from '../storage/known-account-store.ts'
import type { MoveSaga, Pointers, StagedPage, Through } from '../storage/merge-store.ts'
import { identityShard, profileShard } from './address.ts'
import { dropMember } from './accounts.ts'
import { componentAt, type Component } from './component.ts'
import { randomBytes } from './random-bytes.ts'
import type { Shard } from './shard.ts'
import { withTimeLimit } from './time-limit.ts'

const RETRY: Millis = 10 * SECOND
/** A step that has no answer by then is tried again; it may have been done, which changes nothing. */
const STEP_LIMIT: Millis = 10 * SECOND
/** How long an ingest waits for the move of its people before it answers `busy`. */
const WAIT_LIMIT: Millis = 10 * SECOND
/** Open moves that one run of the alarm goes on with. */
const RESUMED = 20
/** How often, and after how long, a graph is asked again that is about to move itself. */
const BUSY_TURNS = 40
const BUSY_PAUSE: Millis = 50

export interface MoveRequest {
  /** Root of the graph that moves; it lives in this shard. */
  readonly root: ProfileId
  /** Root of the older graph. */
  readonly to: ProfileId
  readonly through: Through
}

/** What the messages of a graph's people are deduplicated by. */
export const scopesOf = ({ nodes }: Pick<Graph, 'nodes'>): string[] =>
  [...nodes.values()].map((node) => (isOwnDeviceNode(node) ? node.value : node.key))

/** All that is kept of a graph's people, in the order in which another shard takes it in. */
export function* pagesOf(shard: Shard, graph: Graph): Generator<StagedPage> {
  for (const profile of graph.people.keys()) {
    const found = shard.profiles.find(profile)
    if (found === undefined || 'forward' in found) continue
    // First of all: where they arrive, conditions must not miss what was known of them here.
    for (const id of found.profile.groups.keys()) {
      const known = shard.accounts.find(id)
      if (known === undefined) continue
      const account = { id: known.account, traits: encodeTraits(known.traits) }
      yield { profile, chunks: [], account }
    }
    for (let after = 0, done = false, isFirst = true; !done; isFirst = false) {
      const copied = shard.history.copyPage(profile, after)
      after = copied.last
      done = copied.done
      const state = isFirst ? { state: encodeProfile(found.profile) } : {}
      yield { profile, ...state, chunks: copied.chunks }
    }
  }
}

/**
 * Moves of graphs that live in this shard to that of an older graph they have something in common with. From the
 * intent on its people are held: whoever has events for them waits. Their states and histories follow in pages, staged
 * under the saga's id and taken in by one transaction, which joins the graphs; then their ids lead there, and whatever
 * pointed here is told. Every step may be repeated; after a crash the alarm goes on. It is always the younger graph
 * that moves, so moves form no ring and end.
 */
export class MoveSagas {
  readonly #shard: Shard
  readonly #running = new Map<string, Promise<void>>()

  constructor(shard: Shard) {
    this.#shard = shard
  }

  /** Moves a graph, and returns when it lives there. One that has moved already is no error. */
  async move({ root, to, through }: MoveRequest): Promise<void> {
    const shard = this.#shard
    const id = await shard.commit.run(() => {
      const located = componentAt(shard, root)
      if (located === undefined || 'elsewhere' in located) return undefined
      const { graph, saga } = located.component
      if (saga !== undefined) return saga
      if (rootOf(graph) !== root || graph.ids.has(to)) return undefined
      const fresh: MoveSaga = { id: base32(randomBytes()), root, to, at: shard.now(), through }
      shard.merges.begin(fresh, fresh.at + RETRY)
      for (const person of graph.people.keys()) shard.profiles.hold(person, fresh.id)
      shard.arm()
      return fresh.id
    })
    if (id !== undefined) await this.#run(id)
  }

  /** Resolves when the people of a move are no more held; rejects if that takes too long. */
  async settled(id: string): Promise<void> {
    await withTimeLimit(this.#run(id), WAIT_LIMIT)
  }

  /** Goes on with whatever a crash or an unreachable shard left open. Never throws. */
  resume(now: Millis): void {
    for (const { saga } of this.#shard.merges.due(now, RESUMED)) {
      // Also one that is under way: what is due stays due, and would ring the alarm again and again.
      this.#shard.merges.postpone(saga.id, now + RETRY)
      // Recorded above: the alarm tries again.
      this.#run(saga.id).catch(() => undefined)
    }
  }

  #run(id: string): Promise<void> {
    const running = this.#running.get(id)
    if (running !== undefined) return running
    const run = this.#steps(id).finally(() => this.#running.delete(id))
    this.#running.set(id, run)
    return run
  }

  async #steps(id: string): Promise<void> {
    const open = this.#shard.merges.find(id)
    if (open === undefined) return this.#shard.holds.released(id)
    if (open.phase === 'copying') await this.#bring(open.saga)
    const { pointers } = this.#shard.merges.find(id) ?? {}
    if (pointers === undefined) return
    // The people are there: nobody has to wait until everybody is told so.
    this.#point(id, pointers).catch(() => undefined)
  }

  /** Copies to the older graph's shard, wherever that is by now, until it is taken in. */
  async #bring(saga: MoveSaga): Promise<void> {
    const shard = this.#shard
    const { workspace, env } = shard
    let { to } = saga
    for (let turn = 0; ; turn++) {
      const located = componentAt(shard, saga.root)
      if (located === undefined || 'elsewhere' in located) return
      const address = addressOf(to)
      if (address === undefined) throw new Error('A profile id that names no shard')
      const { graph } = located.component
      await this.#stage(saga, address, graph)
      const parcel = {
        saga: { ...saga, to },
        graph: encodeGraph(graph),
        seen: shard.seen.of(scopesOf(graph)),
      }
      const stub = profileShard(env, workspace, address)
      const answer = await withTimeLimit(stub.applyMerge({ workspace, parcel }), STEP_LIMIT)
      if (answer.type === 'applied') return this.#leave(saga, to)
      if (answer.type === 'gone') return this.#stay(saga)
      if (answer.type === 'moved') to = answer.to
      else if (turn < BUSY_TURNS) await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE))
      else throw new Error('The graph to join is about to move')
    }
  }

  async #stage(saga: MoveSaga, address: Parameters<typeof profileShard>[2], graph: Graph) {
    const { workspace, env } = this.#shard
    let page = 0
    for (const data of pagesOf(this.#shard, graph)) {
      const stub = profileShard(env, workspace, address)
      const request = { workspace, saga: saga.id, page: page++, data }
      await withTimeLimit(stub.stage(request), STEP_LIMIT)
    }
  }

  /** They live there now: what is left here are pointers. */
  async #leave(saga: MoveSaga, to: ProfileId): Promise<void> {
    const shard = this.#shard
    await shard.commit.run(() => {
      const located = componentAt(shard, saga.root)
      if (located === undefined || 'elsewhere' in located) return
      const { component } = located
      if (component.saga !== saga.id) return
      const { graph } = component
      for (const id of graph.people.keys()) {
        const found = shard.profiles.find(id)
        if (found !== undefined && 'profile' in found) {
          shard.memberships.drop(id, found.profile.memberships.keys(), shard.now())
        }
        shard.timers.clear(id)
        shard.history.drop(id)
        dropMember(shard, id)
        shard.reporter.addTransitions(id, [])
      }
      for (const id of graph.ids.keys()) shard.profiles.forward(id, to)
      for (const node of graph.nodes.values()) {
        if (isOwnDeviceNode(node)) shard.profiles.setDevice(node.value as DeviceId, to)
      }
      if (component.shared !== undefined) shard.graphs.drop(component.shared)
      shard.seen.drop(scopesOf(graph))
      shard.merges.arrived(saga.id, this.#pointersOf(component, to))
      shard.arm()
    })
    shard.reporter.flush()
  }

  #pointersOf({ graph }: Component, to: ProfileId): Pointers {
    const nodes = [...graph.nodes.values()]
    return {
      to,
      ids: [...graph.ids.keys()],
      devices: nodes.filter(isOwnDeviceNode).map(({ value }) => value as DeviceId),
      identifiers: nodes
        .filter((node) => !isOwnDeviceNode(node))
        .map(({ kind, value }) => ({ kind, value })),
    }
  }

  /** Tells whoever pointed here where they live now: the next who asks has no detour. */
  async #point(
    id: string,
    { to, ids, devices, identifiers, former = [] }: Pointers,
  ): Promise<void> {
    const { env, workspace, compiled, commit, merges } = this.#shard
    const byOwner = groupBy(identifiers, ({ kind, value }) =>
      identityShardOf(kind, value, compiled.catalog.shards),
    )
    for (const [owners, group] of byOwner) {
      const requests = group.map((identifier) => ({
        identifier,
        from: [...ids, ...former],
        to,
      }))
      const stub = identityShard(env, workspace, owners)
      await withTimeLimit(stub.moveMany(requests), STEP_LIMIT)
    }
    const home = addressOf(to)?.shard
    const strays = [...ids, ...devices].filter(
      (one) => !this.#shard.isHome(one) && addressOf(one)?.shard !== home,
    )
    for (const [shard, group] of groupBy(strays, (one) => addressOf(one)?.shard ?? 0)) {
      const stub = profileShard(env, workspace, { region: 0, shard })
      await withTimeLimit(stub.redirect({ workspace, ids: group, to }), STEP_LIMIT)
    }
    await commit.run(() => {
      merges.end(id)
      this.#shard.arm()
    })
  }

  /** Nobody is left to join: they live on here, as they were. */
  async #stay(saga: MoveSaga): Promise<void> {
    const shard = this.#shard
    await shard.commit.run(() => {
      const located = componentAt(shard, saga.root)
      if (located !== undefined && 'component' in located) {
        for (const id of located.component.graph.people.keys()) shard.profiles.release(id)
      }
      shard.merges.end(saga.id)
      shard.arm()
    })
  }
}

function groupBy<Item>(
  items: readonly Item[],
  shardOf: (item: Item) => number,
): Map<number, Item[]> {
  const groups = new Map<number, Item[]>()
  for (const item of items) {
    const shard = shardOf(item)
    const group = groups.get(shard)
    if (group === undefined) groups.set(shard, [item])
    else group.push(item)
  }
  return groups
}
