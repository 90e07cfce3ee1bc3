import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  APPETENCE_SETTINGS,
  type AppetenceSettings,
  type Calibration,
} from '../../edge/protocol/appetence.ts'
import type { Condition, ScoreCondition } from '../../edge/protocol/condition.ts'
import type { ComputedTraitId } from '../../edge/protocol/id.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { Scoring } from '../../edge/protocol/population.ts'
import { SCORE_SETTINGS } from '../../edge/protocol/score.ts'
import { DAY, HOUR, type Millis } from '../../edge/protocol/time.ts'
import { track } from './build.ts'
import { Engine } from './engine.ts'
import { holds } from './oracle.ts'

const RETENTION = 400 * DAY
const START = Date.parse('2027-03-01T00:00:00Z')
const RUNS = Number(process.env['PRISME_RUNS'] ?? 300)

const bands = Array.from({ length: 4 }, () => ({ messages: 0, reacted: 0 }))
const scoringOf = (more: Partial<AppetenceSettings>): Scoring => ({
  settings: { ...SCORE_SETTINGS, appetence: { ...APPETENCE_SETTINGS, ...more } },
  population: {
    version: 1,
    at: START,
    customers: 0,
    cutPoints: { known: 0, needed: 100 },
    value: { known: 0, needed: 100 },
    appetence: {
      email: { prior: { reacted: 0.8, ignored: 1.7 }, bands },
      sms: { prior: { reacted: 0.4, ignored: 0.9 }, bands },
      push: { known: 3, needed: 100 },
    },
  },
})
/** What is said is not what is meant: lines that cross, with bends where probabilities of few messages are. */
const meant = (scoring: Scoring): Scoring => {
  const lines: { readonly [channel: string]: Calibration } = {
    email: [
      [0, 0],
      [0.2, 0.11],
      [0.37, 0.42],
      [0.62, 0.71],
      [1, 1],
    ],
    sms: [
      [0, 0],
      [0.26, 0.31],
      [0.45, 0.38],
      [0.8, 0.9],
      [1, 1],
    ],
  }
  const { population } = scoring
  if (population === undefined) throw new Error('Nothing is known')
  const appetence = Object.fromEntries(
    Object.entries(population.appetence ?? {}).map(([name, found]) => {
      const calibration = lines[name]
      return [name, calibration === undefined ? found : { ...found, calibration }]
    }),
  )
  return { ...scoring, population: { ...population, appetence } }
}
const SCORINGS = [
  meant(scoringOf({ halfLife: 20 * DAY })),
  meant(scoringOf({})),
  scoringOf({ halfLife: 20 * DAY }),
  scoringOf({ halfLife: 20 * DAY, reactions: ['clicked'] }),
  scoringOf({ prior: 'none', halfLife: 20 * DAY }),
  scoringOf({ prior: 'none' }),
] as const

const conditions = fc.oneof(
  fc.record({
    type: fc.constant('score' as const),
    score: fc.constantFrom('appetence.email', 'appetence.sms', 'appetence.push', 'appetence.fax'),
    operator: fc.constantFrom('gte', 'lt'),
    // No share of a few messages, so that rounding decides nothing.
    value: fc.integer({ min: 0, max: 9 }).map((tenth) => tenth / 10 + 0.0371),
  }),
  fc.record({
    type: fc.constant('score' as const),
    score: fc.constant('appetence.email' as const),
    operator: fc.constant('between' as const),
    value: fc.constantFrom([0.2031, 0.4051], [0.3123, 0.3317], [0.3431, 0.9017]),
  }),
  fc.record({
    type: fc.constant('score' as const),
    score: fc.constant('best-channel' as const),
    operator: fc.constantFrom('equals', 'not_equals'),
    value: fc.constantFrom('email', 'sms', 'push'),
  }),
  fc.record({
    type: fc.constant('score' as const),
    score: fc.constantFrom('best-channel', 'appetence.sms'),
    operator: fc.constantFrom('exists', 'not_exists'),
  }),
) as fc.Arbitrary<ScoreCondition>

