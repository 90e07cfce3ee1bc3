import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force'
import type { ApiGraph } from '../../edge/protocol/api-graph.ts'

/** More would be a cloud nobody can read: the rest is said in numbers. */
export const MAX_DRAWN = 80
/** Rounds until nothing moves visibly any more. */
const ROUNDS = 300
const MARGIN = 44

type Node = ApiGraph['nodes'][number]
type Link = ApiGraph['links'][number]

export interface PlacedNode {
  readonly node: Node
  /** Pixels from the left and from the top. */
  readonly x: number
  readonly y: number
}

export interface GraphPicture {
  readonly nodes: readonly PlacedNode[]
  /** `from` and `to` are places in `nodes`. */
  readonly links: readonly Link[]
  /** Identifiers left out. */
  readonly hidden: number
}

/** The person's own identifiers, then those they were seen with, nearest first. */
export function nearest(
  { nodes, links }: ApiGraph,
  profile: string,
  limit: number,
): readonly number[] {
  const own = nodes.flatMap((node, at) => (node.profile === profile ? [at] : []))
  const seen = new Set(own)
  for (const at of seen) {
    for (const { from, to } of links) {
      if (from === at) seen.add(to)
      if (to === at) seen.add(from)
    }
  }
  return [...seen].slice(0, limit)
}

interface Body extends SimulationNodeDatum {
  readonly node: Node
}

/** Where each identifier is drawn. The same graph gives the same picture. */
export function layOut(
  graph: ApiGraph,
  profile: string,
  width: number,
  height: number,
): GraphPicture {
  const drawn = nearest(graph, profile, MAX_DRAWN)
  const place = new Map(drawn.map((at, index) => [at, index]))
  const bodies: Body[] = drawn.flatMap((at) => {
    const node = graph.nodes[at]
    return node === undefined ? [] : [{ node }]
  })
  const links = graph.links.flatMap((link): Link[] => {
    const [from, to] = [place.get(link.from), place.get(link.to)]
    return from === undefined || to === undefined ? [] : [{ ...link, from, to }]
  })
  const springs: SimulationLinkDatum<Body>[] = links.map(({ from, to }) => ({
    source: from,
    target: to,
  }))
  forceSimulation(bodies)
    .force('links', forceLink(springs).distance(85))
    .force('apart', forceManyBody().strength(-420))
    .force('room', forceCollide(42))
    .force('x', forceX(width / 2).strength(0.06))
    .force('y', forceY(height / 2).strength(0.12))
    .stop()
    .tick(ROUNDS)
  return {
    nodes: bodies.map(({ node, x = 0, y = 0 }) => ({
      node,
      x: within(x, width),
      y: within(y, height),
    })),
    links,
    hidden: graph.nodes.length - bodies.length,
  }
}

const within = (value: number, size: number): number =>
  Math.min(Math.max(value, MARGIN), Math.max(size - MARGIN, MARGIN))
