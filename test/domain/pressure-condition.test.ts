import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Condition, PressureCondition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import { DAY, HOUR, type Millis } from '../../edge/protocol/time.ts'
import { track } from './build.ts'
import { Engine } from './engine.ts'
import { holds } from './oracle.ts'

const RETENTION = 750 * DAY
const START = Date.parse('2027-03-01T00:00:00Z')
const RUNS = Number(process.env['PRISME_RUNS'] ?? 400)

const asked = fc.record(
  {
    type: fc.constant('pressure' as const),
    channel: fc.constantFrom('email', 'sms', 'onsite'),
    tag: fc.constantFrom('news', 'sale'),
    window: fc.constantFrom('PT6H', 'P2D', 'P2D', 'P7D', 'P800D').map((last) => ({ last })),
    operator: fc.constantFrom('gte', 'lt', 'equals'),
    value: fc.constantFrom(0.5, 1, 2, 3.5),
  },
  { requiredKeys: ['type', 'window', 'operator', 'value'] },
) as fc.Arbitrary<PressureCondition>

const histories: fc.Arbitrary<readonly EventRecord[]> = fc
  .array(
    fc.record({
      name: fc.constantFrom(
        'Message Sent',
        'Message Sent',
        'Email Delivered',
        'SMS Sent',
        'Message Seen',
        'Message Bounced',
        'Message Released',
        'Message Opened',
      ),
      hour: fc.nat(60),
      late: fc.constantFrom(0, 0, 0, 5, 60, 24 * 800),
      imported: fc.boolean(),
      id: fc.option(fc.constantFrom('a', 'b', 3), { nil: undefined }),
      channel: fc.option(fc.constantFrom('email', 'SMS'), { nil: undefined }),
      weight: fc.option(fc.constantFrom(0.5, 2, -1), { nil: undefined }),
      tags: fc.option(fc.subarray(['news', 'sale']), { nil: undefined }),
      transactional: fc.constantFrom(undefined, undefined, true),
    }),
    { maxLength: 12, size: 'max' },
  )
  .map((items) =>
    items
      .toSorted((a, b) => a.hour - b.hour)
      .map(({ name, hour, late, imported, id, ...said }, position) => {
        const { weight, ...rest } = said
        const properties = Object.fromEntries(
          // A weight that is none is as if it were not told.
          Object.entries({
            ...rest,
            weight: weight === -1 ? undefined : weight,
            message_id: id,
          }).filter(([, value]) => value !== undefined),
        )
        return track(name, START + (hour - late) * HOUR + position, properties as never, {
          receivedAt: START + hour * HOUR + 500,
          position,
          messageId: `m${position}`,
          ...(imported && { imported }),
        })
      }),
  )

const plain = (condition: Condition, history: readonly EventRecord[], at: Millis): boolean =>
  holds(condition, history, at, RETENTION)

test('the engine agrees with a brute-force reading of pressure, at every instant', () => {
  fc.assert(
    fc.property(
      fc.array(asked, { minLength: 1, maxLength: 3 }),
      histories,
      fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 4 }),
      (wanted, history, pauses) => {
        const engine = new Engine(wanted, { born: START - 900 * DAY })
        const seen: EventRecord[] = []
        const compare = (at: Millis) =>
          wanted.forEach((condition, index) => {
            expect([at, engine.is(index)]).toEqual([at, plain(condition, seen, at)])
          })
        for (const event of history) {
          engine.take(event)
          seen.push(event)
          compare(event.receivedAt)
        }
        let at = history.at(-1)?.receivedAt ?? START
        for (const pause of pauses) {
          engine.pass((at += pause * HOUR))
          compare(at)
        }
      },
    ),
    { numRuns: RUNS, seed: 20_261_201 },
  )
})

test('what leaves a window turns it at its own instant', () => {
  let seen = 0
  fc.assert(
    fc.property(asked, histories, (condition, history) => {
      const engine = new Engine([condition], { born: START - 900 * DAY })
      for (const event of history) engine.take(event)
      const before = engine.log.length
      engine.pass((history.at(-1)?.receivedAt ?? START) + 900 * DAY)
      for (const { type, at } of engine.log.slice(before)) {
        seen++
        const then = (instant: Millis) => plain(condition, history, instant)
        expect([at, then(at), then(at - 1)]).toEqual([at, type === 'entered', type === 'exited'])
      }
    }),
    { numRuns: RUNS, seed: 20_261_202 },
  )
  expect(seen).toBeGreaterThan(RUNS / 20)
})

test('whose messages are merged in from somebody else is pressed by all of them', () => {
  const engine = new Engine([
    { type: 'pressure', window: { last: 'P7D' }, operator: 'gte', value: 3 },
  ])
  const sent = (day: number) => track('Message Sent', day * DAY, { channel: 'email' })
  engine.take(sent(1))
  expect(engine.is()).toBe(false)
  engine.merge([sent(1), sent(2), sent(3)], 4 * DAY)
  expect(engine.is()).toBe(true)
})
