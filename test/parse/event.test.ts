import { describe, expect, test } from 'vitest'
import type { Json } from '../../edge/protocol/json.ts'
import { DAY, MINUTE, NEVER } from '../../edge/protocol/time.ts'
import { NOW, purchase, read, refusal } from './messages.ts'

const nested = (depth: number): Json => {
  let value: Json = 1
  for (let level = 0; level < depth; level++) value = { a: value }
  return value
}

const at = (minutes: number) => new Date(NOW + minutes * MINUTE).toISOString()

const said = (answers: { readonly [purpose: string]: Json }) => ({
  context: { consent: { categoryPreferences: answers } },
})

const sized = (bytes: number) =>
  purchase({ properties: { text: 'é'.repeat(Math.floor(bytes / 2)) + 'x'.repeat(bytes % 2) } })

describe('a message of each kind', () => {
  test.each([
    ['track', { event: 'Product Viewed' }, 'Product Viewed', {}],
    ['page', { name: 'Home', category: 'shop' }, 'Page Viewed', { name: 'Home', category: 'shop' }],
    ['screen', { name: 'Basket' }, 'Screen Viewed', { name: 'Basket' }],
    ['identify', { traits: { plan: 'gold' } }, 'Identified', {}],
    ['group', { groupId: 'g-1', traits: { size: 3 } }, 'Grouped', { groupId: 'g-1' }],
    ['alias', { previousId: 'old' }, 'Aliased', { previousId: 'old' }],
  ])('%s has its name and says all it was told', (type, fields, name, properties) => {
    const message = read({ type, messageId: 'm', userId: 'u-1', ...fields })
    expect(message).toMatchObject({ type, name, properties, messageId: 'm' })
  })

  test('traits belong to identify and group alone', () => {
    const traits = { plan: 'gold' }
    expect(read({ type: 'identify', userId: 'u', traits }).traits).toEqual(traits)
    expect(read({ type: 'group', groupId: 'g', userId: 'u', traits }).traits).toEqual(traits)
    expect(read(purchase({ traits })).traits).toBeUndefined()
  })

  test('an identify whose traits travel in its context is read all the same', () => {
    const message = read({ type: 'identify', userId: 'u', context: { traits: { plan: 'gold' } } })
    expect(message.traits).toEqual({ plan: 'gold' })
  })

  test.each<[Json, string | undefined]>([
    [' g-1 ', 'g-1'],
    [7, '7'],
    ['undefined', undefined],
    ['0', undefined],
  ])('a group %o is the account %o, whatever its properties say', (groupId, account) => {
    const message = read({ type: 'group', groupId, userId: 'u', properties: { groupId: 'other' } })
    expect(message.group).toBe(account)
  })

  test('what somebody does is of the account that its context names', () => {
    const context = { groupId: 'acme' }
    expect(read(purchase({ context })).group).toBe('acme')
    expect(read(purchase({ context: { groupId: 'null' } })).group).toBeUndefined()
    expect(read({ type: 'group', groupId: 'own', userId: 'u', context }).group).toBe('own')
    const refused = refusal(purchase({ context: { groupId: ['acme'] } }))
    expect(refused).toMatchObject({ reason: 'wrong-type', path: 'context.groupId' })
  })

  test('a message without an id gets the one it is given', () => {
    expect(read({ type: 'page', userId: 'u' }).messageId).toBe('made-here')
    expect(read({ type: 'page', userId: 'u', messageId: null }).messageId).toBe('made-here')
    expect(read({ type: 'page', userId: 'u', messageId: '' }).messageId).toBe('made-here')
  })

  test('a numeric id is the same as its text', () => {
    expect(read(purchase({ userId: 7 })).identifiers).toEqual([{ kind: 'userId', value: '7' }])
  })
})

