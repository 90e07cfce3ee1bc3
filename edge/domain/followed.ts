import type { FollowedCondition } from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { Evaluate, Site } from './condition.ts'
import { compareEntries, instantOf, valueOf, type Entry } from './entry.ts'
import { MAX_STEP_ENTRIES } from './sequence.ts'
import type { Verdict } from './verdict.ts'

/**
 * Compiles whether something was followed by something else in time. Of each the latest `MAX_STEP_ENTRIES` events are
 * looked at; what happened longer ago than the horizon counts no more.
 */
export function compileFollowed(condition: FollowedCondition, site: Site): Evaluate {
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
    const asked = since === 'last' ? all.slice(-1) : all
    const answers = answersOf(facts.entries(after), then.same !== undefined)
    const known = asked.map((entry): Asked => {
      return { at: instantOf(entry), isFollowed: answers(entry, within) }
    })
    return judge(known, within, horizon, now)
  }
}

interface Asked {
  readonly at: Millis
  readonly isFollowed: boolean
}

/** Whether an event was followed by one of those, later in the order of events and in less than `within`. */
function answersOf(
  entries: readonly Entry[],
  isBound: boolean,
): (entry: Entry, within: Millis) => boolean {
  const byValue = new Map<string, Entry[]>()
  for (const entry of entries) {
    const name = isBound ? JSON.stringify(valueOf(entry)) : ''
    const list = byValue.get(name) ?? []
    list.push(entry)
    byValue.set(name, list)
  }
  return (entry, within) => {
    const value = valueOf(entry)
    // What has no such property is the same as nothing.
    if (isBound && value === null) return false
    const list = byValue.get(isBound ? JSON.stringify(value) : '') ?? []
    const next = list[firstAfter(list, entry)]
    return next !== undefined && instantOf(next) < instantOf(entry) + within
  }
}

function firstAfter(list: readonly Entry[], entry: Entry): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareEntries(list[middle] ?? 0, entry) > 0) high = middle
    else low = middle + 1
  }
  return low
}

/** It stays so until the last of those that were followed is too long ago. */
function someFollowed(
  asked: readonly Asked[],
  _within: Millis,
  horizon: Millis,
  now: Millis,
): Verdict {
  const latest = asked.findLast(({ isFollowed }) => isFollowed)
  const until = (latest?.at ?? Number.NEGATIVE_INFINITY) + horizon
  return until > now ? { holds: true, until } : { holds: false, until: NEVER }
}

/** Each that was not followed counts from when it is too late until it is too long ago. */
function someUnfollowed(
  asked: readonly Asked[],
  within: Millis,
  horizon: Millis,
  now: Millis,
): Verdict {
  const open = asked.filter(({ isFollowed }) => !isFollowed)
  let until = now
  for (const { at } of open) {
    const [from, to] = [at + within, at + horizon]
    if (to <= until) continue
    if (from > until) return { holds: until > now, until: until > now ? until : from }
    until = to
  }
  return until > now ? { holds: true, until } : { holds: false, until: NEVER }
}
