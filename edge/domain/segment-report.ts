import type { Cause } from '../protocol/membership.ts'
import type {
  ExitCount,
  SegmentPeriod,
  SegmentReport,
  ShardSegmentReport,
} from '../protocol/segment-report.ts'
import { HOUR, type Millis } from '../protocol/time.ts'
import { canonical } from './leaf.ts'
import { startOfPeriod } from './periods.ts'

/**
 * Sums what all shards know of a segment. `from` and `to` are instants at which hours begin; days are of `zone` (IANA),
 * to each of which belong the hours that begin in it: the first may have begun before `from`.
 */
export function sumSegmentReports(
  shards: readonly ShardSegmentReport[],
  range: { readonly from: Millis; readonly to: Millis; readonly by: 'hour' | 'day' },
  zone: string,
): SegmentReport {
  const starts = startsOf(range, zone)
  const sums = starts.map(() => ({ size: 0, entered: 0, exited: 0 }))
  const causes = starts.map(() => new Map<Cause['type'], number>())
  const placeOf = (hour: Millis): number => starts.findLastIndex((start) => start <= hour)
  for (const { opening, hours, exits } of shards) {
    let size = opening
    const next = hours.values()
    let hour = next.next()
    sums.forEach((sum, place) => {
      const end = starts[place + 1] ?? range.to
      for (; hour.done !== true && hour.value.hour < end; hour = next.next()) {
        size = hour.value.size
        sum.entered += hour.value.entered
        sum.exited += hour.value.exited
      }
      sum.size += size
    })
    for (const { hour: at, cause, count } of exits) {
      const counts = causes[Math.max(placeOf(at), 0)]
      counts?.set(cause, (counts.get(cause) ?? 0) + count)
    }
  }
  const periods = sums.map((sum, place): SegmentPeriod => ({
    at: starts[place] ?? range.from,
    ...sum,
    causes: Object.fromEntries(causes[place] ?? []),
  }))
  return { periods, exits: sumExits(shards.flatMap(({ exits }) => exits)) }
}

function startsOf(
  { from, to, by }: { readonly from: Millis; readonly to: Millis; readonly by: 'hour' | 'day' },
  zone: string,
): readonly Millis[] {
  const starts: Millis[] = []
  for (let hour = from; hour < to; hour += HOUR) {
    const start = by === 'hour' ? hour : startOfPeriod(hour, 'day', zone, 0)
    if (starts.at(-1) !== start) starts.push(start)
  }
  return starts
}

function sumExits(exits: readonly ExitCount[]): readonly ExitCount[] {
  const sums = new Map<string, ExitCount>()
  for (const { cause, clauses, count } of exits) {
    const name = canonical([cause, clauses])
    sums.set(name, { cause, clauses, count: count + (sums.get(name)?.count ?? 0) })
  }
  return [...sums.values()].sort((a, b) => b.count - a.count)
}