describe('what is malformed is rejected with reason and place', () => {
  test.each<[string, Json, string, string | undefined]>([
    ['null', null, 'not-an-object', undefined],
    ['a list', [], 'not-an-object', undefined],
    ['no type', { messageId: 'm', userId: 'u' }, 'unknown-type', 'type'],
    ['a type of Object.prototype', purchase({ type: 'toString' }), 'unknown-type', 'type'],
    ['a track without event', purchase({ event: null }), 'missing-event', 'event'],
    ['an empty event', purchase({ event: '' }), 'missing-event', 'event'],
    ['an event that is a number', purchase({ event: 7 }), 'wrong-type', 'event'],
    ['an event of 201 characters', purchase({ event: 'e'.repeat(201) }), 'too-long', 'event'],
    ['NUL in the event', purchase({ event: 'a\0b' }), 'ill-formed-text', 'event'],
    ['nobody', purchase({ userId: null }), 'missing-identity', 'userId'],
    ['a group without group', { type: 'group', userId: 'u' }, 'missing-group', 'groupId'],
    ['an alias of nothing', { type: 'alias', userId: 'u' }, 'missing-previous', 'previousId'],
    ['an alias to nobody', { type: 'alias', previousId: 'p' }, 'missing-identity', 'userId'],
    ['properties that are a list', purchase({ properties: [] }), 'wrong-type', 'properties'],
    ['a context that is a text', purchase({ context: 'x' }), 'wrong-type', 'context'],
    ['a userId that is an object', purchase({ userId: {} }), 'wrong-type', 'userId'],
    ['NUL in an identifier', purchase({ userId: 'a\0' }), 'ill-formed-text', 'userId'],
    ['a userId of 257 characters', purchase({ userId: 'u'.repeat(257) }), 'too-long', 'userId'],
    [
      'a messageId of 100 characters',
      purchase({ messageId: 'm'.repeat(100) }),
      'too-long',
      'messageId',
    ],
    ['a messageId that is a number', purchase({ messageId: 1 }), 'wrong-type', 'messageId'],
    [
      'half a surrogate pair',
      purchase({ properties: { a: ['\ud800'] } }),
      'ill-formed-text',
      'properties.a.0',
    ],
    [
      'half a pair in a key',
      purchase({ properties: { '\udc00': 1 } }),
      'ill-formed-text',
      'properties',
    ],
    [
      'a time nobody can read',
      purchase({ timestamp: 'yesterday' }),
      'invalid-timestamp',
      'timestamp',
    ],
    ['seconds', purchase({ timestamp: 1_700_000_000 }), 'invalid-timestamp', 'timestamp'],
    ['an unreadable sentAt', purchase({ sentAt: 'x' }), 'invalid-timestamp', 'sentAt'],
    [
      'external ids that are no list',
      purchase({ context: { externalIds: {} } }),
      'wrong-type',
      'context.externalIds',
    ],
    [
      'an external id without type',
      purchase({ context: { externalIds: [{ id: 'x' }] } }),
      'wrong-type',
      'context.externalIds.0.type',
    ],
  ])('%s', (_, event, reason, path) => {
    expect(refusal(event)).toMatchObject({ status: 'rejected', reason })
    expect(refusal(event).path).toBe(path)
  })
})

describe('limits', () => {
  test('20 containers deep is read, 21 is refused with the place', () => {
    // The event and its properties are the first two.
    expect(read(purchase({ properties: { a: nested(18) } })).name).toBe('Order Completed')
    const refused = refusal(purchase({ properties: { a: nested(19) } }))
    expect(refused).toMatchObject({
      reason: 'too-deep',
      path: expect.stringMatching(/^properties\.a/),
    })
    expect(refused.raw).toBeUndefined()
  })

  test('a million brackets cost neither the stack nor their sender an unexplained error', () => {
    const deep = JSON.parse('['.repeat(1_000_000) + ']'.repeat(1_000_000)) as Json
    expect(refusal(purchase({ properties: { deep } })).reason).toBe('too-deep')
  })

  test('255 properties are read, 256 are refused', () => {
    const many = (count: number): { readonly [key: string]: Json } =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, at]))
    expect(Object.keys(read(purchase({ properties: many(255) })).properties)).toHaveLength(255)
    expect(refusal(purchase({ properties: many(256) }))).toMatchObject({
      reason: 'too-many-properties',
      path: 'properties',
    })
  })

  test('32 KB of UTF-8 are read, a byte more is refused and not kept', () => {
    const bare = purchase({ properties: { text: '' } })
    const room = 32 * 1024 - Buffer.byteLength(JSON.stringify(bare))
    expect(read(sized(room)).name).toBe('Order Completed')
    expect(refusal(sized(room + 1))).toMatchObject({ reason: 'too-large' })
    expect(refusal(sized(room + 1)).raw).toBeUndefined()
  })
})

