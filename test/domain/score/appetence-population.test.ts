import { describe, expect, test } from 'vitest'
import { CellSums, priorOfCells } from '../../../edge/domain/score/appetence-cells.ts'
import {
  appetenceFindings,
  appetenceReport,
  calibrationOf,
} from '../../../edge/domain/score/appetence-findings.ts'
import { AppetenceTally, joinAppetence } from '../../../edge/domain/score/appetence-tally.ts'
import { evidenceOf, fitPrior } from '../../../edge/domain/score/appetence.ts'
import { channelsOf } from '../../../edge/domain/score/channel.ts'
import { bandAt } from '../../../edge/domain/score/hour-band.ts'
import { messagesAt } from '../../../edge/domain/score/messages.ts'
import { moved } from '../../../edge/domain/score/profile-appetence.ts'
import { applyEvent, noChanges } from '../../../edge/domain/apply-event.ts'
import type { Entry } from '../../../edge/domain/entry.ts'
import { FeatureSet } from '../../../edge/domain/feature.ts'
import { KnownFacts } from '../../../edge/domain/known-facts.ts'
import { newProfile } from '../../../edge/domain/profile.ts'
import { APPETENCE_SETTINGS, type ChannelStatistics } from '../../../edge/protocol/appetence.ts'
import type { ProfileId } from '../../../edge/protocol/id.ts'
import { SCORE_SETTINGS } from '../../../edge/protocol/score.ts'
import { DAY } from '../../../edge/protocol/time.ts'
import { track } from '../build.ts'
import { seeded } from '../../bench/engine/rounds.ts'

const draw = seeded(3)
/** Beta(2, 6) as the second smallest of seven numbers; up to 40 messages over half a year. */
const people = Array.from({ length: 5_000 }, () => {
  const rate = Array.from({ length: 7 }, draw).sort((a, b) => a - b)[1] ?? 0
  const messages = Array.from({ length: Math.floor(draw() * 40) }, () => ({
    at: draw() * 180 * DAY,
    reacted: draw() < rate,
  }))
  return messages
})

describe('people in cells', () => {
  test.each([
    ['with decay', 90 * DAY],
    ['without', Infinity],
  ])('give the prior of every person, within two per cent: %s', (_, halfLife) => {
    const all = people.flatMap((messages) => evidenceOf(messages, halfLife) ?? [])
    const exact = fitPrior(all)
    const parts = [new CellSums(), new CellSums()] as const
    all.forEach((one, place) => parts[place % 2 === 0 ? 0 : 1].add(one, 1))
    const joined = new CellSums()
    for (const { cells } of parts) joined.join(cells)
    expect(joined.cells.length).toBeLessThan(1_000)
    const prior = priorOfCells(joined.cells)
    expect(Math.abs(prior.reacted / exact.reacted - 1)).toBeLessThan(0.02)
    expect(Math.abs(prior.ignored / exact.ignored - 1)).toBeLessThan(0.02)
  })

  test('of a few messages each are exact without decay', () => {
    const all = people.flatMap((messages) => evidenceOf(messages.slice(0, 6), Infinity) ?? [])
    const sums = new CellSums()
    for (const one of all) sums.add(one, 1)
    const [prior, exact] = [priorOfCells(sums.cells), fitPrior(all)]
    expect(prior.reacted).toBeCloseTo(exact.reacted, 5)
    expect(prior.ignored).toBeCloseTo(exact.ignored, 5)
  })
})

const part = (messages: number): ChannelStatistics => ({
  people: 1,
  messages,
  reacted: 0,
  cells: [['2 none', 1, messages, 0]],
  bands: Array.from({ length: 4 }, () => ({ messages: 1, reacted: 0 })),
  before: { messages: 0, cells: [] },
})

test('of messages that have all lost their worth nothing is said', () => {
  const now = 1_000 * DAY
  const halfLife = 7 * DAY
  const features = new FeatureSet('UTC')
  const scoring = {
    settings: { ...SCORE_SETTINGS, appetence: { ...APPETENCE_SETTINGS, halfLife } },
  }
  const ground = { features, horizon: Infinity, zone: 'UTC', computed: undefined }
  const channels = channelsOf(ground, scoring)
  const tally = new AppetenceTally(channels, { at: now, horizon: Infinity, zone: 'UTC' })
  for (let person = 0; person < 100; person++) {
    const profile = newProfile('prf_1' as ProfileId, 'bucket', 0)
    const sent = track('Email Sent', now - 160 * DAY, { message_id: 'm' })
    applyEvent(profile, sent, 'implied', features, noChanges())
    tally.add(new KnownFacts(profile, Infinity, now, () => undefined))
  }
  expect(tally.statistics['email']?.messages).toBe(100)
  expect(appetenceFindings(tally.statistics).now['email']).toEqual({ known: 0, needed: 100 })
})

