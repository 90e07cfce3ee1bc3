import { compareMoments, type Moment } from './moment.ts'
import type { IdentifierKind, SharedDevice } from '../protocol/identifier.ts'
import type { Millis } from '../protocol/time.ts'

/** An identifier in the graph: `identifierKey`, with what the rules ask of its kind. */
export interface IdentityNode {
  readonly key: string
  readonly kind: string
  readonly value: string
  /** Somebody proved it, at least once. */
  readonly proven: boolean
}

/**
 * Two identifiers were seen in one message, `centre` being the most trusted one of it. As old as its latest sighting;
 * one that nobody proved as its first: what gives way to others must not do so sooner because it is said again.
 */
export interface LinkFact extends Moment {
  readonly centre: string
  readonly leaf: string
  /** Said by somebody who proved it, at least once. */
  readonly proven: boolean
}

/** Two identifiers that somebody separated: they are not joined again until somebody allows it. */
export interface Separation {
  readonly id: string
  readonly at: Millis
  /** Keys of the two. */
  readonly pair: readonly [string, string]
}

/** Two facts about the same pair are one, as old as its latest sighting. */
export const linkName = ({ centre, leaf }: Pick<LinkFact, 'centre' | 'leaf'>): string =>
  centre < leaf ? `${centre}\n${leaf}` : `${leaf}\n${centre}`

/**
 * Who is one person: the connected components of the link facts, subject to the kinds' rules. Facts are replayed in
 * the order of their latest sightings. A fact that would give a person two values of a unique kind stands, and the
 * path between the two is cut at its least trusted layer, oldest link first. An unproven fact cuts nothing and joins
 * no two known people: it gives way. Nothing of this is stored, so the order of arrival changes nobody, and taking a
 * fact away restores what it had changed.
 *
 * The rule of the least trusted layer follows Adobe's identity graph linking rules.
 */
export function people(
  nodes: Iterable<IdentityNode>,
  facts: Iterable<LinkFact>,
  kinds: readonly IdentifierKind[],
  { separations = [], sharedDevice = 'last-login-owns' }: PeopleRules = {},
): People {
  const graph = new Graph(nodes, kinds, separations)
  const all = [...facts]
  for (const fact of all.sort(compareFacts)) graph.add(fact)
  if (sharedDevice === 'nobody-owns') graph.isolateShared(all)
  return { groups: graph.groups(), standing: graph.standing() }
}

/** What the workspace says beyond the kinds. */
export interface PeopleRules {
  readonly separations?: readonly Separation[]
  readonly sharedDevice?: SharedDevice
}

export interface People {
  /** Node keys, each group sorted, in the order of their first keys. */
  readonly groups: readonly (readonly string[])[]
  /** Names of the facts that were not cut. */
  readonly standing: ReadonlySet<string>
}

/** Facts of one message are as old as each other: then their names decide, or the order of arrival would. */
const compareFacts = (a: LinkFact, b: LinkFact): number =>
  compareMoments(a, b) || (linkName(a) < linkName(b) ? -1 : 1)

interface Bearer {
  readonly key: string
  readonly links: readonly LinkFact[]
  readonly last: LinkFact | undefined
}

const rankOfTrim = ({ links }: Bearer): number => Number(links.some(({ proven }) => proven))
const compareLast = (a: LinkFact | undefined, b: LinkFact | undefined): number =>
  a === undefined || b === undefined ? 0 : compareFacts(a, b)

class Graph {
  readonly #nodes = new Map<string, IdentityNode>()
  readonly #neighbours = new Map<string, Map<string, LinkFact>>()
  readonly #rank = new Map<string, number>()
  readonly #unique = new Set<string>()
  readonly #limits = new Map<string, { limit: number; period: Millis }>()
  readonly #impersonal = new Set<string>()
  readonly #lowest: number
  readonly #separations: readonly Separation[]

