import type { Window } from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import { startOfPeriod } from './periods.ts'

/**
 * When an event counts: from `delay` after its instant on, and before `lasts` after it. A `calendar` window has the same
 * for all events of a period.
 */
export interface Counted {
  readonly delay: Millis
  readonly lasts: Millis
  /** Events begin to count later than they happen. */
  readonly isLate: boolean
}

/** Windows that move on with each instant, or never. `horizon`: how long any event counts. */
export function countedIn(
  window: Exclude<Window, { readonly calendar: unknown }> | undefined,
  horizon: Millis,
): Counted {
  if (window === undefined || 'from' in window) return { delay: 0, lasts: horizon, isLate: false }
  if ('last' in window) {
    const lasts = Math.min(parseDuration(window.last) ?? horizon, horizon)
    return { delay: 0, lasts, isLate: false }
  }
  const [shorter, longer] = window.between.map((text) => parseDuration(text) ?? 0)
  const lasts = Math.min(longer ?? horizon, horizon)
  return { delay: Math.min(shorter ?? 0, lasts), lasts, isLate: true }
}

/** Whether all events leave a window before they expire, whichever way that is counted. */
export function leavesBefore(window: Window | undefined, horizon: Millis): boolean {
  if (window === undefined || 'from' in window || 'calendar' in window) return false
  return countedIn(window, NEVER).lasts <= horizon
}

export interface Period {
  readonly from: Millis
  readonly to: Millis
  /** When the next one counts. */
  readonly until: Millis
}

/** The calendar period that counts at an instant. */
export function periodAt(
  { calendar, offset = 0 }: Extract<Window, { readonly calendar: unknown }>,
  zone: string,
  now: Millis,
): Period {
  const start = (shift: number) => startOfPeriod(now, calendar, zone, shift)
  const until = start(1)
  return offset === 0
    ? { from: start(0), to: until, until }
    : { from: start(offset), to: start(offset + 1), until }
}

/** Whether an event counts at an instant, however long it is kept. `zone`: IANA name. */
export function isInWindow(
  window: Window | undefined,
  at: Millis,
  now: Millis,
  zone: string,
): boolean {
  if (window !== undefined && 'calendar' in window) {
    const { from, to } = periodAt(window, zone, now)
    return at >= from && at < to
  }
  const { delay, lasts } = countedIn(window, NEVER)
  return at + delay <= now && now < at + lasts
}
