import { ONSITE } from '../../protocol/reaction.ts'
import type { Millis } from '../../protocol/time.ts'

/** One message or impression that reached a person, or is planned to. */
export interface Touch {
  readonly at: Millis
  readonly channel: string
  readonly tags: readonly string[]
  readonly weight: number
}

/** At most `most` in any stretch of time of length `window`: of a channel, of a tag, or of everything. */
export interface Cap {
  readonly key: string
  readonly channel?: string | undefined
  readonly tag?: string | undefined
  readonly window: Millis
  readonly most: number
  /** What pages show counts. Absent: it does not. */
  readonly onSite?: boolean | undefined
}

export const counts = ({ channel, tag, onSite }: Cap, touch: Touch): boolean =>
  (onSite === true || touch.channel !== ONSITE) &&
  (channel === undefined || touch.channel === channel) &&
  (tag === undefined || touch.tags.includes(tag))

/**
 * The most weight that stands in any stretch of a cap's length which holds the instant. A stretch begins with some
 * touch, or with the instant; what is exactly its length later is outside. `touches`: those it counts, ordered by time.
 */
export function pressureAround(touches: readonly Touch[], window: Millis, at: Millis): number {
  const near = touches.filter((touch) => touch.at > at - window && touch.at < at + window)
  let most = 0
  let [sum, end] = [0, 0]
  for (const [first, { at: from, weight }] of near.entries()) {
    if (from > at) break
    for (let next = near[end]; next !== undefined && next.at < from + window; next = near[++end]) {
      sum += next.weight
    }
    most = Math.max(most, sum)
    if (first < end) sum -= weight
  }
  // The stretch that begins at the instant itself.
  const after = near.reduce((all, touch) => (touch.at >= at ? all + touch.weight : all), 0)
  return Math.max(most, after)
}

export interface Refusal {
  readonly cap: string
  readonly most: number
  /** What stands already where it would be most. */
  readonly pressure: number
  /** The first instant at which it would be allowed if nothing else happened; undefined: never. */
  readonly freeAt: Millis | undefined
}

/** The first cap that a touch would break, or undefined if it is allowed. `touches` in order of time. */
export function refusalOf(
  touch: Touch,
  touches: readonly Touch[],
  caps: readonly Cap[],
): Refusal | undefined {
  for (const cap of caps) {
    if (!counts(cap, touch)) continue
    const counted = touches.filter((known) => counts(cap, known))
    const pressure = pressureAround(counted, cap.window, touch.at)
    if (fits(pressure, touch.weight, cap.most)) continue
    return { cap: cap.key, most: cap.most, pressure, freeAt: freeAt(touch, counted, cap) }
  }
  return undefined
}

/** Weights are decimal fractions: three of 0.1 are no more than 0.3. */
const ROUNDING = 1e-9
const fits = (pressure: number, weight: number, most: number): boolean =>
  pressure + weight <= most + ROUNDING

/** Room can only begin where a touch leaves the stretch that ends with the new one. */
function freeAt(touch: Touch, counted: readonly Touch[], cap: Cap): Millis | undefined {
  return counted
    .map(({ at }) => at + cap.window)
    .filter((instant) => instant > touch.at)
    .sort((a, b) => a - b)
    .find((instant) => fits(pressureAround(counted, cap.window, instant), touch.weight, cap.most))
}

/** What may still be spent at an instant under a cap, never below 0. `touches` in order of time. */
export function budgetOf(cap: Cap, touches: readonly Touch[], at: Millis): number {
  const counted = touches.filter((known) => counts(cap, known))
  return Math.max(cap.most - pressureAround(counted, cap.window, at), 0)
}
