import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { orderFactOf, ordersOf, type OrderFact } from '../../../edge/domain/score/order.ts'
import { ORDER_RULES } from '../../../edge/protocol/score.ts'
import { track } from '../build.ts'

const rules = { ...ORDER_RULES, rates: { USD: 0.5 } }

describe('what an event says of an order', () => {
  test.each([
    ['Order Completed', { order_id: 'A', revenue: 12.5 }, ['completed', 'A', 12.5]],
    ['Order Completed', { order_id: 7, total: 3 }, ['completed', '7', 3]],
    ['Order Completed', { revenue: 2, total: 3 }, ['completed', null, 2]],
    ['Order Completed', { revenue: '2', total: 3 }, ['completed', null, 3]],
    ['Order Completed', { order_id: 'A' }, ['completed', 'A', 'missing']],
    ['Order Completed', { revenue: -2 }, ['completed', null, 'negative']],
    ['Order Completed', { revenue: 0 }, ['completed', null, 0]],
    ['Order Completed', { revenue: 8, currency: 'EUR' }, ['completed', null, 8]],
    ['Order Completed', { revenue: 8, currency: 'USD' }, ['completed', null, 4]],
    ['Order Completed', { revenue: 8, currency: 'JPY' }, ['completed', null, 'currency']],
    ['Order Completed', { revenue: 8, currency: 'toString' }, ['completed', null, 'currency']],
    ['Order Refunded', { order_id: 'A', total: 5 }, ['refunded', 'A', 5]],
    ['Order Cancelled', { order_id: 'A' }, ['cancelled', 'A', 'missing']],
    ['Product Viewed', { revenue: 8 }, undefined],
  ])('%s %o', (name, properties, fact) => {
    expect(orderFactOf(track(name, 0, properties), rules)).toEqual(fact)
  })
})

describe('orders of a person', () => {
  const told = (...facts: OrderFact[]) => ordersOf(facts.map((fact, at) => ({ at, fact })))

  test.each<[string, OrderFact[], (number | undefined)[]]>([
    ['none', [], []],
    [
      'each without an id',
      [
        ['completed', null, 2],
        ['completed', null, 2],
      ],
      [2, 2],
    ],
    [
      'once though told twice',
      [
        ['completed', 'A', 2],
        ['completed', 'A', 3],
      ],
      [3],
    ],
    [
      'with its amount though told again without one',
      [
        ['completed', 'A', 2],
        ['completed', 'A', 'missing'],
      ],
      [2],
    ],
    [
      'without one that was cancelled',
      [
        ['completed', 'A', 2],
        ['cancelled', 'A', 'missing'],
      ],
      [],
    ],
    [
      'cancelled before it came',
      [
        ['cancelled', 'A', 'missing'],
        ['completed', 'A', 2],
      ],
      [],
    ],
    [
      'less a refund',
      [
        ['completed', 'A', 5],
        ['refunded', 'A', 2],
      ],
      [3],
    ],
    [
      'less two refunds',
      [
        ['completed', 'A', 5],
        ['refunded', 'A', 2],
        ['refunded', 'A', 2],
      ],
      [1],
    ],
    [
      'given back as a whole',
      [
        ['completed', 'A', 5],
        ['refunded', 'A', 5],
      ],
      [],
    ],
    [
      'given back without an amount',
      [
        ['completed', 'A', 5],
        ['refunded', 'A', 'missing'],
      ],
      [],
    ],
    [
      'given back beyond it',
      [
        ['completed', 'A', 5],
        ['refunded', 'A', 9],
      ],
      [],
    ],
    [
      'given back in parts that come to all of it',
      [
        ['completed', 'A', 50],
        ['refunded', 'A', 16.66],
        ['refunded', 'A', 16.66],
        ['refunded', 'A', 16.68],
      ],
      [],
    ],
    [
      'as it is, where what was given back is in money that is not counted',
      [
        ['completed', 'A', 5],
        ['refunded', 'A', 'currency'],
      ],
      [5],
    ],
    [
      'as it is, where less than nothing was given back',
      [
        ['completed', 'A', 5],
        ['refunded', 'A', 'negative'],
      ],
      [5],
    ],
    [
      'of unknown amount',
      [
        ['completed', 'A', 'missing'],
        ['completed', null, 1],
      ],
      [undefined, 1],
    ],
    [
      'less a refund of no known order, off the latest',
      [
        ['completed', 'A', 5],
        ['completed', 'B', 2],
        ['refunded', null, 3],
      ],
      [4],
    ],
    [
      'cancelled, whose refund is not taken off another',
      [
        ['completed', 'A', 5],
        ['completed', 'B', 2],
        ['cancelled', 'B', 2],
        ['refunded', 'B', 2],
      ],
      [5],
    ],
  ])('%s', (_, facts, amounts) => {
    expect(told(...facts).orders.map(({ amount }) => amount)).toEqual(amounts)
  })

  test('amounts that are not known are counted by their reason', () => {
    const { faults } = told(
      ['completed', null, 'missing'],
      ['completed', null, 'currency'],
      ['completed', null, 'currency'],
      ['completed', null, 4],
    )
    expect(faults).toEqual({ missing: 1, currency: 2 })
  })

  test('so are those of what was given back, unless the order is gone or all of it was', () => {
    const { faults } = told(
      ['completed', 'A', 5],
      ['refunded', 'A', 'currency'],
      ['refunded', null, 'negative'],
      ['refunded', 'A', 'missing'],
      ['completed', 'B', 5],
      ['cancelled', 'B', 'missing'],
      ['refunded', 'B', 'currency'],
    )
    expect(faults).toEqual({ currency: 1, negative: 1 })
  })

  test('never come to more than was paid less what was given back, nor below nothing', () => {
    const fact = fc.tuple(
      fc.constantFrom('completed', 'refunded', 'cancelled'),
      fc.constantFrom('A', 'B', null),
      fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant('missing')),
    ) as fc.Arbitrary<OrderFact>
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 10 }), (facts) => {
        const { orders } = told(...facts)
        const paid = facts.reduce((sum, [act, , amount]) => {
          return sum + (act === 'completed' && typeof amount === 'number' ? amount : 0)
        }, 0)
        const sum = orders.reduce((all, { amount = 0 }) => all + amount, 0)
        expect(sum).toBeLessThanOrEqual(paid)
        for (const { amount = 0 } of orders) expect(amount).toBeGreaterThanOrEqual(0)
        expect(orders.map(({ at }) => at)).toEqual(
          orders.map(({ at }) => at).toSorted((a, b) => a - b),
        )
      }),
      { numRuns: 2_000 },
    )
  })
})
