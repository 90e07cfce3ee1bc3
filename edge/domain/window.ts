import type { Window } from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import type { Millis } from '../protocol/time.ts'
import { periodStart } from './calendar.ts'

/**
 * When an event counts: from `enters` on, and before `leaves`. Both grow with the instant of the event, so events enter
 * and leave in their order. A `calendar` window has the same for all events of a period.
 */
export interface Counted {
  readonly enters: (at: Millis) => Millis
  readonly leaves: (at: Millis) => Millis
}

/** Windows that move on with each instant, or never. `horizon`: how long any event counts. */
export function countedIn(
  window: Exclude<Window, { readonly calendar: unknown }> | undefined,
  horizon: Millis,
): Counted {
  if (window === undefined || 'from' in window) {
    return { enters: (at) => at, leaves: (at) => at + horizon }
  }
  if ('last' in window) {
    const last = Math.min(parseDuration(window.last) ?? horizon, horizon)
    return { enters: (at) => at, leaves: (at) => at + last }
  }
  const [shorter, longer] = window.between.map((text) => parseDuration(text) ?? 0)
  const most = Math.min(longer ?? horizon, horizon)
  return { enters: (at) => at + Math.min(shorter ?? 0, most), leaves: (at) => at + most }
}

export interface Period {
  readonly from: Millis
  readonly to: Millis
}

/** The calendar period that counts at an instant, and the instant at which the next one does. */
export function periodAt(
  { calendar, offset = 0 }: Extract<Window, { readonly calendar: unknown }>,
  zone: string,
  now: Millis,
): Period & { readonly until: Millis } {
  const start = (shift: number) => periodStart(now, calendar, zone, shift)
  const until = start(1)
  return offset === 0
    ? { from: start(0), to: until, until }
    : { from: start(offset), to: start(offset + 1), until }
}
