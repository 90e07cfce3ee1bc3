import { HOUR, type Millis } from '../protocol/time.ts'

/** A receiver may ask for rest, but not for silence. Queues delay by as much. */
const LONGEST: Millis = 12 * HOUR

/**
 * The `Retry-After` header (RFC 9110 §10.2.3: seconds, or an HTTP date) as a duration of at most twelve hours.
 * undefined: absent, in the past, or neither form.
 */
export function parseRetryAfter(header: string | null, now: Millis): Millis | undefined {
  const text = header?.trim() ?? ''
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : httpDate(text) - now
  return wait > 0 ? Math.min(wait, LONGEST) : undefined
}

/** NaN for what is no date: every comparison with it fails. `Date.parse` alone would take "5 apples" for a year. */
const httpDate = (text: string): Millis =>
  /^(?:mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) : Number.NaN
