import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { peopleOf } from '../../edge/domain/derive.ts'
import {
  decodeGraph,
  encodeGraph,
  newGraph,
  note,
  unite,
  type Graph,
} from '../../edge/domain/graph.ts'
import { identifierKey } from '../../edge/domain/identity.ts'
import { namePeople } from '../../edge/domain/naming.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import type { Identifier, IdentifierKind } from '../../edge/protocol/identifier.ts'
import { track } from './build.ts'
import { keysOf, permutations } from './identity-case.ts'
import { identityCases } from './identity-cases.ts'

let minted = 0

/** A message with its time, which it keeps whatever order it comes in. */
interface Message {
  readonly at: number
  readonly identifiers: readonly Identifier[]
}

const event = ({ at, identifiers }: Message) =>
  track(
    'Page Viewed',
    at,
    {},
    {
      messageId: `m${at}`,
      identifiers: identifiers.map((one) => ({ ...one, proven: true })),
    },
  )

function derive(graph: Graph, kinds: readonly IdentifierKind[]): void {
  namePeople(graph, peopleOf(graph, kinds, 'last-login-owns'), kinds, {
    now: minted,
    mint: () => `prf_${minted++}` as ProfileId,
    mergeId: () => `mrg_${minted++}`,
    through: 'userId',
  })
}

/** As shards do it: each message starts a graph of its own, or joins those that hold something of it. */
function people(messages: readonly Message[], kinds: readonly IdentifierKind[]): string[][] {
  let graphs: Graph[] = []
  for (const message of messages) {
    const keys = message.identifiers.map(identifierKey)
    const touched = graphs.filter(({ nodes }) => keys.some((key) => nodes.has(key)))
    const [graph = newGraph(), ...others] = touched
    for (const other of others) unite(graph, decodeGraph(encodeGraph(other)))
    graphs = [...graphs.filter((one) => !touched.includes(one)), graph]
    if (note(graph, event(message), kinds)) derive(graph, kinds)
  }
  return graphs
    .flatMap((graph) => [...graph.people.values()].map((keys) => [...keys].sort()))
    .sort((a, b) => (a[0]! < b[0]! ? -1 : 1))
}

const cases = identityCases()

describe.skipIf(cases.length === 0)('the worked cases, each message with its time', () => {
  test.each(cases.map((worked) => [worked.name, worked] as const))(
    '%s: the same people in every order of arrival',
    (_, { kinds, messages, people: expected }) => {
      const timed = messages.map((identifiers, index) => ({ at: 1_000 * index, identifiers }))
      const wanted = keysOf(expected)
      for (const order of permutations(timed)) {
        const found = people(order, kinds)
        if (JSON.stringify(found) !== JSON.stringify(wanted)) {
          expect({ order: order.map(({ at }) => at), found }).toEqual({
            order: 'any',
            found: wanted,
          })
        }
      }
    },
  )
})

const KINDS: readonly IdentifierKind[] = [
  { kind: 'userId', level: 'person', unique: true },
  { kind: 'email', level: 'person' },
  { kind: 'gaid', level: 'device' },
  { kind: 'anonymousId', level: 'cookie', limit: 3 },
]
const identifier = fc
  .tuple(fc.constantFrom(...KINDS.map(({ kind }) => kind)), fc.integer({ min: 0, max: 3 }))
  .map(([kind, n]) => ({ kind, value: `${kind}${n}` }))
const sets = fc
  .array(fc.uniqueArray(identifier, { minLength: 1, maxLength: 4, selector: identifierKey }), {
    minLength: 2,
    maxLength: 9,
  })
  .map((list) => list.map((identifiers, index) => ({ at: 1_000 * index, identifiers })))

test('1,000 random sets of messages give the same people in any order of arrival', () => {
  fc.assert(
    fc.property(
      sets.chain((list) =>
        fc.tuple(
          fc.constant(list),
          fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
        ),
      ),
      ([list, shuffled]) => {
        expect(people(shuffled, KINDS)).toEqual(people(list, KINDS))
      },
    ),
    { numRuns: 1_000, seed: 20_261_126 },
  )
})

test('a graph that is stored and read is the same', () => {
  fc.assert(
    fc.property(sets, (list) => {
      const graph = newGraph()
      for (const message of list) note(graph, event(message), KINDS)
      derive(graph, KINDS)
      expect(decodeGraph(encodeGraph(graph))).toEqual(graph)
    }),
    { numRuns: 200, seed: 7 },
  )
})

test('an id stays with the person it was given to, whatever device they leave to others', () => {
  const graph = newGraph()
  const [ann, ben] = [
    { kind: 'userId', value: 'ann' },
    { kind: 'userId', value: 'ben' },
  ]
  const phone = { kind: 'anonymousId', value: 'phone' }
  const say = (at: number, ...identifiers: Identifier[]) => {
    if (note(graph, event({ at, identifiers }), KINDS)) derive(graph, KINDS)
  }
  const idOf = (one: Identifier) =>
    [...graph.people].find(([, keys]) => keys.includes(identifierKey(one)))?.[0]
  say(1, phone)
  const first = idOf(phone)
  say(2, phone, ann)
  expect(idOf(ann)).toBe(first)
  say(3, phone, ben)
  expect(idOf(ann)).toBe(first)
  expect(idOf(phone)).toBe(idOf(ben))
  expect(idOf(ben)).not.toBe(first)
})