test('too few messages are said to be too few, and parts add up', () => {
  const few = joinAppetence([{ email: part(30) }, { email: part(69) }])
  expect(appetenceFindings(few).now['email']).toEqual({ known: 99, needed: 100 })
  const enough = joinAppetence([{ email: part(30) }, { sms: part(5), email: part(70) }])
  expect(enough['email']).toMatchObject({
    people: 2,
    messages: 100,
    bands: [{ messages: 2 }, {}, {}, {}],
  })
  expect(enough['email']?.cells).toEqual([['2 none', 2, 100, 0]])
  const findings = appetenceFindings(enough)
  expect(findings.now['email']).toHaveProperty('prior')
  const report = appetenceReport(enough, findings, {})
  expect(report['email']).toMatchObject({ calibration: [], compared: { before: 0, since: 0 } })
})

test('messages of which the same was foretold stay in one part', () => {
  const points = calibrationOf([
    [10, 900, 27, 20],
    [50, 50, 6.5, 5],
    [90, 50, 12, 25],
  ])
  expect(points).toEqual([
    { messages: 900, expected: 0.03, actual: 20 / 900 },
    { messages: 100, expected: 0.185, actual: 0.3 },
  ])
})

test('hours are those of the zone of the message, of the person, or of the workspace', () => {
  const at = Date.UTC(2026, 6, 1, 22, 30)
  expect(bandAt(at, ['Europe/Paris', 'UTC'])).toBe(0)
  expect(bandAt(at, [undefined, 'America/New_York', 'UTC'])).toBe(3)
  expect(bandAt(at, ['Nowhere/Town', 'Asia/Kolkata'])).toBe(0)
  expect(bandAt(at, [undefined, 'UTC'])).toBe(3)
  expect(bandAt(Date.UTC(1969, 11, 31, 7), ['UTC'])).toBe(1)
})

test('a band moves somebody’s probability by its odds among all', () => {
  const bands = [
    { messages: 100, reacted: 50 },
    { messages: 100, reacted: 10 },
  ]
  expect(moved(0.5, bands, 0)).toBeGreaterThan(0.6)
  expect(moved(0.5, bands, 1)).toBeLessThan(0.3)
  expect(moved(0.5, undefined, 0)).toBe(0.5)
  expect(moved(1, bands, 1)).toBe(1)
})

describe('what was said of messages', () => {
  type Told = readonly [at: number, ...fact: string[]]
  const of = (...facts: readonly Told[]): readonly Entry[] =>
    facts.map(([at, ...fact]): Entry => [at, fact])
  const read = (...facts: readonly Told[]) =>
    messagesAt(of(...facts), 1_000, 1e9).messages.map(({ at, reacted }) => [at, reacted])

  test.each<[string, readonly Told[], unknown]>([
    [
      'each message is one, however often it is sent or reacted to',
      [
        [1, 's', 'a'],
        [2, 'd', 'a'],
        [3, 'r', 'a'],
        [4, 'r', 'a'],
      ],
      [[1, true]],
    ],
    [
      'what bounced was not received',
      [
        [1, 's', 'a'],
        [2, 'b', 'a'],
        [3, 's', 'b'],
      ],
      [[3, false]],
    ],
    ['a reaction to what nobody sent does not count', [[1, 'r', 'a']], []],
    [
      'without names each sending is one, and what follows is of the latest',
      [
        [1, 's'],
        [2, 's'],
        [3, 'd'],
        [4, 'r'],
      ],
      [
        [1, false],
        [2, true],
      ],
    ],
    [
      'where no sending is told, each arrival is one',
      [
        [1, 'd'],
        [2, 'r'],
        [3, 'd'],
      ],
      [
        [1, true],
        [3, false],
      ],
    ],
    [
      'what is yet to happen does not count',
      [
        [1, 's', 'a'],
        [2_000, 'r', 'a'],
      ],
      [[1, false]],
    ],
  ])('%s', (_, facts, expected) => {
    expect(read(...facts)).toEqual(expected)
  })

  test('there is news when something is to happen or ceases to count', () => {
    const entries = of([1, 's', 'a'], [2_000, 'r', 'a'])
    expect(messagesAt(entries, 1_000, 1e9).until).toBe(2_000)
    expect(messagesAt(entries, 3_000, 1e9).until).toBe(1 + 1e9)
    expect(messagesAt(entries, 1 + 1e9, 1e9)).toMatchObject({ messages: [] })
  })
})
