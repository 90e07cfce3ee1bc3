import type {
  Condition,
  FollowedCondition,
  LifecycleCondition,
  PropertyTest,
} from '../../protocol/condition.ts'
import type { ExampleEvent } from '../../protocol/example.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { ReadyParameter, Trade, Words } from '../../protocol/ready-segment.ts'
import { DAY, HOUR, MINUTE, type Millis } from '../../protocol/time.ts'

/** Something somebody did, so long before they are asked about. */
export interface ReadyEvent {
  readonly event: string
  readonly ago: Millis
  readonly properties?: JsonObject
  readonly context?: NonNullable<ExampleEvent['context']>
}

/** Somebody about whom a ready segment must be right, whenever it is used. */
export interface ReadyPerson {
  readonly name: Words
  readonly matches: boolean
  readonly events: readonly ReadyEvent[]
  /** When they are asked about. Absent: now. */
  readonly at?: (now: Millis) => Millis
  readonly traits?: (at: Millis) => JsonObject
  readonly accounts?: (
    at: Millis,
  ) => readonly { readonly id: string; readonly traits: JsonObject }[]
}

/** A segment to start from. Its key is the one that others link to it by. */
export interface ReadySegment {
  readonly key: string
  readonly trade: Trade
  readonly name: Words
  readonly purpose: Words
  readonly condition: Condition
  readonly parameters: readonly ReadyParameter[]
  readonly people: readonly ReadyPerson[]
}

type More = Pick<ReadyPerson, 'at' | 'traits' | 'accounts'>

const person =
  (matches: boolean) =>
  (en: string, fr: string, events: readonly ReadyEvent[], more: More = {}): ReadyPerson => ({
    name: { en, fr },
    matches,
    events,
    ...more,
  })
/** Must be in the segment. */
export const inside = person(true)
/** Must not be in it. */
export const outside = person(false)

export const did = (
  event: string,
  ago: Millis,
  properties?: JsonObject,
  context?: ReadyEvent['context'],
): ReadyEvent => ({ event, ago, ...(properties && { properties }), ...(context && { context }) })

/** The same several times, each so long ago. */
export const each = (
  event: string,
  agos: readonly Millis[],
  properties?: JsonObject,
): readonly ReadyEvent[] => agos.map((ago) => did(event, ago, properties))

export const all = (...conditions: readonly Condition[]): Condition => ({ type: 'all', conditions })
export const any = (...conditions: readonly Condition[]): Condition => ({ type: 'any', conditions })
export const not = (condition: Condition): Condition => ({ type: 'not', condition })

export const is = (property: string, value: string): PropertyTest => ({
  property,
  operator: 'equals',
  value,
})

/** So many times at least, in the last so long; without: ever. */
export const atLeast = (
  value: number,
  event: string,
  last?: string,
  where?: readonly PropertyTest[],
): Condition => ({
  type: 'performed',
  event,
  ...(where && { where }),
  measure: 'count',
  operator: 'gte',
  value,
  ...(last !== undefined && { window: { last } }),
})

/** After the last time, that did not come in so long. */
export const unless = (
  event: string,
  then: string,
  within: string,
  same?: string,
): FollowedCondition => ({
  type: 'notFollowedBy',
  event,
  then: { event: then, ...(same !== undefined && { same }) },
  within,
  since: 'last',
})

export const habit = (
  event: string,
  kind: LifecycleCondition['is'],
  period: string,
  of?: number,
): LifecycleCondition => ({
  type: 'lifecycle',
  event,
  is: kind,
  period,
  ...(of !== undefined && { of }),
})

export const memberOf = (segment: string): Condition => ({ type: 'segment', segment })

/** Parameters by where they stand below the condition. */
export const adapt = (
  ...parameters: readonly (readonly [path: string, en: string, fr: string])[]
): readonly ReadyParameter[] =>
  parameters.map(([path, en, fr]) => ({
    path: path === '' ? 'condition' : `condition.${path}`,
    name: { en, fr },
  }))

export const iso = (at: Millis): string => new Date(at).toISOString()
export const day = (at: Millis): string => iso(at).slice(0, 10)
/** A day of a year in which every day of the calendar exists. */
export const birthday = (at: Millis): string => `1992${day(at).slice(4)}`

/** 1970 began on a Thursday. */
const WEEKDAYS = ['thursday', 'friday', 'saturday', 'sunday', 'monday', 'tuesday', 'wednesday']

/** The latest such time of such a weekday, in UTC. */
export const latest =
  (weekday: 'monday' | 'saturday', hour: number, minute = 0) =>
  (now: Millis): Millis => {
    const first = WEEKDAYS.indexOf(weekday) * DAY + hour * HOUR + minute * MINUTE
    return first + Math.floor((now - first) / (7 * DAY)) * 7 * DAY
  }
/** Of events of people whose clock shows UTC. */
export const UTC = { timezone: 'Etc/UTC' }
