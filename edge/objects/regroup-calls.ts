import { encodeGraph, rootOf, type Graph } from '../domain/graph.ts'
import { addressOf, isDeviceId } from '../domain/id.ts'
import { identifierKey } from '../domain/identity.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type { GraphSurvey, IdentityRules, RegroupOutcome } from '../protocol/rehearsal.ts'
import type { Subject } from '../protocol/shard.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import type { StagedPage } from '../storage/merge-store.ts'
import { profileShard } from './address.ts'
import { Granted } from './admit.ts'
import { settleClaims } from './claims.ts'
import { componentAt, componentOf, type Component } from './component.ts'
import { pagesOf, type MoveSagas } from './move-saga.ts'
import {
  graphBy,
  holdsUnder,
  lastTrafficOf,
  lookAnew,
  missingIn,
  refuseAll,
  regroup,
  surveyOf,
} from './regroup.ts'
import { rehearse, type Joining } from './rehearse.ts'
import type { Shard } from './shard.ts'
import { withTimeLimit } from './time-limit.ts'
import { uniteHere } from './unite.ts'

/** Profiles whose graphs are looked at in one call: sliced by count, because clocks stand still without I/O. */
export interface PageRequest {
  readonly rules: IdentityRules
  /** The last profile of the page before. */
  readonly after: string
  readonly limit: number
}

export interface Paged {
  /** Where the next page begins; null: this was the last. */
  readonly after: string | null
  /** Profiles looked at. */
  readonly profiles: number
}

export type Elsewhere = { readonly elsewhere: ProfileId }

const MAX_TURNS = 100
const MAX_FORWARDS = 16
/** Characters of one answer that carries histories. */
const COPY_CHARACTERS = 4_000_000
const COPY_LIMIT: Millis = 20 * SECOND
const LATER = { keys: ['', ''], proven: false, later: true } as const

/** The graphs that begin within a page of profiles; those about to move are waited for. */
async function* graphsOf(
  shard: Shard,
  sagas: MoveSagas,
  ids: readonly ProfileId[],
): AsyncGenerator<Component> {
  for (const id of ids) {
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const found = graphBy(shard, id)
      if (found === undefined) break
      if (!('held' in found)) {
        yield found
        break
      }
      await sagas.settled(found.held)
    }
  }
}

const paged = (ids: readonly ProfileId[], limit: number): Paged => ({
  after: ids.length === limit ? (ids.at(-1) ?? null) : null,
  profiles: ids.length,
})

/** What graphs would be under the rules, of those that name something they do not hold. */
export async function surveyGraphs(
  shard: Shard,
  sagas: MoveSagas,
  { rules, after, limit, since }: PageRequest & { readonly since: Millis },
): Promise<Paged & { readonly graphs: readonly GraphSurvey[] }> {
  const ids = shard.profiles.ids(after, limit)
  const graphs: GraphSurvey[] = []
  for await (const component of graphsOf(shard, sagas, ids)) {
    const survey = surveyOf(shard, component, rules, since)
    if (survey.missing.length > 0) graphs.push(survey)
  }
  return { ...paged(ids, limit), graphs }
}

/** The graph that an id leads to, if it holds an identifier that counts under the rules. */
export function holderHere(
  shard: Shard,
  {
    profile,
    identifier,
    rules,
    since,
  }: {
    readonly profile: ProfileId
    readonly identifier: Identifier
    readonly rules: IdentityRules
    readonly since: Millis
  },
): GraphSurvey | Elsewhere | null {
  const located = componentAt(shard, profile)
  if (located === undefined) return null
  if ('elsewhere' in located) return located
  const { component } = located
  const holds = holdsUnder(component.graph, identifier, identifierKey(identifier), rules)
  return holds ? surveyOf(shard, component, rules, since) : null
}