  constructor(
    nodes: Iterable<IdentityNode>,
    kinds: readonly IdentifierKind[],
    separations: readonly Separation[],
  ) {
    kinds.forEach(({ kind, unique, limit, level, period = Infinity }, rank) => {
      this.#rank.set(kind, rank)
      if (unique === true) this.#unique.add(kind)
      if (limit !== undefined) this.#limits.set(kind, { limit, period })
      if (level !== 'person') this.#impersonal.add(kind)
    })
    this.#lowest = kinds.length
    this.#separations = separations
    for (const node of nodes) {
      this.#nodes.set(node.key, node)
      this.#neighbours.set(node.key, new Map())
    }
  }

  add(fact: LinkFact): void {
    const [centre, leaf] = [this.#nodes.get(fact.centre), this.#nodes.get(fact.leaf)]
    if (centre === undefined || leaf === undefined || centre.key === leaf.key) return
    // Two values of a unique kind in one message tell nothing of who it is about.
    if (centre.kind === leaf.kind && this.#unique.has(centre.kind)) return
    if (!fact.proven && !this.#yields(centre.key, leaf.key)) return
    this.#connect(fact)
    this.#separate(fact)
    this.#resolve(fact)
    this.#trim(centre.key)
  }

  /** Whether an unproven fact may stand: it gives way to every rule, and joins no two known people. */
  #yields(centre: string, leaf: string): boolean {
    const [one, other] = [this.#component(centre), this.#component(leaf)]
    if (one.has(leaf)) return true
    if (this.#isKnown(one) && this.#isKnown(other)) return false
    return this.#conflict(new Set([...one, ...other])) === undefined
  }

  /** A name that was only claimed, and never together with anything else, is nobody yet. */
  #isKnown(component: ReadonlySet<string>): boolean {
    for (const key of component) {
      const node = this.#nodes.get(key)
      if (node === undefined || this.#impersonal.has(node.kind)) continue
      if (node.proven || component.size > 1) return true
    }
    return false
  }

  #connect(fact: LinkFact): void {
    this.#neighbours.get(fact.centre)?.set(fact.leaf, fact)
    this.#neighbours.get(fact.leaf)?.set(fact.centre, fact)
  }

  #cut({ centre, leaf }: LinkFact): void {
    this.#neighbours.get(centre)?.delete(leaf)
    this.#neighbours.get(leaf)?.delete(centre)
  }

  /** Pairs that somebody separated: here even the newest link gives way. */
  #separate(newest: LinkFact): void {
    for (const {
      pair: [one, other],
    } of this.#separations) {
      for (;;) {
        const path = this.#path(one, other)
        if (path === undefined) break
        this.#cut(this.#weakest(path, newest) ?? newest)
      }
    }
  }

  #resolve(newest: LinkFact): void {
    for (;;) {
      const pair = this.#conflict(this.#component(newest.centre))
      if (pair === undefined) return
      const path = this.#path(...pair)
      const weakest = path && this.#weakest(path, newest)
      if (weakest === undefined) return
      this.#cut(weakest)
    }
  }

