import type { SegmentId } from '../protocol/id.ts'
import type { Crossings, ShardReport, SourceCounts } from '../protocol/live.ts'
import { MINUTE, type Millis } from '../protocol/time.ts'

export interface SourceTotals extends SourceCounts {
  /** When the first event was accepted, and the last; null: none yet. */
  readonly firstAt: Millis | null
  readonly lastAt: Millis | null
}

/** The latest word of one shard. */
export interface ShardTotals {
  readonly sequence: number
  readonly population: number
  readonly sizes: { readonly [segment: string]: number }
  readonly sources: { readonly [source: string]: SourceTotals }
  /** Absent: told by a shard that did not count them yet. */
  readonly crossings?: { readonly [segment: string]: Crossings }
}

/** One segment in one minute in which it changed: its size at the minute's end. */
export interface MinuteTotals {
  readonly segment: SegmentId
  readonly minute: Millis
  readonly size: number
  readonly entered: number
  readonly exited: number
}

/** The minute that is not over yet, as it is kept across restarts. */
export interface PresentMinute {
  readonly minute: Millis
  readonly crossings: { readonly [segment: string]: Crossings }
}

const NONE: Crossings = { entered: 0, exited: 0 }
const NO_EVENTS: SourceTotals = {
  accepted: 0,
  duplicate: 0,
  rejected: 0,
  failed: 0,
  replayed: 0,
  firstAt: null,
  lastAt: null,
}

/** Sums of the latest reports of all shards of a workspace, and what crossed in the present minute. */
export class LiveTotals {
  readonly #shards: Map<number, ShardTotals>
  readonly #sizes = new Map<string, number>()
  #population = 0
  #minute: Millis
  #crossings: Map<string, Crossings>

  constructor(shards: ReadonlyMap<number, ShardTotals>, present: PresentMinute | undefined) {
    this.#shards = new Map(shards)
    for (const totals of shards.values()) this.#add(totals, 1)
    this.#minute = present?.minute ?? 0
    this.#crossings = new Map(Object.entries(present?.crossings ?? {}))
  }

  get population(): number {
    return this.#population
  }

  get sizes(): { readonly [segment: string]: number } {
    return Object.fromEntries(this.#sizes)
  }

  /** Summed over the shards on demand: reports are frequent, questions are rare. */
  get sources(): { readonly [source: string]: SourceTotals } {
    const sums = new Map<string, SourceTotals>()
    for (const { sources } of this.#shards.values()) {
      for (const [source, totals] of Object.entries(sources)) {
        sums.set(source, plus(sums.get(source) ?? NO_EVENTS, totals))
      }
    }
    return Object.fromEntries(sums)
  }

  get present(): PresentMinute {
    return { minute: this.#minute, crossings: Object.fromEntries(this.#crossings) }
  }

  shard(number: number): ShardTotals | undefined {
    return this.#shards.get(number)
  }

  /** The present minute so far. */
  presentMinute(): readonly MinuteTotals[] {
    return [...this.#crossings].map(([segment, crossings]) => ({
      segment: segment as SegmentId,
      minute: this.#minute,
      size: this.#sizes.get(segment) ?? 0,
      ...crossings,
    }))
  }

  /** Begins the minute of `now`, and gives back the one that thereby ended: empty if none did, or nothing changed. */
  turn(now: Millis): readonly MinuteTotals[] {
    const minute = Math.floor(now / MINUTE) * MINUTE
    // A clock that was set back must not rewrite minutes that were already told.
    if (minute <= this.#minute) return []
    const ended = this.presentMinute()
    this.#minute = minute
    this.#crossings = new Map()
    return ended
  }

  /** Takes a report in. False: it is not newer than what is known, and nothing changed. */
  apply(report: ShardReport, now: Millis): boolean {
    const before = this.#shards.get(report.shard)
    if (before !== undefined && report.sequence <= before.sequence) return false
    const after: ShardTotals = {
      sequence: report.sequence,
      population: report.population,
      sizes: report.sizes,
      sources: seen(report.sources, before?.sources, now),
      crossings: report.crossings,
    }
    if (before !== undefined) this.#add(before, -1)
    this.#add(after, 1)
    this.#shards.set(report.shard, after)
    for (const segment of changed(before?.sizes ?? {}, after.sizes)) this.#cross(segment, NONE)
    for (const [segment, crossings] of crossed(before, report)) this.#cross(segment, crossings)
    return true
  }

  #add({ population, sizes }: ShardTotals, sign: 1 | -1): void {
    this.#population += sign * population
    for (const [segment, size] of Object.entries(sizes)) {
      this.#sizes.set(segment, (this.#sizes.get(segment) ?? 0) + sign * size)
    }
  }

  #cross(segment: string, { entered, exited }: Crossings): void {
    const sum = this.#crossings.get(segment) ?? NONE
    this.#crossings.set(segment, {
      entered: sum.entered + entered,
      exited: sum.exited + exited,
    })
  }
}

/** Counts with the instants at which they were first and last seen to grow. */
function seen(
  counts: ShardReport['sources'],
  before: ShardTotals['sources'] | undefined,
  now: Millis,
): ShardTotals['sources'] {
  return Object.fromEntries(
    Object.entries(counts).map(([source, count]) => {
      const known = before?.[source] ?? NO_EVENTS
      const lastAt = count.accepted > known.accepted ? now : known.lastAt
      const firstAt = known.firstAt ?? lastAt
      return [source, { ...count, firstAt, lastAt }]
    }),
  )
}

/** What crossed since a shard's former word. */
function* crossed(
  before: ShardTotals | undefined,
  { crossings }: ShardReport,
): Generator<readonly [string, Crossings]> {
  if (before !== undefined && before.crossings === undefined) return
  for (const [segment, { entered, exited }] of Object.entries(crossings)) {
    const told = before?.crossings?.[segment] ?? NONE
    if (entered === told.entered && exited === told.exited) continue
    // A shard that was restored from a backup counts from what it had then.
    const since = (now: number, then: number): number => Math.max(now - then, 0)
    yield [segment, { entered: since(entered, told.entered), exited: since(exited, told.exited) }]
  }
}

function* changed(before: ShardTotals['sizes'], after: ShardTotals['sizes']): Generator<string> {
  for (const [segment, size] of Object.entries(after)) {
    if (size !== (before[segment] ?? 0)) yield segment
  }
  for (const [segment, size] of Object.entries(before)) {
    if (size !== 0 && after[segment] === undefined) yield segment
  }
}

const plus = (a: SourceTotals, b: SourceTotals): SourceTotals => ({
  accepted: a.accepted + b.accepted,
  duplicate: a.duplicate + b.duplicate,
  rejected: a.rejected + b.rejected,
  failed: a.failed + b.failed,
  replayed: a.replayed + b.replayed,
  firstAt: pick(Math.min, a.firstAt, b.firstAt),
  lastAt: pick(Math.max, a.lastAt, b.lastAt),
})

const pick = (
  choose: (a: Millis, b: Millis) => Millis,
  a: Millis | null,
  b: Millis | null,
): Millis | null => (a === null ? b : b === null ? a : choose(a, b))
