import { computedBy } from '../../edge/domain/computed/condition.ts'
import { evaluatorOf, type Person, type Where } from '../../edge/domain/evaluate.ts'
import type { ComputedTrait } from '../../edge/protocol/computed-trait.ts'
import type {
  Condition,
  EventTest,
  Measure,
  NumberOperator,
  PerformedCondition,
  Window,
} from '../../edge/protocol/condition.ts'
import { edgeScores } from '../../edge/domain/score/edge-scores.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import { WEEKDAYS } from '../../edge/protocol/condition.ts'
import type { CapId, SegmentId, SourceId } from '../../edge/protocol/id.ts'
import type { SegmentDefinition } from '../../edge/protocol/membership.ts'
import type { Scoring } from '../../edge/protocol/population.ts'
import { APPETENCE_SETTINGS } from '../../edge/protocol/appetence.ts'
import { SCORE_SETTINGS } from '../../edge/protocol/score.ts'
import { DAY, HOUR, NEVER } from '../../edge/protocol/time.ts'
import type { CapDefinition } from '../../edge/protocol/touch.ts'
import { Engine } from '../domain/engine.ts'

/** The night after, the clocks of Paris jump from two to three. */
const START = Date.parse('2026-03-28T18:00:00Z')
/** `B` is an order, and `p` what it came to. */
const SCORING: Scoring = {
  settings: {
    ...SCORE_SETTINGS,
    orders: { ...SCORE_SETTINGS.orders, completed: ['B'], refunded: ['C'], amount: ['p'] },
    engagement: { weights: { A: 1, B: 4 }, halfLife: DAY },
    appetence: {
      ...APPETENCE_SETTINGS,
      halfLife: DAY / 4,
      channels: {
        email: { purpose: 'email', identifiers: [], traits: ['plan'] },
        push: { purpose: 'analytics', identifiers: [], traits: ['due'] },
      },
    },
  },
  population: {
    version: 1,
    at: START,
    customers: 1_000,
    cutPoints: { recency: [1, 2, 3, 4], frequency: [2, 3, 4, 5], monetary: [1, 2, 4, 8] },
    value: {
      buying: { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 },
      spending: { p: 6.25, q: 3.74, v: 15.44 },
    },
    appetence: {
      email: { prior: { reacted: 1, ignored: 2 }, bands: [] },
      push: { prior: { reacted: 0.5, ignored: 2.25 }, bands: [] },
    },
  },
}
/** Of what people do, and of nobody's saying. */
const TRAITS: readonly ComputedTrait[] = [
  { key: 'total', event: ['A', 'B'], measure: 'sum', property: 'p', window: { last: 'PT20H' } },
  { key: 'usual', event: 'A', measure: 'most_frequent', property: 'p' },
  { key: 'seen', event: ['A', 'C'], measure: 'list', property: 'p', window: { calendar: 'day' } },
]
/** One for everybody, and one that lets those of the segments have more or less. */
const CAPS: readonly CapDefinition[] = [
  { ...capOf('cap_a'), channel: 'email', window: 'PT20H', most: 1 },
  {
    ...capOf('cap_b'),
    window: 'PT30H',
    most: 2,
    thresholds: [
      { segment: 'seg_b' as SegmentId, most: 4 },
      { segment: 'seg_a' as SegmentId, most: 0 },
    ],
  },
]

function capOf(id: string) {
  return { id: id as CapId, key: id, name: id, thresholds: [], onSite: false, enabled: true }
}

const WHERE = {
  timezone: 'Europe/Paris',
  retention: 750 * DAY,
  scoring: SCORING,
  computed: computedBy(TRAITS),
  edge: edgeScores(CAPS),
}
const QUESTIONS = 1_500
const STAYS = 150

/** Whole numbers from 0 up to, and without, `below`: the same ones wherever it runs (mulberry32). */
function drawer(seed: number) {
  let state = seed
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
  return { below, of: <T>(list: readonly [T, ...T[]]): T => list[below(list.length)] ?? list[0] }
}
type Draw = ReturnType<typeof drawer>

const hours = (count: number): string => `PT${count}H`
const NUMERIC = ['equals', 'not_equals', 'gt', 'gte', 'lt', 'lte'] as const

const eventsOf = ({ of, below }: Draw): EventTest => ({
  event: of(['A', 'B', 'C', ['A', 'B']]),
  ...(below(3) === 0 && { where: [{ property: 'p', operator: 'gte', value: 1 }] }),
})

const windowOf = ({ of, below }: Draw): Window =>
  of<Window>([
    { last: hours(1 + below(40)) },
    { between: [hours(1 + below(5)), hours(8 + below(20))] },
    { calendar: of(['day', 'week', 'month', 'year']), offset: -below(2) },
    {
      from: new Date(START).toISOString(),
      to: new Date(START + (1 + below(20)) * HOUR).toISOString(),
    },
  ])

