import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isBlocked } from '../../edge/parse/blocked.ts'
import { normaliseId } from '../../edge/parse/identifiers.ts'
import { purchase, read, refusal } from './messages.ts'

const NOBODY = [
  '',
  'null',
  'undefined',
  'none',
  'nan',
  'true',
  'false',
  '0',
  '-1',
  'anonymous',
  'guest',
  'unknown',
  'id',
  'email',
  '[object Object]',
  '00000000-0000-0000-0000-000000000000',
]

describe('blocked values', () => {
  const padding = fc.constantFrom(
    '',
    ' ',
    '\t',
    '"',
    "'",
    '“',
    '`',
    '\\"',
    '\u200b',
    '\ufeff',
    '\u00a0',
    '" ',
  )
  const casing = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.toUpperCase(),
    (text: string) => text.charAt(0).toUpperCase() + text.slice(1),
  )

  test('identify no one in any case, quoted or padded, of any kind', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...NOBODY),
        fc.constantFrom('userId', 'email', 'phone', 'anonymousId', 'crmId'),
        fc.array(padding, { maxLength: 3 }),
        fc.array(padding, { maxLength: 3 }),
        casing,
        (value, kind, before, after, cased) => {
          expect(isBlocked(kind, before.join('') + cased(value) + after.join(''))).toBe(true)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['userId', '7'],
    ['userId', 'identity'],
    ['userId', 'nullable'],
    ['userId', '10'],
    ['anonymousId', 'abc'],
    ['crmId', '000-1'],
  ])('%s %s is somebody', (kind, value) => {
    expect(isBlocked(kind, value)).toBe(false)
  })

  test('few different characters make no anonymous id and no phone, but may make a customer number', () => {
    expect(isBlocked('anonymousId', 'aaaa-abab')).toBe(true)
    expect(isBlocked('phone', '+11111111111')).toBe(true)
    expect(isBlocked('userId', '1111')).toBe(false)
  })

  test('stay in the payload and leave the event to whom it also names', () => {
    const message = read({
      type: 'identify',
      userId: 'NULL',
      anonymousId: 'visitor-9',
      traits: { email: 'null' },
    })
    expect(message.identifiers).toEqual([{ kind: 'anonymousId', value: 'visitor-9' }])
    expect(message.traits).toEqual({ email: 'null' })
  })

  test('alone name nobody', () => {
    expect(refusal(purchase({ userId: '"undefined"' })).reason).toBe('missing-identity')
  })

  test('padding does not make the check slow', () => {
    const started = performance.now()
    normaliseId('email', `${' '.repeat(30_000)}x${' '.repeat(30_000)}`)
    expect(performance.now() - started).toBeLessThan(50)
  })
})

describe('addresses', () => {
  test.each([
    ['  Demo-Shopper@Example.COM ', 'demo-shopper@example.com'],
    ['no-at-sign', undefined],
    ['two@at@signs', undefined],
    ['sp ace@example.com', undefined],
  ])('e-mail %j', (written, normalised) => {
    expect(normaliseId('email', written)).toBe(normalised)
  })

  test.each([
    ['+33 6 12 34 56 78', '+33612345678'],
    ['0033 (0)6.12.34.56.78', '+33612345678'],
    ['＋33612345678', '+33612345678'],
    ['06 12 34 56 78', undefined],
    ['+0612345678', undefined],
    ['+1234567890123456', undefined],
  ])('phone %j', (written, normalised) => {
    expect(normaliseId('phone', written)).toBe(normalised)
  })

  test('normalising twice is normalising once', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('email', 'phone', 'userId'),
        fc.string({ unit: 'binary' }),
        (kind, text) => {
          const once = normaliseId(kind, text)
          fc.pre(once !== undefined)
          expect(normaliseId(kind, once ?? '')).toBe(once)
        },
      ),
    )
  })
})

describe('where identifiers come from', () => {
  test('most trusted first, each once', () => {
    const message = read({
      type: 'identify',
      anonymousId: 'visitor-9',
      userId: 'u-1',
      traits: { email: 'A@example.com', phone: '+33612345678' },
      context: {
        traits: { email: 'a@example.com' },
        externalIds: [
          { type: 'crmId', id: 42 },
          { type: 'shoeSize', id: '43' },
          { type: 'userId', id: 'u-1' },
        ],
      },
    })
    expect(message.identifiers).toEqual([
      { kind: 'userId', value: 'u-1' },
      { kind: 'crmId', value: '42' },
      { kind: 'email', value: 'a@example.com' },
      { kind: 'phone', value: '+33612345678' },
      { kind: 'anonymousId', value: 'visitor-9' },
    ])
  })

  test('never from properties, nor from the traits of a group', () => {
    const properties = { email: 'a@example.com', userId: 'u-2' }
    expect(read(purchase({ properties })).identifiers).toEqual([{ kind: 'userId', value: 'u-1' }])
    const group = read({
      type: 'group',
      groupId: 'g',
      userId: 'u-1',
      traits: { email: 'a@example.com' },
    })
    expect(group.identifiers).toEqual([{ kind: 'userId', value: 'u-1' }])
  })

  test('where the request is the browser, a claimed anonymous id is none', () => {
    const message = read({ type: 'page', anonymousId: 'somebody-else' }, { device: true })
    expect(message.identifiers).toEqual([])
  })

  test('what identifies no one under the settings is kept apart, for settings to come', () => {
    const message = read(
      {
        type: 'track',
        event: 'Seen',
        userId: 'u-1',
        context: {
          traits: { email: 'desk@example.com' },
          externalIds: [
            { type: 'shoeSize', id: ' 43 ' },
            { type: 'shoeSize', id: 'null' },
            { type: 'no kind at all', id: '7' },
          ],
        },
      },
      { blocked: [{ value: 'desk@example.com' }] },
    )
    expect(message.identifiers).toEqual([{ kind: 'userId', value: 'u-1' }])
    expect(message.dormant).toEqual([
      { kind: 'email', value: 'desk@example.com' },
      { kind: 'shoeSize', value: '43' },
    ])
    expect('dormant' in read(purchase())).toBe(false)
  })
})
