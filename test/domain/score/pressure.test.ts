import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  budgetOf,
  counts,
  pressureAround,
  refusalOf,
  type Cap,
  type Touch,
} from '../../../edge/domain/score/pressure.ts'

const touch: fc.Arbitrary<Touch> = fc.record({
  at: fc.integer({ min: 0, max: 40 }),
  channel: fc.constantFrom('email', 'sms'),
  tags: fc.subarray(['promotion', 'news']),
  weight: fc.constantFrom(0, 1, 1, 2, 0.5),
})
const cap: fc.Arbitrary<Cap> = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  channel: fc.constantFrom(undefined, 'email', 'sms'),
  tag: fc.constantFrom(undefined, 'promotion'),
  window: fc.integer({ min: 1, max: 15 }),
  most: fc.constantFrom(0, 1, 2, 3.5),
})
const ordered = (touches: readonly Touch[]) => touches.toSorted((a, b) => a.at - b.at)

/** The most weight in any stretch of whole instants, plainly. */
function worst(touches: readonly Touch[], one: Cap, holding?: number): number {
  let most = 0
  for (let from = -20; from <= 60; from++) {
    if (holding !== undefined && (holding < from || holding >= from + one.window)) continue
    const inside = touches.filter(({ at }) => at >= from && at < from + one.window)
    const sum = inside.filter((known) => counts(one, known)).reduce((all, t) => all + t.weight, 0)
    most = Math.max(most, sum)
  }
  return most
}

describe('pressure', () => {
  test('around an instant is the most of any stretch that holds it', () => {
    fc.assert(
      fc.property(fc.array(touch, { maxLength: 12 }), cap, fc.nat(40), (touches, one, at) => {
        const counted = ordered(touches).filter((known) => counts(one, known))
        expect(pressureAround(counted, one.window, at)).toBeCloseTo(worst(touches, one, at), 9)
        expect(budgetOf(one, ordered(touches), at)).toBeCloseTo(
          Math.max(one.most - worst(touches, one, at), 0),
          9,
        )
      }),
      { numRuns: 2_000 },
    )
  })

  test('never exceeds a cap, whatever is asked in whatever order, the planned and the past', () => {
    fc.assert(
      fc.property(
        fc.array(touch, { maxLength: 20 }),
        fc.array(cap, { minLength: 1, maxLength: 3 }),
        (asked, caps) => {
          let kept: readonly Touch[] = []
          for (const one of asked) {
            const refusal = refusalOf(one, kept, caps)
            const would = ordered([...kept, one])
            const breaks = caps.some((c) => counts(c, one) && worst(would, c, one.at) > c.most)
            expect(refusal !== undefined).toBe(breaks)
            if (refusal === undefined) kept = would
          }
          for (const one of caps) {
            const heavy = kept.some((known) => counts(one, known) && known.weight > 0)
            if (heavy) expect(worst(kept, one)).toBeLessThanOrEqual(one.most)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('a refusal names the cap and the first instant at which there is room', () => {
    fc.assert(
      fc.property(fc.array(touch, { maxLength: 12 }), cap, touch, (touches, one, asked) => {
        const known = ordered(touches)
        const refusal = refusalOf(asked, known, [one])
        if (refusal === undefined) return
        expect(refusal.cap).toBe(one.key)
        const isFree = (at: number) => refusalOf({ ...asked, at }, known, [one]) === undefined
        const first = Array.from({ length: 80 }, (_, at) => asked.at + at).find(isFree)
        expect(refusal.freeAt).toBe(first)
      }),
      { numRuns: 2_000 },
    )
  })

  test('a cap of zero allows none, and none ever', () => {
    const none: Cap = { key: 'no-sms', channel: 'sms', window: 10, most: 0 }
    const sms: Touch = { at: 5, channel: 'sms', tags: [], weight: 1 }
    expect(refusalOf(sms, [], [none])).toEqual({
      cap: 'no-sms',
      most: 0,
      pressure: 0,
      freeAt: undefined,
    })
    expect(refusalOf({ ...sms, channel: 'email' }, [], [none])).toBeUndefined()
  })

  test('ten tenths fit where one is allowed', () => {
    const one: Cap = { key: 'one', window: 100, most: 1 }
    let kept: readonly Touch[] = []
    for (let at = 0; at < 10; at++) {
      const tenth: Touch = { at, channel: 'email', tags: [], weight: 0.1 }
      expect(refusalOf(tenth, kept, [one])).toBeUndefined()
      kept = [...kept, tenth]
    }
    expect(
      refusalOf({ at: 50, channel: 'email', tags: [], weight: 0.1 }, kept, [one])?.freeAt,
    ).toBe(100)
  })
})