function performed(draw: Draw): PerformedCondition {
  const measure = draw.of<Measure>([
    'count',
    'sum',
    'avg',
    'min',
    'max',
    'distinct',
    'first',
    'last',
  ])
  return {
    type: 'performed',
    ...eventsOf(draw),
    measure,
    ...(measure !== 'count' && { property: 'p' }),
    operator: draw.of<NumberOperator>(NUMERIC),
    value: draw.below(4),
    ...(draw.below(3) > 0 && { window: windowOf(draw) }),
  }
}

/** A date that is compared with now, of a person or of an account. */
function dated(draw: Draw): Condition {
  const { of, below } = draw
  const type = of(['trait', 'account'])
  const operator = of([
    'before',
    'after',
    'within_last',
    'not_within_last',
    'within_next',
    'anniversary',
  ])
  const value =
    operator === 'before' || operator === 'after'
      ? of(['2026-03-29', '2026-03-30T01:30:00Z'])
      : hours(1 + below(60))
  return { type, trait: 'due', operator, value } as Condition
}

/** Of orders, of what is expected, and of messages. */
function score({ of, below }: Draw): Condition {
  if (below(3) === 0) {
    return below(2) === 0
      ? { type: 'score', score: 'best-channel', operator: 'equals', value: of(['email', 'push']) }
      : { type: 'score', score: 'appetence.push', operator: of(['gte', 'lt']), value: 0.3 }
  }
  const asked = of(['rfm.recency', 'rfm.monetary', 'engagement', 'clv', 'churn'])
  const value = asked === 'churn' ? below(10) / 10 : 1 + below(5)
  return { type: 'score', score: asked, operator: of(['gte', 'lt']), value } as Condition
}

/** Who, where and when. */
function fact(draw: Draw): Condition {
  const { of, below } = draw
  switch (below(8)) {
    case 6:
      return {
        type: 'trait',
        trait: of(['total', 'usual', 'seen']),
        operator: of(['equals', 'gte', 'lt', 'exists']),
        value: below(4),
      } as Condition
    case 7:
      if (below(2) === 0) {
        return {
          type: 'budget',
          cap: of(['cap_a', 'cap_b']),
          operator: of(['gte', 'lt']),
          value: 1 + below(2),
        }
      }
      return {
        type: 'pressure',
        ...(below(2) === 0 && { channel: of(['email', 'push']) }),
        window: { last: hours(4 + below(30)) },
        operator: of(['gte', 'lt']),
        value: 1 + below(3),
      }
    case 5:
      return score(draw)
    case 0:
      return {
        type: 'now',
        weekdays: WEEKDAYS.slice(below(3), 4 + below(4)),
        ...(below(2) === 0 && {
          from: of(['01:30', '02:30', '22:00']),
          to: of(['03:00', '12:00']),
        }),
      }
    case 1:
      return {
        type: 'context',
        scope: of(['now', 'session', 'ever']),
        near: of([
          { lat: 48.86, lon: 2.35, km: 20 },
          { lat: 43.3, lon: 5.37, km: 5 },
        ]),
      }
    case 2:
      return {
        type: 'reaction',
        kind: of(['opened', 'clicked']),
        ...(below(2) === 0 && { channel: of(['email', 'push']) }),
        operator: of(['gte', 'lt']),
        value: 1 + below(2),
        window: windowOf(draw),
      }
    case 3:
      return { type: 'segment', segment: of(['seg_a', 'seg_b']) }
    default:
      return dated(draw)
  }
}

function leaf(draw: Draw): Condition {
  const { of, below } = draw
  if (below(3) === 0) return fact(draw)
  switch (below(8)) {
    case 0:
      return { type: 'trait', trait: 'plan', operator: of(['equals', 'not_equals']), value: 'gold' }
    case 1:
      return {
        type: 'context',
        field: 'country',
        scope: of(['now', 'session', 'ever']),
        operator: 'equals',
        value: 'FR',
      }
    case 2:
      return {
        type: 'sequence',
        steps: [
          eventsOf(draw),
          { ...eventsOf(draw), within: hours(1 + below(9)), immediately: below(3) === 0 },
        ],
        window: { last: hours(4 + below(30)) },
      }
    case 3:
      return {
        type: of(['followedBy', 'notFollowedBy']),
        ...eventsOf(draw),
        then: { ...eventsOf(draw), ...(below(2) === 0 && { same: 'p' }) },
        within: hours(1 + below(12)),
        since: of(['last', 'any']),
      }
    case 4:
      return {
        type: 'lifecycle',
        ...eventsOf(draw),
        is: of(['first-time', 'regular', 'stopped', 'returned']),
        period: hours(1 + below(8)),
        of: 1 + below(3),
      }
    case 5:
      return { type: 'consent', purpose: of(['analytics', 'email']) }
    default:
      return performed(draw)
  }
}

