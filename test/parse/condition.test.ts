import { describe, expect, test } from 'vitest'
import { conditionJsonSchema } from '../../edge/parse/condition-schema.ts'
import { parseCondition } from '../../edge/parse/condition.ts'
import { CONDITION_LIMITS } from '../../edge/protocol/condition.ts'
import type { Json } from '../../edge/protocol/json.ts'

const did = (more: object = {}) => ({
  type: 'performed',
  event: 'A',
  operator: 'gte',
  value: 1,
  ...more,
})

describe('a condition is read as it is written', () => {
  test.each<[string, unknown]>([
    ['a count', did()],
    ['a count of several events', did({ event: ['A', 'B'] })],
    [
      'what the events must have',
      did({ where: [{ property: 'p.q', operator: 'in', value: ['x', 1] }] }),
    ],
    ['a sum', did({ measure: 'sum', property: 'revenue', value: 250.5, window: { last: 'P90D' } })],
    [
      'the latest value',
      did({ measure: 'last', property: 'p', operator: 'starts_with', value: 'x' }),
    ],
    ['how long ago', did({ measure: 'recency', operator: 'between', value: ['P1D', 'P7D'] })],
    [
      'fixed days',
      did({ window: { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00+01:00' } }),
    ],
    ['days ago', did({ window: { between: ['P7D', 'P14D'] } })],
    ['last month', did({ window: { calendar: 'month', offset: -1 } })],
    [
      'a sequence',
      {
        type: 'sequence',
        steps: [{ event: 'A' }, { event: 'B', within: 'PT30M', immediately: true }],
        window: { last: 'P30D' },
        total: 'P2D',
      },
    ],
    [
      'an open basket',
      {
        type: 'notFollowedBy',
        event: 'Product Added',
        then: { event: 'Order Completed', same: 'cart_id' },
        within: 'PT2H',
        since: 'last',
      },
    ],
    ['a lapsed customer', { type: 'lifecycle', event: 'A', is: 'stopped', period: 'P30D', of: 3 }],
    [
      'a trait',
      { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold', ignoreCase: true },
    ],
    ['a score', { type: 'score', score: 'churn', operator: 'between', value: [0.5, 1] }],
    [
      'pressure',
      {
        type: 'pressure',
        tag: 'news',
        window: { last: 'P7D' },
        operator: 'between',
        value: [1, 2],
      },
    ],
    ['a budget', { type: 'budget', cap: 'week', operator: 'gte', value: 1 }],
    ['appetence', { type: 'score', score: 'appetence.email', operator: 'gte', value: 0.3 }],
    ['a channel', { type: 'score', score: 'best-channel', operator: 'equals', value: 'email' }],
    ['a cell', { type: 'score', score: 'rfm.cell', operator: 'in', value: ['champions'] }],
    ['a date', { type: 'trait', trait: 'due', operator: 'before', value: '2026-01-31' }],
    ['a birthday', { type: 'trait', trait: 'birthday', operator: 'anniversary' }],
    ['one soon', { type: 'account', trait: 'since', operator: 'anniversary', value: 'P7D' }],
    ['since lately', { type: 'trait', trait: 'since', operator: 'within_last', value: 'P7D' }],
    ['a date soon', { type: 'trait', trait: 'due', operator: 'within_next', value: 'P7D' }],
    ['a weekend', { type: 'now', weekdays: ['saturday', 'sunday'] }],
    ['a night', { type: 'now', from: '22:00', to: '06:00' }],
    ['a session', { type: 'context', field: 'country', scope: 'session', operator: 'exists' }],
    ['a place', { type: 'context', near: { lat: 48.86, lon: 2.35, km: 25 } }],
    [
      'a reaction',
      {
        type: 'reaction',
        kind: 'opened',
        channel: 'email',
        campaign: 'june',
        measure: 'recency',
        operator: 'lt',
        value: 'P7D',
      },
    ],
    ['another segment', { type: 'segment', segment: 'buyers' }],
    ['nothing known', { type: 'trait', trait: 'plan', operator: 'not_exists' }],
    ['groups in groups', { type: 'all', conditions: [{ type: 'not', condition: did() }] }],
  ])('%s', (_, condition) => {
    expect(parseCondition(condition)).toEqual({ ok: true, value: condition })
  })
})

describe('what is wrong is told where it is, and what would be right', () => {
  const inAll = (condition: unknown) => ({ type: 'all', conditions: [did(), condition] })
  test.each<[string, unknown, string, RegExp]>([
    ['no object', 'x', '', /object/],
    ['an unknown type', { type: 'did' }, '.type', /one of all, any/],
    ['an unknown key', did({ windows: 1 }), '.windows', /Unknown/],
    [
      'no day',
      { type: 'trait', trait: 'due', operator: 'after', value: 'soon' },
      '.value',
      /2026-01-31/,
    ],
    [
      'a day there is not',
      { type: 'trait', trait: 'due', operator: 'after', value: '2026-02-30' },
      '.value',
      /day/,
    ],
    ['no time span', { type: 'trait', trait: 'due', operator: 'within_last' }, '.value', /P7D/],
    [
      'an anniversary more than a year ahead',
      { type: 'trait', trait: 'b', operator: 'anniversary', value: 'P400D' },
      '.value',
      /year/,
    ],
    [
      'the case of a date',
      { type: 'trait', trait: 'b', operator: 'anniversary', ignoreCase: true },
      '.ignoreCase',
      /case/,
    ],
    [
      'a birthday of an event',
      did({ where: [{ property: 'b', operator: 'anniversary' }] }),
      '.where.0.operator',
      /one of/,
    ],
    ['no time at all', { type: 'now' }, '.weekdays', /weekdays/],
    ['a weekday nobody knows', { type: 'now', weekdays: ['lundi'] }, '.weekdays.0', /monday/],
    ['an hour there is not', { type: 'now', from: '24:30' }, '.from', /09:30/],
    ['no time between', { type: 'now', from: '09:00', to: '09:00' }, '.to', /differ/],
    [
      'a place beyond the pole',
      { type: 'context', near: { lat: 91, lon: 0, km: 1 } },
      '.near.lat',
      /90/,
    ],
    [
      'no way at all',
      { type: 'context', near: { lat: 9, lon: 0, km: 0 } },
      '.near.km',
      /more than 0/,
    ],
    [
      'a place and a field',
      { type: 'context', field: 'city', near: { lat: 9, lon: 0, km: 1 } },
      '.field',
      /one of the two/,
    ],
    [
      'a compared place',
      { type: 'context', operator: 'exists', near: { lat: 9, lon: 0, km: 1 } },
      '.operator',
      /takes none/,
    ],
    ['a field that is not compared', { type: 'context', field: 'city' }, '.operator', /missing/],
    [
      'a scope of another world',
      { type: 'context', field: 'city', scope: 'week', operator: 'exists' },
      '.scope',
      /session/,
    ],
    [
      'a reaction nobody knows',
      { type: 'reaction', kind: 'liked', operator: 'gte', value: 1 },
      '.kind',
      /opened/,
    ],
    [
      'half a reaction',
      { type: 'reaction', kind: 'opened', operator: 'gte', value: 0.5 },
      '.value',
      /whole/,
    ],
    ['no segment', { type: 'segment' }, '.segment', /not empty/],
    ['no list', { type: 'any', conditions: {} }, '.conditions', /list/],
    ['no event', did({ event: '' }), '.event', /not empty/],
    ['no name of an event', did({ event: 7 }), '.event', /name/],
    ['no events', did({ event: [] }), '.event', /at least one/],
    [
      'half a character',
      { type: 'trait', trait: '\ud800', operator: 'exists' },
      '.trait',
      /character/,
    ],
    ['an operator of another world', did({ operator: 'like' }), '.operator', /one of/],
    [
      'an operator of texts on a count',
      did({ operator: 'contains', value: 'x' }),
      '.operator',
      /gte/,
    ],
    ['a fraction of a count', did({ value: 1.5 }), '.value', /whole number from 0/],
    ['too much to count', did({ value: 1_001 }), '.value', /1000/],
    [
      'a range the wrong way round',
      did({ operator: 'between', value: [2, 1] }),
      '.value',
      /lower first/,
    ],
    ['one value for a range', did({ operator: 'between', value: 2 }), '.value', /two/],
    ['a range for one value', did({ value: [1, 2] }), '.value', /one value/],
    ['a sum of nothing', did({ measure: 'sum' }), '.property', /needs one/],
    ['a count of a property', did({ property: 'p' }), '.property', /takes none/],
    ['a measure nobody knows', did({ measure: 'median' }), '.measure', /one of count/],
    ['a number for how long ago', did({ measure: 'recency', value: 7 }), '.value', /duration/],
    [
      'how long ago exactly',
      did({ measure: 'recency', operator: 'equals', value: 'P1D' }),
      '.operator',
      /gt/,
    ],
    [
      'how long ago, of events that begin to count later',
      did({ measure: 'recency', value: 'P1D', window: { between: ['P1D', 'P2D'] } }),
      '.window',
      /later/,
    ],
    ['a month of no fixed length', did({ window: { last: 'P1M' } }), '.window.last', /duration/],
    ['no window', did({ window: 'P1D' }), '.window', /calendar/],
    [
      'days the wrong way round',
      did({ window: { between: ['P7D', 'P1D'] } }),
      '.window.between',
      /shorter first/,
    ],
    [
      'an end before the beginning',
      did({ window: { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' } }),
      '.window.to',
      /after/,
    ],
    [
      'the next month',
      did({ window: { calendar: 'month', offset: 1 } }),
      '.window.offset',
      /0 or less/,
    ],
    ['a sequence of one', { type: 'sequence', steps: [{ event: 'A' }] }, '.steps', /two/],
    [
      'something before the first step',
      { type: 'sequence', steps: [{ event: 'A', within: 'P1D' }, { event: 'B' }] },
      '.steps.0.within',
      /before the first/,
    ],
    [
      'no time to follow',
      { type: 'followedBy', event: 'A', then: { event: 'B' } },
      '.within',
      /duration/,
    ],
    [
      'a first time of three',
      { type: 'lifecycle', event: 'A', is: 'first-time', period: 'P1D', of: 3 },
      '.of',
      /takes none/,
    ],
    [
      'pressure on a channel that there is not',
      {
        type: 'pressure',
        channel: 'pigeon',
        window: { last: 'P7D' },
        operator: 'gte',
        value: 1,
      },
      '.channel',
      /one of email/,
    ],
    ['pressure over no time', { type: 'pressure', operator: 'gte', value: 1 }, '.window', /object/],
    [
      'pressure between one number',
      { type: 'pressure', window: { last: 'P7D' }, operator: 'between', value: 1 },
      '.value',
      /two numbers/,
    ],
    ['the budget of no cap', { type: 'budget', operator: 'gte', value: 1 }, '.cap', /text/],
    [
      'less than no budget',
      { type: 'budget', cap: 'week', operator: 'lt', value: -1 },
      '.value',
      /0 or more/,
    ],
    [
      'a budget over a time of its own',
      { type: 'budget', cap: 'week', window: { last: 'P7D' }, operator: 'gte', value: 1 },
      '.window',
      /Unknown key/,
    ],
    [
      'a score that there is not',
      { type: 'score', score: 'iq', operator: 'gte', value: 1 },
      '.score',
      /one of rfm\.recency/,
    ],
    [
      'a score compared as text',
      { type: 'score', score: 'clv', operator: 'contains', value: 'x' },
      '.operator',
      /one of equals/,
    ],
    [
      'a cell by its number',
      { type: 'score', score: 'rfm.cell', operator: 'in', value: [1] },
      '.value',
      /key of a cell/,
    ],
    [
      'appetence of no channel',
      { type: 'score', score: 'appetence.', operator: 'gte', value: 0.5 },
      '.score',
      /appetence\.<channel>/,
    ],
    [
      'appetence of thirty',
      { type: 'score', score: 'appetence.email', operator: 'gte', value: 30 },
      '.value',
      /from 0 to 1/,
    ],
    [
      'a channel by its number',
      { type: 'score', score: 'best-channel', operator: 'equals', value: 1 },
      '.value',
      /name of a channel/,
    ],
    [
      'a probability of fifty',
      { type: 'score', score: 'churn', operator: 'gte', value: 50 },
      '.value',
      /from 0 to 1/,
    ],
    [
      'a value where none is taken',
      { type: 'trait', trait: 'p', operator: 'exists', value: 1 },
      '.value',
      /no value/,
    ],
    [
      'a list that is none',
      { type: 'trait', trait: 'p', operator: 'in', value: 'x' },
      '.value',
      /list/,
    ],
  ])('%s', (_, condition, at, reason) => {
    for (const [json, root] of [
      [condition, 'condition'],
      [inAll(condition), 'condition.conditions.1'],
    ] as const) {
      const parsed = parseCondition(json)
      expect(parsed.ok).toBe(false)
      expect(parsed.ok ? [] : parsed.errors).toContainEqual({
        path: `${root}${at}`,
        reason: expect.stringMatching(reason),
      })
    }
  })

  test('all mistakes are told at once', () => {
    const parsed = parseCondition({
      type: 'all',
      conditions: [did({ value: -1 }), { type: 'consent' }, did({ x: 1, y: 2 })],
    })
    expect(parsed.ok ? [] : parsed.errors.map(({ path }) => path)).toEqual([
      'condition.conditions.0.value',
      'condition.conditions.1.purpose',
      'condition.conditions.2.x',
      'condition.conditions.2.y',
    ])
  })
})

describe('what would cost too much is refused before it is looked at', () => {
  const nested = (depth: number): Json =>
    depth === 0 ? (did() as Json) : { type: 'not', condition: nested(depth - 1) }
  test('deep', () => {
    expect(parseCondition(nested(CONDITION_LIMITS.depth - 1)).ok).toBe(true)
    expect(parseCondition(nested(CONDITION_LIMITS.depth))).toMatchObject({
      errors: [{ reason: expect.stringContaining('deep') }],
    })
    expect(parseCondition(nested(5_000)).ok).toBe(false)
  })

  test('wide, property tests and steps among its parts', () => {
    const where = (count: number) =>
      Array.from({ length: count }, () => ({ property: 'p', operator: 'exists' }))
    const parts = CONDITION_LIMITS.nodes
    expect(parseCondition(did({ where: where(parts - 1) })).ok).toBe(true)
    expect(parseCondition(did({ where: where(parts) })).ok).toBe(false)
    const conditions = Array.from({ length: parts }, () => did())
    expect(parseCondition({ type: 'any', conditions })).toMatchObject({
      errors: [{ path: `condition.conditions.${parts - 1}` }],
    })
  })
})

test('its schema names every type and all fields of each', () => {
  const schema = JSON.stringify(conditionJsonSchema())
  for (const word of [
    'performed',
    'notFollowedBy',
    'lifecycle',
    'immediately',
    'calendar',
    'recency',
    'rfm.cell',
  ]) {
    expect(schema).toContain(`"${word}"`)
  }
  expect(schema).toContain('"additionalProperties":false')
})
