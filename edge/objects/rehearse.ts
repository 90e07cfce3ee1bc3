import { isCandidate } from '../domain/candidate.ts'
import { decodeGraph, rootOf, starOf, type Graph } from '../domain/graph.ts'
import { identifierKey } from '../domain/identity.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type {
  GluingValue,
  IdentityRules,
  RegroupOutcome,
  RehearsedSplit,
} from '../protocol/rehearsal.ts'
import type { StagedPage } from '../storage/merge-store.ts'
import { componentAt, type Component } from './component.ts'
import { lookAnew, refuseAll, regroup, type Regraphed } from './regroup.ts'
import type { Shard } from './shard.ts'
import { takeIn, uniteHere } from './unite.ts'

/** Values of one graph that are told as gluing; people of a split, and identifiers of one of them. */
const MAX_GLUING = 20
const MAX_PARTS = 20
const MAX_PART = 20

/** A graph that would join another one: one of this shard by its root, or all of one that lives elsewhere. */
export type Joining =
  | { readonly root: ProfileId }
  | { readonly graph: string; readonly pages: readonly StagedPage[] }

export interface RehearsedGraph {
  readonly root: ProfileId
  readonly joining: readonly Joining[]
  /** Identifiers that a graph may not have. */
  readonly refusals: readonly { readonly root: ProfileId; readonly key: string }[]
}

/** They live elsewhere by now. */
const THROUGH = { keys: ['', ''], proven: false, later: true } as const

/**
 * What a switch to the rules would make of a graph and those that join it: the switch itself, of which nothing is
 * kept. Undefined: it does not live here.
 */
export function rehearse(
  shard: Shard,
  { root, joining, refusals }: RehearsedGraph,
  rules: IdentityRules,
): RegroupOutcome | undefined {
  const { kinds, sharedDevice, traits: traitPolicies } = rules
  const catalog = { ...shard.compiled.catalog, kinds, sharedDevice, traitPolicies }
  return shard.tentatively(catalog, () => {
    for (const [at, one] of joining.entries()) join(shard, root, one, `rehearsal ${at}`)
    const located = componentAt(shard, root)
    if (located === undefined || 'elsewhere' in located) return undefined
    refuseAll(
      shard,
      located.component,
      refusals.map(({ key }) => key),
    )
    return outcomeOf(shard, located.component, rules)
  })
}

function join(shard: Shard, root: ProfileId, one: Joining, saga: string): void {
  if ('root' in one) return uniteHere(shard, root, one.root, THROUGH)
  const located = componentAt(shard, root)
  if (located === undefined || 'elsewhere' in located) return
  for (const [at, page] of one.pages.entries()) shard.merges.stage(saga, at, page)
  takeIn(shard, located.component, { id: saga, through: THROUGH }, decodeGraph(one.graph))
}

function outcomeOf(shard: Shard, component: Component, rules: IdentityRules): RegroupOutcome {
  const { graph } = component
  const root = rootOf(graph)
  const before = new Map(graph.people)
  const sizesNow = sizesOf(shard, before.keys())
  const seen = lookAnew(shard, component, rules)
  regroup(shard, component, seen, rules)
  const after =
    seen.next.nodes.size === 0
      ? before
      : (seen.next.people as ReadonlyMap<ProfileId, readonly string[]>)
  const persons = meet(before, after)
  const merging = [...after.keys()].flatMap((id) => {
    const profiles = persons.before(id)
    return profiles.length < 2 ? [] : [{ id, profiles }]
  })
  const merged = new Set(merging.flatMap(({ profiles }) => profiles))
  const splits = [...before.keys()].flatMap((profile): RehearsedSplit[] => {
    const parts = persons.after(profile)
    return parts.length < 2
      ? []
      : [
          {
            profile,
            people: parts.length,
            parts: parts.slice(0, MAX_PARTS).map((id) => shownOf(seen.next, after.get(id) ?? [])),
          },
        ]
  })
  return {
    root,
    now: before.size,
    after: after.size,
    merged: merged.size,
    split: splits.length,
    unchanged: before.size - new Set([...merged, ...splits.map(({ profile }) => profile)]).size,
    merges: merging.map(({ profiles }) => profiles),
    splits,
    sizesNow,
    sizesAfter: sizesOf(shard, after.keys()),
    gluing: gluingOf(seen, merging, after, rules),
  }
}

/** Who has an identifier in common with whom; who has none left stays who they are. */
function meet(
  before: ReadonlyMap<ProfileId, readonly string[]>,
  after: ReadonlyMap<ProfileId, readonly string[]>,
) {
  const bearer = new Map<string, ProfileId>()
  for (const [id, keys] of after) for (const key of keys) bearer.set(key, id)
  const afterOf = new Map<ProfileId, Set<ProfileId>>()
  const beforeOf = new Map<ProfileId, Set<ProfileId>>()
  const note = (one: ProfileId, other: ProfileId): void => {
    afterOf.set(one, (afterOf.get(one) ?? new Set()).add(other))
    beforeOf.set(other, (beforeOf.get(other) ?? new Set()).add(one))
  }
  for (const [id, keys] of before) {
    for (const key of keys) {
      const person = bearer.get(key)
      if (person !== undefined) note(id, person)
    }
  }
  return {
    before: (id: ProfileId): ProfileId[] => [...(beforeOf.get(id) ?? [])].sort(),
    after: (id: ProfileId): ProfileId[] => [...(afterOf.get(id) ?? [])].sort(),
  }
}

function sizesOf(shard: Shard, ids: Iterable<ProfileId>): Record<string, number> {
  const sizes: Record<string, number> = {}
  for (const id of ids) {
    const found = shard.profiles.find(id)
    if (found === undefined || 'forward' in found) continue
    for (const segment of found.profile.memberships.keys()) {
      if (isCandidate(segment)) continue
      sizes[segment] = (sizes[segment] ?? 0) + 1
    }
  }
  return sizes
}

const shownOf = ({ nodes }: Graph, keys: readonly string[]): Identifier[] =>
  keys.slice(0, MAX_PART).flatMap((key) => {
    const node = nodes.get(key)
    return node === undefined ? [] : [{ kind: node.kind, value: node.value }]
  })

/** Of those who would be one: the identifiers that several of them were named with. */
function gluingOf(
  { next, histories }: Regraphed,
  merging: readonly { readonly id: ProfileId; readonly profiles: readonly ProfileId[] }[],
  after: ReadonlyMap<ProfileId, readonly string[]>,
  { kinds }: IdentityRules,
): GluingValue[] {
  const values: GluingValue[] = []
  for (const { id, profiles } of merging) {
    const named = new Map<string, number>()
    for (const profile of profiles) {
      const keys = new Set<string>()
      for (const event of histories.get(profile) ?? []) {
        for (const { key } of starOf(event, kinds)) keys.add(key)
      }
      for (const key of keys) named.set(key, (named.get(key) ?? 0) + 1)
    }
    for (const key of after.get(id) ?? []) {
      const [node, people] = [next.nodes.get(key), named.get(key) ?? 0]
      if (node === undefined || people < 2) continue
      values.push({ kind: node.kind, value: node.value, people })
    }
  }
  return values.sort(byPeople).slice(0, MAX_GLUING)
}

/** Most people first. */
export const byPeople = (a: GluingValue, b: GluingValue): number =>
  b.people - a.people || (identifierKey(a) < identifierKey(b) ? -1 : 1)
