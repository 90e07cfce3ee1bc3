import type { ComparedField } from './event.ts'
import type { Json } from './json.ts'
import type { Channel, Reaction } from './reaction.ts'

export const OPERATORS = [
  'equals',
  'not_equals',
  'in',
  'not_in',
  'contains',
  'starts_with',
  'ends_with',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
  'exists',
  'not_exists',
  'before',
  'after',
] as const
export type Operator = (typeof OPERATORS)[number]

/**
 * A comparison with a value. `exists` and `not_exists` take no value; `in`, `not_in`, `between` take a list; `before`
 * and `after` an ISO 8601 day or instant.
 */
export interface Test {
  readonly operator: Operator
  readonly value?: Json
  /** Compare text without regard to case. Default: false. */
  readonly ignoreCase?: boolean
}

export const CLOCK_OPERATORS = [
  'within_last',
  'not_within_last',
  'within_next',
  'anniversary',
] as const
export type ClockOperator = (typeof CLOCK_OPERATORS)[number]

/**
 * A comparison of a date with now. `within_last`, `not_within_last` and `within_next` take a duration; the last holds
 * from so long before the date on until it has come, a day until it is over. `anniversary` holds on the day, or from a
 * duration before it on; who was born on 29 February has theirs on the 28th in other years.
 */
export interface ClockTest {
  readonly operator: ClockOperator
  readonly value?: Json
}

/** A test of one property of an event, by dotted path. */
export interface PropertyTest extends Test {
  readonly property: string
}

export const CALENDAR_UNITS = ['day', 'week', 'month', 'year'] as const
export type CalendarUnit = (typeof CALENDAR_UNITS)[number]

/**
 * Which events count. `last`: an ISO 8601 duration; an event at t counts while `t > now − last`. `from`, `to`: instants,
 * the second excluded. `between`: two durations, the shorter first; an event counts while it is so long ago. `calendar`:
 * the present day, week (from Monday), month or year of the workspace, or that many before: `offset` -1 is the last one.
 * Absent: the whole history.
 */
export type Window =
  | { readonly last: string }
  | { readonly from: string; readonly to: string }
  | { readonly between: readonly [string, string] }
  | { readonly calendar: CalendarUnit; readonly offset?: number }

/** Events by name and properties. */
export interface EventTest {
  readonly event: string | readonly string[]
  readonly where?: readonly PropertyTest[]
}

/** Closed list: an unknown `type` or key is refused with its path. */
export type Condition =
  | { readonly type: 'all' | 'any'; readonly conditions: readonly Condition[] }
  | { readonly type: 'not'; readonly condition: Condition }
  /** `account`: of any account the person belongs to; its id is the trait `id`. */
  | ({ readonly type: 'trait' | 'account'; readonly trait: string } & (Test | ClockTest))
  | PerformedCondition
  | SequenceCondition
  | FollowedCondition
  | LifecycleCondition
  /** Granted and unexpired. */
  | { readonly type: 'consent'; readonly purpose: string }
  | ContextCondition
  | NowCondition
  | ReactionCondition
  | ScoreCondition
  | PressureCondition
  | BudgetCondition
  /** Member of another segment, by its id. */
  | { readonly type: 'segment'; readonly segment: string }

export const SCOPES = ['now', 'session', 'ever'] as const
/** `now`: as the latest event has it; `session`: any event since the last pause of half an hour; `ever`: any event. */
export type Scope = (typeof SCOPES)[number]

export type ContextCondition = { readonly type: 'context'; readonly scope?: Scope } & (
  | ({ readonly field: ComparedField } & Test)
  | { readonly near: Near }
)

/** At most `km` from a place, in degrees, along the surface of the earth. */
export interface Near {
  readonly lat: number
  readonly lon: number
  readonly km: number
}

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const
export type Weekday = (typeof WEEKDAYS)[number]

/**
 * What the person's clock shows, or the workspace's where theirs is not known: on some days, and from a time of day
 * (`HH:MM`) until before another. A later `from` than `to` reaches over midnight; the day is that of now.
 */
export interface NowCondition {
  readonly type: 'now'
  readonly weekdays?: readonly Weekday[]
  readonly from?: string
  readonly to?: string
}

/** As `performed`, over what became of messages. Absent `channel` or `campaign`: any. */
export interface ReactionCondition extends Test {
  readonly type: 'reaction'
  readonly kind: Reaction
  readonly channel?: string
  /** Its id or its name. */
  readonly campaign?: string
  readonly measure?: 'count' | 'recency'
  readonly window?: Window
}