function conditionOf(draw: Draw, depth = 0): Condition {
  const kind = depth > 2 ? 9 : draw.below(8)
  if (kind === 0) return { type: 'not', condition: conditionOf(draw, depth + 1) }
  if (kind > 2) return leaf(draw)
  const conditions = Array.from({ length: draw.below(4) }, () => conditionOf(draw, depth + 1))
  return { type: draw.of(['all', 'any']), conditions }
}

function personOf(draw: Draw): Person {
  const { below, of } = draw
  const events = Array.from({ length: below(30) }, (_, position): EventRecord => {
    // Several happen at the same instant.
    const timestamp = START + below(60) * HOUR
    const isPlan = below(6) === 0
    return {
      messageId: `m${position}`,
      type: isPlan ? 'identify' : 'track',
      name: isPlan ? 'Identified' : of(['A', 'A', 'A', 'B', 'B', 'B', 'C', ...REACTED, ...SENT]),
      timestamp,
      receivedAt: timestamp + below(3) * HOUR,
      position,
      source: 'src_corpus' as SourceId,
      identifiers: [],
      properties: below(4) === 0 ? {} : { p: below(4), channel: of(['email', 'push']) },
      ...(isPlan && { traits: { plan: of(['gold', 'free']), due: of(DATES) } }),
      context:
        below(2) === 0
          ? {}
          : {
              country: of(['FR', 'BE']),
              timezone: of(['Europe/Paris', 'Asia/Kolkata']),
              location: of(['48.86,2.35', '48.80,2.13', '43.30,5.37']),
            },
      ...(below(9) === 0 && { consent: { email: below(2) === 0 } }),
    }
  })
  return {
    events,
    ...(below(3) === 0 && { traits: { plan: 'gold', due: of(DATES) } }),
    ...(below(3) === 0 && { accounts: [{ id: 'a', traits: { due: of(DATES) } }] }),
  }
}

const SENT = ['Email Sent', 'Message Sent', 'Email Delivered', 'Message Delivered'] as const
const REACTED = ['Email Opened', 'Email Link Clicked', 'Message Opened'] as const
const DATES = [
  '2026-03-29',
  '2026-03-30T00:30:00Z',
  '1992-03-29',
  '1990-02-28',
  '2026-04-01',
  'soon',
] as const

/** Segments that the condition of a question may name. The second is made of the first. */
function segmentsOf(draw: Draw): readonly SegmentDefinition[] {
  const one = (id: string, condition: Condition): SegmentDefinition => ({
    id: id as SegmentId,
    key: id,
    name: id,
    public: false,
    condition,
  })
  const made: Condition = {
    type: 'any',
    conditions: [{ type: 'segment', segment: 'seg_a' }, performed(draw)],
  }
  return [one('seg_a', performed(draw)), one('seg_b', made)]
}

/** JSON knows no infinity. */
const finite = (_key: string, value: unknown) => (value === NEVER ? 'never' : value)

/** What asks: the evaluator of wherever this runs, or one that was put together otherwise. */
type Ask = typeof evaluatorOf

/**
 * What the evaluator says of drawn conditions, histories and instants, one text a question: whether each clause holds,
 * until when, and by which events.
 */
export function corpusAnswers(seed = 20_261_127, ask: Ask = evaluatorOf): readonly string[] {
  return Array.from({ length: QUESTIONS }, (_, place) => {
    const draw = drawer(seed + place)
    const where: Where = { ...WHERE, segments: segmentsOf(draw) }
    const evaluate = ask(conditionOf(draw), where)
    const { holds, until, clause } = evaluate(personOf(draw), START + (20 + draw.below(60)) * HOUR)
    return JSON.stringify({ holds, until, clause }, finite)
  })
}

/** What becomes of memberships that last a while at least, one text a history: entries and exits with their instants. */
export function corpusStays(seed = 20_261_128): readonly string[] {
  return Array.from({ length: STAYS }, (_, place) => {
    const draw = drawer(seed + place)
    const engine = new Engine([performed(draw), { type: 'segment', segment: 'seg_0' }], {
      timezone: WHERE.timezone,
      born: START - DAY,
      more: { minimumStay: hours(1 + draw.below(30)) },
    })
    const events = personOf(draw).events.toSorted((a, b) => a.receivedAt - b.receivedAt)
    for (const event of events) engine.take(event)
    engine.pass(START + 200 * HOUR)
    return JSON.stringify(engine.log, finite)
  })
}
