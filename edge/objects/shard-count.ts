import { Draft } from '../domain/draft.ts'
import type { CompiledCatalog } from '../domain/compiled-catalog.ts'
import type { Condition } from '../protocol/condition.ts'
import type { Purpose } from '../protocol/consent.ts'
import type { CountedPart, CountSlice } from '../protocol/count.ts'
import type { ProfileId } from '../protocol/id.ts'
import { MINUTE, NEVER, type Millis } from '../protocol/time.ts'
import { judgeMany } from './judge-many.ts'
import type { Shard } from './shard.ts'

/** Profiles of one slice: sliced by count, because production clocks stand still without I/O. */
const SLICE = 100
/** Profiles whose histories are read with one statement. */
const BATCH = 25
/** A slice ends sooner once reading histories has cost as much as decoding so many characters. */
const CHARACTERS = 1_000_000
/** A count that nobody goes on with is forgotten. */
const PATIENCE: Millis = 5 * MINUTE

/**
 * How many of a shard's profiles a condition holds for. They are looked at a slice at a time, in memory, while events
 * come in: whoever changes or whose verdict lapses meanwhile is looked at again, the last of them at the instant that
 * the count is of.
 */
class ShardCount {
  readonly compiled: CompiledCatalog
  readonly leave: () => void
  usedAt: Millis
  readonly #shard: Shard
  readonly #draft: Draft
  /** Until when a verdict stands, negative of one that does not hold; absent: it does not, and time will not turn it. */
  readonly #standing = new Map<ProfileId, number>()
  readonly #changed = new Set<ProfileId>()
  #cursor = ''
  #done = 0
  #isThrough = false
  #matched = 0

  constructor(shard: Shard, condition: Condition, purposes: readonly Purpose[]) {
    this.#shard = shard
    this.compiled = shard.compiled
    this.#draft = new Draft(condition, purposes, shard.compiled)
    this.leave = shard.profiles.changes.listen((id) => void this.#changed.add(id))
    this.usedAt = shard.now()
  }

  slice(): CountSlice {
    const { profiles } = this.#shard
    const now = (this.usedAt = this.#shard.now())
    if (this.#isThrough) {
      this.#noteLapsed(now)
      this.#judge([...this.#changed].slice(0, SLICE), now)
    } else {
      const ids = profiles.ids(this.#cursor, SLICE)
      const judged = this.#judge(ids, now)
      this.#done += judged
      this.#cursor = ids[judged - 1] ?? this.#cursor
      this.#isThrough = judged === ids.length && ids.length < SLICE
    }
    const isCounted = this.#isThrough && this.#changed.size < SLICE
    return { done: this.#done, total: Math.max(profiles.population(), this.#done), isCounted }
  }

  /** The number of matches at an instant. */
  close(at: Millis): CountedPart {
    this.usedAt = at
    this.#noteLapsed(at)
    while (this.#changed.size > 0) this.#judge([...this.#changed].slice(0, SLICE), at)
    return { matched: this.#matched, population: this.#shard.profiles.population() }
  }

  #noteLapsed(now: Millis): void {
    for (const [id, until] of this.#standing) if (Math.abs(until) <= now) this.#changed.add(id)
  }

  /** Answers of how many, from the first on. */
  #judge(ids: readonly ProfileId[], now: Millis): number {
    let cost = 0
    let judged = 0
    for (; judged < ids.length && cost < CHARACTERS; judged += BATCH) {
      const some = ids.slice(judged, judged + BATCH)
      const profiles = this.#shard.profiles.some(some)
      const answer = judgeMany(this.#shard, this.#draft, profiles, now)
      cost += answer.cost
      for (const id of some) {
        this.#changed.delete(id)
        this.#note(id, 0)
      }
      for (const [place, { id }] of profiles.entries()) {
        const { holds = false, until = NEVER } = answer.verdicts[place] ?? {}
        this.#note(id, holds ? until : -until)
      }
    }
    return Math.min(judged, ids.length)
  }

  /** `until` 0: nobody of that id lives here. */
  #note(id: ProfileId, until: number): void {
    if ((this.#standing.get(id) ?? 0) > 0) this.#matched--
    if (until > 0) this.#matched++
    if (until === 0 || until === -NEVER) this.#standing.delete(id)
    else this.#standing.set(id, until)
  }
}

/** The counts under way in a shard. They are in memory alone: a shard that restarts knows of none. */
export class ShardCounts {
  readonly #shard: Shard
  readonly #counts = new Map<string, ShardCount>()

  constructor(shard: Shard) {
    this.#shard = shard
  }

  /** Of one that is not known here, or was begun under another catalog, the first slice. */
  slice(id: string, condition: Condition, purposes: readonly Purpose[]): CountSlice {
    return (this.#find(id) ?? this.#begin(id, condition, purposes)).slice()
  }

  #begin(id: string, condition: Condition, purposes: readonly Purpose[]): ShardCount {
    this.end(id)
    this.#forgetOld()
    const count = new ShardCount(this.#shard, condition, purposes)
    this.#counts.set(id, count)
    return count
  }

  close(id: string, at: Millis): CountedPart | null {
    return this.#find(id)?.close(at) ?? null
  }

  end(id: string): void {
    this.#counts.get(id)?.leave()
    this.#counts.delete(id)
  }

  #find(id: string): ShardCount | undefined {
    const count = this.#counts.get(id)
    return count?.compiled === this.#shard.compiled ? count : undefined
  }

  #forgetOld(): void {
    const old = this.#shard.now() - PATIENCE
    for (const [id, { usedAt }] of this.#counts) if (usedAt < old) this.end(id)
  }
}
