import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { correctInstant, parseInstant } from '../../edge/parse/timestamp.ts'

test.each([
  ['2026-11-23T12:00:00Z', '2026-11-23T12:00:00.000Z'],
  ['2026-11-23T12:00:00.123456789Z', '2026-11-23T12:00:00.123Z'],
  ['2026-11-23T13:00:00+01:00', '2026-11-23T12:00:00.000Z'],
  ['2026-11-23T06:30:00-0530', '2026-11-23T12:00:00.000Z'],
  ['2026-11-23 12:00:00', '2026-11-23T12:00:00.000Z'],
  ['2026-11-23', '2026-11-23T00:00:00.000Z'],
  ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.000Z'],
  [1_795_435_200_000, new Date(1_795_435_200_000).toISOString()],
])('%j is %s', (written, instant) => {
  expect(new Date(parseInstant(written) ?? Number.NaN).toISOString()).toBe(instant)
})

test.each([
  '',
  '5',
  'now',
  'Mon, 23 Nov 2026',
  '2026-13-01',
  '2026-11-23T25:00:00Z',
  5,
  -1,
  true,
  null,
  {},
  [],
  1e300,
])('%j is no instant', (written) => {
  expect(parseInstant(written)).toBeUndefined()
})

test('every instant survives its own ISO form', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }),
      (date) => {
        expect(parseInstant(date.toISOString())).toBe(date.getTime())
      },
    ),
  )
})

const near = fc.integer({ min: 0, max: 1_000 })

test('a wrong clock changes nothing, as long as it is wrong by the same amount', () => {
  fc.assert(
    fc.property(
      near,
      near,
      near,
      fc.integer({ min: -1e9, max: 1e9 }),
      (original, wait, travel, skew) => {
        const sentAt = original + wait
        const receivedAt = sentAt + travel
        const right = correctInstant(original, sentAt, receivedAt)
        expect(correctInstant(original + skew, sentAt + skew, receivedAt)).toBe(right)
      },
    ),
  )
})

test('nothing happens after it was received', () => {
  fc.assert(
    fc.property(
      fc.option(near, { nil: undefined }),
      fc.option(near, { nil: undefined }),
      near,
      (original, sentAt, receivedAt) => {
        expect(correctInstant(original, sentAt, receivedAt)).toBeLessThanOrEqual(receivedAt)
      },
    ),
  )
})
