import { expect, test } from 'vitest'
import { layOut, MAX_DRAWN, nearest } from '../../dashboard/parts/graph-layout.ts'
import type { ApiGraph } from '../../edge/protocol/api-graph.ts'

const AT = '2026-11-20T12:00:00.000Z'
const node = (value: string, profile: string): ApiGraph['nodes'][number] => ({
  kind: 'userId',
  value,
  proven: true,
  firstSeen: AT,
  lastSeen: AT,
  source: 'src',
  profile,
  blocked: false,
})
const link = (from: number, to: number): ApiGraph['links'][number] => ({
  from,
  to,
  at: AT,
  proven: true,
  stands: true,
})

/** A chain 0–1–2–…, whose last identifier is the person's; and one that touches nothing. */
const chain = (length: number): ApiGraph => ({
  nodes: [
    ...Array.from({ length }, (_, at) => node(`u${at}`, at === length - 1 ? 'me' : 'other')),
    node('alone', 'other'),
  ],
  links: Array.from({ length: length - 1 }, (_, at) => link(at, at + 1)),
  separations: [],
})

test('the person comes first, then what is nearest', () => {
  expect(nearest(chain(4), 'me', 10)).toEqual([3, 2, 1, 0])
  expect(nearest(chain(4), 'me', 2)).toEqual([3, 2])
})

test('a graph is drawn within its frame, the same each time, links at their ends', () => {
  const picture = layOut(chain(5), 'me', 400, 260)
  expect(layOut(chain(5), 'me', 400, 260)).toEqual(picture)
  for (const { x, y } of picture.nodes) {
    expect(x).toBeGreaterThan(0)
    expect(x).toBeLessThan(400)
    expect(y).toBeGreaterThan(0)
    expect(y).toBeLessThan(260)
  }
  const ends = picture.links.map(({ from, to }) => [
    picture.nodes[from]?.node.value,
    picture.nodes[to]?.node.value,
  ])
  expect(ends).toEqual([
    ['u0', 'u1'],
    ['u1', 'u2'],
    ['u2', 'u3'],
    ['u3', 'u4'],
  ])
})

test('no two identifiers are drawn upon each other', () => {
  const { nodes } = layOut(chain(12), 'me', 600, 300)
  for (const [at, a] of nodes.entries()) {
    for (const b of nodes.slice(at + 1)) {
      expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(20)
    }
  }
})

test('of a large graph it says how much is left out', () => {
  const { nodes, links, hidden } = layOut(chain(200), 'me', 600, 400)
  expect(nodes).toHaveLength(MAX_DRAWN)
  expect(links).toHaveLength(MAX_DRAWN - 1)
  expect(hidden).toBe(201 - MAX_DRAWN)
})
