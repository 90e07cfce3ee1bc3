import type { ScoreCondition } from '../../protocol/condition.ts'
import type { Purpose } from '../../protocol/consent.ts'
import type { EngagementSettings } from '../../protocol/score.ts'
import { NEVER, type Millis } from '../../protocol/time.ts'
import type { Evaluate, Site } from '../condition.ts'
import { compareEntries, entryKeptFrom, instantOf, placeOf, type Entry } from '../entry.ts'
import type { Feature, FeatureSet, Limit } from '../feature.ts'
import type { Accepts } from '../operator.ts'
import { startOfPeriod } from '../periods.ts'

/** Of one kind of event the first so many of a day count. */
export const MAX_A_DAY = 20
/** Of those of one kind so many are kept: the latest stand for all. */
export const MAX_ENGAGEMENTS = 500

/** The feature that keeps what counts of one kind of event: else who does most a day would fill it in a few days. */
export const engagementFeature = (
  features: FeatureSet,
  event: string,
  zone: string,
  purposes: readonly Purpose[] = [],
): Feature => features.demand({ event, purposes, keep: MAX_ENGAGEMENTS, limit: firstOfDay(zone) })

const firstOfDay = (zone: string): Limit => ({
  name: `first ${MAX_A_DAY} of a day in ${zone}`,
  of: (entries, entry) => {
    const at = instantOf(entry)
    const from = placeOf(entries, startOfPeriod(at, 'day', zone, 0))
    const to = placeOf(entries, startOfPeriod(at, 'day', zone, 1))
    if (to - from < MAX_A_DAY) return entries
    // Of a full day the latest leaves.
    const last = entries[to - 1]
    if (last === undefined || compareEntries(last, entry) <= 0) return undefined
    return entries.toSpliced(to - 1, 1)
  },
})

/** Something that counts: when, and how much at that time. */
interface Contribution {
  readonly at: Millis
  /** From when on its retention counts. */
  readonly keptFrom: Millis
  readonly weight: number
}

/** What of the entries of one kind of event counts, in order of time. `zone`: IANA name, in which days begin. */
export function contributionsOf(
  entries: readonly Entry[],
  weight: number,
  zone: string,
): readonly Contribution[] {
  let day: Millis | undefined
  let count = 0
  return entries.flatMap((entry) => {
    const at = instantOf(entry)
    const start = startOfPeriod(at, 'day', zone, 0)
    count = start === day ? count + 1 : 1
    day = start
    return count > MAX_A_DAY ? [] : [{ at, keptFrom: entryKeptFrom(entry), weight }]
  })
}

/**
 * The latest of them that count at an instant. Imported ones may be kept for longer than what happened after them, so
 * what has expired takes nobody's place. `horizon`: how long events are kept.
 */
export const standing = (
  contributions: readonly Contribution[],
  horizon: Millis,
  now: Millis,
): readonly Contribution[] =>
  contributions
    .filter(({ at, keptFrom }) => at <= now && keptFrom > now - horizon)
    .slice(-MAX_ENGAGEMENTS)

/** Each counts half after a half-life. */
export const engagementAt = (
  counted: readonly Contribution[],
  halfLife: Millis,
  now: Millis,
): number => counted.reduce((sum, { at, weight }) => sum + weight * 2 ** ((at - now) / halfLife), 0)

/** Compiles a comparison of engagement. Somebody who did nothing has 0. */
export function compileEngagement(
  { weights, halfLife }: EngagementSettings,
  { value }: ScoreCondition,
  accepts: Accepts,
  { features, reads, purposes, zone, horizon }: Site,
): Evaluate {
  const kinds = Object.entries(weights).map(([event, weight]) => {
    const feature = engagementFeature(features, event, zone, purposes)
    reads.features.add(feature)
    return { feature, weight }
  })
  const bounds = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'number')
  return (facts, now) => {
    let changes = NEVER
    const counted = kinds.flatMap(({ feature, weight }) => {
      const all = contributionsOf(facts.entries(feature), weight, zone)
      const own = standing(all, horizon, now)
      // Clocks may be set back: what is later than now counts from then on.
      for (const { at } of all) if (at > now) changes = Math.min(changes, at)
      for (const { keptFrom } of own) changes = Math.min(changes, keptFrom + horizon)
      return own
    })
    const level = engagementAt(counted, halfLife, now)
    const holds = accepts(level)
    // All of it fades alike, so that where it passes a bound is known; an instant earlier or later by rounding.
    const turn = bounds
      .filter((bound) => bound > 0 && bound <= level)
      .flatMap((bound) => {
        const at = now + Math.floor(halfLife * Math.log2(level / bound))
        return [at, at + 1, at + 2]
      })
      .filter((at) => at > now && accepts(engagementAt(counted, halfLife, at)) !== holds)
      .reduce((least, at) => Math.min(least, at), NEVER)
    return { holds, until: Math.min(turn, changes) }
  }
}
