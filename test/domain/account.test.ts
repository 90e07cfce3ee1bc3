import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { factsOfEvent, join, NO_TRAITS, valuesOf } from '../../edge/domain/account.ts'
import { MAX_GROUPS, seeGroup, type KnownGroup } from '../../edge/domain/group.ts'
import type { AccountTraits } from '../../edge/protocol/account.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { SourceId } from '../../edge/protocol/id.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'
import { track } from './build.ts'

const group = (
  account: string,
  traits: JsonObject,
  at: number,
  more: Partial<EventRecord> = {},
): EventRecord => track('Grouped', at, {}, { type: 'group', group: account, traits, ...more })

const heard = (events: readonly EventRecord[]): AccountTraits =>
  events.reduce<AccountTraits>((known, event) => {
    const { traits } = factsOfEvent(event) ?? { traits: NO_TRAITS }
    return join(known, traits) ?? known
  }, NO_TRAITS)

/** Few names, instants and values, so that they meet. */
const sayings = fc
  .array(
    fc.record({
      name: fc.constantFrom('plan', 'size', '__proto__'),
      value: fc.constantFrom('gold', 'free', 1, null),
      at: fc.integer({ min: 0, max: 3 }),
      proven: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((items) =>
    items.map(({ name, value, at, proven }) =>
      group('acme', Object.fromEntries([[name, value]]) as JsonObject, at, {
        identifiers: proven ? [{ kind: 'userId', value: 'u', proven }] : [],
      }),
    ),
  )
const shuffled = sayings.chain((events) =>
  fc.tuple(
    fc.constant(events),
    fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
    fc.nat({ max: events.length }),
  ),
)

describe('what is known of an account', () => {
  test('does not depend on the order, on repetition, nor on who heard what first', () => {
    fc.assert(
      fc.property(shuffled, ([events, others, cut]) => {
        const all = heard(events)
        expect(heard([...others, ...events])).toEqual(all)
        const [one, other] = [heard(others.slice(0, cut)), heard(others.slice(cut))]
        expect(join(one, other) ?? one).toEqual(all)
        expect(join(other, one) ?? other).toEqual(all)
        expect(join(all, one)).toBeUndefined()
      }),
    )
  })

  test('is the latest of what was proven, else the latest', () => {
    const proven = { identifiers: [{ kind: 'userId', value: 'u', proven: true }] }
    const events = [
      group('a', { plan: 'silver', size: 1 }, 1, proven),
      group('a', { plan: 'gold' }, 2, proven),
      group('a', { plan: 'free', size: 3, city: 'Lyon' }, 3),
      group('a', { city: null }, 4),
    ]
    expect(valuesOf(heard(events))).toEqual({ plan: 'gold', size: 1 })
  })

  test('stays within one row: the same traits stay, whatever order they came in', () => {
    const many = Array.from({ length: 400 }, (_, n) => group('a', { [`t${n}`]: n }, n))
    const one = heard(many)
    expect(one.size).toBe(300)
    expect(heard(many.toReversed())).toEqual(one)
    expect(heard([group('a', { long: 'x'.repeat(2_000), short: 1 }, 1)]).size).toBe(1)
  })

  test('is nothing for an event that names no account', () => {
    expect(factsOfEvent(track('Grouped', 1, { groupId: 'a' }, { type: 'group' }))).toBeUndefined()
    const identified = track(
      'Identified',
      1,
      {},
      { type: 'identify', group: 'a', traits: { age: 7 } },
    )
    expect(factsOfEvent(identified)).toEqual({ account: 'a', traits: NO_TRAITS })
  })
})

describe('the groups of a person', () => {
  const seen = (events: readonly EventRecord[]) => {
    const groups = new Map<string, KnownGroup>()
    for (const event of events) seeGroup(groups, event)
    return groups
  }

  test('are since the first and until the last event, told of by the first source', () => {
    const [a, b] = ['src_a', 'src_b'] as unknown as [SourceId, SourceId]
    const events = [
      group('acme', {}, 5, { source: a }),
      group('acme', {}, 2, { source: b }),
      group('acme', {}, 9, { source: a }),
    ]
    expect(seen(events).get('acme')).toEqual({ firstSeen: 2, lastSeen: 9, source: b })
  })

  test('are the same in any order, also when there are too many', () => {
    const ids = Array.from({ length: MAX_GROUPS + 20 }, (_, n) => `g${n}`)
    const events = ids.map((id, n) => group(id, {}, n % 50))
    fc.assert(
      fc.property(
        fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
        (others) => {
          expect(new Map([...seen(others)].sort())).toEqual(new Map([...seen(events)].sort()))
        },
      ),
      { numRuns: 50 },
    )
    expect(seen(events).size).toBe(MAX_GROUPS)
  })
})