const events = fc.record({
  name: fc.constantFrom(
    'Email Sent',
    'Email Sent',
    'Email Delivered',
    'Email Opened',
    'Email Link Clicked',
    'Email Bounced',
    'Message Sent',
    'Message Sent',
    'Message Clicked',
    'Message Converted',
    'Identified',
  ),
  hour: fc.nat(24 * 90),
  late: fc.constantFrom(0, 0, 0, 30, 700),
  imported: fc.boolean(),
  channel: fc.constantFrom('email', 'sms', 'sms', 'push'),
  message: fc.option(fc.constantFrom('a', 'b', 'c', 4), { nil: undefined }),
  campaign: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
  consent: fc.option(fc.record({ email: fc.boolean(), sms: fc.boolean() }), { nil: undefined }),
})

const identify = (
  traits: EventRecord['traits'] & object,
  at: Millis,
  more: Partial<EventRecord>,
): EventRecord => track('Identified', at, {}, { type: 'identify', traits, ...more })

/** They can be reached, and agreed to it, before anything else. */
const opening = (hasPhone: boolean): EventRecord =>
  identify({ email: 'a@b.example', ...(hasPhone && { phone: '+33' }) }, START - 800 * HOUR, {
    consent: { email: true, sms: true },
    messageId: 'opening',
  })

const histories = fc
  .tuple(fc.array(events, { maxLength: 12 }), fc.boolean())
  .map(([items, hasPhone]): readonly EventRecord[] => [
    opening(hasPhone),
    ...items
      .toSorted((a, b) => a.hour - b.hour)
      .map(({ name, hour, late, imported, channel, message, campaign, consent }, position) => {
        const more = {
          receivedAt: START + hour * HOUR + 500,
          position,
          messageId: `m${position}`,
          ...(imported && { imported }),
          ...(consent !== undefined && hour % 5 === 0 && { consent }),
        }
        // No two at one instant: which of them came first would not be known.
        const at = START + (hour - late) * HOUR + position
        return name === 'Identified'
          ? identify({ plan: 'gold' }, at, more)
          : track(
              name,
              at,
              {
                ...(name.startsWith('Message') && { channel }),
                ...(message !== undefined && { message_id: message }),
                ...(campaign !== undefined && { campaign_id: campaign }),
              },
              more,
            )
      }),
  ])

const plain = (
  condition: Condition,
  history: readonly EventRecord[],
  at: Millis,
  scoring: Scoring,
): boolean => holds(condition, history, at, RETENTION, undefined, [], 'UTC', [], scoring)

const engineOf = (wanted: readonly Condition[], scoring: Scoring) =>
  new Engine(wanted, { born: START - 900 * DAY, scoring, retention: RETENTION })

test('the engine agrees with a brute-force reading of appetence, at every instant', () => {
  let held = 0
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 3 }),
      histories,
      fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
      fc.constantFrom(...SCORINGS),
      (wanted, history, pauses, scoring) => {
        const engine = engineOf(wanted, scoring)
        const seen: EventRecord[] = []
        const compare = (at: Millis) =>
          wanted.forEach((condition, index) => {
            const expected = plain(condition, seen, at, scoring)
            if (expected) held++
            expect([at, engine.is(index)]).toEqual([at, expected])
          })
        for (const event of history) {
          engine.take(event)
          seen.push(event)
          compare(event.receivedAt)
        }
        let at = history.at(-1)?.receivedAt ?? START
        for (const pause of pauses) {
          engine.pass((at += pause * DAY + 3 * HOUR))
          compare(at)
        }
      },
    ),
    { numRuns: RUNS, seed: 20_261_201 },
  )
  expect(held).toBeGreaterThan(RUNS)
})

