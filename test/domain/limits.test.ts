import { expect, test } from 'vitest'
import { identifierKey } from '../../edge/domain/identity.ts'
import { people, type IdentityNode, type LinkFact } from '../../edge/domain/people.ts'
import type { IdentifierKind } from '../../edge/protocol/identifier.ts'
import { DAY } from '../../edge/protocol/time.ts'

const node = (kind: string, value: string): IdentityNode => ({
  kind,
  value,
  proven: true,
  key: identifierKey({ kind, value }),
})
const ADA = node('userId', 'ada')

interface Sighting {
  readonly email: string
  readonly day: number
  readonly unproven?: true
}
const on = (day: number, email: string, more: { unproven?: true } = {}): Sighting => ({
  email,
  day,
  ...more,
})

/** The addresses that stay with their person, and those that stand alone again. */
function addresses(
  sightings: readonly Sighting[],
  rule: Pick<IdentifierKind, 'limit' | 'period'>,
): { readonly hers: readonly string[]; readonly alone: readonly string[] } {
  const kinds: IdentifierKind[] = [
    { kind: 'userId', level: 'person', unique: true },
    { kind: 'email', level: 'person', ...rule },
  ]
  const facts = sightings.map(({ email, day, unproven }, index): LinkFact => ({
    centre: ADA.key,
    leaf: node('email', email).key,
    at: day * DAY,
    receivedAt: day * DAY,
    position: 0,
    messageId: `m${index}`,
    proven: unproven !== true,
  }))
  // Proven is what somebody proved once.
  const nodes = new Map([[ADA.key, ADA]])
  for (const { email, unproven } of sightings) {
    const { key, ...rest } = node('email', email)
    const proven = unproven !== true || nodes.get(key)?.proven === true
    nodes.set(key, { key, ...rest, proven })
  }
  const { groups } = people(nodes.values(), facts, kinds)
  const nameOf = (key: string) => key.split(':').at(-1) ?? ''
  const hers = groups.find((group) => group.includes(ADA.key)) ?? []
  return {
    hers: hers.filter((key) => key !== ADA.key).map(nameOf),
    alone: groups.filter((group) => !group.includes(ADA.key)).map(([key = '']) => nameOf(key)),
  }
}

const FIVE = [on(0, 'a'), on(30, 'b'), on(60, 'c'), on(90, 'd'), on(120, 'e')]
const A_YEAR = { limit: 5, period: 365 * DAY }

test.each<[string, readonly Sighting[], Pick<IdentifierKind, 'limit' | 'period'>, string, string]>([
  ['as many as the limit stay', FIVE, { limit: 5 }, 'abcde', ''],
  ['one more evicts the oldest', [...FIVE, on(150, 'f')], { limit: 5 }, 'bcdef', 'a'],
  ['also years later', [...FIVE, on(2_000, 'f')], { limit: 5 }, 'bcdef', 'a'],
  [
    'one seen again is not the oldest',
    [...FIVE, on(140, 'a'), on(150, 'f')],
    { limit: 5 },
    'acdef',
    'b',
  ],
  ['the sixth within a year evicts the oldest', [...FIVE, on(364, 'f')], A_YEAR, 'bcdef', 'a'],
  ['after a year the first counts no more', [...FIVE, on(365, 'f')], A_YEAR, 'abcdef', ''],
  ['then the next is one too many', [...FIVE, on(365, 'f'), on(366, 'g')], A_YEAR, 'acdefg', 'b'],
  [
    'what is too old to count is not evicted either',
    [...FIVE, on(800, 'f'), on(801, 'g'), on(802, 'h'), on(803, 'i'), on(804, 'j'), on(805, 'k')],
    A_YEAR,
    'abcdeghijk',
    'f',
  ],
  [
    'what nobody proved goes first, however new',
    [...FIVE.slice(0, 4), on(110, 'x', { unproven: true }), on(120, 'e')],
    A_YEAR,
    'abcde',
    'x',
  ],
  [
    'of two that nobody proved the older goes',
    [
      ...FIVE.slice(0, 3),
      on(100, 'x', { unproven: true }),
      on(110, 'y', { unproven: true }),
      on(120, 'e'),
    ],
    { limit: 5, period: 365 * DAY },
    'abcey',
    'x',
  ],
  [
    'a claim of today evicts no address that was proven',
    [...FIVE, on(150, 'x', { unproven: true })],
    A_YEAR,
    'abcde',
    'x',
  ],
])('limits: %s', (_, sightings, rule, hers, alone) => {
  const found = addresses(sightings, rule)
  expect([[...found.hers].sort().join(''), [...found.alone].sort().join('')]).toEqual([hers, alone])
})
