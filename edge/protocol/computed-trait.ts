import type { EventTest, Window } from './condition.ts'
import type { ComputedTraitId } from './id.ts'
import type { Json } from './json.ts'
import type { Millis } from './time.ts'

export const COMPUTED_MEASURES = [
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'first',
  'last',
  'most_frequent',
  'distinct',
  'list',
] as const
export type ComputedMeasure = (typeof COMPUTED_MEASURES)[number]

/**
 * A trait that nobody says of a person: it follows from what they do. `count` counts events; every other measure is of a
 * `property`, and of the events that have it. `sum`, `avg`, `min` and `max` are of its numbers, `first` and `last` its
 * value in the earliest and the latest event, `distinct` how many different values it had. `most_frequent` is the text,
 * number, or true or false that most events have, of equally many the one that was there last; `list` holds these values,
 * each once, the latest first. Count, sum and distinct of nothing are 0, other measures absent.
 *
 * At most `COMPUTED_LIMITS.events` events are kept for one person, the latest: what is beyond them does not count.
 * A list has at most `COMPUTED_LIMITS.list` values: those that were there longest ago are not in it.
 */
export interface ComputedTrait extends EventTest {
  /** The name by which conditions ask for it. It stands above a trait of that name that was said. */
  readonly key: string
  readonly measure: ComputedMeasure
  readonly property?: string
  /** Absent: as long as events are kept. */
  readonly window?: Window
  /** Only events count that were consented to for all of these, and only while they are granted. */
  readonly purposes?: readonly string[]
}

/** As a workspace defines it. */
export interface ComputedTraitDefinition extends ComputedTrait {
  readonly id: ComputedTraitId
  readonly name: string
}

export const COMPUTED_LIMITS = { events: 1_000, list: 100 } as const

/** What a computed trait is of a person at an instant. */
export interface ComputedValue {
  /** Absent: there is none. */
  readonly value?: Json
  /** When time alone makes it another. Absent: never. */
  readonly until?: Millis
  /** So many events matched that older ones of its window are not counted. */
  readonly bounded: boolean
}
