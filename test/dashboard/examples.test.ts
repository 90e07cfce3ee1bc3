import { describe, expect, test } from 'vitest'
import { agoOf, freeName, movedTo, partAt, withAgo } from '../../dashboard/parts/example-edit.ts'
import { exampleFrom } from '../../dashboard/parts/example-from-profile.ts'
import { parseExamples } from '../../edge/parse/example.ts'
import type { ApiEvent, ApiProfile } from '../../edge/protocol/api.ts'
import type { ExamplePerson } from '../../edge/protocol/example.ts'

const at = '2026-01-31T12:00:00.000Z'
const person: ExamplePerson = {
  name: 'Person 1',
  matches: true,
  at,
  events: [
    { event: 'A', timestamp: '2026-01-28T12:00:00.000Z' },
    { event: 'B', timestamp: '2026-01-31T10:30:00.000Z' },
    { event: 'C', timestamp: '2026-01-31T11:59:59.999Z' },
    { event: 'D', timestamp: at },
  ],
}

test('when something happened reads as so long before, and is the same when it is written back', () => {
  const agos = person.events.map((event) => agoOf(event, at))
  expect(agos).toEqual([
    { amount: 3, unit: 'day' },
    { amount: 90, unit: 'minute' },
    { amount: 0.001, unit: 'second' },
    { amount: 0, unit: 'day' },
  ])
  expect(person.events.map((event, place) => withAgo(event, at, agos[place]!))).toEqual(
    person.events,
  )
})

test('who is asked about at another instant did everything as long before', () => {
  const moved = movedTo(person, '2028-02-29T00:00:00.000Z')
  expect(moved.events.map((event) => agoOf(event, moved.at))).toEqual(
    person.events.map((event) => agoOf(event, at)),
  )
})

test('somebody new gets a name that nobody has, and a clause is found where its path says', () => {
  const named = ['Person 1', 'Person 3'].map((name) => ({ ...person, name }))
  expect(freeName((number) => `Person ${number}`, named)).toBe('Person 4')
  const leaf = { type: 'consent', purpose: 'email' } as const
  const whole = { type: 'all', conditions: [leaf, { type: 'not', condition: leaf }] } as const
  expect(partAt(whole, 'condition')).toBe(whole)
  expect(partAt(whole, 'condition.conditions.1.condition')).toBe(leaf)
})

describe('a history taken from a profile', () => {
  const profile = {
    id: 'prf_1',
    identifiers: [
      { kind: 'email', value: 'ann@example.com' },
      { kind: 'userId', value: 'u-1729' },
    ],
    traits: {
      plan: 'gold',
      email: 'ann@example.com',
      phone: '+33 6 12 34 56 78',
      firstName: 'Ann',
      name: 'Ann Lee',
      loyalty: { card: 'u-1729', tier: 3 },
      address: { city: 'Lyon' },
      orders: 3,
    },
    // Follows from the events, which are taken along.
    computedTraits: [{ key: 'orders', value: 3 }],
    groups: [{ id: 'acme', traits: { employees: 40, phone: '0612345678' } }],
    consent: { analytics: { granted: true, at }, email: { granted: false, at } },
  } as unknown as ApiProfile
  const event = (place: number, properties: ApiEvent['properties']): ApiEvent => ({
    id: `m${place}`,
    type: 'track',
    event: 'Order Completed',
    timestamp: new Date(Date.parse(at) - place * 1_000).toISOString(),
    receivedAt: at,
    source: 'src_1',
    properties,
    context: { country: 'FR', postalCode: '69001', url: 'https://shop.test/?u=1', os: 'Linux' },
  })
  const hostile = {
    total: 40,
    order_id: '20260131-17',
    contact: 'write to ann@example.com',
    seen_from: '203.0.113.7',
    via: '2001:db8::ff00:42:8329',
    call_me: '06 12 34 56 78',
    customer: 'u-1729',
    'ann@example.com': 1,
    products: [{ sku: 's1', gift_to: 'bob@example.com' }, 'ann@example.com', 'u-1729'],
    shippingAddress: { street: '1 rue de la Paix' },
    date: '2026-01-31',
    size: '38',
    name: 'Boots',
  }

  test('holds no address and no name, whatever they are called and however deep they are', () => {
    const taken = exampleFrom({ profile, events: [event(0, hostile)] }, 'Taken', true, at)
    expect(taken).toEqual({
      name: 'Taken',
      matches: true,
      at,
      events: [
        {
          event: 'Order Completed',
          timestamp: at,
          properties: {
            total: 40,
            order_id: '20260131-17',
            products: [{ sku: 's1' }],
            date: '2026-01-31',
            size: '38',
            name: 'Boots',
          },
          context: { country: 'FR', os: 'Linux' },
        },
      ],
      traits: { plan: 'gold', loyalty: { tier: 3 } },
      accounts: [{ id: 'acme', traits: { employees: 40 } }],
      consent: { analytics: true, email: false },
    })
    expect(parseExamples([taken]).ok).toBe(true)
  })

  test('is the latest 200 events, oldest first', () => {
    const events = Array.from({ length: 230 }, (_, place) => event(place, { place }))
    const taken = exampleFrom({ profile, events }, 'Taken', false, at)
    expect(taken.events).toHaveLength(200)
    expect(taken.events.at(-1)?.properties).toEqual({ place: 0 })
    expect(taken.events[0]?.properties).toEqual({ place: 199 })
  })
})
