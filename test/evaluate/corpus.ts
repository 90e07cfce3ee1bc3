import { evaluatorOf, type Person } from '../../edge/domain/evaluate.ts'
import type {
  Condition,
  EventTest,
  Measure,
  NumberOperator,
  PerformedCondition,
  Window,
} from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { SourceId } from '../../edge/protocol/id.ts'
import { DAY, HOUR, NEVER } from '../../edge/protocol/time.ts'

/** The night after, the clocks of Paris jump from two to three. */
const START = Date.parse('2026-03-28T18:00:00Z')
const WHERE = { timezone: 'Europe/Paris', retention: 750 * DAY }
const QUESTIONS = 1_500

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

function leaf(draw: Draw): Condition {
  const { of, below } = draw
  switch (below(8)) {
    case 0:
      return { type: 'trait', trait: 'plan', operator: of(['equals', 'not_equals']), value: 'gold' }
    case 1:
      return {
        type: 'context',
        field: 'country',
        scope: of(['now', 'ever']),
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
      name: isPlan ? 'Identified' : of(['A', 'B', 'C']),
      timestamp,
      receivedAt: timestamp + below(3) * HOUR,
      position,
      source: 'src_corpus' as SourceId,
      identifiers: [],
      properties: below(4) === 0 ? {} : { p: below(4) },
      ...(isPlan && { traits: { plan: of(['gold', 'free']) } }),
      context: below(2) === 0 ? {} : { country: of(['FR', 'BE']) },
      ...(below(9) === 0 && { consent: { email: below(2) === 0 } }),
    }
  })
  return { events, ...(below(3) === 0 && { traits: { plan: 'gold' } }) }
}

/** JSON knows no infinity. */
const finite = (_key: string, value: unknown) => (value === NEVER ? 'never' : value)

/**
 * What the evaluator of wherever this runs says of drawn conditions, histories and instants, one text a question: whether
 * each clause holds, until when, and by which events.
 */
export function corpusAnswers(seed = 20_261_127): readonly string[] {
  return Array.from({ length: QUESTIONS }, (_, place) => {
    const draw = drawer(seed + place)
    const evaluate = evaluatorOf(conditionOf(draw), WHERE)
    const { holds, until, clause } = evaluate(personOf(draw), START + (20 + draw.below(60)) * HOUR)
    return JSON.stringify({ holds, until, clause }, finite)
  })
}
