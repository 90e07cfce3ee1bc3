import type { ProfileId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'
import { isElder, MAX_JOINS, MAX_NODES } from './graph.ts'

/** A graph that names something another one may name as well. */
export interface Joinable {
  readonly root: ProfileId
  readonly since: Millis
  /** Identifiers in it. */
  readonly size: number
}

/** An identifier, and the graphs whose events name it. */
export interface SharedIdentifier {
  /** `identifierKey`. */
  readonly key: string
  readonly roots: readonly ProfileId[]
  /** The graph that holds it already, one of `roots`. */
  readonly holder?: ProfileId
}

export interface JoinPlan {
  /** Of each graph that joins others, the eldest of them: that is whom the others move to. */
  readonly heads: ReadonlyMap<ProfileId, ProfileId>
  /** What graphs may not have of what their events name. */
  readonly refusals: readonly { readonly root: ProfileId; readonly key: string }[]
  /** Values that too many bear. */
  readonly ignored: readonly { readonly key: string; readonly graphs: number }[]
}

/**
 * Which graphs become one by the identifiers they share. The same for the same facts, in whatever order they are told:
 * what is rehearsed is what is done. A value that joins more than `MAX_JOINS` joins no one; one by which a graph would
 * outgrow `MAX_NODES` stays with the graph that holds it, else with the eldest.
 */
export function planJoins(
  graphs: ReadonlyMap<ProfileId, Joinable>,
  shared: readonly SharedIdentifier[],
): JoinPlan {
  const refusals: { root: ProfileId; key: string }[] = []
  const ignored: { key: string; graphs: number }[] = []
  const above = new Map<ProfileId, ProfileId>()
  const sizes = new Map<ProfileId, number>()
  const headOf = (root: ProfileId): ProfileId => {
    let head = root
    for (let next = above.get(head); next !== undefined; next = above.get(head)) head = next
    if (head !== root) above.set(root, head)
    return head
  }
  const elder = (one: ProfileId, other: ProfileId): ProfileId => {
    const [mine, theirs] = [graphs.get(one), graphs.get(other)]
    if (mine === undefined || theirs === undefined) return one
    return isElder(mine, theirs) ? one : other
  }
  const kept: { key: string; roots: readonly ProfileId[]; keeper: ProfileId | undefined }[] = []
  for (const { key, roots, holder } of [...shared].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    if (roots.length < 2) continue
    if (roots.length - 1 > MAX_JOINS) {
      ignored.push({ key, graphs: roots.length })
      kept.push({ key, roots, keeper: holder })
      continue
    }
    const heads = [...new Set(roots.map(headOf))]
    const size = heads.reduce(
      (sum, head) => sum + (sizes.get(head) ?? graphs.get(head)?.size ?? 0),
      0,
    )
    if (size > MAX_NODES && heads.length > 1) {
      kept.push({ key, roots, keeper: holder ?? roots.reduce(elder) })
      continue
    }
    const first = heads.reduce(elder)
    for (const head of heads) if (head !== first) above.set(head, first)
    sizes.set(first, size)
  }
  // Known only now: whoever is one with the keeper by something else has it as well.
  for (const { key, roots, keeper } of kept) {
    const home = keeper === undefined ? undefined : headOf(keeper)
    for (const root of roots) if (headOf(root) !== home) refusals.push({ root, key })
  }
  const heads = new Map<ProfileId, ProfileId>()
  for (const root of above.keys()) {
    const head = headOf(root)
    heads.set(root, head)
    heads.set(head, head)
  }
  return { heads, refusals, ignored }
}