export const MEASURES = [
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'distinct',
  'first',
  'last',
  'recency',
] as const
export type Measure = (typeof MEASURES)[number]
export const NUMBER_OPERATORS = [
  'equals',
  'not_equals',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
] as const satisfies readonly Operator[]
export type NumberOperator = (typeof NUMBER_OPERATORS)[number]

/**
 * A measure over the events that match, in a window. `count` is the default. `sum`, `avg`, `min` and `max` take the
 * numbers of a `property`, `distinct` counts its values, `first` and `last` are the value of the earliest and the
 * latest event that has one: these compare as any test does. `recency` is how long the latest event is ago; its value
 * is a duration. Count and sum of nothing are 0, other measures absent.
 */
export interface PerformedCondition extends EventTest, Test {
  readonly type: 'performed'
  readonly measure?: Measure
  readonly property?: string
  readonly window?: Window
}

/** `within`: at most so long after the step before. `immediately`: with no other event of the person in between. */
export interface SequenceStep extends EventTest {
  readonly within?: string
  readonly immediately?: boolean
}

/** Some choice of events satisfies all steps in strictly increasing order; bounds are closed. */
export interface SequenceCondition {
  readonly type: 'sequence'
  readonly steps: readonly SequenceStep[]
  readonly window?: { readonly last: string }
  /** From the first step to the last at most. */
  readonly total?: string
}

/**
 * Whether after the last (any) event `then` came, or did not, in less than `within`. The not-form holds from the
 * instant on at which it is too late.
 */
export interface FollowedCondition extends EventTest {
  readonly type: 'followedBy' | 'notFollowedBy'
  readonly then: EventTest & {
    /** A property that must be equal in both. */
    readonly same?: string
  }
  readonly within: string
  readonly since?: 'last' | 'any'
}

export const LIFECYCLES = ['first-time', 'regular', 'stopped', 'returned'] as const
/** Periods count back from now. */
export interface LifecycleCondition extends EventTest {
  readonly type: 'lifecycle'
  readonly is: (typeof LIFECYCLES)[number]
  readonly period: string
  /** How many periods, of `regular`, `stopped` and `returned`. Default: 3. */
  readonly of?: number
}

export const SCORES = [
  'rfm.recency',
  'rfm.frequency',
  'rfm.monetary',
  'rfm.cell',
  'clv',
  'churn',
  'engagement',
  'best-channel',
] as const
/** Of each channel there is a score of its own. */
export type AppetenceScore = `appetence.${string}`
export type Score = (typeof SCORES)[number] | AppetenceScore

export const isAppetence = (score: Score): score is AppetenceScore => score.startsWith('appetence.')

/**
 * A score of the person, as it is now. `rfm.recency`, `rfm.frequency` and `rfm.monetary` are bins, 1 the worst;
 * `rfm.cell` is the key of a cell. `clv`: what they are expected to order within a year, in the workspace's currency;
 * `churn`: the probability, from 0 to 1, that they will never order again. `engagement` is 0 of somebody who did
 * nothing. `appetence.<channel>`: the probability, from 0 to 1, that a message on a channel gets a reaction;
 * `best-channel`: the channel on which it is highest. Both know only channels that the person consents to and can be
 * reached on. All others are absent of who never ordered, and where too little is known of all customers.
 */
export interface ScoreCondition extends Test {
  readonly type: 'score'
  readonly score: Score
}

/**
 * What the person's messages weigh together in the time just past, each once, those that are transactional left out.
 * Absent `channel` or `tag`: any.
 */
export interface PressureCondition {
  readonly type: 'pressure'
  readonly channel?: Channel
  readonly tag?: string
  readonly window: { readonly last: string }
  readonly operator: NumberOperator
  readonly value: number | readonly [number, number]
}

/**
 * What is left of a cap for the person: what it allows them, by its thresholds, less what stands in the fullest stretch
 * that holds the present, what is planned among it; never below 0. Nothing ends what is left of a cap that is switched
 * off. `cap`: its id; until it is saved, or its key.
 */
export interface BudgetCondition {
  readonly type: 'budget'
  readonly cap: string
  readonly operator: NumberOperator
  readonly value: number | readonly [number, number]
}

/** What one condition may cost, checked when it is saved. */
export const CONDITION_LIMITS = {
  nodes: 200,
  depth: 12,
  list: 1_000,
  count: 1_000,
  text: 1_000,
  steps: 10,
  periods: 24,
  /** Calendar periods before the present one. */
  offset: 24,
  /** Segments whose members other segments are made of, one within the other. */
  chain: 5,
  /** Parts of a condition and of all segments it is made of. */
  parts: 1_000,
} as const
