import { expect, test } from 'vitest'
import { partAt } from '../../edge/domain/exits.ts'
import { sumSegmentReports } from '../../edge/domain/segment-report.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { ShardSegmentReport } from '../../edge/protocol/segment-report.ts'
import { HOUR } from '../../edge/protocol/time.ts'

const NOON = Date.UTC(2026, 10, 23, 12)
const did = (event: string): Condition => ({
  type: 'performed',
  event,
  operator: 'gte',
  value: 1,
})
const viewed = { path: 'condition.conditions.0', condition: did('Viewed') }

const one: ShardSegmentReport = {
  opening: 10,
  hours: [
    { hour: NOON, size: 12, entered: 3, exited: 1 },
    { hour: NOON + 3 * HOUR, size: 11, entered: 0, exited: 1 },
  ],
  exits: [
    { hour: NOON, cause: 'time', clauses: [viewed], count: 1 },
    { hour: NOON + 3 * HOUR, cause: 'event', clauses: [], count: 1 },
  ],
}
const other: ShardSegmentReport = {
  opening: 5,
  hours: [{ hour: NOON + HOUR, size: 3, entered: 0, exited: 2 }],
  exits: [{ hour: NOON + HOUR, cause: 'time', clauses: [viewed], count: 2 }],
}

test('sizes stand until they change, entries and exits are summed over shards', () => {
  const range = { from: NOON - HOUR, to: NOON + 4 * HOUR, by: 'hour' } as const
  const { periods, exits } = sumSegmentReports([one, other], range, 'UTC')
  expect(
    periods.map(({ size, entered, exited, causes }) => [size, entered, exited, causes]),
  ).toEqual([
    [15, 0, 0, {}],
    [17, 3, 1, { time: 1 }],
    [15, 0, 2, { time: 2 }],
    [15, 0, 0, {}],
    [14, 0, 1, { event: 1 }],
  ])
  expect(exits).toEqual([
    { cause: 'time', clauses: [viewed], count: 3 },
    { cause: 'event', clauses: [], count: 1 },
  ])
})

test('a day is one of the time zone, also where clocks change', () => {
  const from = Date.UTC(2026, 9, 24, 20)
  const range = { from, to: from + 60 * HOUR, by: 'day' } as const
  const night = { ...other, hours: [{ hour: from + 2 * HOUR, size: 3, entered: 0, exited: 2 }] }
  const { periods } = sumSegmentReports([night], range, 'Europe/Paris')
  expect(periods.map(({ at, exited, size }) => [new Date(at).toISOString(), exited, size])).toEqual(
    [
      ['2026-10-23T22:00:00.000Z', 0, 5],
      // 25 hours long.
      ['2026-10-24T22:00:00.000Z', 2, 3],
      ['2026-10-25T23:00:00.000Z', 0, 3],
      ['2026-10-26T23:00:00.000Z', 0, 3],
    ],
  )
})

test.each([
  ['condition', 'all'],
  ['condition.conditions.0', 'performed'],
  ['condition.conditions.1', 'not'],
  ['condition.conditions.1.condition', 'performed'],
  ['condition.conditions.7', undefined],
  ['condition.conditions', undefined],
  ['condition.condition', undefined],
])('the part of a condition at %s is %s', (path, type) => {
  const whole: Condition = {
    type: 'all',
    conditions: [did('A'), { type: 'not', condition: did('B') }],
  }
  expect(partAt(whole, path)?.type).toBe(type)
})
