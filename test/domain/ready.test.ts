import { describe, expect, test } from 'vitest'
import { tryExamples } from '../../edge/domain/example.ts'
import { READY_SEGMENTS, readyAt } from '../../edge/domain/ready/library.ts'
import { linkSegments } from '../../edge/domain/segment-links.ts'
import { parseCondition } from '../../edge/parse/condition.ts'
import { parseExamples } from '../../edge/parse/example.ts'
import type { SegmentId } from '../../edge/protocol/id.ts'
import { TRADES } from '../../edge/protocol/ready-segment.ts'
import { DAY } from '../../edge/protocol/time.ts'

/** Days that are awkward: leap days, turns of years and clocks, and a quiet one. */
const INSTANTS = [
  '2026-06-17T09:41:27.123Z',
  '2028-02-29T00:00:00.000Z',
  '2027-02-28T23:59:59.999Z',
  '2027-01-01T00:30:00.000Z',
  '2026-03-29T01:00:00.000Z',
  '2026-12-31T23:00:00.000Z',
].map((text) => Date.parse(text))
const ZONES = ['Etc/UTC', 'Europe/Paris', 'Pacific/Auckland', 'America/Los_Angeles']
const RETENTION = 760 * DAY
const KNOWN = READY_SEGMENTS.map(({ key, name, condition }) => ({
  id: key as SegmentId,
  key,
  name: name.en,
  condition,
  public: false,
}))
const byKey = READY_SEGMENTS.map((ready) => [ready.key, ready] as const)

test('each trade has eight to twelve, each under a key and names of its own', () => {
  for (const trade of TRADES) {
    const count = READY_SEGMENTS.filter((ready) => ready.trade === trade).length
    expect(count).toBeGreaterThanOrEqual(8)
    expect(count).toBeLessThanOrEqual(12)
  }
  for (const of of [
    READY_SEGMENTS.map(({ key }) => key),
    READY_SEGMENTS.map(({ name }) => name.en),
    READY_SEGMENTS.map(({ name }) => name.fr),
  ]) {
    expect(new Set(of).size).toBe(READY_SEGMENTS.length)
  }
})

test('they ask in every way that no score and no answer to consent is needed for', () => {
  const types = new Set(JSON.stringify(KNOWN).match(/"type":"\w+"/g))
  const operators = new Set(JSON.stringify(KNOWN).match(/"operator":"\w+"/g))
  for (const type of ['sequence', 'notFollowedBy', 'lifecycle', 'now', 'reaction', 'segment']) {
    expect(types).toContain(`"type":"${type}"`)
  }
  for (const one of ['anniversary', 'within_next', 'within_last']) {
    expect(operators).toContain(`"operator":"${one}"`)
  }
  expect(JSON.stringify(KNOWN)).toMatch(/"near":.*"same":|"same":.*"near":/)
})

describe.each(byKey)('%s', (_, ready) => {
  test('is read as it stands, and linked to what it is made of', () => {
    expect(parseCondition(ready.condition)).toEqual({ ok: true, value: ready.condition })
    expect(linkSegments(ready.condition, undefined, KNOWN).ok).toBe(true)
  })

  test('has two people at least who must be in and two who must not, in both languages', () => {
    for (const language of ['en', 'fr'] as const) {
      const { examples } = readyAt(ready, language, INSTANTS[0] ?? 0)
      expect(parseExamples(examples)).toEqual({ ok: true, value: examples })
      expect(examples.filter(({ matches }) => matches).length).toBeGreaterThanOrEqual(2)
      expect(examples.filter(({ matches }) => !matches).length).toBeGreaterThanOrEqual(2)
    }
  })

  test('is right about them whenever and wherever it is used', () => {
    for (const [place, now] of INSTANTS.entries()) {
      const { examples } = readyAt(ready, 'en', now)
      for (const timezone of place === 0 ? ZONES : [ZONES[place % ZONES.length] ?? '']) {
        const where = { timezone, retention: RETENTION, segments: KNOWN }
        const wrong = tryExamples(ready.condition, examples, where)
          .filter(({ passes }) => !passes)
          .map(({ person, decisive }) => [person.name, timezone, person.at, decisive.path])
        expect(wrong).toEqual([])
      }
    }
  })

  test('says what may be adapted where it stands', () => {
    expect(ready.parameters.length).toBeGreaterThan(0)
    for (const { path } of ready.parameters) {
      const value = path
        .split('.')
        .slice(1)
        .reduce<unknown>((at, key) => (at as { [key: string]: unknown })?.[key], ready.condition)
      expect([path, value]).not.toEqual([path, undefined])
    }
  })
})