test('what time alone changes is told with the instant at which the brute-force reading changes', () => {
  let seen = 0
  fc.assert(
    fc.property(
      conditions,
      histories,
      fc.constantFrom(...SCORINGS),
      (condition, history, scoring) => {
        const engine = engineOf([condition], scoring)
        for (const event of history) engine.take(event)
        const before = engine.log.length
        engine.pass((history.at(-1)?.receivedAt ?? START) + 500 * DAY)
        for (const { type, at } of engine.log.slice(before)) {
          seen++
          const then = (instant: Millis) => plain(condition, history, instant, scoring)
          expect([at, then(at)]).toEqual([at, type === 'entered'])
          expect([at - 1, then(at - 1)]).toEqual([at - 1, type === 'exited'])
        }
      },
    ),
    { numRuns: RUNS, seed: 20_261_202 },
  )
  expect(seen).toBeGreaterThan(RUNS / 4)
})

test('events in any order, and again, give the same', () => {
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 3, maxLength: 3 }),
      histories.chain((history) =>
        fc.tuple(
          fc.constant(history),
          fc.shuffledSubarray([...history], { minLength: history.length }),
        ),
      ),
      fc.constantFrom(...SCORINGS),
      (wanted, [history, shuffled], scoring) => {
        const last = START + 95 * DAY
        const told = [history, shuffled].map((order) => {
          const engine = engineOf(wanted, scoring)
          engine.merge(order, last)
          return engine.members()
        })
        expect(told[1]).toEqual(told[0])
      },
    ),
    { numRuns: Math.ceil(RUNS / 3), seed: 20_261_203 },
  )
})

