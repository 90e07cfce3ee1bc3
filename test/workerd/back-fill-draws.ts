import type { Condition, EventTest } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { SegmentId } from '../../edge/protocol/id.ts'
import type { SegmentDefinition } from '../../edge/protocol/membership.ts'
import { HOUR, type Millis } from '../../edge/protocol/time.ts'
import { seen } from './shard-fixture.ts'

const NAMES = ['A', 'B', 'C']

const oneOf = <T>(draw: () => number, list: readonly T[]): T =>
  list[Math.floor(draw() * list.length)] as T

function drawTest(draw: () => number): EventTest {
  const event = oneOf(draw, [...NAMES, ['A', 'B']])
  if (draw() < 0.5) return { event }
  return {
    event,
    where: [
      { property: 'p', operator: oneOf(draw, ['gte', 'equals']), value: oneOf(draw, [1, 2]) },
    ],
  }
}

/** A condition of one of the kinds that look at events, or at what is known of somebody. */
export function drawCondition(draw: () => number): Condition {
  const window = draw() < 0.5 ? { window: { last: oneOf(draw, ['P1D', 'P10D']) } } : {}
  switch (Math.floor(draw() * 7)) {
    case 0:
      return {
        type: 'performed',
        ...drawTest(draw),
        measure: oneOf(draw, ['sum', 'max', 'distinct', 'last']),
        property: 'p',
        operator: 'gte',
        value: oneOf(draw, [1, 2, 3]),
        ...window,
      }
    case 1:
      return { type: 'sequence', steps: [drawTest(draw), drawTest(draw)], ...window }
    case 2:
      return {
        type: oneOf(draw, ['followedBy', 'notFollowedBy']),
        ...drawTest(draw),
        then: { ...drawTest(draw), same: 'p' },
        within: 'PT5H',
      }
    case 3:
      return { type: 'lifecycle', ...drawTest(draw), is: 'first-time', period: 'P2D' }
    case 4:
      return { type: 'not', condition: drawCondition(draw) }
    case 5:
      return { type: 'context', scope: 'ever', field: 'country', operator: 'equals', value: 'FR' }
    default:
      return {
        type: 'performed',
        ...drawTest(draw),
        operator: oneOf(draw, ['gte', 'lt', 'equals']),
        value: oneOf(draw, [1, 2, 5]),
        ...window,
      }
  }
}

export const conditionsOf = (conditions: readonly Condition[]): readonly SegmentDefinition[] =>
  conditions.map((condition, index) => ({
    id: `seg_${index}` as SegmentId,
    key: `s${index}`,
    name: `S${index}`,
    condition,
    public: true,
  }))

/** What somebody did within some hours, in any order. */
export function drawEvents(draw: () => number, from: Millis, hours: number): EventRecord[] {
  return Array.from({ length: 1 + Math.floor(draw() ** 2 * 30) }, () =>
    seen(oneOf(draw, NAMES), draw() < 0.8 ? { p: Math.floor(draw() * 3) } : {}, {
      timestamp: from + Math.floor(draw() * hours) * HOUR,
      context: draw() < 0.1 ? { country: oneOf(draw, ['FR', 'DE']) } : {},
      ...(draw() < 0.1 && { imported: true as const }),
    }),
  )
}
