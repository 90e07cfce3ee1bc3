import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseEnvelope } from '../../edge/parse/batch.ts'
import { parseEvent } from '../../edge/parse/event.ts'
import { standalone } from '../../edge/parse/standalone.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import { NOW, options, purchase } from './messages.ts'

const maybe = (...values: readonly Json[]) =>
  fc.option(fc.constantFrom(...values), { nil: undefined })
const instants = [
  NOW - 5_000,
  NOW,
  '2026-11-22T08:00:00Z',
  '1969-07-20T20:17:00Z',
  8e15,
  'yesterday',
  null,
]
const contexts: readonly Json[] = [
  {},
  null,
  7,
  { consent: { categoryPreferences: { analytics: false } } },
  { consent: { categoryPreferences: { analytics: true } }, traits: { email: 'a@example.com' } },
  { externalIds: [{ type: 'crmId', id: 'c-1' }], traits: { phone: '+33612345678' } },
  { externalIds: 'none', __proto__: { polluted: true } },
]
const integrations: readonly Json[] = [
  null,
  'all',
  {},
  { All: false },
  { Inbox: true, Ads: {} },
  { Inbox: 'off', All: true },
]

const event = fc
  .record({
    context: maybe(...contexts),
    integrations: maybe(...integrations),
    sentAt: maybe(...instants),
    timestamp: maybe(...instants),
    event: maybe('Order Completed', 7),
    type: maybe('track', 'identify'),
    traits: maybe({ plan: 'gold' }),
  })
  .map((fields) => {
    const given = Object.entries(fields).filter(([, value]) => value !== undefined)
    return { ...purchase(), ...Object.fromEntries(given) } as JsonObject
  })
const envelope = fc
  .record({
    context: maybe({}, ...contexts.filter((context) => typeof context !== 'number')),
    integrations: maybe(...integrations.filter((said) => typeof said !== 'string')),
    sentAt: maybe(...instants),
  })
  .map((fields) => ({ batch: [], ...JSON.parse(JSON.stringify(fields)) }) as JsonObject)

test('an event with what its batch said is read alone as it was read in the batch', () => {
  fc.assert(
    fc.property(event, envelope, (message, body) => {
      const batch = parseEnvelope(body)
      if (!batch.ok) throw new Error(JSON.stringify(batch.errors))
      const { defaults } = batch.value
      const together = parseEvent(message, 0, defaults, options())
      // Of an event without consent nothing is kept, so nothing is read again.
      fc.pre(together.ok || together.refused.raw !== undefined)
      const alone = parseEvent(standalone(message, defaults), 0, {}, options())
      expect(alone).toEqual(together)
    }),
    { numRuns: 2_000 },
  )
})

test('without a batch it stays as it is', () => {
  const message = purchase({ context: { a: 1 }, integrations: { All: false }, sentAt: null })
  expect(standalone(message, {})).toEqual(message)
})
