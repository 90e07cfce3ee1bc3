/** Instants (since 1970-01-01 UTC) and durations, both in milliseconds. Any other unit is said by the name. */
export type Millis = number

export const SECOND: Millis = 1_000
export const MINUTE: Millis = 60 * SECOND
export const HOUR: Millis = 60 * MINUTE
export const DAY: Millis = 24 * HOUR

/** Later than every instant: a verdict that time alone never changes stands until `NEVER`. */
export const NEVER: Millis = Number.POSITIVE_INFINITY