  /** The oldest link of the least trusted layer of a path, never the newest of all. */
  #weakest(path: readonly LinkFact[], newest: LinkFact): LinkFact | undefined {
    let weakest: LinkFact | undefined
    for (const link of path) {
      if (linkName(link) === linkName(newest)) continue
      const layer = this.#layer(link)
      const least = weakest === undefined ? -1 : this.#layer(weakest)
      const isOlder = weakest !== undefined && compareFacts(link, weakest) < 0
      if (layer > least || (layer === least && isOlder)) weakest = link
    }
    return weakest
  }

  /** A link is trusted as its less trusted end is. */
  #layer({ centre, leaf }: LinkFact): number {
    return Math.max(this.#rankOf(centre), this.#rankOf(leaf))
  }

  #rankOf(key: string): number {
    return this.#rank.get(this.#nodes.get(key)?.kind ?? '') ?? this.#lowest
  }

  #conflict(component: ReadonlySet<string>): [string, string] | undefined {
    const first = new Map<string, string>()
    for (const key of [...component].sort()) {
      const kind = this.#nodes.get(key)?.kind ?? ''
      if (!this.#unique.has(kind)) continue
      const other = first.get(kind)
      if (other !== undefined) return [other, key]
      first.set(kind, key)
    }
    return undefined
  }

  /** A kind with a limit keeps the values seen last; the others stand alone again. */
  #trim(member: string): void {
    if (this.#limits.size === 0) return
    const component = this.#component(member)
    for (const [kind, { limit, period }] of this.#limits) {
      const keys = [...component].filter((key) => this.#nodes.get(key)?.kind === kind)
      if (keys.length <= limit) continue
      const bearers = keys.map((key): Bearer => {
        const links = [...(this.#neighbours.get(key)?.values() ?? [])]
        return { key, links, last: links.sort(compareFacts).at(-1) }
      })
      const newest = Math.max(...bearers.map(({ last }) => last?.at ?? -Infinity))
      const counted = bearers
        .filter(({ last }) => last === undefined || last.at > newest - period)
        // An unproven claim evicts no device of a person: it is the first to go.
        .sort((a, b) => rankOfTrim(a) - rankOfTrim(b) || compareLast(a.last, b.last))
      for (const { links } of counted.slice(0, Math.max(0, counted.length - limit))) {
        for (const link of links) this.#cut(link)
      }
    }
  }

  #component(start: string): Set<string> {
    const seen = new Set([start])
    for (const key of seen) {
      for (const next of this.#neighbours.get(key)?.keys() ?? []) seen.add(next)
    }
    return seen
  }

  /** A shortest path, the same one for the same graph however it came about. */
  #path(from: string, to: string): LinkFact[] | undefined {
    const came = new Map<string, LinkFact | undefined>([[from, undefined]])
    for (const key of came.keys()) {
      if (key === to) break
      const links = [...(this.#neighbours.get(key) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))
      for (const [next, link] of links) if (!came.has(next)) came.set(next, link)
    }
    if (!came.has(to)) return undefined
    const path: LinkFact[] = []
    for (let key = to; key !== from;) {
      const link = came.get(key)
      if (link === undefined) return undefined
      path.push(link)
      key = link.centre === key ? link.leaf : link.centre
    }
    return path
  }

  /** A device or cookie that several people used is nobody's. */
  isolateShared(facts: readonly LinkFact[]): void {
    const group = new Map<string, number>()
    this.groups().forEach((keys, index) => keys.forEach((key) => group.set(key, index)))
    const users = new Map<string, Set<number>>()
    for (const { centre, leaf } of facts) {
      for (const [device, name] of [
        [leaf, centre],
        [centre, leaf],
      ] as const) {
        const [from, to] = [this.#nodes.get(device), this.#nodes.get(name)]
        if (from === undefined || to === undefined) continue
        if (!this.#impersonal.has(from.kind) || this.#impersonal.has(to.kind)) continue
        users.set(device, (users.get(device) ?? new Set()).add(group.get(name) ?? -1))
      }
    }
    for (const [device, people] of users) {
      if (people.size < 2) continue
      const links = this.#neighbours.get(device)
      for (const link of links === undefined ? [] : links.values()) this.#cut(link)
    }
  }

  standing(): Set<string> {
    const names = new Set<string>()
    for (const links of this.#neighbours.values()) {
      for (const link of links.values()) names.add(linkName(link))
    }
    return names
  }

  groups(): string[][] {
    const groups: string[][] = []
    const placed = new Set<string>()
    for (const key of [...this.#nodes.keys()].sort()) {
      if (placed.has(key)) continue
      const group = [...this.#component(key)].sort()
      for (const member of group) placed.add(member)
      groups.push(group)
    }
    return groups
  }
}
