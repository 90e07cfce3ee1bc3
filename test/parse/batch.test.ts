import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEntries, parseEnvelope, parseSingle, type Batch } from '../../edge/parse/batch.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { NOW, options, purchase } from './messages.ts'

function envelope(body: Json): Batch {
  const parsed = parseEnvelope(body)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.value
}

const BAD: readonly Json[] = [
  null,
  7,
  [],
  'text',
  { type: 'nothing' },
  { type: 'track' },
  { ...purchase(), properties: { a: '\ud800' } },
  { ...purchase(), properties: JSON.parse('{"a":'.repeat(500) + '1' + '}'.repeat(500)) as Json },
  { ...purchase(), properties: { text: 'x'.repeat(40_000) } },
  { ...purchase(), userId: { toString: 1 } },
]

const FIELDS =
  'integrations type messageId event userId anonymousId previousId groupId properties traits context timestamp originalTimestamp sentAt'.split(
    ' ',
  )

describe('a batch', () => {
  test('has one answer an entry, in order, and a bad one costs its siblings nothing', () => {
    const entry = fc.oneof(
      fc.constantFrom(...BAD).map((event) => ({ event, good: false })),
      fc.uuid().map((messageId) => ({ event: purchase({ messageId }) as Json, good: true })),
    )
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
        const answers = parseEntries(
          envelope({ batch: entries.map(({ event }) => event) }),
          options(),
        )
        expect(answers.map(({ ok }) => ok)).toEqual(entries.map(({ good }) => good))
        expect(
          answers.map((answer) => (answer.ok ? answer.message.index : answer.refused.index)),
        ).toEqual(entries.map((_, index) => index))
      }),
    )
  })

  test('survives any JSON as an entry, and any JSON as a body', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = value as Json
        expect(parseEntries(envelope({ batch: [json] }), options())).toHaveLength(1)
        expect(typeof parseEnvelope(json).ok).toBe('boolean')
      }),
      { numRuns: 500 },
    )
  })

  test('survives any JSON in any field of an event', () => {
    const field = fc.constantFrom(...FIELDS)
    fc.assert(
      fc.property(
        field,
        fc.jsonValue(),
        fc.constantFrom('track', 'identify', 'alias', 'group'),
        (key, value, type) => {
          const event = {
            ...purchase({ type, groupId: 'g', previousId: 'p' }),
            [key]: value as Json,
          }
          expect(parseEntries(envelope({ batch: [event, purchase()] }), options())[1]?.ok).toBe(
            true,
          )
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('says context and sentAt once for all', () => {
    const batch = envelope({
      batch: [purchase({ timestamp: NOW - 7_000, context: { locale: 'fr' } })],
      context: { locale: 'en', library: { name: 'x' } },
      sentAt: new Date(NOW - 5_000).toISOString(),
    })
    const [answer] = parseEntries(batch, options())
    expect(answer).toMatchObject({
      ok: true,
      message: { timestamp: NOW - 2_000, context: { locale: 'fr', library: { name: 'x' } } },
    })
  })

  test.each<[string, Json | undefined, Json | undefined, Json | undefined]>([
    ['of the batch', { All: false, Inbox: true }, undefined, { All: false, Inbox: true }],
    [
      'of the event win',
      { All: false, Inbox: true },
      { Inbox: false },
      { All: false, Inbox: false },
    ],
    ['with settings are on', undefined, { Inbox: { list: 7 } }, { Inbox: true }],
    [
      'that say nothing are none',
      {},
      { All: null, Inbox: 'no', ['x'.repeat(201)]: true },
      undefined,
    ],
    [
      'may have any name',
      undefined,
      JSON.parse('{"__proto__":false}'),
      JSON.parse('{"__proto__":false}'),
    ],
  ])('integrations %s', (_, ofBatch, ofEvent, expected) => {
    const batch = envelope({
      batch: [purchase(ofEvent === undefined ? {} : { integrations: ofEvent })],
      ...(ofBatch !== undefined && { integrations: ofBatch }),
    })
    const [answer] = parseEntries(batch, options())
    expect(answer?.ok && answer.message.integrations).toEqual(expected)
  })

  test('integrations that are no object are refused, not overheard', () => {
    const [answer] = parseEntries(
      envelope({ batch: [purchase({ integrations: [false] })] }),
      options(),
    )
    expect(answer).toMatchObject({ refused: { reason: 'wrong-type', path: 'integrations' } })
  })

  test('whose own context is unfit refuses each event for it', () => {
    const [answer] = parseEntries(
      envelope({ batch: [purchase()], context: { a: '\udfff' } }),
      options(),
    )
    expect(answer).toMatchObject({ refused: { reason: 'ill-formed-text', path: 'context.a' } })
  })

  test('reads 2,500 events and refuses the rest one by one', () => {
    const answers = parseEntries(
      envelope({ batch: Array.from({ length: 2_502 }, () => purchase()) }),
      options(),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(2_500)
    expect(answers.at(-1)).toMatchObject({ refused: { index: 2_501, reason: 'too-many-events' } })
  })

  test.each<[string, Json, string]>([
    ['is a list', [], ''],
    ['is null', null, ''],
    ['has no batch', {}, 'batch'],
    ['has a batch that is no list', { batch: {} }, 'batch'],
    ['has a context that is no object', { batch: [], context: 1 }, 'context'],
    ['has integrations that are no object', { batch: [], integrations: [] }, 'integrations'],
    [
      'has ten thousand entries and one',
      { batch: Array.from({ length: 10_001 }, () => 0) },
      'batch',
    ],
  ])('is refused as a whole if it %s', (_, body, path) => {
    expect(parseEnvelope(body)).toMatchObject({ ok: false, errors: [{ path }] })
  })
})

test('a single message is of the type its path says', () => {
  const parsed = parseSingle({ userId: 'u', type: 'identify', event: 'E' }, 'track')
  expect(parsed.ok && parseEntries(parsed.value, options())[0]).toMatchObject({
    ok: true,
    message: { type: 'track', name: 'E' },
  })
})