describe('what is known of messages', () => {
  const likely: Condition = {
    type: 'score',
    score: 'appetence.email',
    operator: 'gte',
    value: 0.4,
  }
  const send = (day: number, id?: string) =>
    track('Email Sent', START + day * DAY, id === undefined ? {} : { message_id: id })
  const click = (day: number, id?: string) =>
    track(
      'Email Link Clicked',
      START + day * DAY + HOUR,
      id === undefined ? {} : { message_id: id },
    )

  test('fades towards what is known of all, so that time alone changes a verdict', () => {
    const engine = engineOf([likely], scoringOf({ halfLife: 20 * DAY }))
    for (const event of [
      opening(false),
      send(0, 'a'),
      click(0, 'a'),
      send(1, 'b'),
      click(1, 'b'),
    ]) {
      engine.take(event)
    }
    expect(engine.is()).toBe(true)
    engine.pass(START + 300 * DAY)
    expect(engine.is()).toBe(false)
    // 0.4 × 2.5 = 0.8 + 0.6 × worth × messages; two messages a day apart are 1.9994 equal ones.
    const { at = 0 } = engine.log.findLast(({ type }) => type === 'exited') ?? {}
    const worth = 0.2 / 0.6 / 1.9994
    expect(Math.abs(at - (START + DAY + (2 - Math.log2(worth)) * 20 * DAY))).toBeLessThan(HOUR)
  })

  test('a computed trait reaches people as long as they have it, and lets them go by itself', () => {
    const channels = {
      email: { purpose: 'email', identifiers: [], traits: ['inbox.main'] },
    } as const
    const inbox = {
      id: 'ctr_1' as ComputedTraitId,
      name: 'Inbox',
      key: 'inbox',
      event: 'Inbox Opened',
      measure: 'last',
      property: 'inbox',
      window: { last: 'P30D' },
    } as const
    const best: Condition = { type: 'score', score: 'best-channel', operator: 'exists' }
    const engine = new Engine([best, likely], {
      born: START - 900 * DAY,
      scoring: scoringOf({ prior: 'none', channels }),
      retention: RETENTION,
      computedTraits: [inbox],
    })
    const consent = { email: true, sms: true }
    for (const event of [track('A', START, {}, { consent }), send(0, 'a'), click(0, 'a')]) {
      engine.take(event)
    }
    expect(engine.members()).toEqual([])
    engine.take(track('Inbox Opened', START + DAY, { inbox: { other: 'x' } }))
    expect(engine.members()).toEqual([])
    engine.take(track('Inbox Opened', START + 2 * DAY, { inbox: { main: 'a@b.example' } }))
    expect(engine.members()).toHaveLength(2)
    engine.pass(START + 40 * DAY)
    expect(engine.members()).toEqual([])
    const exits = engine.log.filter(({ type }) => type === 'exited')
    expect(exits.map(({ at }) => at)).toEqual([START + 32 * DAY, START + 32 * DAY])
  })

  test.each([
    ['whoever agreed to no e-mail', { consent: { email: false } }],
    ['whoever withdrew what they are known by', { consent: { analytics: false } }],
  ])('is absent of %s', (_, more) => {
    const engine = engineOf(
      [likely, { type: 'score', score: 'appetence.email', operator: 'exists' }],
      scoringOf({ prior: 'none' }),
    )
    for (const event of [opening(false), send(0, 'a'), click(0, 'a')]) engine.take(event)
    expect(engine.members()).toHaveLength(2)
    engine.take(track('B', START + 2 * DAY, {}, more))
    expect(engine.members()).toEqual([])
  })

  test('stays known where one message is opened again and again, whoever tells it in whatever order', () => {
    const scoring = scoringOf({ prior: 'none', halfLife: 3_650 * DAY })
    const told = [
      opening(false),
      ...Array.from({ length: 20 }, (_, day) => send(day, `m${day}`)),
      ...Array.from({ length: 400 }, (_, place) =>
        track('Email Opened', START + 20 * DAY + place * HOUR, { message_id: 'm19' }),
      ),
      click(19, 'm18'),
    ]
    for (const events of [told, told.toReversed()]) {
      const engine = engineOf(
        [{ type: 'score', score: 'appetence.email', operator: 'between', value: [0.09, 0.11] }],
        scoring,
      )
      engine.merge(events, START + 40 * DAY)
      expect(engine.is()).toBe(true)
    }
  })

  test('is absent of whoever can be reached on no channel', () => {
    const engine = engineOf(
      [{ type: 'score', score: 'best-channel', operator: 'exists' }],
      scoringOf({ prior: 'none' }),
    )
    const unreached = track('A', START - HOUR, {}, { consent: { email: true, sms: true } })
    for (const event of [unreached, send(0, 'a'), click(0, 'a')]) engine.take(event)
    expect(engine.is()).toBe(false)
    engine.take(identify({ email: 'a@b.example' }, START + DAY, {}))
    expect(engine.is()).toBe(true)
  })

  test('of equally likely channels the one that was reacted to last is the best', () => {
    const best = (value: string): Condition => ({
      type: 'score',
      score: 'best-channel',
      operator: 'equals',
      value,
    })
    const engine = engineOf([best('email'), best('sms')], scoringOf({ prior: 'none' }))
    const sms = (name: string, day: number) =>
      track(name, START + day * DAY, { channel: 'sms', message_id: `sms ${day >> 1}` })
    for (const event of [opening(true), send(0, 'a'), click(0, 'a')]) engine.take(event)
    for (const event of [sms('Message Sent', 2), sms('Message Clicked', 3)]) engine.take(event)
    expect(engine.members()).toEqual(['seg_1'])
    for (const event of [send(4, 'b'), click(4, 'b')]) engine.take(event)
    expect(engine.members()).toEqual(['seg_0'])
  })

  test('without prior or decay ranks as reactions ÷ messages', () => {
    const { halfLife: _, ...settings } = APPETENCE_SETTINGS
    const bare = scoringOf({ prior: 'none' })
    const scoring: Scoring = {
      ...bare,
      settings: { ...bare.settings, appetence: { ...settings, prior: 'none' } },
    }
    const bounds = [0.1, 0.25, 1 / 3, 0.5, 0.75]
    const engine = engineOf(
      bounds.map((value) => ({ ...likely, value })),
      scoring,
    )
    engine.take(opening(false))
    let [messages, reacted] = [0, 0]
    for (let day = 0; day < 12; day++) {
      engine.take(send(day, `m${day}`))
      messages++
      if (day % 3 === 0) {
        engine.take(click(day, `m${day}`))
        engine.take(track('Email Opened', START + day * DAY + 2 * HOUR, { message_id: `m${day}` }))
        reacted++
      }
      bounds.forEach((bound, place) =>
        expect([day, bound, engine.is(place)]).toEqual([day, bound, reacted / messages >= bound]),
      )
    }
  })
})
