import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyEvent, noChanges } from '../../edge/domain/apply-event.ts'
import { compileWhole } from '../../edge/domain/computed/whole-catalog.ts'
import { onlyAdds } from '../../edge/domain/only-adds.ts'
import { newProfile } from '../../edge/domain/profile.ts'
import { budgetsOf, pressedOf } from '../../edge/domain/score/cap.ts'
import type { BudgetCondition, Condition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { CapId, ProfileId, SegmentId } from '../../edge/protocol/id.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { DAY, HOUR, type Millis } from '../../edge/protocol/time.ts'
import type { CapDefinition } from '../../edge/protocol/touch.ts'
import { catalogOf, track } from './build.ts'
import { Engine } from './engine.ts'
import { holds } from './oracle.ts'

const RETENTION = 750 * DAY
const START = Date.parse('2027-03-01T00:00:00Z')
const RUNS = Number(process.env['PRISME_RUNS'] ?? 300)

const cap = (more: Partial<CapDefinition> = {}): CapDefinition => ({
  id: 'cap_0' as CapId,
  key: 'week',
  name: 'Week',
  window: 'P7D',
  most: 2,
  thresholds: [],
  onSite: false,
  enabled: true,
  ...more,
})
const left = (operator: BudgetCondition['operator'], value: number): Condition => ({
  type: 'budget',
  cap: 'cap_0',
  operator,
  value,
})

/** Those of thresholds, after the two that ask for the budget. */
const KNOWN: readonly Condition[] = [
  { type: 'performed', event: 'Act', operator: 'gte', value: 1, window: { last: 'P2D' } },
  { type: 'pressure', channel: 'sms', window: { last: 'PT30H' }, operator: 'gte', value: 1 },
]
const caps = fc
  .record({
    channel: fc.constantFrom(undefined, undefined, 'email', 'onsite'),
    tag: fc.constantFrom(undefined, undefined, 'news'),
    window: fc.constantFrom('PT6H', 'P2D', 'P2D', 'P7D'),
    most: fc.constantFrom(0, 1, 2, 3.5),
    thresholds: fc.uniqueArray(
      fc.record({
        segment: fc.constantFrom('seg_2' as SegmentId, 'seg_3' as SegmentId),
        most: fc.constantFrom(0, 0.5, 2, 5),
      }),
      { maxLength: 2, selector: ({ segment }) => segment },
    ),
    onSite: fc.boolean(),
    enabled: fc.constantFrom(true, true, true, true, false),
  })
  .map((drawn) => cap(JSON.parse(JSON.stringify(drawn)) as Partial<CapDefinition>))

const asked = fc.record({
  type: fc.constant('budget' as const),
  cap: fc.constant('cap_0'),
  operator: fc.constantFrom('gte', 'lt', 'equals'),
  value: fc.constantFrom(0.5, 1, 2, 3.5),
}) as fc.Arbitrary<BudgetCondition>

const said = fc.record({
  name: fc.constantFrom(
    'Message Sent',
    'Message Sent',
    'SMS Sent',
    'Message Seen',
    'Message Planned',
    'Message Planned',
    'Message Released',
    'Act',
  ),
  hour: fc.nat(60),
  ahead: fc.integer({ min: -30, max: 80 }),
  id: fc.constantFrom('a', 'b', 'c'),
  channel: fc.constantFrom('email', 'sms', 'onsite'),
  tag: fc.constantFrom('news', 'sale'),
})
const weights = { a: 1, b: 0.5, c: 2 }
const histories: fc.Arbitrary<readonly EventRecord[]> = fc
  .array(said, { maxLength: 14, size: 'max' })
  .map((items) =>
    items
      .toSorted((a, b) => a.hour - b.hour)
      .map(({ name, hour, ahead, id, channel, tag }, position) => {
        const at = START + hour * HOUR + position
        // A message of one id is the same one each time.
        const same = {
          message_id: id,
          weight: weights[id as 'a'],
          channel: 'email',
          tags: ['news'],
        }
        const other = { channel, tags: [tag] }
        const properties = name.startsWith('Message') && name !== 'Message Seen' ? same : other
        const planned = name === 'Message Planned' ? { planned_for: at + ahead * HOUR } : {}
        return track(name, at, { ...properties, ...planned } as { [key: string]: Json }, {
          receivedAt: at + 500,
          position,
          messageId: `m${position}`,
        })
      }),
  )
  // Once it is sent, a plan of it says nothing; the oracle does not know that.
  .map((events) =>
    events.filter(
      ({ name, properties }, place) =>
        name !== 'Message Planned' ||
        !events
          .slice(0, place)
          .some((other) => other.properties['message_id'] === properties['message_id']),
    ),
  )

const ask = (
  definition: CapDefinition,
  conditions: readonly Condition[],
  index: number,
  history: readonly EventRecord[],
  at: Millis,
): boolean =>
  holds(
    conditions[index] as Condition,
    history,
    at,
    RETENTION,
    undefined,
    [],
    'UTC',
    conditions.map((condition, place) => ({ id: `seg_${place}`, condition })),
    undefined,
    [],
    [definition],
  )

test('the engine agrees with a brute-force reading of budgets, at every instant, and with what decisions are told', () => {
  let turns = 0
  fc.assert(
    fc.property(
      caps,
      fc.tuple(asked, asked),
      histories,
      fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
      (definition, wanted, history, pauses) => {
        const conditions = [...wanted, ...KNOWN]
        const engine = new Engine(conditions, { born: START - 900 * DAY, caps: [definition] })
        const seen: EventRecord[] = []
        const compare = (at: Millis) => {
          for (const index of [0, 1]) {
            const plain = ask(definition, conditions, index, seen, at)
            expect([at, engine.is(index)]).toEqual([at, plain])
          }
          const [told] = budgetsOf(pressedOf(engine.profile, engine.compiled, at), at)
          if (told === undefined) return
          const { remaining } = told
          const exactly: Condition = {
            ...wanted[0],
            operator: 'between',
            value: [remaining, remaining],
          }
          expect(ask(definition, [exactly, ...conditions.slice(1)], 0, seen, at)).toBe(true)
        }
        for (const event of history) {
          engine.take(event)
          seen.push(event)
          compare(event.receivedAt)
        }
        let at = history.at(-1)?.receivedAt ?? START
        const before = engine.log.length
        for (const pause of pauses) {
          engine.pass((at += pause * HOUR))
          compare(at)
        }
        for (const { type, segment, at: instant } of engine.log.slice(before)) {
          const index = Number(segment.slice('seg_'.length))
          if (index > 1) continue
          turns++
          const then = (moment: Millis) => ask(definition, conditions, index, seen, moment)
          expect([instant, then(instant), then(instant - 1)]).toEqual([
            instant,
            type === 'entered',
            type === 'exited',
          ])
        }
      },
    ),
    { numRuns: RUNS, seed: 20_261_203 },
  )
  expect(turns).toBeGreaterThan(RUNS / 5)
})

test('more messages than are looked through turn it at the right instants all the same', () => {
  const definition = cap({ window: 'P2D', most: 50 })
  const engine = new Engine([left('gte', 1)], { born: START, caps: [definition] })
  // With one that is to come, each instant is looked at.
  const later = { message_id: 'later', channel: 'email', planned_for: START + 9 * DAY }
  engine.take(track('Message Planned', START, later))
  const sent = Array.from({ length: 160 }, (_, place) =>
    track('Message Sent', START + place, { channel: 'email' }, { messageId: `m${place}` }),
  )
  for (const event of sent) engine.take(event)
  expect(engine.is()).toBe(false)
  engine.pass(START + 3 * DAY)
  expect(engine.log.at(-1)).toMatchObject({ type: 'entered', at: START + 110 + 2 * DAY })
})

test.each<[string, Partial<CapDefinition>, Condition, boolean]>([
  ['allows nobody anything', { most: 0 }, left('equals', 0), true],
  ['allows nobody anything, whatever its window', { most: 0 }, left('gte', 0.1), false],
  ['is switched off', { enabled: false, most: 0 }, left('gte', 1_000), true],
  ['is gone', { id: 'cap_1' as CapId }, left('gte', 0), false],
])('a cap that %s', (_, more, condition, expected) => {
  const engine = new Engine([condition], { born: START, caps: [cap(more)] })
  engine.take(track('Signed Up', START + HOUR))
  expect(engine.is()).toBe(expected)
})

test('a catalog whose caps changed does not only add segments, though what it is made of is the same', () => {
  const conditions = [left('gte', 1), ...KNOWN.map((one): Condition => one)]
  const whole = (thresholds: CapDefinition['thresholds'], more: readonly Condition[] = []) =>
    compileWhole({ ...catalogOf(...conditions, ...more), caps: [cap({ thresholds })] })
  const [one, two] = ['seg_1' as SegmentId, 'seg_2' as SegmentId]
  const before = whole([
    { segment: one, most: 5 },
    { segment: two, most: 1 },
  ])
  const turned = whole([
    { segment: two, most: 5 },
    { segment: one, most: 1 },
  ])
  const { features } = compileWhole(catalogOf())
  expect(onlyAdds(before, before, features)).toBe(true)
  expect(onlyAdds(before, turned, features)).toBe(false)
})

test('who is shown something every hour is known by what else was sent, in whatever order it is told', () => {
  const compiled = compileWhole({
    ...catalogOf(),
    caps: [
      cap({ key: 'mail', channel: 'email', window: 'P60D', most: 3 }),
      cap({ key: 'page', channel: 'onsite', window: 'P60D', most: 200, onSite: true }),
    ],
  })
  const own = { purpose: 'necessary' } as const
  const told = [
    ...Array.from({ length: 1_200 }, (_, n) =>
      track('Message Seen', START + n * HOUR, { message_id: `s${n}`, weight: 0.01 }, own),
    ),
    ...[0, 30].map((day) => track('Email Sent', START + day * DAY, { message_id: `m${day}` }, own)),
  ]
  const now = START + 1_200 * HOUR
  for (const events of [told, told.toReversed()]) {
    const profile = newProfile('prf_1' as ProfileId, 'bucket', 0)
    for (const event of events) {
      applyEvent(profile, event, 'implied', compiled.features, noChanges())
    }
    const pressed = pressedOf(profile, compiled, now)
    expect(budgetsOf(pressed, now)).toMatchObject([
      { cap: 'mail', pressure: 2, remaining: 1 },
      // Of so long ago it is not known: nothing more is shown.
      { cap: 'page', freeAt: START + 700 * HOUR + 60 * DAY },
    ])
    expect(budgetsOf(pressed, now)[0]).not.toHaveProperty('freeAt')
  }
})
