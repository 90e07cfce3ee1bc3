import type { FollowedCondition } from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { EvaluateEvents, Site } from './condition.ts'
import { instantOf, placeAfter, placeOf, valueOf, type Entry } from './entry.ts'
import { MAX_STEP_ENTRIES } from './sequence.ts'
import type { Verdict } from './verdict.ts'

/**
 * Compiles whether something was followed by something else in time. Of each the latest `MAX_STEP_ENTRIES` events are
 * looked at; what happened longer ago than the horizon counts no more.
 */
export function compileFollowed(condition: FollowedCondition, site: Site): EvaluateEvents {
  const { event, where, then, since = 'last', type } = condition
  const { horizon, purposes, features } = site
  const more = { keep: MAX_STEP_ENTRIES, detail: 'moment', binding: then.same, purposes } as const
  const before = features.demand({ event, where, ...more })
  const after = features.demand({ event: then.event, where: then.where, ...more })
  site.reads.features.add(before).add(after)
  const within = parseDuration(condition.within) ?? 0
  const judge = type === 'followedBy' ? someFollowed : someUnfollowed
  return (facts, now) => {
    const all = facts.entries(before)
    // What expired counts no more, whatever followed it.
    const first = placeOf(all, now - horizon + 1)
    const from = since === 'last' ? Math.max(first, all.length - 1) : first
    const isFollowed = answersOf(facts.entries(after), within, then.same !== undefined)
    return judge({ all, from, isFollowed }, within, horizon, now)
  }
}

interface Asked {
  readonly all: readonly Entry[]
  /** The place of the first that is asked about. */
  readonly from: number
  readonly isFollowed: (entry: Entry) => boolean
}

type ByValue = ReadonlyMap<string, readonly Entry[]>

/** Made once of each list, whoever asks: lists of entries never change. */
const known = new WeakMap<readonly Entry[], ByValue>()

function byValueOf(entries: readonly Entry[]): ByValue {
  const present = known.get(entries)
  if (present !== undefined) return present
  const byValue = new Map<string, Entry[]>()
  for (const entry of entries) {
    const name = nameOf(entry)
    const list = byValue.get(name)
    if (list === undefined) byValue.set(name, [entry])
    else list.push(entry)
  }
  known.set(entries, byValue)
  return byValue
}

function nameOf(entry: Entry): string {
  const value = valueOf(entry)
  return typeof value === 'string' ? `"${value}` : JSON.stringify(value)
}

/** Whether an event was followed by one of those, later in the order of events and in less than `within`. */
function answersOf(
  entries: readonly Entry[],
  within: Millis,
  isBound: boolean,
): (entry: Entry) => boolean {
  return (entry) => {
    // What has no such property is the same as nothing.
    if (isBound && valueOf(entry) === null) return false
    const list = isBound ? (byValueOf(entries).get(nameOf(entry)) ?? []) : entries
    const next = list[placeAfter(list, entry)]
    return next !== undefined && instantOf(next) < instantOf(entry) + within
  }
}

/** It stays so until the last of those that were followed is too long ago. */
function someFollowed(
  { all, from, isFollowed }: Asked,
  _within: Millis,
  horizon: Millis,
  now: Millis,
): Verdict {
  for (let place = all.length - 1; place >= from; place--) {
    const entry = all[place] ?? 0
    if (!isFollowed(entry)) continue
    const until = instantOf(entry) + horizon
    return until > now ? { holds: true, until } : { holds: false, until: NEVER }
  }
  return { holds: false, until: NEVER }
}

/** Each that was not followed counts from when it is too late until it is too long ago. */
function someUnfollowed(
  { all, from, isFollowed }: Asked,
  within: Millis,
  horizon: Millis,
  now: Millis,
): Verdict {
  let until = now
  for (let place = from; place < all.length; place++) {
    const entry = all[place] ?? 0
    const [begins, ends] = [instantOf(entry) + within, instantOf(entry) + horizon]
    if (ends <= until || isFollowed(entry)) continue
    if (begins > until) return { holds: until > now, until: until > now ? until : begins }
    until = ends
  }
  return until > now ? { holds: true, until } : { holds: false, until: NEVER }
}