/** What a switch would make of the graphs of a page that had traffic, each for itself. */
export async function rehearseGraphs(
  shard: Shard,
  sagas: MoveSagas,
  { rules, after, limit, since }: PageRequest & { readonly since: Millis },
): Promise<Paged & { readonly outcomes: readonly RegroupOutcome[] }> {
  const ids = shard.profiles.ids(after, limit)
  const outcomes: RegroupOutcome[] = []
  for await (const component of graphsOf(shard, sagas, ids)) {
    if (lastTrafficOf(shard, component.graph) < since) continue
    const graph = { root: rootOf(component.graph), joining: [], refusals: [] }
    const outcome = rehearse(shard, graph, rules)
    if (outcome !== undefined) outcomes.push(outcome)
  }
  return { ...paged(ids, limit), outcomes }
}

export interface JoinedRequest {
  readonly root: ProfileId
  /** Of the graphs that would join it, wherever they live. */
  readonly others: readonly ProfileId[]
  readonly refusals: readonly { readonly root: ProfileId; readonly key: string }[]
  readonly rules: IdentityRules
}

/** What a switch would make of graphs that become one. Null: they have moved meanwhile. */
export async function rehearseJoined(
  shard: Shard,
  { root, others, refusals, rules }: JoinedRequest,
): Promise<RegroupOutcome | Elsewhere | null> {
  const joining: Joining[] = []
  for (const other of others) {
    const found = shard.locate(other)
    if (found !== undefined && 'profile' in found) joining.push({ root: other })
    else joining.push(await fetchGraph(shard, other))
  }
  const located = componentAt(shard, root)
  if (located !== undefined && 'elsewhere' in located) return located
  return rehearse(shard, { root, joining, refusals }, rules) ?? null
}

async function fetchGraph(shard: Shard, root: ProfileId): Promise<Joining> {
  const { env, workspace } = shard
  const pages: StagedPage[] = []
  let next = root
  for (let hop = 0; hop < MAX_FORWARDS; hop++) {
    const address = addressOf(next)
    if (address === undefined) break
    const request = { workspace, root: next, from: pages.length }
    const answer = await withTimeLimit(
      profileShard(env, workspace, address).copyGraph(request),
      COPY_LIMIT,
    )
    if (answer === null) break
    if ('elsewhere' in answer) {
      next = answer.elsewhere
      pages.length = 0
      continue
    }
    pages.push(...answer.pages)
    if (answer.isWhole) return { graph: answer.graph, pages }
    hop--
  }
  throw new Error('A graph that was there is not')
}

export interface CopiedGraph {
  readonly graph: string
  readonly pages: readonly StagedPage[]
  /** Nothing comes after these pages. */
  readonly isWhole: boolean
}

/** All of a graph as a move would stage it, from a page on; nothing is changed or held. */
export function copyGraph(
  shard: Shard,
  { root, from }: { readonly root: ProfileId; readonly from: number },
): CopiedGraph | Elsewhere | null {
  const located = componentAt(shard, root)
  if (located === undefined) return null
  if ('elsewhere' in located) return located
  const { graph } = located.component
  const pages: StagedPage[] = []
  let at = 0
  let size = 0
  for (const page of pagesOf(shard, graph)) {
    if (at++ < from) continue
    if (size > COPY_CHARACTERS) return { graph: encodeGraph(graph), pages, isWhole: false }
    pages.push(page)
    size += page.chunks.reduce((sum, chunk) => sum + chunk.length, page.state?.length ?? 0)
  }
  return { graph: encodeGraph(graph), pages, isWhole: true }
}

/** Brings a graph of this shard into an older one; who is one person is asked by `regroupGraphs`. */
export async function uniteGraphs(
  shard: Shard,
  sagas: MoveSagas,
  { root, to }: { readonly root: ProfileId; readonly to: ProfileId },
): Promise<Elsewhere | null> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const [mine, theirs] = [shard.locate(root), shard.locate(to)]
    if (mine === undefined) return null
    if ('elsewhere' in mine) return mine
    const saga = mine.saga ?? (theirs !== undefined && 'profile' in theirs ? theirs.saga : null)
    if (saga !== null) {
      await sagas.settled(saga)
      continue
    }
    if (theirs !== undefined && 'profile' in theirs) {
      await shard.commit.run(() => uniteHere(shard, to, root, LATER))
      return null
    }
    const present = rootOf(componentOf(shard, mine).graph)
    // It has become the elder, or joined it: either way there is nothing to move.
    await sagas.move({ root: present, to, through: LATER })
    return null
  }
  throw new Error('These people are always about to move')
}

