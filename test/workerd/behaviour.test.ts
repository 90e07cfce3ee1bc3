import { exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../edge/protocol/time.ts'
import { ann, askSegment, did, pass, segment } from './person-fixture.ts'

const iso = (at: number) => new Date(at).toISOString()

const memberOf = async () => (await ann())?.segments ?? []

test('a basket that is left open is noticed at its instant, with no event, and closed by the order', async () => {
  await segment('open-basket', {
    type: 'notFollowedBy',
    event: 'Product Added',
    then: { event: 'Order Completed', same: 'cart_id' },
    within: 'PT2H',
    since: 'last',
  })
  await did('Product Added', { cart_id: 'c1' })
  await did('Order Completed', { cart_id: 'c1' })
  await pass(MINUTE)
  await did('Product Added', { cart_id: 'c2' })
  const [added] = (await ann())?.events ?? []
  await pass(2 * HOUR - MINUTE)
  expect(await memberOf()).toEqual([])
  await pass(2 * MINUTE)
  const due = Date.parse(added?.timestamp ?? '') + 2 * HOUR
  expect(await memberOf()).toMatchObject([{ key: 'open-basket', enteredAt: iso(due) }])

  // Another basket opens: of that one it is too early to say anything.
  await did('Product Added', { cart_id: 'c3' })
  expect(await memberOf()).toEqual([])
})

test('a sequence is noticed with its last event, and left when its first leaves the window', async () => {
  await segment('quick-buyers', {
    type: 'sequence',
    steps: [
      { event: 'Product Viewed' },
      { event: 'Product Added', within: 'PT30M' },
      { event: 'Order Completed', within: 'PT1H' },
    ],
    window: { last: 'PT6H' },
  })
  for (const event of ['Product Viewed', 'Product Added', 'Order Completed']) {
    expect(await memberOf()).toEqual([])
    await did(event)
    await pass(20 * MINUTE)
  }
  const events = (await ann())?.events ?? []
  const until = Date.parse(events.at(-1)?.timestamp ?? '') + 6 * HOUR
  expect(await memberOf()).toMatchObject([{ key: 'quick-buyers', until: iso(until) }])
  await pass(6 * HOUR)
  expect(await memberOf()).toEqual([])
})

test('a new segment over money knows what was spent before there was one', async () => {
  await did('Order Completed', { revenue: 19.99 })
  await did('Order Completed', { revenue: 19.99 })
  await did('Order Completed', { revenue: 19.99 })
  await segment('spenders', {
    type: 'performed',
    event: 'Order Completed',
    measure: 'sum',
    property: 'revenue',
    operator: 'gte',
    value: 59.97,
    window: { calendar: 'year' },
  })
  expect(await memberOf()).toMatchObject([{ key: 'spenders' }])
})

test('a mistake in a condition is told with its path; the schema of conditions is public', async () => {
  const response = await askSegment({
    name: 'Wrong',
    condition: { type: 'sequence', steps: [{ event: 'A' }, { event: 'B', within: 'soon' }] },
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ errors: [{ path: 'condition.steps.1.within' }] })
  const schema = await exports.default.fetch('http://127.0.0.1:8787/schemas/condition.json')
  expect(schema.headers.get('content-type')).toBe('application/schema+json')
  expect(JSON.stringify(await schema.json())).toContain('notFollowedBy')
})
