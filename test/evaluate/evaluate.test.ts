import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { evaluateCommand } from '../../edge/evaluate/command.ts'
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

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** As `npm run evaluate` does, in this process. */
async function here(args: readonly string[]): Promise<Ran> {
  const [lines, errors]: string[][] = [[], []]
  const status = await evaluateCommand(args, {
    line: (text) => lines?.push(`${text}\n`),
    error: (text) => errors?.push(`${text}\n`),
  })
  return { status, stdout: (lines ?? []).join(''), stderr: (errors ?? []).join('') }
}

const byItself = (args: readonly string[]): Ran =>
  spawnSync(process.execPath, [join(ROOT, 'edge/evaluate/evaluate.ts'), ...args], {
    encoding: 'utf8',
  })

async function evaluate(condition: unknown, lines: readonly unknown[], ...more: readonly string[]) {
  return evaluateBy(here, condition, lines, more)
}

async function evaluateBy(
  command: (args: readonly string[]) => Ran | Promise<Ran>,
  condition: unknown,
  lines: readonly unknown[],
  more: readonly string[] = [],
) {
  const [one, other] = [join(folder, 'condition.json'), join(folder, 'events.ndjson')]
  writeFileSync(one, typeof condition === 'string' ? condition : JSON.stringify(condition))
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
  writeFileSync(other, text.join('\n'))
  const { status, stdout, stderr } = await command([
    `--condition=${one}`,
    `--events=${other}`,
    '--at=2026-11-03T00:00:00Z',
    ...more,
  ])
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

test('each person of a file is told with until when and by what, what a visitor did before signing in included', async () => {
  const { status, answers, stderr } = await evaluateBy(byItself, TWO_VIEWS_AND_GOLD, [
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

test('a browser that two people signed in on is nobody’s, and stays by itself', async () => {
  const { answers } = await evaluate(TWO_VIEWS_AND_GOLD, [
    viewed({ anonymousId: 'shared' }, 'm1'),
    viewed({ anonymousId: 'shared', userId: 'ada' }, 'm2'),
    viewed({ anonymousId: 'shared', userId: 'bob' }, 'm3'),
  ])
  expect(answers.map(({ person }) => person)).toEqual(['shared', 'ada', 'bob'])
})

test('lines that cannot be read are named with what is wrong, and cost the others nothing', async () => {
  const { status, answers, stderr, events } = await evaluate(TWO_VIEWS_AND_GOLD, [
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

test('a condition that is wrong is refused with path and reason', async () => {
  const bad = { type: 'all', conditions: [{ type: 'trait', trait: 'plan', operator: 'is' }] }
  const { status, stdout, stderr, condition } = await evaluate(bad, [])
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(`${condition}: condition.conditions.0.operator: Must be one of equals`)
  expect((await evaluate('{"type":', [])).stderr).toMatch(
    `${condition}:1:9: is no JSON from here on`,
  )
  expect((await evaluate(TWO_VIEWS_AND_GOLD, [], '--timezone', 'Mars')).status).toBe(2)
  const linked = await evaluate({ type: 'segment', segment: 'buyers' }, [])
  expect([linked.status, linked.stderr]).toEqual([2, expect.stringContaining('other segments')])
})

test('the export of a person and rows of the lake are read as they come', async () => {
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
  expect((await evaluate(TWO_VIEWS_AND_GOLD, file)).answers).toMatchObject([
    { person: 'ada', holds: true },
  ])

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
  expect((await evaluate(inFrance, [row])).answers).toMatchObject([
    { person: 'prf_1', holds: true },
  ])
})

test('calendar windows begin in the time zone that is asked for', async () => {
  const today = {
    type: 'performed',
    event: 'Product Viewed',
    operator: 'gte',
    value: 1,
    window: { calendar: 'day' },
  }
  const late = { ...viewed({ userId: 'ada' }, 'm1'), timestamp: '2026-11-02T23:30:00Z' }
  expect((await evaluate(today, [late])).answers).toMatchObject([{ holds: false }])
  expect((await evaluate(today, [late], '--timezone', 'Europe/Paris')).answers).toMatchObject([
    { holds: true, until: '2026-11-03T23:00:00.000Z' },
  ])
})

test('as a table for reading', async () => {
  const { stdout } = await evaluate(
    TWO_VIEWS_AND_GOLD,
    [viewed({ userId: 'ada' }, 'm1')],
    '--table',
  )
  expect(stdout).toMatch(/^person +holds +until +evidence\nada +no +an event +condition/)
})

test('a condition may name computed traits that are given beside it', async () => {
  const traits = join(folder, 'traits.json')
  writeFileSync(
    traits,
    JSON.stringify([{ key: 'views', event: 'Product Viewed', measure: 'count' }]),
  )
  const condition = { type: 'trait', trait: 'views', operator: 'gte', value: 2 }
  const lines = [viewed({ userId: 'ada' }, 'm1'), viewed({ userId: 'ada' }, 'm2')]
  const { answers } = await evaluate(condition, lines, `--traits=${traits}`)
  expect(answers).toMatchObject([
    { person: 'ada', holds: true, evidence: [{ events: ['m1', 'm2'] }] },
  ])
  writeFileSync(traits, JSON.stringify([{ key: 'views', event: 'A', measure: 'median' }]))
  const { status, stderr } = await evaluate(condition, lines, `--traits=${traits}`)
  expect([status, stderr]).toEqual([2, expect.stringContaining('0.measure: Must be one of')])
})

test('a condition may ask for the budgets of caps that are given beside it', async () => {
  const caps = join(folder, 'caps.json')
  const give = (...list: object[]) => writeFileSync(caps, JSON.stringify({ items: list }))
  const week = { key: 'week', window: 'P7D', most: 2, channel: 'email', tag: null }
  const condition = { type: 'budget', cap: 'week', operator: 'gte', value: 1 }
  const sent = (userId: string, messageId: string) => ({
    ...viewed({ userId }, messageId),
    event: 'Email Sent',
  })
  const lines = [sent('ada', 'm1'), sent('bob', 'm2'), sent('bob', 'm3')]
  give(week)
  const { answers } = await evaluate(condition, lines, `--caps=${caps}`)
  expect(answers).toMatchObject([
    { person: 'ada', holds: true, evidence: [{ events: ['m1'] }] },
    { person: 'bob', holds: false },
  ])
  const refused = async () => {
    const { status, stderr } = await evaluate(condition, lines, `--caps=${caps}`)
    return [status, stderr]
  }
  give({ ...week, most: -1 })
  expect(await refused()).toEqual([2, expect.stringContaining('0.most: Must be 0 or more')])
  give({ ...week, key: 'other' })
  expect(await refused()).toEqual([
    2,
    expect.stringContaining('condition.cap: There is no such cap'),
  ])
  give({ ...week, thresholds: [{ segment: 'seg_a', most: 1 }] })
  expect(await refused()).toEqual([2, expect.stringContaining('“week” has thresholds')])
})