/** Identifiers that the graph of an id may not have. */
export async function refuseIn(
  shard: Shard,
  { root, keys }: { readonly root: ProfileId; readonly keys: readonly string[] },
): Promise<Elsewhere | null> {
  return shard.commit.run(() => refuseHere(shard, root, keys))
}

function refuseHere(shard: Shard, root: ProfileId, keys: readonly string[]): Elsewhere | null {
  const located = componentAt(shard, root)
  if (located === undefined) return null
  if ('elsewhere' in located) return located
  refuseAll(shard, located.component, keys)
  return null
}

/** Makes the graphs of a page what the rules make of them. */
export async function regroupGraphs(
  shard: Shard,
  sagas: MoveSagas,
  { rules: asked, after, limit, version }: PageRequest & { readonly version: number },
): Promise<Paged & { readonly changed: number }> {
  if (shard.compiled.catalog.version < version) throw new Error('The new settings are not here yet')
  // Should they have changed once more, whoever changed them comes by as well.
  const rules = { ...asked, ...shard.identity }
  const ids = shard.profiles.ids(after, limit)
  let changed = 0
  for await (const component of graphsOf(shard, sagas, ids)) {
    if (await regroupOne(shard, sagas, rootOf(component.graph), rules)) changed++
  }
  return { ...paged(ids, limit), changed }
}

/** Claims what a graph does not hold yet, then makes it and its people anew. True: something is another than before. */
async function regroupOne(
  shard: Shard,
  sagas: MoveSagas,
  root: ProfileId,
  rules: IdentityRules,
): Promise<boolean> {
  const granted = new Granted()
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const located = shard.locate(root)
    // It has moved: it is made anew where it lives now.
    if (located === undefined || 'elsewhere' in located) return false
    if (located.saga !== null) {
      await sagas.settled(located.saga)
      continue
    }
    const component = componentOf(shard, located)
    const seen = lookAnew(shard, component, rules)
    const present = rootOf(component.graph)
    const open = missingIn(component.graph, seen.next)
      .map((identifier) => ({ ...identifier, key: identifierKey(identifier) }))
      .filter(({ key }) => granted.get(key) !== present || shard.graphs.isDisowned(key))
      .map((one) => {
        const { proven = false, lastSeen = 0 } = seen.next.nodes.get(one.key) ?? {}
        return { ...one, proven, at: lastSeen }
      })
    if (open.length > 0) {
      await settleClaims(shard, sagas, located.id, subjectOf(component.graph), open, granted)
      // Whoever bore these was erased since: nobody has them by what was said before.
      const gone = open.filter(({ key, at }) => at <= (granted.erased.get(key) ?? -Infinity))
      if (gone.length > 0) {
        const keys = gone.map(({ key }) => key)
        await shard.commit.run(() => refuseHere(shard, root, keys))
      }
      continue
    }
    const isDone = await shard.commit.run(() => {
      const again = shard.locate(root)
      if (again === undefined || 'elsewhere' in again || again.saga !== null) return undefined
      const now = componentOf(shard, again)
      const fresh = lookAnew(shard, now, rules)
      const isHeld = missingIn(now.graph, fresh.next).every((identifier) => {
        const key = identifierKey(identifier)
        return granted.get(key) === rootOf(now.graph) && !shard.graphs.isDisowned(key)
      })
      if (!isHeld) return undefined
      const isChanged = regroup(shard, now, fresh, rules)
      shard.arm()
      return isChanged
    })
    if (isDone !== undefined) return isDone
  }
  throw new Error('Identifiers of a graph did not settle')
}

/** In whose name a graph claims. */
function subjectOf(graph: Graph): Subject {
  const [node] = graph.nodes.values()
  const profile = rootOf(graph)
  if (node === undefined)
    return { type: 'identifier', identifier: { kind: '', value: '' }, profile }
  const { kind, value } = node
  return kind === 'anonymousId' && isDeviceId(value)
    ? { type: 'device', device: value }
    : { type: 'identifier', identifier: { kind, value }, profile }
}