describe('time', () => {
  test.each([
    ['a clock two hours behind is corrected', at(-125), at(-120), -5],
    ['a clock two hours ahead is corrected', at(115), at(120), -5],
    ['an event later than its sending is clamped', at(30), at(0), 0],
    ['fifty years ahead, both', at(50 * 525_600), at(50 * 525_600), 0],
  ])('%s', (_, timestamp, sentAt, minutes) => {
    expect(read(purchase({ timestamp, sentAt })).timestamp).toBe(NOW + minutes * MINUTE)
  })

  test('originalTimestamp wins over timestamp', () => {
    const event = purchase({ originalTimestamp: at(-10), timestamp: at(-3) })
    expect(read(event).timestamp).toBe(NOW - 10 * MINUTE)
  })

  test('an event without a time happened when it was received', () => {
    expect(read(purchase()).timestamp).toBe(NOW)
  })

  test('older than the retention fails and is kept as such; history is welcome by import', () => {
    const old = purchase({ timestamp: new Date(NOW - 761 * DAY).toISOString() })
    expect(refusal(old)).toMatchObject({ status: 'failed', reason: 'too-old', raw: old })
    expect(read(old, { retention: NEVER }).timestamp).toBe(NOW - 761 * DAY)
  })
})

describe('consent', () => {
  test('a denied event leaves no trace of its content, but the denial', () => {
    const message = purchase(said({ analytics: false }))
    const { identifiers, ...rest } = read(message)
    expect(identifiers.length).toBeGreaterThan(0)
    expect(rest).toEqual({
      index: 0,
      messageId: 'm-1',
      type: 'track',
      name: 'Segment Consent Preference Updated',
      timestamp: NOW,
      properties: {},
      context: {},
      consent: { analytics: false },
      implied: true,
      purpose: 'necessary',
      withdrawal: true,
      carried: true,
    })
    expect(read(message, { device: true }).identifiers).toEqual([])
  })

  test('an event nobody consented to fails without a trace', () => {
    expect(refusal(purchase(), { consentMode: 'opt-in' })).toEqual({
      index: 0,
      messageId: 'm-1',
      status: 'failed',
      reason: 'no-consent',
      isWithheld: true,
    })
  })

  test('a withdrawal is taken in, reduced to the answer', () => {
    const event = {
      type: 'track',
      messageId: 'w',
      event: 'Segment Consent Preference Updated',
      properties: { page: 'secret' },
      context: {
        ...said({ analytics: false }).context,
        traits: { email: 'a@example.com' },
        page: {},
      },
    }
    expect(read(event, { device: true })).toEqual({
      index: 0,
      messageId: 'w',
      type: 'track',
      name: 'Segment Consent Preference Updated',
      timestamp: NOW,
      identifiers: [],
      properties: {},
      context: {},
      consent: { analytics: false },
      implied: true,
      purpose: 'necessary',
      withdrawal: true,
    })
    const silent = { ...event, context: {} }
    expect(refusal(silent, { device: true, consentMode: 'opt-in' }).reason).toBe('no-consent')
  })

  test('where the source asks first, silence is a no', () => {
    expect(refusal(purchase(), { consentMode: 'opt-in' }).reason).toBe('no-consent')
    expect(read(purchase(said({ analytics: true })), { consentMode: 'opt-in' }).consent).toEqual({
      analytics: true,
    })
  })

  test('not even a malformed event is kept against its will', () => {
    const refused = refusal({ ...purchase(said({ analytics: false })), event: '' })
    expect(refused.reason).toBe('missing-event')
    expect(refused.raw).toBeUndefined()
  })

  test('an answer that is no boolean is no answer', () => {
    expect(read(purchase(said({ analytics: 'no', email: true }))).consent).toEqual({ email: true })
  })

  test.each([
    ['by header', {}, true],
    ['by context', { gpc: true }, false],
  ])(
    'Global Privacy Control denies advertising whatever the banner said: %s',
    (_, context, gpc) => {
      const event = purchase({ context: { ...said({ advertising: true }).context, ...context } })
      expect(read(event, { gpc }).consent).toEqual({ advertising: false })
    },
  )
})

describe('keys that strangers choose', () => {
  const hostile = JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"x","hasOwnProperty":1}',
  ) as { readonly [key: string]: Json }

  test('are data in properties, traits, context and consent', () => {
    const context = {
      ...hostile,
      consent: { categoryPreferences: JSON.parse('{"__proto__":true}') as Json },
    }
    const message = read({
      type: 'identify',
      userId: 'u',
      properties: hostile,
      traits: hostile,
      context,
    })
    expect(JSON.stringify(message.properties)).toBe(JSON.stringify(hostile))
    expect(JSON.stringify(message.traits)).toBe(JSON.stringify(hostile))
    expect(Object.keys(message.consent ?? {})).toEqual(['__proto__'])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})
