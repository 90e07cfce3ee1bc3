import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { byTrust, identifierKey } from '../../edge/domain/identity.ts'
import { linkName, people, type IdentityNode, type LinkFact } from '../../edge/domain/people.ts'
import type { Identifier, IdentifierKind } from '../../edge/protocol/identifier.ts'
import { dataFile } from '../data.ts'

interface Case {
  readonly name: string
  readonly kinds: readonly IdentifierKind[]
  readonly messages: readonly (readonly Identifier[])[]
  readonly people: readonly (readonly Identifier[])[]
}

interface Message {
  readonly at: number
  readonly identifiers: readonly Identifier[]
}

/** What a set of messages says, in whatever order it came. */
function resolve(messages: readonly Message[], kinds: readonly IdentifierKind[]): string[][] {
  const nodes = new Map<string, IdentityNode>()
  const facts = new Map<string, LinkFact>()
  for (const { at, identifiers } of messages) {
    const stars = byTrust(
      identifiers.map((identifier) => ({ ...identifier, proven: true })),
      kinds,
    )
    const [centre, ...leaves] = stars.map((identifier) => ({
      ...identifier,
      key: identifierKey(identifier),
    }))
    if (centre === undefined) continue
    for (const node of [centre, ...leaves]) nodes.set(node.key, { ...node, proven: true })
    for (const leaf of leaves) {
      const fact = {
        centre: centre.key,
        leaf: leaf.key,
        at,
        receivedAt: at,
        position: 0,
        messageId: `m${at}`,
        proven: true,
      }
      const known = facts.get(linkName(fact))
      if (known === undefined || known.at < at) facts.set(linkName(fact), fact)
    }
  }
  return people(nodes.values(), facts.values(), kinds).groups.map((group) => [...group])
}

const keysOf = (groups: readonly (readonly Identifier[])[]): string[][] =>
  groups.map((group) => group.map(identifierKey).sort()).sort((a, b) => (a[0]! < b[0]! ? -1 : 1))

const sorted = (groups: string[][]): string[][] => groups.sort((a, b) => (a[0]! < b[0]! ? -1 : 1))

const file = dataFile('identity/cases.json')
const cases: readonly Case[] =
  file === null ? [] : (JSON.parse(readFileSync(file, 'utf8')) as Case[])

describe.skipIf(cases.length === 0)('worked cases', () => {
  test.each(cases.map((worked) => [worked.name, worked] as const))('%s', (_, worked) => {
    const messages = worked.messages.map((identifiers, second) => ({
      at: second * 1_000,
      identifiers,
    }))
    expect(sorted(resolve(messages, worked.kinds))).toEqual(keysOf(worked.people))
  })
})

const KINDS: readonly IdentifierKind[] = [
  { kind: 'userId', level: 'person', unique: true },
  { kind: 'email', level: 'person' },
  { kind: 'anonymousId', level: 'cookie', limit: 3 },
]
const identifier = fc
  .tuple(fc.constantFrom('userId', 'email', 'anonymousId'), fc.integer({ min: 0, max: 4 }))
  .map(([kind, n]) => ({ kind, value: `${kind}${n}` }))
const messages = fc
  .array(fc.uniqueArray(identifier, { minLength: 1, maxLength: 3, selector: identifierKey }), {
    maxLength: 10,
  })
  .map((list) => list.map((identifiers, at) => ({ at, identifiers })))

describe('whatever is said about whom', () => {
  test('the order of arrival changes nobody', () => {
    fc.assert(
      fc.property(
        messages.chain((list) =>
          fc.tuple(
            fc.constant(list),
            fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
          ),
        ),
        ([list, shuffled]) => {
          expect(resolve(shuffled, KINDS)).toEqual(resolve(list, KINDS))
        },
      ),
      { numRuns: 1_000, seed: 7 },
    )
  })

  test('nobody has two values of a unique kind, or more of a limited one than its limit', () => {
    fc.assert(
      fc.property(messages, (list) => {
        for (const group of resolve(list, KINDS)) {
          expect(group.filter((key) => key.includes('userId')).length).toBeLessThanOrEqual(1)
          expect(group.filter((key) => key.includes('anonymousId')).length).toBeLessThanOrEqual(3)
        }
      }),
      { numRuns: 1_000, seed: 7 },
    )
  })

  test('what the newest message says together stays together', () => {
    fc.assert(
      fc.property(messages, (list) => {
        const newest = list.at(-1)
        if (newest === undefined) return
        if (newest.identifiers.filter(({ kind }) => kind === 'userId').length > 1) return
        const keys = newest.identifiers.map(identifierKey)
        const groups = resolve(list, KINDS)
        expect(groups.some((group) => keys.every((key) => group.includes(key)))).toBe(true)
      }),
      { numRuns: 1_000, seed: 7 },
    )
  })
})

const node = (kind: string, value: string): IdentityNode => ({
  kind,
  value,
  proven: true,
  key: identifierKey({ kind, value }),
})
const link = (centre: IdentityNode, leaf: IdentityNode, at: number, proven = true): LinkFact => ({
  centre: centre.key,
  leaf: leaf.key,
  at,
  receivedAt: at,
  position: 0,
  messageId: `m${at}`,
  proven,
})

describe('claims and separations', () => {
  const [ann, ben] = [node('userId', 'u1'), node('userId', 'u2')]
  const [phone, desk] = [node('anonymousId', 'd1'), node('anonymousId', 'd2')]
  const mail = node('email', 'h')

  test('an unproven claim takes no device from a known person', () => {
    const { groups } = people(
      [ann, ben, phone],
      [link(ann, phone, 1), link(ben, phone, 2, false)],
      KINDS,
    )
    expect(groups).toContainEqual([phone.key, ann.key].sort())
  })

  test('an unproven claim joins no two known people', () => {
    const { groups } = people(
      [ann, mail, phone],
      [link(mail, phone, 1), link(ann, mail, 2, false)],
      KINDS,
    )
    expect(groups).toHaveLength(2)
  })

  test('a separated pair is not joined by any link, and joins again when it is allowed', () => {
    const nodes = [ann, phone, desk]
    const facts = [link(ann, phone, 1), link(ann, desk, 2)]
    const pair = [ann.key, desk.key] as const
    const separations = [{ id: 's1', at: 3, pair }]
    expect(people(nodes, facts, KINDS, { separations }).groups).toContainEqual([desk.key])
    expect(people(nodes, facts, KINDS).groups).toHaveLength(1)
  })
})
