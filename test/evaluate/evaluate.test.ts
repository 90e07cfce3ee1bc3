import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ROOT } from '../command.ts'

const folder = mkdtempSync(join(tmpdir(), 'prisme-evaluate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const TWO_VIEWS_AND_GOLD = {
  type: 'all',
  conditions: [
    {
      type: 'performed',
      event: 'Product Viewed',
      operator: 'gte',
      value: 2,
      window: { last: 'P7D' },
    },
    { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' },
  ],
}

function evaluate(condition: unknown, lines: readonly unknown[], ...more: readonly string[]) {
  const [one, other] = [join(folder, 'condition.json'), join(folder, 'events.ndjson')]
  writeFileSync(one, typeof condition === 'string' ? condition : JSON.stringify(condition))
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
  writeFileSync(other, text.join('\n'))
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'edge/evaluate/evaluate.ts'),
      `--condition=${one}`,
      `--events=${other}`,
      '--at=2026-11-03T00:00:00Z',
      ...more,
    ],
    { encoding: 'utf8' },
  )
  const answers = stdout.startsWith('{')
    ? stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly person: string; readonly holds: boolean })
    : []
  return { status, answers, stdout, stderr, condition: one, events: other }
}

const viewed = (who: object, messageId: string, day = '2026-11-01') => ({
  type: 'track',
  event: 'Product Viewed',
  timestamp: `${day}T10:00:00Z`,
  messageId,
  ...who,
})

test('each person of a file is told with until when and by what, what a visitor did before signing in included', () => {
  const { status, answers, stderr } = evaluate(TWO_VIEWS_AND_GOLD, [
    viewed({ anonymousId: 'browser-1' }, 'm1'),
    {
      type: 'identify',
      userId: 'ada',
      anonymousId: 'browser-1',
      timestamp: '2026-11-01T11:00:00Z',
      traits: { plan: 'gold' },
    },
    viewed({ userId: 'bob' }, 'm2'),
    viewed({ userId: 'ada' }, 'm3', '2026-11-02'),
    viewed({ userId: 'bob' }, 'm4', '2026-11-04'),
  ])
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(answers).toEqual([
    {
      person: 'ada',
      holds: true,
      until: '2026-11-08T10:00:00.000Z',
      evidence: [
        {
          path: 'condition.conditions.0',
          holds: true,
          until: '2026-11-08T10:00:00.000Z',
          events: ['m1', 'm3'],
        },
        { path: 'condition.conditions.1', holds: true, until: null, events: [] },
      ],
    },
    expect.objectContaining({ person: 'bob', holds: false }),
  ])
})

test('a browser that two people signed in on is nobody’s, and stays by itself', () => {
  const { answers } = evaluate(TWO_VIEWS_AND_GOLD, [
    viewed({ anonymousId: 'shared' }, 'm1'),
    viewed({ anonymousId: 'shared', userId: 'ada' }, 'm2'),
    viewed({ anonymousId: 'shared', userId: 'bob' }, 'm3'),
  ])
  expect(answers.map(({ person }) => person)).toEqual(['shared', 'ada', 'bob'])
})

test('lines that cannot be read are named with what is wrong, and cost the others nothing', () => {
  const { status, answers, stderr, events } = evaluate(TWO_VIEWS_AND_GOLD, [
    '{"type":"track"',
    { type: 'track', userId: 'ada', timestamp: '2026-11-01' },
    viewed({}, 'm1'),
    { ...viewed({ userId: 'ada' }, 'm2'), timestamp: 'yesterday' },
    { ...viewed({ userId: 'ada' }, 'm2'), timestamp: null },
    viewed({ userId: 'ada' }, 'm3'),
  ])
  expect(status).toBe(1)
  expect(stderr.trim().split('\n')).toEqual([
    `${events}:1: is no JSON from column 16 on`,
    `${events}:2: event: missing-event`,
    `${events}:3: userId: must name a userId or an anonymousId`,
    `${events}:4: timestamp: invalid-timestamp`,
    `${events}:5: timestamp: is missing`,
    '5 lines were left out',
  ])
  expect(answers).toHaveLength(1)
})

test('a condition that is wrong is refused with path and reason', () => {
  const bad = { type: 'all', conditions: [{ type: 'trait', trait: 'plan', operator: 'is' }] }
  const { status, stdout, stderr, condition } = evaluate(bad, [])
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(`${condition}: condition.conditions.0.operator: Must be one of equals`)
  expect(evaluate('{"type":', []).stderr).toMatch(`${condition}:1:9: is no JSON from here on`)
  expect(evaluate(TWO_VIEWS_AND_GOLD, [], '--timezone', 'Mars').status).toBe(2)
  const linked = evaluate({ type: 'segment', segment: 'buyers' }, [])
  expect([linked.status, linked.stderr]).toEqual([2, expect.stringContaining('other segments')])
})

test('the export of a person and rows of the lake are read as they come', () => {
  const shown = {
    messageId: 'm1',
    type: 'track',
    name: 'Product Viewed',
    timestamp: '2026-11-01T10:00:00.000Z',
    receivedAt: '2026-11-01T10:00:01.000Z',
    source: 'src_1',
    identifiers: [{ kind: 'userId', value: 'ada', proven: true }],
    properties: {},
    context: {},
  }
  const plan = { ...shown, type: 'identify', name: 'Identified', traits: { plan: 'gold' } }
  const file = [
    '{"exportedAt":"2026-11-03T00:00:00.000Z","id":"prf_1","events":[',
    `${JSON.stringify(shown)},`,
    `${JSON.stringify({ ...plan, messageId: 'm2' })},`,
    `${JSON.stringify({ ...shown, messageId: 'm3' })}]}`,
  ]
  expect(evaluate(TWO_VIEWS_AND_GOLD, file).answers).toMatchObject([{ person: 'ada', holds: true }])

  const row = {
    message_id: 'm1',
    type: 'track',
    event: 'Product Viewed',
    timestamp: '2026-11-01 10:00:00',
    profile: 'prf_1',
    identifiers: '[]',
    properties: '{"category":"shoes"}',
    country: 'FR',
  }
  const inFrance = {
    type: 'all',
    conditions: [
      { type: 'context', field: 'country', operator: 'equals', value: 'FR' },
      {
        type: 'performed',
        event: 'Product Viewed',
        where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
        operator: 'gte',
        value: 1,
      },
    ],
  }
  expect(evaluate(inFrance, [row]).answers).toMatchObject([{ person: 'prf_1', holds: true }])
})

test('calendar windows begin in the time zone that is asked for', () => {
  const today = {
    type: 'performed',
    event: 'Product Viewed',
    operator: 'gte',
    value: 1,
    window: { calendar: 'day' },
  }
  const late = { ...viewed({ userId: 'ada' }, 'm1'), timestamp: '2026-11-02T23:30:00Z' }
  expect(evaluate(today, [late]).answers).toMatchObject([{ holds: false }])
  expect(evaluate(today, [late], '--timezone', 'Europe/Paris').answers).toMatchObject([
    { holds: true, until: '2026-11-03T23:00:00.000Z' },
  ])
})

test('as a table for reading', () => {
  const { stdout } = evaluate(TWO_VIEWS_AND_GOLD, [viewed({ userId: 'ada' }, 'm1')], '--table')
  expect(stdout).toMatch(/^person +holds +until +evidence\nada +no +an event +condition/)
})
